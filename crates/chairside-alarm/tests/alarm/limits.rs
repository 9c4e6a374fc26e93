//! What limits can be changed to, by whom and what, and that they never contradict each other.

use std::collections::BTreeMap;

use chairside_alarm::{
    Act, Adjustments, AlarmEngine, AlarmId, AlarmProfile, Baseline, Bounds, LimitCause,
    LimitChange, LimitKey, LimitRefusal, OperatorAction, Phase, PressureBaseline, Refusal, Role,
    SessionLimits, Sources, warning,
};
use chairside_model::{MonoTime, Value};

use crate::adult;

pub(crate) const HR_HIGH: LimitKey = LimitKey::Trip(AlarmId::HrHigh);
pub(crate) const HR_LOW: LimitKey = LimitKey::Trip(AlarmId::HrLow);

pub(crate) fn whole(number: i32) -> Value {
    Value::whole(number)
}

/// The shipped limits, after a change of how they may change.
pub(crate) fn limits_with(change: impl FnOnce(&mut Adjustments)) -> SessionLimits {
    let mut parts = adult::parts();
    parts.adjustments = adult::adjustments();
    change(&mut parts.adjustments);
    SessionLimits::new(AlarmProfile::new(parts).expect("they do not contradict each other"))
}

fn limits() -> SessionLimits {
    limits_with(|_| ())
}

fn change(key: LimitKey, old: i32, new: i32, cause: LimitCause) -> LimitChange {
    LimitChange {
        key,
        old: whole(old),
        new: whole(new),
        cause,
    }
}

#[track_caller]
fn refused(limits: &SessionLimits, key: LimitKey, new: i32, words: &str) {
    let seen = limits.value(key).expect("its rule is on");
    let refusal = limits.check(key, seen, whole(new));
    let said = refusal.map_err(|refusal| refusal.to_string());
    assert_eq!(said, Err(words.to_owned()));
    let mut copy = limits.clone();
    assert!(copy.set(key, seen, whole(new)).is_err());
    assert_eq!(copy.in_force(), limits.in_force(), "nothing was changed");
}

#[test]
fn every_key_is_found_by_its_own_name_and_names_its_alarm() {
    assert_eq!(LimitKey::all().count(), 31);
    for key in LimitKey::all() {
        assert_eq!(LimitKey::from_name(key.name()), Some(key));
        let of_the_cuff = [LimitKey::CuffInterval, LimitKey::CuffGrace].contains(&key);
        assert!(
            of_the_cuff || key.name().contains(key.alarm().name()),
            "{key}"
        );
        assert!(key.of(&adult::parts()).is_some(), "{key}");
    }
    assert_eq!(LimitKey::from_name("threshold.HR_HIGH.priority"), None);
}

#[test]
fn a_change_is_told_from_old_to_new() {
    let mut limits = limits();
    let told = limits.set(HR_HIGH, whole(120), whole(130));
    let expected = change(HR_HIGH, 120, 130, LimitCause::Person);
    assert_eq!(told, Ok(vec![expected]));
    assert_eq!(limits.value(HR_HIGH), Some(whole(130)));
}

#[test]
fn a_change_to_what_it_is_already_is_refused_and_begins_no_time() {
    let mut limits = limits();
    let refusal = LimitRefusal::IsThat {
        key: HR_HIGH,
        is: whole(120),
    };
    let same = limits.set(HR_HIGH, whole(120), whole(120));
    assert_eq!(same, Err(refusal.clone()));
    assert_eq!(
        refusal.to_string(),
        "threshold.HR_HIGH.trip: it is 120 already"
    );
    limits.limit_time(MonoTime::ZERO);
    assert_eq!(limits.until(), None);
    let limit = limits.all().find(|limit| limit.key == HR_HIGH);
    assert_eq!(limit.and_then(|limit| limit.cause), None, "nobody set it");
    // Somebody else's number is told first.
    let late = limits.set(HR_HIGH, whole(121), whole(120));
    assert!(
        matches!(late, Err(LimitRefusal::Changed { .. })),
        "{late:?}"
    );
}

