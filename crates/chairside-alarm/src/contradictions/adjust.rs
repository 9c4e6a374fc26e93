//! What tailoring bounds, phases and personal limits must not say.

use chairside_model::Value;

use super::{Found, in_itself};
use crate::limits::in_phase;
use crate::{Bounds, LimitKey, LimitSide, Phase, ProfileError, ProfileParts};

/// Looks at how a profile's limits may change. What is wrong with the limits themselves has been
/// found, and is not said again of each phase.
pub(super) fn adjustments(parts: &ProfileParts, found: &mut Found) {
    let in_profile = found.0.clone();
    for (phase, values) in &parts.adjustments.phases {
        let before = found.0.len();
        for (key, value) in values {
            let path = format!("phase.{}.{key}", phase.name());
            if is_on(*key, parts, &path, found) {
                in_range(*key, *value, &path, found);
            }
        }
        if found.0.len() == before {
            consistent_in(*phase, parts, &in_profile, found);
        }
    }
    for (key, bounds) in &parts.adjustments.tailoring {
        let path = format!("tailoring.{key}");
        if is_on(*key, parts, &path, found) {
            tailored(*key, bounds, parts, &path, found);
        }
    }
    for (key, offset) in &parts.adjustments.personal {
        let path = format!("personal.{key}");
        if is_on(*key, parts, &path, found) {
            personal(*key, *offset, parts, &path, found);
        }
    }
}

fn is_on(key: LimitKey, parts: &ProfileParts, path: &str, found: &mut Found) -> bool {
    let is_on = key.of(parts).is_some();
    let why = format!("{} is off in this profile", key.alarm());
    found.unless(is_on, path, why);
    is_on
}

fn in_range(key: LimitKey, value: Value, path: &str, found: &mut Found) {
    found.within(path, value, key.range());
}

/// The profile of each phase is a profile of its own.
fn consistent_in(
    phase: Phase,
    parts: &ProfileParts,
    in_profile: &[ProfileError],
    found: &mut Found,
) {
    let errors = in_itself(&in_phase(parts, phase)).into_iter();
    for error in errors.filter(|error| !in_profile.contains(error)) {
        let said = parts.adjustments.phases[&phase].keys();
        let mut names = said.map(|key| key.name());
        let (key, why) = if names.any(|name| name == error.key) {
            (format!("phase.{}.{}", phase.name(), error.key), error.why)
        } else {
            let key = format!("phase.{}", phase.name());
            (key, format!("{}: {}", error.key, error.why))
        };
        found.add(key, why);
    }
}

fn tailored(key: LimitKey, bounds: &Bounds, parts: &ProfileParts, path: &str, found: &mut Found) {
    if key.is_very() {
        let why = format!("{} is changed by a clinician only", key.alarm());
        found.add(path, why);
        return;
    }
    if bounds.least > bounds.most {
        let why = format!("{} is more than {}", bounds.least, bounds.most);
        found.add(path, why);
        return;
    }
    in_range(key, bounds.least, path, found);
    in_range(key, bounds.most, path, found);
    let mut told: Option<Value> = None;
    for phase in Phase::ALL {
        let Some(value) = key.of(&in_phase(parts, phase)) else {
            continue;
        };
        if bounds.contain(value) || told == Some(value) {
            continue;
        }
        told = Some(value);
        let own = key.of(parts) == Some(value);
        let whose = if own {
            "the default".to_owned()
        } else {
            format!("the {} phase's", phase.name())
        };
        let (least, most) = (bounds.least, bounds.most);
        found.add(
            path,
            format!("{whose}, {value}, is not within {least} to {most}"),
        );
    }
}

fn personal(key: LimitKey, offset: Value, parts: &ProfileParts, path: &str, found: &mut Found) {
    let Some(side) = key.personal_side() else {
        found.add(
            path,
            "no value of the patient before the session to set it by",
        );
        return;
    };
    let right = match side {
        LimitSide::High => offset.number() > 0.0,
        LimitSide::Low => offset.number() < 0.0,
    };
    let why = format!("{offset} puts the limit on the wrong side of the patient's own value");
    found.unless(right, path, why);
    let bounded = parts.adjustments.tailoring.contains_key(&key);
    let why = "it has no bounds in [tailoring], which would hold it";
    found.unless(bounded, path, why);
}
