//! The tree as a whole: thresholds, cuff, airway, equipment, holds, families.

use std::time::Duration;

use chairside_alarm::{
    Adjustments, AlarmId, Holds, LimitSide, Priority, ProfileParts, Signal, SignalRules,
    ThresholdRule,
};

use super::adjust::read_adjustments;
use super::airway::read_airway;
use super::nibp::read_nibp;
use super::stand_in;
use super::technical::read_technical;
use crate::config::file::{Section, texts};
use crate::config::mistake::Mistakes;

/// A set of rules as the file has it.
#[derive(Debug)]
pub(super) struct Rules {
    /// What could not be read has left a mistake, and is off in it or as `stand_in` has it: it is
    /// only judged then, not used.
    pub(super) parts: ProfileParts,
    /// Rules that this version does not run, with the key where each stands.
    pub(super) not_run: Vec<(String, AlarmId)>,
}

/// What is noted while the parts are read.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) not_run: Vec<(String, AlarmId)>,
    /// The family each rule says it belongs to, with the key where it says so.
    families: Vec<(String, AlarmId, String)>,
}

impl Notes {
    /// Takes the priority and the family that every rule has.
    pub(super) fn priority(
        &mut self,
        id: AlarmId,
        section: &mut Section,
        mistakes: &mut Mistakes,
    ) -> Option<Priority> {
        if section.has("family")
            && let Some(family) = section.text("family", mistakes)
        {
            self.families.push((section.key("family"), id, family));
        }
        priority(section, "priority", mistakes)
    }

    /// Ends a section whose keys are rules: those that this version does not run are noted.
    pub(super) fn finish(&mut self, mut section: Section, mistakes: &mut Mistakes) {
        let not_run: Vec<AlarmId> = section.left().filter_map(AlarmId::from_name).collect();
        for id in not_run {
            self.not_run.push((section.key(id.name()), id));
            section.take(id.name());
        }
        section.finish(mistakes);
    }
}

/// The thresholds that this version runs: what each looks at and on which side.
const THRESHOLDS: [(AlarmId, Signal, LimitSide); 9] = [
    (AlarmId::HrHigh, Signal::HeartRate, LimitSide::High),
    (AlarmId::HrVeryHigh, Signal::HeartRate, LimitSide::High),
    (AlarmId::HrLow, Signal::HeartRate, LimitSide::Low),
    (AlarmId::HrVeryLow, Signal::HeartRate, LimitSide::Low),
    (AlarmId::Spo2Low, Signal::SpO2, LimitSide::Low),
    (AlarmId::Spo2VeryLow, Signal::SpO2, LimitSide::Low),
    (AlarmId::RrLow, Signal::RespirationRate, LimitSide::Low),
    (AlarmId::RrHigh, Signal::RespirationRate, LimitSide::High),
    (AlarmId::Etco2High, Signal::EtCO2, LimitSide::High),
];

/// The other rules that this version runs.
const OTHERS: [AlarmId; 22] = [
    AlarmId::Spo2Fall,
    AlarmId::Apnea,
    AlarmId::AirwayObstruction,
    AlarmId::AirwayPartial,
    AlarmId::NibpHigh,
    AlarmId::NibpVeryHigh,
    AlarmId::NibpRise,
    AlarmId::NibpLow,
    AlarmId::NibpVeryLow,
    AlarmId::NibpFailed,
    AlarmId::NibpOverdue,
    AlarmId::Spo2ProbeOff,
    AlarmId::Spo2NoData,
    AlarmId::Spo2LowPerfusion,
    AlarmId::Co2NoData,
    AlarmId::LineGarbled,
    AlarmId::DeviceLinkLost,
    AlarmId::DeviceSwapped,
    AlarmId::BedFailed,
    AlarmId::RecordingStopped,
    AlarmId::NoStation,
    AlarmId::DeliveryFailed,
];