#[test]
fn the_limit_at_which_values_are_good_again_keeps_its_distance() {
    let mut limits = limits();
    let threshold = |limits: &SessionLimits, id: AlarmId| {
        let rules = &limits.in_force().parts().thresholds;
        let rule = rules.iter().find(|rule| rule.id == id);
        rule.expect("it is on").clear
    };
    limits.set(HR_HIGH, whole(120), whole(131)).expect("valid");
    assert_eq!(threshold(&limits, AlarmId::HrHigh), whole(126));
    limits.set(HR_LOW, whole(50), whole(45)).expect("valid");
    assert_eq!(threshold(&limits, AlarmId::HrLow), whole(48));
    // As far as there are such values.
    let spo2 = LimitKey::Trip(AlarmId::Spo2Low);
    limits.set(spo2, whole(92), whole(99)).expect("valid");
    assert_eq!(threshold(&limits, AlarmId::Spo2Low), whole(100));
    let sys = LimitKey::Systolic(AlarmId::NibpHigh);
    limits.set(sys, whole(165), whole(150)).expect("valid");
    let nibp = limits.in_force().parts().nibp.high.expect("it is on");
    assert_eq!(nibp.clear_systolic, whole(145));
    assert_eq!(
        (nibp.diastolic, nibp.clear_diastolic),
        (whole(100), whole(95))
    );
    let mean = LimitKey::Mean(AlarmId::NibpLow);
    limits.set(mean, whole(60), whole(65)).expect("valid");
    let nibp = limits.in_force().parts().nibp.low.expect("it is on");
    assert_eq!((nibp.mean, nibp.clear_mean), (whole(65), whole(70)));
}

#[test]
fn a_change_that_would_contradict_is_refused_in_words_with_both_values() {
    let limits = limits();
    refused(
        &limits,
        HR_HIGH,
        145,
        "threshold.HR_HIGH.trip: 145 contradicts threshold.HR_VERY_HIGH.trip: 140 is not beyond \
         HR_HIGH, 145",
    );
    refused(
        &limits,
        LimitKey::Trip(AlarmId::HrVeryLow),
        50,
        "threshold.HR_VERY_LOW.trip: 50 is not beyond HR_LOW, 50",
    );
    refused(
        &limits,
        HR_HIGH,
        49,
        "threshold.HR_HIGH.trip: 49 is not above HR_LOW, 50",
    );
    refused(
        &limits,
        LimitKey::Trip(AlarmId::Spo2Low),
        101,
        "threshold.SPO2_LOW.trip: 101 is not within 50 to 100",
    );
    refused(
        &limits,
        LimitKey::Systolic(AlarmId::NibpHigh),
        180,
        "nibp.NIBP_HIGH.sys_ge: 180 contradicts nibp.NIBP_VERY_HIGH.sys_ge: 180 is not beyond the \
         milder limit, 180",
    );
    refused(
        &limits,
        LimitKey::CuffInterval,
        5,
        "nibp.interval_s: a cuff cannot be expected more often than every 60 s",
    );
    refused(
        &limits,
        LimitKey::Delay(AlarmId::HrHigh),
        121,
        "threshold.HR_HIGH.delay_s: 121 is not within 0 to 120",
    );
    refused(
        &limits,
        LimitKey::NoBreath,
        31,
        "airway.APNEA.no_breath_s: 31 is not within 15 to 30",
    );
    refused(
        &limits,
        LimitKey::Mean(AlarmId::NibpLow),
        -5,
        "nibp.NIBP_LOW.map_lt: -5 is not within 0 to 300",
    );
}

#[test]
fn a_change_is_looked_at_in_every_phase_so_that_none_is_ever_refused() {
    let limits = limits_with(|adjustments| {
        let very_high = LimitKey::Trip(AlarmId::HrVeryHigh);
        let recovery = BTreeMap::from([(very_high, whole(130))]);
        adjustments.phases.insert(Phase::Recovery, recovery);
    });
    refused(
        &limits,
        HR_HIGH,
        135,
        "threshold.HR_HIGH.trip: 135 contradicts threshold.HR_VERY_HIGH.trip: 130 is not beyond \
         HR_HIGH, 135 (in the recovery phase)",
    );
}

