//! What of the clinic's criteria was met when the patient left.

use std::collections::BTreeSet;

use chairside_alarm::{AlarmKind, Priority};
use chairside_care::{
    Care, CareAction, Discharge, DischargeLine, Fact, Protocol, SessionFacts, Stage, Standing,
};
use chairside_report::{Block, Line, LineState, Section};

use super::times::length;
use super::treatment::Treated;
use super::{Names, Told};

impl Told {
    /// Returns the checklist as it stood at the step out of the door; nothing where there was no
    /// such step, or where the protocol is not configured any more.
    pub(super) fn leaving(&self, names: &Names, facts: &SessionFacts) -> Option<Section> {
        let treated = self.treated.as_ref()?;
        let protocol = names.protocols.get(self.protocol())?;
        let discharge = at_the_door(protocol, facts, treated)?;
        Some(Section {
            heading: "Discharge, as it stood at the step".to_owned(),
            blocks: vec![Block::Checklist(discharge.lines.iter().map(line).collect())],
        })
    }
}

/// Leads the session once more, up to the step: what counted then counts here.
fn at_the_door(protocol: &Protocol, facts: &SessionFacts, treated: &Treated) -> Option<Discharge> {
    let mut care = Care::new([protocol.clone()], facts.sources.clone());
    let mut high = BTreeSet::new();
    // The bed told other things as well, but the entries are all here, also those of long before.
    let told = facts
        .facts
        .iter()
        .filter(|fact| !matches!(fact, Fact::Care { .. }));
    let mut told = told.peekable();
    for (at, entry) in treated.entries() {
        while let Some(fact) = told.next_if(|fact| fact.at() <= *at) {
            tell(&mut care, fact, &mut high);
        }
        let leaves = CareAction::Step {
            to: Stage::Discharged,
        };
        if entry.action == leaves {
            return care.treatment()?.discharge(*at);
        }
        care.apply(*at, entry);
    }
    None
}

fn tell(care: &mut Care, fact: &Fact, high: &mut BTreeSet<chairside_alarm::AlarmId>) {
    match fact {
        Fact::Observed(observation) => care.observe(observation.received, observation),
        Fact::Device {
            at,
            device,
            belongs,
        } => care.device(*at, *device, *belongs),
        Fact::Alarm(told) => {
            let is_high =
                told.priority == Priority::High && told.id.kind() == AlarmKind::Physiological;
            if told.present && is_high {
                high.insert(told.id);
            } else {
                high.remove(&told.id);
            }
            care.high_alarm(told.at, !high.is_empty());
        }
        Fact::Link { .. } | Fact::Recording { .. } | Fact::Answered { .. } | Fact::Care { .. } => {}
    }
}

fn line(line: &DischargeLine) -> Line {
    let age = line
        .age
        .map_or_else(String::new, |age| format!(", {} old", length(age)));
    Line {
        state: match line.standing {
            Standing::Met => LineState::Met,
            Standing::NotMet | Standing::Note => LineState::NotMet,
            Standing::Missing => LineState::Missing,
        },
        text: format!("{} ({})", line.need.label(), line.required),
        found: format!("{}{age}", line.found),
    }
}
