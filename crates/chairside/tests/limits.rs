//! Limits that change at a bed of the station: who may, what is refused, and what is on record.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside::config::profile::adult_ketamine;
use chairside_alarm::{
    Act, AlarmId, AlarmProfile, Baseline, LIMITS_LAST, LimitCause, LimitChange, LimitKey,
    OperatorAction, Phase, Refusal, Role,
};
use chairside_model::{BedId, DeviceId, Measured, Metric, MonoTime, Observation, Reading, Value};
use chairside_station::{
    BedPlan, DevicePlan, Earlier, Entry, Feed, Record, Station, StationInput, StationOutput,
};

const BED: BedId = BedId(1);
const OTHER: BedId = BedId(2);
const HR_HIGH: LimitKey = LimitKey::Trip(AlarmId::HrHigh);

fn plans(profile: &AlarmProfile) -> BTreeMap<BedId, BedPlan> {
    let plan = |device| BedPlan {
        protocols: Vec::new(),
        devices: vec![DevicePlan {
            id: DeviceId(device),
            feed: Feed::HandedIn {
                gives: vec![Metric::PulseRate],
                nominal_period: Duration::from_secs(1),
            },
            metrics: None,
        }],
        profile: profile.clone(),
    };
    BTreeMap::from([(BED, plan(1)), (OTHER, plan(2))])
}

/// Two beds with an oximeter each, second by second.
struct Ward {
    station: Station,
    second: u64,
    told: Vec<Entry>,
}

impl Ward {
    fn new() -> Self {
        Self::with(&adult_ketamine())
    }

    fn with(profile: &AlarmProfile) -> Self {
        Self {
            station: Station::new(plans(profile), MonoTime::ZERO)
                .expect("each device is there once"),
            second: 0,
            told: Vec::new(),
        }
    }

    fn input(&mut self, input: StationInput<'_>) {
        let now = MonoTime::from_secs(self.second);
        let mut out = StationOutput::default();
        self.station.handle(now, input, &mut out);
        let told = out.records.into_iter().map(|record| record.entry);
        self.told
            .extend(told.filter(|entry| !matches!(entry, Entry::Observed { .. })));
    }

    /// Goes on with the same pulse at both beds.
    fn go_on(&mut self, pulse: i32, seconds: u64) {
        for _ in 0..seconds {
            self.second += 1;
            let now = MonoTime::from_secs(self.second);
            for (bed, device) in [(BED, 1), (OTHER, 2)] {
                let measured = Measured::Valid(Value::whole(pulse));
                let observation = Observation {
                    device: DeviceId(device),
                    received: now,
                    reading: Reading::numeric(Metric::PulseRate, measured, now),
                };
                self.input(StationInput::Observed(bed, &observation));
            }
            self.input(StationInput::Tick);
        }
    }

    fn set(&mut self, act: &Act<'_>, role: Role) -> Result<(), Refusal> {
        let checked = self.station.check(BED, act, role);
        self.input(StationInput::Operator {
            bed: BED,
            act: *act,
        });
        checked
    }

    fn value(&self, bed: BedId, key: LimitKey) -> Value {
        let limits = self.station.limits(bed).expect("it is planned");
        limits.value(key).expect("its rule is on")
    }

    /// Which alarms began or ended, and at which bed.
    fn alarms(&self) -> Vec<(BedId, AlarmId, bool)> {
        let alarms = self.told.iter().filter_map(|entry| match entry {
            Entry::Alarm { bed, transition } => Some((*bed, transition.id, transition.present)),
            _ => None,
        });
        alarms.collect()
    }
}