/// Reads the tree. A part that cannot be read does not keep the others from being read.
pub(super) fn read_rules(
    mut tree: Section,
    name: Option<String>,
    mistakes: &mut Mistakes,
) -> Rules {
    let mut notes = Notes::default();
    let before = mistakes.count();
    let gap_tolerance = tree.seconds("gap_tolerance_s", mistakes);
    let thresholds = tree.sections("threshold", mistakes);
    let thresholds = read_thresholds(thresholds, &mut notes, mistakes);
    let nibp = tree.section("nibp", mistakes);
    let nibp = nibp.map(|section| read_nibp(section, &mut notes, mistakes));
    let holds = tree.section("holds", mistakes);
    let holds = holds.and_then(|section| read_holds(section, gap_tolerance, mistakes));
    let technical = tree.section("technical", mistakes);
    let technical = technical.map(|section| read_technical(section, &mut notes, mistakes));
    // A tree without this part has none of its rules.
    let airway = tree.optional_section("airway", mistakes);
    let airway = airway.map(|section| read_airway(section, &mut notes, mistakes));
    // A tree without this part has its defaults.
    let signals = tree.optional_section("signals", mistakes);
    let signals = signals.and_then(|section| read_signals(section, mistakes));
    let families = tree.section("families", mistakes);
    let families = families.and_then(|section| read_families(section, &mut notes, mistakes));
    let rules_are_whole = mistakes.count() == before;
    let adjustments = read_adjustments(&mut tree, mistakes);
    tree.finish(mistakes);
    let mut parts = ProfileParts {
        name: name.unwrap_or_else(|| "without a name".to_owned()),
        thresholds,
        nibp: nibp.unwrap_or(stand_in::NIBP),
        airway: airway.unwrap_or_default(),
        technical: technical.unwrap_or(stand_in::TECHNICAL),
        holds: holds.unwrap_or_else(stand_in::holds),
        signals: signals.unwrap_or_default(),
        families: families.unwrap_or_default(),
        adjustments: adjustments.unwrap_or_default(),
    };
    if !rules_are_whole {
        // A rule that could not be read is not one that is off.
        parts.families = Vec::new();
        parts.adjustments = Adjustments::default();
    }
    Rules {
        parts,
        not_run: notes.not_run,
    }
}

/// Takes a priority.
pub(super) fn priority(
    section: &mut Section,
    key: &'static str,
    mistakes: &mut Mistakes,
) -> Option<Priority> {
    let text = section.text(key, mistakes)?;
    let priority = Priority::from_name(&text);
    if priority.is_none() {
        let why = format!("{text:?} is no priority; there are: low, medium, high");
        mistakes.add(section.key(key), why);
    }
    priority
}

fn read_thresholds(
    sections: Vec<Section>,
    notes: &mut Notes,
    mistakes: &mut Mistakes,
) -> Vec<ThresholdRule> {
    let mut rules: Vec<ThresholdRule> = Vec::new();
    for mut section in sections {
        let Some(name) = section.text("id", mistakes) else {
            continue;
        };
        let section = match section.path().rsplit_once('[') {
            Some((list, _number)) => {
                let path = format!("{list}.{name}");
                section.called(path)
            }
            None => section,
        };
        let id = AlarmId::from_name(&name);
        let known = THRESHOLDS
            .iter()
            .find(|(threshold, ..)| Some(*threshold) == id);
        let Some((id, signal, side)) = known else {
            let names = THRESHOLDS.map(|(id, ..)| id.name()).join(", ");
            let why = format!("{name:?} is no threshold; there are: {names}");
            mistakes.add(section.key("id"), why);
            continue;
        };
        rules.extend(read_threshold(
            section,
            (*id, *signal, *side),
            notes,
            mistakes,
        ));
    }
    rules
}