#[test]
fn a_change_by_somebody_who_saw_another_number_is_refused() {
    let mut limits = limits();
    limits.set(HR_HIGH, whole(120), whole(130)).expect("valid");
    let late = limits.set(HR_HIGH, whole(120), whole(125));
    let refusal = LimitRefusal::Changed {
        key: HR_HIGH,
        expected: whole(120),
        is: whole(130),
    };
    assert_eq!(late, Err(refusal.clone()));
    let words = "threshold.HR_HIGH.trip: it is 130 by now and not 120";
    assert_eq!(refusal.to_string(), words);
}

#[test]
fn bounds_hold_everybody_but_a_clinician() {
    let limits = limits();
    let said = |key, new, role| {
        let checked = limits.check_role(key, whole(new), role);
        checked.map_err(|refusal| refusal.to_string())
    };
    assert_eq!(said(HR_HIGH, 100, Role::Nurse), Ok(()));
    assert_eq!(said(HR_HIGH, 140, Role::Nurse), Ok(()));
    let outside = "threshold.HR_HIGH.trip: 141 is not within 100 to 140: a clinician may";
    assert_eq!(said(HR_HIGH, 141, Role::Nurse), Err(outside.to_owned()));
    assert_eq!(said(HR_HIGH, 141, Role::Clinician), Ok(()));
    let delay = LimitKey::Delay(AlarmId::HrHigh);
    let unbounded = "threshold.HR_HIGH.delay_s: only a clinician may change it";
    assert_eq!(said(delay, 10, Role::Nurse), Err(unbounded.to_owned()));
    assert_eq!(said(delay, 10, Role::Clinician), Ok(()));
}

#[test]
fn a_limit_takes_a_reason_and_is_not_the_engines_to_set() {
    let limits = limits();
    let engine = AlarmEngine::new(
        limits.in_force().clone(),
        Sources::default(),
        MonoTime::ZERO,
    );
    let action = OperatorAction::SetLimit {
        key: HR_HIGH,
        expected: whole(120),
        new: whole(130),
    };
    assert_eq!(action.name(), "set_limit");
    assert_eq!(action.alarm(), Some(AlarmId::HrHigh));
    assert_eq!(action.check_role(Role::Nurse), Ok(()));
    let act = |reason| Act {
        action,
        by: "mn",
        station: None,
        reason,
        call: None,
    };
    assert_eq!(engine.check(&act(Some("runner"))), Ok(()));
    assert_eq!(engine.check(&act(None)), Err(Refusal::NoReason));
    assert_eq!(engine.check(&act(Some(" "))), Err(Refusal::NoReason));
    let refusal = limits.check(HR_HIGH, whole(121), whole(130));
    let refusal = Refusal::Limit(refusal.expect_err("it is 120"));
    let words = "threshold.HR_HIGH.trip: it is 120 by now and not 121";
    assert_eq!(refusal.to_string(), words);
}

#[test]
fn each_phase_and_each_cause_has_a_name_of_its_own() {
    for phase in Phase::ALL {
        assert_eq!(Phase::from_name(phase.name()), Some(phase));
    }
    assert_eq!(Phase::from_name("emergence"), None);
    let causes = [
        LimitCause::Person,
        LimitCause::Phase,
        LimitCause::Profile,
        LimitCause::SessionEnd,
        LimitCause::Time,
    ];
    let names = causes.map(LimitCause::name);
    assert_eq!(names, ["person", "phase", "profile", "session_end", "time"]);
}

#[test]
fn a_limit_of_a_rule_that_is_off_is_not_there() {
    let mut parts = adult::parts();
    parts.airway.apnea = None;
    let limits = SessionLimits::new(AlarmProfile::new(parts).expect("valid"));
    let refusal = limits.check(LimitKey::NoBreath, whole(20), whole(25));
    let words = "airway.APNEA.no_breath_s: APNEA is off in this profile";
    assert_eq!(
        refusal.map_err(|refusal| refusal.to_string()),
        Err(words.to_owned())
    );
    assert!(limits.all().all(|limit| limit.key != LimitKey::NoBreath));
}

