//! An alarm profile's file: the rules of `docs/alarms.md` as a tree of limits and delays.
//!
//! A clinic's profile is TOML, a scenario's rules are JSON with values overridden for that one
//! story; both are the same tree and are read by the same code. Rules that this version's engine
//! does not run are refused in a clinic's profile, for a limit that is written and not watched
//! would be believed. A scenario's rules may have them: whoever runs it is told which.

mod adjust;
mod airway;
mod nibp;
mod overrides;
mod rules;
mod stand_in;
mod technical;

use std::collections::BTreeSet;
use std::path::Path;

use chairside_alarm::{AlarmId, AlarmProfile};
use serde_json::{Map, Value};

use super::file::Section;
use super::library;
use super::mistake::{ConfigErrors, Mistakes};
pub(super) use adjust::read_phases;
use rules::{Rules, read_rules};

/// What a scenario's rules come to.
#[derive(Clone, Debug)]
pub struct ScenarioRules {
    /// The rules that are run.
    pub profile: AlarmProfile,
    /// The rules that the file has and this version does not run, in the order of [`AlarmId`].
    pub not_run: Vec<AlarmId>,
}

/// Returns the alarms that a profile's rules can raise.
#[must_use]
pub fn rules_of(profile: &AlarmProfile) -> BTreeSet<AlarmId> {
    let parts = profile.parts();
    let (nibp, airway, technical) = (&parts.nibp, &parts.airway, &parts.technical);
    let others = [
        (AlarmId::NibpHigh, nibp.high.is_some()),
        (AlarmId::NibpVeryHigh, nibp.very_high.is_some()),
        (AlarmId::NibpRise, nibp.rise.is_some()),
        (AlarmId::NibpLow, nibp.low.is_some()),
        (AlarmId::NibpVeryLow, nibp.very_low.is_some()),
        (AlarmId::NibpFailed, nibp.failed.is_some()),
        (AlarmId::NibpOverdue, nibp.overdue.is_some()),
        (AlarmId::Spo2ProbeOff, technical.spo2_probe_off.is_some()),
        (AlarmId::Spo2NoData, technical.spo2_no_data.is_some()),
        (AlarmId::Spo2Fall, airway.spo2_fall.is_some()),
        (AlarmId::Apnea, airway.apnea.is_some()),
        (AlarmId::AirwayObstruction, airway.obstruction.is_some()),
        (AlarmId::AirwayPartial, airway.partial.is_some()),
        (
            AlarmId::Spo2LowPerfusion,
            technical.spo2_low_perfusion.is_some(),
        ),
        (AlarmId::Co2NoData, technical.co2_no_data.is_some()),
        (AlarmId::LineGarbled, technical.line_garbled.is_some()),
        (AlarmId::DeviceLinkLost, true),
        (AlarmId::DeviceSwapped, technical.device_swapped.is_some()),
        (AlarmId::BedFailed, true),
        (AlarmId::RecordingStopped, true),
        (AlarmId::NoStation, technical.no_station.is_some()),
        (AlarmId::DeliveryFailed, technical.delivery_failed.is_some()),
        (AlarmId::PatientCall, true),
        (AlarmId::HelpWanted, true),
    ];
    let others = others.into_iter().filter(|(_, is_on)| *is_on);
    let thresholds = parts.thresholds.iter().map(|rule| rule.id);
    thresholds.chain(others.map(|(id, _)| id)).collect()
}

/// Reads an alarm profile's file.
///
/// # Errors
///
/// Every mistake in it.
pub fn load(path: &Path) -> Result<AlarmProfile, ConfigErrors> {
    library::read_file(path)
}

/// Returns the profile that holds where nothing else is said, `adult-ketamine`, as it is built in.
///
/// # Panics
///
/// Never: a test reads it.
#[must_use]
pub fn adult_ketamine() -> AlarmProfile {
    built_in(library::ADULT_KETAMINE).expect("it is built in")
}

/// Returns the profile of that name that is built in, if there is one.
///
/// # Panics
///
/// Never: a test reads each.
#[must_use]
pub fn built_in(name: &str) -> Option<AlarmProfile> {
    library::built_in(name)
        .map(|read| read.expect("the files that are built in are read by a test"))
}

/// Reads a scenario's rules (`rules` of the file) with its own values (`config` of the scenario,
/// by dotted path) put over them.
///
/// # Errors
///
/// Every mistake in them, also a path that leads nowhere.
pub fn of_scenario(
    file: &Path,
    rules: &Value,
    config: &Map<String, Value>,
) -> Result<ScenarioRules, ConfigErrors> {
    let mut mistakes = Mistakes::in_file(file);
    let mut rules = rules.clone();
    overrides::apply(&mut rules, config, &mut mistakes);
    let read = read_scenario(rules, &mut mistakes);
    mistakes.unless_any(read)
}

fn read_scenario(mut rules: Value, mistakes: &mut Mistakes) -> Option<ScenarioRules> {
    // How long an inflation takes is the simulated monitor's to know, and not a rule.
    if let Some(Value::Object(nibp)) = rules.get_mut("nibp") {
        nibp.remove("cuff_time_s");
    }
    let mut section = Section::of("rules".to_owned(), rules, mistakes)?;
    let name = section.text("set", mistakes);
    let tick = section.seconds("tick_s", mistakes);
    if tick.is_some_and(|tick| tick.as_secs_f64() > 1.0) {
        mistakes.add("rules.tick_s", "rules are judged at least once a second");
    }
    let rules = read_rules(section, name, mistakes);
    let mut not_run: Vec<AlarmId> = rules.not_run.iter().map(|(_, id)| *id).collect();
    not_run.sort_unstable();
    not_run.dedup();
    Some(ScenarioRules {
        profile: consistent(rules, "rules.", mistakes)?,
        not_run,
    })
}

/// Reads a clinic's profile. `called` is the name it was asked for by.
pub(crate) fn of_clinic(
    mut tree: Section,
    called: Option<&str>,
    mistakes: &mut Mistakes,
) -> Option<AlarmProfile> {
    let name = tree.text("name", mistakes);
    if let (Some(name), Some(called)) = (&name, called)
        && name != called
    {
        let why = format!("{name:?} is not the name of the file, {called:?}");
        mistakes.add("name", why);
    }
    let rules = read_rules(tree, name, mistakes);
    for (key, id) in &rules.not_run {
        mistakes.add(key, format!("{id} has nothing to set in this version"));
    }
    consistent(rules, "", mistakes)
}

/// Has the engine's own checks done.
fn consistent(rules: Rules, prefix: &str, mistakes: &mut Mistakes) -> Option<AlarmProfile> {
    match AlarmProfile::new(rules.parts) {
        Ok(profile) => Some(profile),
        Err(errors) => {
            for error in errors {
                mistakes.add(format!("{prefix}{}", error.key), error.why);
            }
            None
        }
    }
}