fn read_threshold(
    mut section: Section,
    (id, signal, side): (AlarmId, Signal, LimitSide),
    notes: &mut Notes,
    mistakes: &mut Mistakes,
) -> Option<ThresholdRule> {
    let (op, clear_op) = match side {
        LimitSide::High => (">", "<="),
        LimitSide::Low => ("<", ">="),
    };
    for (key, expected) in [("signal", word(signal)), ("op", op), ("clear_op", clear_op)] {
        if let Some(text) = section.text(key, mistakes)
            && text != expected
        {
            let why = format!("{text:?} does not fit {id}, which has {expected:?}");
            mistakes.add(section.key(key), why);
        }
    }
    let trip = section.number("trip", mistakes);
    let delay = section.seconds("delay_s", mistakes);
    let clear = section.number("clear", mistakes);
    let clear_hold = section.seconds("clear_hold_s", mistakes);
    let priority = notes.priority(id, &mut section, mistakes);
    section.finish(mistakes);
    Some(ThresholdRule {
        id,
        signal,
        side,
        trip: trip?,
        delay: delay?,
        clear: clear?,
        clear_hold: clear_hold?,
        priority: priority?,
    })
}

const fn word(signal: Signal) -> &'static str {
    match signal {
        Signal::HeartRate => "hr",
        Signal::SpO2 => "spo2",
        Signal::RespirationRate => "rr",
        Signal::EtCO2 => "etco2",
        Signal::EffortRate => "effort_rr",
        Signal::PerfusionIndex => "pi",
    }
}

fn read_holds(
    mut section: Section,
    gap_tolerance: Option<Duration>,
    mistakes: &mut Mistakes,
) -> Option<Holds> {
    let cuff_same_limb_max = section.seconds("cuff_same_limb_max_s", mistakes);
    let cuff_release = section.seconds("cuff_release_s", mistakes);
    let step_points = section.number("step_points", mistakes);
    let step_hold = section.seconds("step_hold_s", mistakes);
    let after_hold_delay_max = section.seconds("after_hold_delay_max_s", mistakes);
    section.finish(mistakes);
    Some(Holds {
        gap_tolerance: gap_tolerance?,
        cuff_same_limb_max: cuff_same_limb_max?,
        cuff_release: cuff_release?,
        step_points: step_points?,
        step_hold: step_hold?,
        after_hold_delay_max: after_hold_delay_max?,
    })
}

fn read_signals(mut section: Section, mistakes: &mut Mistakes) -> Option<SignalRules> {
    let realarm = section.seconds("realarm_s", mistakes);
    section.finish(mistakes);
    Some(SignalRules { realarm: realarm? })
}

fn read_families(
    section: Section,
    notes: &mut Notes,
    mistakes: &mut Mistakes,
) -> Option<Vec<Vec<AlarmId>>> {
    let path = section.path().to_owned();
    let mut families = Vec::new();
    let mut family_of = Vec::new();
    let mut complete = true;
    for (family, value) in section.into_left() {
        let key = join(&path, &family);
        let Some(names) = texts(&key, value, mistakes) else {
            complete = false;
            continue;
        };
        let mut members = Vec::new();
        for name in names {
            match AlarmId::from_name(&name) {
                Some(id) if runs(id) => members.push(id),
                Some(id) => notes.not_run.push((key.clone(), id)),
                None => mistakes.add(&key, format!("{name:?} is no alarm")),
            }
        }
        family_of.extend(members.iter().map(|id| (*id, family.clone())));
        families.push(members);
    }
    for (key, id, said) in &notes.families {
        let listed = family_of.iter().find(|(member, _)| member == id);
        if let Some((_, listed)) = listed
            && listed != said
        {
            let why = format!("{said:?}, but {id} is listed in {}", join(&path, listed));
            mistakes.add(key, why);
        }
    }
    complete.then_some(families)
}

fn runs(id: AlarmId) -> bool {
    OTHERS.contains(&id) || THRESHOLDS.iter().any(|(threshold, ..)| *threshold == id)
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