#[test]
fn a_persons_number_holds_in_every_phase_and_a_phases_only_in_it() {
    let mut limits = limits();
    let apnea = |limits: &SessionLimits| limits.value(LimitKey::NoBreath);
    assert_eq!(apnea(&limits), Some(whole(20)));
    let longer = change(LimitKey::NoBreath, 20, 25, LimitCause::Phase);
    assert_eq!(limits.enter(Phase::Dosing), [longer]);
    limits.set(HR_HIGH, whole(120), whole(130)).expect("valid");
    let shorter = change(LimitKey::NoBreath, 25, 20, LimitCause::Phase);
    assert_eq!(limits.enter(Phase::Recovery), [shorter]);
    assert_eq!(limits.value(HR_HIGH), Some(whole(130)));
    limits
        .set(LimitKey::NoBreath, whole(20), whole(18))
        .expect("valid");
    assert_eq!(limits.enter(Phase::Dosing), []);
    assert_eq!(apnea(&limits), Some(whole(18)));
}

#[test]
fn the_end_of_a_session_gives_the_profile_as_shipped_back() {
    let mut limits = limits();
    limits.enter(Phase::Dosing);
    limits.set(HR_HIGH, whole(120), whole(130)).expect("valid");
    let told = limits.end_session();
    let back = [
        change(HR_HIGH, 130, 120, LimitCause::SessionEnd),
        change(LimitKey::NoBreath, 25, 20, LimitCause::SessionEnd),
    ];
    assert_eq!(told, back);
    assert_eq!(limits.phase(), Phase::Baseline);
    assert_eq!(limits.in_force(), self::limits().in_force());
    assert_eq!(limits.shipped(), self::limits().shipped());
    assert_eq!(limits.end_session(), []);
}

#[test]
fn each_limit_in_force_says_its_default_its_bounds_and_what_changed_it() {
    let mut limits = limits();
    limits.enter(Phase::Dosing);
    limits.set(HR_HIGH, whole(120), whole(130)).expect("valid");
    let all: BTreeMap<LimitKey, _> = limits.all().map(|limit| (limit.key, limit)).collect();
    assert_eq!(all.len(), 31);
    let rate = all[&HR_HIGH];
    assert_eq!((rate.value, rate.default), (whole(130), whole(120)));
    assert_eq!(rate.cause, Some(LimitCause::Person));
    let bounds = rate.bounds.expect("it has some");
    assert!(bounds.contain(whole(100)) && bounds.contain(whole(140)));
    assert!(!bounds.contain(whole(99)) && !bounds.contain(whole(141)));
    let apnea = all[&LimitKey::NoBreath];
    assert_eq!((apnea.value, apnea.default), (whole(25), whole(20)));
    assert_eq!((apnea.cause, apnea.bounds), (Some(LimitCause::Phase), None));
    assert_eq!(all[&HR_LOW].cause, None);
}

#[test]
fn a_limit_that_means_little_is_warned_of_and_not_refused() {
    let spo2 = LimitKey::Trip(AlarmId::Spo2Low);
    assert_eq!(warning(spo2, whole(85)), None);
    assert!(warning(spo2, whole(84)).is_some());
    assert_eq!(warning(HR_HIGH, whole(180)), None);
    assert!(warning(HR_HIGH, whole(181)).is_some());
    assert_eq!(warning(HR_LOW, whole(30)), None);
    assert_eq!(warning(LimitKey::Delay(AlarmId::HrHigh), whole(300)), None);
    let mut limits = limits();
    let very_low = LimitKey::Trip(AlarmId::Spo2VeryLow);
    let told = limits.set(very_low, whole(88), whole(80)).expect("valid");
    assert!(told[0].warning().is_some());
}

