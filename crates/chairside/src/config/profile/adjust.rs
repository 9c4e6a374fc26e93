//! The part of the tree about limits that change: `[tailoring]`, `[phase.NAME]`, `[personal]`.
//!
//! Inside of them keys are the profile's own: `threshold.HR_HIGH.trip`.

use std::collections::BTreeMap;

use chairside_alarm::{Adjustments, Bounds, LimitKey, Phase};
use chairside_model::Value as Finite;
use serde_json::Value;

use crate::config::file::{Section, shown};
use crate::config::mistake::Mistakes;
use crate::near::did_you_mean;

pub(super) fn read_adjustments(tree: &mut Section, mistakes: &mut Mistakes) -> Option<Adjustments> {
    let before = mistakes.count();
    let tailoring = tree.optional_section("tailoring", mistakes);
    let tailoring = tailoring.map(|section| read_keys(section, bounds, mistakes));
    let personal = tree.optional_section("personal", mistakes);
    let personal = personal.map(|section| read_keys(section, number, mistakes));
    let phases = tree.optional_section("phase", mistakes);
    let phases = phases.map(|section| read_phases(section, mistakes));
    (mistakes.count() == before).then(|| Adjustments {
        tailoring: tailoring.unwrap_or_default(),
        phases: phases.unwrap_or_default(),
        personal: personal.unwrap_or_default(),
    })
}

/// Reads a table of phases, each with what is other in it.
pub(in crate::config) fn read_phases(
    section: Section,
    mistakes: &mut Mistakes,
) -> BTreeMap<Phase, BTreeMap<LimitKey, Finite>> {
    let path = section.path().to_owned();
    let mut phases = BTreeMap::new();
    for (name, content) in section.into_left() {
        let key = format!("{path}.{name}");
        let Some(phase) = Phase::from_name(&name) else {
            let names = Phase::ALL.map(Phase::name);
            let there_are = names.join(", ");
            let meant = did_you_mean(&name, names);
            let why = format!("{name:?} is no phase; there are: {there_are}{meant}");
            mistakes.add(key, why);
            continue;
        };
        if let Some(section) = Section::of(key, content, mistakes) {
            phases.insert(phase, read_keys(section, number, mistakes));
        }
    }
    phases
}

/// Reads a table of limits' keys.
fn read_keys<T>(
    section: Section,
    read: fn(&Value) -> Result<T, String>,
    mistakes: &mut Mistakes,
) -> BTreeMap<LimitKey, T> {
    let path = section.path().to_owned();
    let mut keys = BTreeMap::new();
    for (name, value) in flat(section.into_left()) {
        let place = format!("{path}.{name}");
        let Some(key) = LimitKey::from_name(&name) else {
            let meant = did_you_mean(&name, LimitKey::all().map(LimitKey::name));
            let why = format!("{name} is no number that can change{meant}");
            mistakes.add(place, why);
            continue;
        };
        match read(&value) {
            Ok(value) => {
                keys.insert(key, value);
            }
            Err(why) => mistakes.add(place, why),
        }
    }
    keys
}

/// Returns the leaves of a table by their dotted paths.
fn flat(table: serde_json::Map<String, Value>) -> Vec<(String, Value)> {
    let mut leaves = Vec::new();
    for (key, value) in table {
        match value {
            Value::Object(inner) => {
                let inner = flat(inner).into_iter();
                leaves.extend(inner.map(|(name, value)| (format!("{key}.{name}"), value)));
            }
            leaf => leaves.push((key, leaf)),
        }
    }
    leaves
}

fn number(value: &Value) -> Result<Finite, String> {
    let number = value.as_f64().and_then(Finite::finite);
    number.ok_or_else(|| format!("{} is not a number", shown(value)))
}

fn bounds(value: &Value) -> Result<Bounds, String> {
    let pair = match value.as_array().map(Vec::as_slice) {
        Some([least, most]) => number(least).ok().zip(number(most).ok()),
        _ => None,
    };
    let bounds = pair.map(|(least, most)| Bounds { least, most });
    bounds.ok_or_else(|| {
        let value = shown(value);
        format!("{value} is not a list of two numbers, the least and the most")
    })
}