const fn act(action: OperatorAction, reason: Option<&'static str>) -> Act<'static> {
    Act {
        action,
        by: "mn",
        station: Some("desk"),
        reason,
        call: None,
    }
}

fn to(key: LimitKey, expected: i32, new: i32) -> OperatorAction {
    OperatorAction::SetLimit {
        key,
        expected: Value::whole(expected),
        new: Value::whole(new),
    }
}

fn change(key: LimitKey, old: i32, new: i32, cause: LimitCause) -> Entry {
    Entry::Limit {
        bed: BED,
        change: LimitChange {
            key,
            old: Value::whole(old),
            new: Value::whole(new),
            cause,
        },
    }
}

#[test]
fn a_changed_limit_is_on_record_with_who_and_why_before_what_follows_from_it() {
    let mut ward = Ward::new();
    ward.go_on(125, 5);
    let wanted = act(to(HR_HIGH, 120, 130), Some("runner"));
    assert_eq!(ward.set(&wanted, Role::Nurse), Ok(()));
    assert_eq!(
        ward.told,
        [
            Entry::Operator {
                bed: BED,
                action: wanted.action,
                by: "mn".into(),
                station: Some("desk".into()),
                reason: Some("runner".into()),
            },
            change(HR_HIGH, 120, 130, LimitCause::Person),
        ]
    );
    ward.go_on(125, 20);
    // The other bed keeps its own.
    assert_eq!(ward.alarms(), [(OTHER, AlarmId::HrHigh, true)]);
    assert_eq!(ward.value(BED, HR_HIGH), Value::whole(130));
    assert_eq!(ward.value(OTHER, HR_HIGH), Value::whole(120));
}

#[test]
fn a_nurse_stays_within_the_bounds_and_a_clinician_within_what_contradicts_nothing() {
    let mut ward = Ward::new();
    let words = |refused: Result<(), Refusal>| refused.map_err(|refusal| refusal.to_string());
    let very_low = LimitKey::Trip(AlarmId::Spo2VeryLow);
    for (key, expected, new, refused) in [
        (
            HR_HIGH,
            120,
            99,
            "threshold.HR_HIGH.trip: 99 is not within 100 to 140: a clinician may",
        ),
        (
            very_low,
            88,
            86,
            "threshold.SPO2_VERY_LOW.trip: only a clinician may change it",
        ),
        (
            LimitKey::NoBreath,
            20,
            22,
            "airway.APNEA.no_breath_s: only a clinician may change it",
        ),
    ] {
        let wanted = act(to(key, expected, new), Some("ordered"));
        let checked = ward.station.check(BED, &wanted, Role::Nurse);
        assert_eq!(words(checked), Err(refused.to_owned()));
        assert_eq!(ward.set(&wanted, Role::Clinician), Ok(()));
        assert_eq!(ward.value(BED, key), Value::whole(new));
    }
    let wanted = act(to(HR_HIGH, 99, 141), Some("ordered"));
    assert_eq!(
        words(ward.set(&wanted, Role::Clinician)),
        Err(
            "threshold.HR_HIGH.trip: 141 contradicts threshold.HR_VERY_HIGH.trip: 140 is not \
             beyond HR_HIGH, 141"
                .to_owned()
        )
    );
    assert_eq!(ward.value(BED, HR_HIGH), Value::whole(99));
}

#[test]
fn what_is_refused_changes_nothing_and_is_not_on_record() {
    let mut ward = Ward::new();
    let no_reason = act(to(HR_HIGH, 120, 130), Some(" "));
    assert_eq!(
        ward.set(&no_reason, Role::Clinician),
        Err(Refusal::NoReason)
    );
    let stale = act(to(HR_HIGH, 125, 130), Some("runner"));
    assert!(matches!(
        ward.set(&stale, Role::Clinician),
        Err(Refusal::Limit(_))
    ));
    assert_eq!(ward.told, []);
    assert_eq!(ward.value(BED, HR_HIGH), Value::whole(120));
}

#[test]
fn a_phase_and_the_end_of_a_session_are_on_record_with_the_limits_they_change() {
    let mut ward = Ward::new();
    let key = LimitKey::NoBreath;
    ward.input(StationInput::Session(BED, true));
    ward.input(StationInput::Phase(BED, Phase::Dosing));
    let wanted = act(to(HR_HIGH, 120, 130), Some("runner"));
    ward.set(&wanted, Role::Nurse).expect("within the bounds");
    // Said again: the session goes on, and so do its limits.
    ward.input(StationInput::Session(BED, true));
    ward.input(StationInput::CuffSameLimb(BED, true));
    ward.input(StationInput::Session(BED, false));
    ward.told
        .retain(|entry| !matches!(entry, Entry::Operator { .. }));
    let bed = BED;
    assert_eq!(
        ward.told,
        [
            Entry::Session { bed, open: true },
            Entry::Phase {
                bed,
                phase: Phase::Dosing
            },
            change(key, 20, 25, LimitCause::Phase),
            change(HR_HIGH, 120, 130, LimitCause::Person),
            Entry::Session { bed, open: true },
            Entry::CuffSameLimb { bed, same: true },
            Entry::Session { bed, open: false },
            change(HR_HIGH, 130, 120, LimitCause::SessionEnd),
            change(key, 25, 20, LimitCause::SessionEnd),
        ]
    );
    let limits = ward.station.limits(BED).expect("it is planned");
    assert_eq!(limits.phase(), Phase::Baseline);
}

#[test]
fn a_baseline_sets_the_limits_that_the_profile_draws_from_it() {
    let mut parts = adult_ketamine().parts().clone();
    let key = LimitKey::Trip(AlarmId::HrLow);
    parts.adjustments.personal.insert(key, Value::whole(-8));
    let profile = AlarmProfile::new(parts).expect("it contradicts nothing");
    let mut ward = Ward::with(&profile);
    let baseline = Baseline {
        heart_rate: Some(Value::whole(52)),
        ..Baseline::default()
    };
    ward.input(StationInput::Baseline(BED, baseline));
    assert_eq!(
        ward.told,
        [
            Entry::Baseline { bed: BED, baseline },
            change(key, 50, 44, LimitCause::Profile)
        ]
    );
    ward.go_on(47, 20);
    assert_eq!(ward.alarms(), [(OTHER, AlarmId::HrLow, true)]);
}

#[test]
fn limits_are_rebuilt_from_what_is_on_record() {
    let mut ward = Ward::new();
    ward.input(StationInput::Session(BED, true));
    ward.input(StationInput::Phase(BED, Phase::Dosing));
    for new in [130, 135, 110] {
        let is = ward.value(BED, HR_HIGH);
        let action = OperatorAction::SetLimit {
            key: HR_HIGH,
            expected: is,
            new: Value::whole(new),
        };
        ward.set(&act(action, Some("titrated")), Role::Nurse)
            .expect("within the bounds");
    }
    let mut again = Ward::new();
    for entry in ward.told.clone() {
        match entry {
            Entry::Session { bed, open } => again.input(StationInput::Session(bed, open)),
            Entry::Phase { bed, phase } => again.input(StationInput::Phase(bed, phase)),
            Entry::Operator {
                bed, action, by, ..
            } => again.input(StationInput::Operator {
                bed,
                act: Act {
                    action,
                    by: &by,
                    station: None,
                    reason: Some("titrated"),
                    call: None,
                },
            }),
            _ => {}
        }
    }
    let in_force = |ward: &Ward| {
        ward.station
            .limits(BED)
            .expect("planned")
            .in_force()
            .clone()
    };
    assert_eq!(in_force(&again), in_force(&ward));
}

/// A person's limit at 0 s and the phase of a dose at 10 s, with nobody to open a session.
fn ward_with_limits() -> Ward {
    let mut ward = Ward::new();
    let set = OperatorAction::SetLimit {
        key: HR_HIGH,
        expected: Value::whole(120),
        new: Value::whole(130),
    };
    let set = act(set, Some("tachycardic before"));
    assert_eq!(ward.set(&set, Role::Nurse), Ok(()));
    ward.second = 10;
    ward.input(StationInput::Phase(BED, Phase::Dosing));
    ward
}

/// What was told of limits and phases.
fn of_limits(told: &[Entry]) -> Vec<Entry> {
    let told = told.iter();
    told.filter(|entry| matches!(entry, Entry::Limit { .. } | Entry::Phase { .. }))
        .cloned()
        .collect()
}

#[test]
fn without_a_session_what_was_set_and_a_phase_end_after_twelve_hours() {
    let mut ward = ward_with_limits();
    ward.told.clear();
    let end = LIMITS_LAST.as_secs();
    let until = ward.station.limits(BED).expect("it is planned").until();
    assert_eq!(until, Some(MonoTime::from_secs(end)));
    ward.second = end - 1;
    ward.input(StationInput::Tick);
    assert_eq!(of_limits(&ward.told), []);
    assert!(ward.station.next_deadline() <= until);
    ward.second = end;
    ward.input(StationInput::Tick);
    let expected = [
        Entry::Phase {
            bed: BED,
            phase: Phase::Baseline,
        },
        change(HR_HIGH, 130, 120, LimitCause::Time),
        change(LimitKey::NoBreath, 25, 20, LimitCause::Time),
    ];
    assert_eq!(of_limits(&ward.told), expected);
    let limits = ward.station.limits(BED).expect("it is planned");
    assert_eq!((limits.until(), limits.phase()), (None, Phase::Baseline));
}

#[test]
fn in_a_session_limits_last_until_it_ends() {
    let mut ward = Ward::new();
    ward.input(StationInput::Session(BED, true));
    ward.input(StationInput::Phase(BED, Phase::Dosing));
    ward.told.clear();
    ward.second = 2 * LIMITS_LAST.as_secs();
    ward.input(StationInput::Tick);
    assert_eq!(of_limits(&ward.told), []);
    assert_eq!(ward.value(BED, LimitKey::NoBreath), Value::whole(25));
}

#[test]
fn after_a_restart_limits_have_the_time_that_is_left() {
    let end = LIMITS_LAST.as_secs();
    for (now, until) in [(end - 60, Some(MonoTime::from_secs(end))), (end + 60, None)] {
        let before = ward_with_limits();
        let at = |entry: &Entry| match entry {
            Entry::Phase { .. } => 10,
            _ => 0,
        };
        let records = before.told.iter().map(|entry| Record {
            sequence: 0,
            at: MonoTime::from_secs(at(entry)),
            entry: entry.clone(),
        });
        let now = MonoTime::from_secs(now);
        let earlier = Earlier {
            began: MonoTime::ZERO,
            from: now,
            ended: now,
            records: records.collect(),
        };
        let plans = plans(&adult_ketamine());
        let mut out = StationOutput::default();
        let none = BTreeMap::new();
        let station =
            Station::resume(plans, &[], &earlier, &none, now, &mut out).expect("as before");
        let limits = station.limits(BED).expect("it is planned");
        assert_eq!(limits.until(), until);
        let rate = if until.is_some() { 130 } else { 120 };
        assert_eq!(limits.value(HR_HIGH), Some(Value::whole(rate)));
    }
}