fn with_personal(offsets: &[(LimitKey, i32)]) -> SessionLimits {
    limits_with(|adjustments| {
        let offsets = offsets.iter().map(|(key, offset)| (*key, whole(*offset)));
        adjustments.personal = offsets.collect();
    })
}

fn rate(number: f64) -> Baseline {
    Baseline {
        heart_rate: Value::finite(number),
        ..Baseline::default()
    }
}

#[test]
fn personal_limits_are_the_patients_own_value_and_the_offset_within_the_bounds() {
    let mut limits = with_personal(&[(HR_LOW, -8), (HR_HIGH, 40)]);
    let cause = LimitCause::Profile;
    assert_eq!(
        limits.personalise(&rate(54.4)),
        [
            change(HR_HIGH, 120, 100, cause),
            change(HR_LOW, 50, 46, cause)
        ]
    );
    // Again, with another value: by the profile as before, not on top of it.
    assert_eq!(
        limits.personalise(&rate(70.0)),
        [
            change(HR_HIGH, 100, 110, cause),
            change(HR_LOW, 46, 60, cause)
        ]
    );
    // Nothing is known of the rate: what it was stays.
    assert_eq!(limits.personalise(&Baseline::default()), []);
    assert_eq!(limits.end_session().len(), 2);
}

#[test]
fn a_personal_limit_stops_before_it_contradicts_another_one() {
    let mut limits = with_personal(&[(HR_LOW, -8)]);
    // 40 is the bound, and HR_VERY_LOW's own limit.
    let told = limits.personalise(&rate(44.0));
    assert_eq!(told, [change(HR_LOW, 50, 41, LimitCause::Profile)]);
}

#[test]
fn a_personal_limit_does_not_take_the_place_of_a_persons() {
    let mut limits = with_personal(&[(HR_LOW, -8), (HR_HIGH, 40)]);
    limits.set(HR_LOW, whole(50), whole(44)).expect("valid");
    let told = limits.personalise(&rate(60.0));
    assert_eq!(told, [change(HR_HIGH, 120, 100, LimitCause::Profile)]);
}

#[test]
fn every_value_of_a_baseline_can_set_a_limit() {
    let sys = LimitKey::Systolic(AlarmId::NibpHigh);
    let dia = LimitKey::Diastolic(AlarmId::NibpHigh);
    let spo2 = LimitKey::Trip(AlarmId::Spo2Low);
    let rr = LimitKey::Trip(AlarmId::RrHigh);
    let co2 = LimitKey::Trip(AlarmId::Etco2High);
    let mut limits = limits_with(|adjustments| {
        let bounds = |least: i32, most: i32| Bounds {
            least: whole(least),
            most: whole(most),
        };
        adjustments.tailoring.insert(rr, bounds(20, 40));
        adjustments.tailoring.insert(co2, bounds(45, 60));
        let offsets = [(sys, 35), (dia, 20), (spo2, -4), (rr, 12), (co2, 12)];
        let offsets = offsets.map(|(key, offset)| (key, whole(offset)));
        adjustments.personal = BTreeMap::from(offsets);
    });
    let baseline = Baseline {
        pressure: Some(PressureBaseline {
            systolic: whole(118),
            diastolic: whole(76),
        }),
        spo2: Some(whole(95)),
        respiration_rate: Some(whole(14)),
        etco2: Some(whole(36)),
        heart_rate: None,
    };
    let cause = LimitCause::Profile;
    assert_eq!(
        limits.personalise(&baseline),
        [
            change(spo2, 92, 91, cause),
            change(rr, 30, 26, cause),
            change(co2, 50, 48, cause),
            change(sys, 165, 153, cause),
            change(dia, 100, 96, cause)
        ]
    );
}

#[test]
fn a_high_personal_limit_stops_below_the_worse_one() {
    let mut limits = with_personal(&[(HR_HIGH, 20)]);
    // 140 is the bound, and HR_VERY_HIGH's own limit.
    let told = limits.personalise(&rate(130.0));
    assert_eq!(told, [change(HR_HIGH, 120, 139, LimitCause::Profile)]);
}

