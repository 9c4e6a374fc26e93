//! What tailoring bounds, phases and personal limits are refused, under which keys and with which
//! words.

use std::collections::BTreeMap;

use chairside_alarm::{AlarmId, AlarmProfile, Bounds, LimitKey, Phase, ProfileParts};
use chairside_model::Value;

use crate::adult;

const HR_HIGH: LimitKey = LimitKey::Trip(AlarmId::HrHigh);

/// Changes the adult limits and returns what is refused for it: `key: why`.
fn refusals(change: impl FnOnce(&mut ProfileParts)) -> Vec<String> {
    let mut parts = adult::parts();
    change(&mut parts);
    let errors = AlarmProfile::new(parts).err().unwrap_or_default();
    let words = errors
        .iter()
        .map(|error| format!("{}: {}", error.key, error.why));
    words.collect()
}

fn in_dosing(key: LimitKey, value: i32) -> impl Fn(&mut ProfileParts) {
    move |parts| {
        let phase = parts.adjustments.phases.entry(Phase::Dosing).or_default();
        phase.insert(key, Value::whole(value));
    }
}

fn bounded(key: LimitKey, least: i32, most: i32) -> impl Fn(&mut ProfileParts) {
    move |parts| {
        let bounds = Bounds {
            least: Value::whole(least),
            most: Value::whole(most),
        };
        parts.adjustments.tailoring.insert(key, bounds);
    }
}

fn personal(key: LimitKey, offset: i32) -> impl Fn(&mut ProfileParts) {
    move |parts| {
        let offsets = BTreeMap::from([(key, Value::whole(offset))]);
        parts.adjustments.personal = offsets;
    }
}

#[test]
fn a_limit_of_a_rule_that_is_off_can_neither_be_bounded_nor_changed() {
    let off = |change: &dyn Fn(&mut ProfileParts)| {
        refusals(|parts| {
            parts.thresholds.remove(0);
            change(parts);
        })
    };
    let why = "HR_HIGH is off in this profile";
    assert_eq!(
        off(&in_dosing(HR_HIGH, 130)),
        [format!("phase.dosing.threshold.HR_HIGH.trip: {why}")]
    );
    assert_eq!(
        off(&bounded(HR_HIGH, 110, 130)),
        [format!("tailoring.threshold.HR_HIGH.trip: {why}")]
    );
    assert_eq!(
        off(&personal(HR_HIGH, 20)),
        [format!("personal.threshold.HR_HIGH.trip: {why}")]
    );
}

#[test]
fn a_phase_is_a_profile_of_its_own_and_may_not_contradict_itself() {
    assert_eq!(refusals(in_dosing(HR_HIGH, 130)), [""; 0]);
    let worse = LimitKey::Trip(AlarmId::HrVeryHigh);
    let found = refusals(in_dosing(worse, 119));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("phase.dosing.threshold.HR_VERY_HIGH.trip: "),
        "the number that the phase has changed is the one at fault: {found:?}"
    );
    let found = refusals(in_dosing(HR_HIGH, 150));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("phase.dosing: threshold.HR_VERY_HIGH.trip: "),
        "what it has not changed is named beside it: {found:?}"
    );
}

#[test]
fn a_number_that_is_none_at_all_is_refused_once() {
    let found = refusals(in_dosing(HR_HIGH, 999));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("phase.dosing.threshold.HR_HIGH.trip: 999 "));
}

#[test]
fn bounds_hold_the_limit_of_every_phase() {
    assert_eq!(refusals(bounded(HR_HIGH, 100, 140)), [""; 0]);
    assert_eq!(refusals(bounded(HR_HIGH, 120, 120)), [""; 0]);
    assert_eq!(
        refusals(bounded(HR_HIGH, 125, 140)),
        ["tailoring.threshold.HR_HIGH.trip: the default, 120, is not within 125 to 140"]
    );
    assert_eq!(
        refusals(|parts| {
            bounded(HR_HIGH, 100, 125)(parts);
            in_dosing(HR_HIGH, 130)(parts);
        }),
        ["tailoring.threshold.HR_HIGH.trip: the dosing phase's, 130, is not within 100 to 125"]
    );
    assert_eq!(
        refusals(bounded(HR_HIGH, 140, 100)),
        ["tailoring.threshold.HR_HIGH.trip: 140 is more than 100"]
    );
    let found = refusals(bounded(HR_HIGH, 100, 999));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("tailoring.threshold.HR_HIGH.trip: 999 "));
}

#[test]
fn the_limits_of_the_worse_alarms_are_no_ones_but_a_clinicians() {
    assert_eq!(
        refusals(bounded(LimitKey::Trip(AlarmId::HrVeryHigh), 130, 150)),
        ["tailoring.threshold.HR_VERY_HIGH.trip: HR_VERY_HIGH is changed by a clinician only"]
    );
}

#[test]
fn a_personal_limit_has_a_side_and_bounds_to_hold_it() {
    let with_bounds = |key: LimitKey, (least, most): (i32, i32), offset: i32| {
        refusals(|parts| {
            bounded(key, least, most)(parts);
            personal(key, offset)(parts);
        })
    };
    let high = |offset| with_bounds(HR_HIGH, (100, 140), offset);
    assert_eq!(high(20), [""; 0]);
    let wrong = "puts the limit on the wrong side of the patient's own value";
    for offset in [0, -20] {
        let key = "personal.threshold.HR_HIGH.trip";
        assert_eq!(high(offset), [format!("{key}: {offset} {wrong}")]);
    }
    let low = |offset| with_bounds(LimitKey::Trip(AlarmId::HrLow), (40, 60), offset);
    assert_eq!(low(-20), [""; 0]);
    for offset in [0, 20] {
        let key = "personal.threshold.HR_LOW.trip";
        assert_eq!(low(offset), [format!("{key}: {offset} {wrong}")]);
    }
    assert_eq!(
        refusals(personal(HR_HIGH, 20)),
        ["personal.threshold.HR_HIGH.trip: it has no bounds in [tailoring], which would hold it"]
    );
    assert_eq!(
        refusals(personal(LimitKey::NoBreath, 5)),
        [
            "personal.airway.APNEA.no_breath_s: no value of the patient before the session to set \
             it by"
        ]
    );
}
