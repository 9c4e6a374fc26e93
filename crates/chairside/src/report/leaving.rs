//! What was found before the dose, and what of the clinic's criteria was met when the patient left.

use std::collections::BTreeSet;

use chairside_alarm::{AlarmKind, Baseline, Priority};
use chairside_care::{
    Care, CareAction, Discharge, DischargeLine, Fact, Protocol, SessionFacts, Stage, Standing,
    Treatment,
};
use chairside_model::{MonoTime, Value};
use chairside_report::{Block, Line, LineState, Section};

use super::times::{Clock, length};
use super::treatment::{self, Treated, number};
use super::{Names, Told};

impl Told {
    /// Returns the baseline, and the checklist as it stood at the step out of the door: what there
    /// is of them. Nothing where the protocol is not configured any more.
    pub(super) fn found(&self, names: &Names, facts: &SessionFacts, clock: Clock) -> Vec<Section> {
        let protocol = names.protocols.get(self.protocol());
        let Some((treated, protocol)) = self.treated.as_ref().zip(protocol) else {
            return Vec::new();
        };
        let (baseline, discharge) = led_again(protocol, facts, treated);
        let taken = |at| clock.time(treatment::wall(self.session.opened, at));
        let baseline = baseline.map(|(at, baseline)| Section {
            heading: format!("Baseline, taken {}", taken(at)),
            blocks: vec![Block::Facts(baseline_facts(&baseline))],
        });
        let discharge = discharge.map(|discharge| Section {
            heading: "Discharge, as it stood at the step".to_owned(),
            blocks: vec![Block::Checklist(discharge.lines.iter().map(line).collect())],
        });
        baseline.into_iter().chain(discharge).collect()
    }
}

/// Leads the session once more: what counted then counts here. Returns the last baseline and when it
/// was taken, and the checklist at the step out of the door.
fn led_again(
    protocol: &Protocol,
    facts: &SessionFacts,
    treated: &Treated,
) -> (Option<(MonoTime, Baseline)>, Option<Discharge>) {
    let mut care = Care::new([protocol.clone()], facts.sources.clone());
    let mut high = BTreeSet::new();
    let mut baseline = None;
    // The bed told other things as well, but the entries are all here, also those of long before.
    let told = facts
        .facts
        .iter()
        .filter(|fact| !matches!(fact, Fact::Care { .. }));
    let mut told = told.peekable();
    let leaves = CareAction::Step {
        to: Stage::Discharged,
    };
    for (at, entry) in treated.entries() {
        while let Some(fact) = told.next_if(|fact| fact.at() <= *at) {
            tell(&mut care, fact, &mut high);
        }
        if entry.action == leaves {
            let discharge = care.treatment().and_then(|open| open.discharge(*at));
            return (baseline, discharge);
        }
        care.apply(*at, entry);
        if entry.action == CareAction::TakeBaseline {
            let taken = care.treatment().and_then(Treatment::baseline);
            baseline = taken.map(|taken| (*at, *taken));
        }
    }
    (baseline, None)
}

/// What is missing is said to be.
fn baseline_facts(baseline: &Baseline) -> Vec<(String, String)> {
    let pressure = baseline.pressure.map(|of| {
        let (systolic, diastolic) = (number(of.systolic), number(of.diastolic));
        format!("{systolic}/{diastolic} mmHg")
    });
    let in_unit =
        |value: Option<Value>, unit: &str| value.map(|of| format!("{} {unit}", number(of)));
    let all = [
        ("Cuff pressure, mean of two readings", pressure),
        ("Heart rate", in_unit(baseline.heart_rate, "/min")),
        ("SpO2", in_unit(baseline.spo2, "%")),
        ("Breaths", in_unit(baseline.respiration_rate, "/min")),
        ("EtCO2", in_unit(baseline.etco2, "mmHg")),
    ];
    all.map(|(what, value)| {
        let value = value.unwrap_or_else(|| "not measured".to_owned());
        (what.to_owned(), value)
    })
    .into()
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