#[test]
fn each_limit_can_be_changed_by_one_and_tells_its_own_warning() {
    for key in LimitKey::all() {
        let mut limits = limits();
        let seen = limits.value(key).expect("every rule is on");
        let new = Value::finite(seen.number() + 1.0).expect("finite");
        let told = limits.set(key, seen, new).expect("valid");
        assert_eq!(limits.value(key), Some(new), "{key}");
        assert_eq!(told.len(), 1, "{key}");
        assert_eq!(told[0].warning(), warning(key, new), "{key}");
    }
}

#[test]
fn limits_know_their_phase() {
    let mut limits = limits();
    for phase in [Phase::Dosing, Phase::Recovery, Phase::Baseline] {
        limits.enter(phase);
        assert_eq!(limits.phase(), phase);
    }
}

#[test]
fn what_people_chose_is_set_again_together_and_what_contradicts_the_profile_is_not() {
    let very_high = LimitKey::Trip(AlarmId::HrVeryHigh);
    // Alone the first one is above the very high limit of the profile.
    let together = BTreeMap::from([(HR_HIGH, whole(150)), (very_high, whole(160))]);
    let mut limits = limits();
    let changes = limits.restore(&together);
    assert_eq!(
        changes,
        [
            change(HR_HIGH, 120, 150, LimitCause::Person),
            change(very_high, 140, 160, LimitCause::Person),
        ]
    );
    // Without the other it is not set, and the other things are.
    let spo2 = LimitKey::Trip(AlarmId::Spo2Low);
    let contradicts = BTreeMap::from([(HR_HIGH, whole(150)), (spo2, whole(90))]);
    let mut limits = limits_with(|_| ());
    let changes = limits.restore(&contradicts);
    assert_eq!(changes, [change(spo2, 92, 90, LimitCause::Person)]);
    assert_eq!(limits.restore(&contradicts), []);
}

#[test]
fn what_people_chose_leaves_what_the_patients_own_values_set() {
    let mut limits = with_personal(&[(HR_HIGH, 20)]);
    limits.personalise(&rate(110.0));
    let personal = limits.value(HR_HIGH);
    assert_ne!(personal, Some(whole(120)));
    let spo2 = LimitKey::Trip(AlarmId::Spo2Low);
    let changes = limits.restore(&BTreeMap::from([(spo2, whole(90))]));
    assert_eq!(changes, [change(spo2, 92, 90, LimitCause::Person)]);
    assert_eq!(limits.value(HR_HIGH), personal);
}

#[test]
fn what_people_chose_for_a_rule_that_is_gone_is_no_change_that_has_to_end() {
    let mut parts = adult::parts();
    parts.thresholds.retain(|rule| rule.id != AlarmId::HrHigh);
    parts.families.clear();
    let profile = AlarmProfile::new(parts).expect("they do not contradict each other");
    let mut limits = SessionLimits::new(profile);
    assert_eq!(limits.restore(&BTreeMap::from([(HR_HIGH, whole(130))])), []);
    limits.limit_time(MonoTime::ZERO);
    assert_eq!(limits.until(), None);
}

#[test]
fn where_no_session_is_open_all_changes_end_twelve_hours_after_the_first() {
    let at = |hours: u64| MonoTime::from_secs(hours * 3600);
    let mut limits = limits();
    limits.limit_time(at(1));
    assert_eq!(limits.until(), None, "nothing was changed");
    limits.enter(Phase::Dosing);
    limits.limit_time(at(1));
    assert_eq!(limits.until(), Some(at(13)), "a phase ends as well");
    limits
        .set(HR_HIGH, whole(120), whole(130))
        .expect("it is within what it can be");
    limits.limit_time(at(5));
    assert_eq!(
        limits.until(),
        Some(at(13)),
        "a later change puts off nothing"
    );
    let ended = limits.end_by_time();
    assert!(ended.contains(&change(HR_HIGH, 130, 120, LimitCause::Time)));
    assert_eq!(limits.phase(), Phase::Baseline);
    limits.limit_time(at(13));
    assert_eq!(limits.until(), None);
}
