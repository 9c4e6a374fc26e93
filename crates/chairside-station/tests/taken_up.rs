//! A bed that is taken up, by the next machine or after a restart: its limits, its numbers, and
//! what becomes of one that cannot be.

use std::cell::Cell;
use std::collections::BTreeMap;

use chairside_alarm::{
    Act, AlarmId, AlarmProfile, LimitCause, LimitChange, LimitKey, Occurrence, OperatorAction,
    Priority, ProfileParts, Refusal, Role, SignalPresence, Sound, SuspensionEnd,
};
use chairside_model::{
    BedId, DeviceId, Measured, Metric, MonoTime, Patient, Reading, SessionId, Value,
};
use chairside_protocol::{
    Begins, Driver, DriverInfo, DriverOutput, Finding, LineInput, LineSettings, Maturity,
};
use chairside_station::{
    BedPlan, DevicePlan, Earlier, Entry, LastNumbers, Record, Station, StationInput, StationOutput,
};

mod support;

use support::parts;

const BED: BedId = BedId(1);
const OXIMETER: DeviceId = DeviceId(1);
const LOW: LimitKey = LimitKey::Trip(AlarmId::Spo2Low);
const VERY_LOW: LimitKey = LimitKey::Trip(AlarmId::Spo2VeryLow);

thread_local! {
    /// How often the driver can not be made from now on.
    static FAILS: Cell<u32> = const { Cell::new(0) };
}

/// Each byte is a saturation in a frame of its own; the last one makes it panic.
#[derive(Debug)]
struct Fragile;

impl Driver for Fragile {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        if let LineInput::Received(bytes) = input {
            for byte in bytes {
                assert!(*byte != u8::MAX, "the driver fails");
                out.push(0, Finding::Frame);
                let measured = Measured::Valid(Value::whole(*byte));
                let reading = Reading::numeric(Metric::SpO2, measured, now);
                out.push(0, Finding::Reading(reading));
            }
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }
}

const FRAGILE: DriverInfo = DriverInfo {
    name: "fragile",
    family: "test",
    gives: &[Metric::SpO2],
    line: LineSettings::plain(9600),
    other_lines: &[],
    begins: Begins::Device,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: std::time::Duration::from_secs(1),
    pace: None,
    build: || {
        let left = FAILS.get();
        FAILS.set(left.saturating_sub(1));
        assert!(left == 0, "the driver cannot be made");
        Box::new(Fragile)
    },
};

fn plan(parts: ProfileParts) -> BTreeMap<BedId, BedPlan> {
    let profile = AlarmProfile::new(parts).expect("the limits do not contradict each other");
    let plan = BedPlan {
        protocols: Vec::new(),
        devices: vec![DevicePlan::on_line(OXIMETER, &FRAGILE)],
        profile,
    };
    BTreeMap::from([(BED, plan)])
}

/// A bed with an oximeter, second by second, and all that it told in this run and before.
struct Clinic {
    station: Station,
    out: StationOutput,
    second: u64,
}

impl Clinic {
    fn open() -> Self {
        Self::with(parts())
    }

    fn with(parts: ProfileParts) -> Self {
        let station = Station::new(plan(parts), MonoTime::ZERO);
        let mut clinic = Self {
            station: station.expect("each device is planned once"),
            out: StationOutput::default(),
            second: 0,
        };
        clinic.plug_in();
        clinic
    }

    fn tell(&mut self, input: StationInput<'_>) {
        let now = MonoTime::from_secs(self.second);
        self.station.handle(now, input, &mut self.out);
    }

    fn plug_in(&mut self) {
        self.tell(StationInput::Line(OXIMETER, LineInput::Opened));
    }

    /// Goes on for so many seconds with that saturation.
    fn spo2(&mut self, percent: u8, seconds: u64) {
        for _ in 0..seconds {
            self.second += 1;
            self.tell(StationInput::Line(
                OXIMETER,
                LineInput::Received(&[percent]),
            ));
            self.tell(StationInput::Tick);
        }
    }

    fn panics(&mut self) {
        self.spo2(u8::MAX, 1);
    }

    fn act(&mut self, action: OperatorAction) {
        let act = Act {
            action,
            by: "mn",
            station: Some("desk"),
            reason: Some("as agreed"),
            call: None,
        };
        self.tell(StationInput::Operator { bed: BED, act });
    }

    fn set(&mut self, key: LimitKey, expected: i32, new: i32) {
        let (expected, new) = (Value::whole(expected), Value::whole(new));
        self.act(OperatorAction::SetLimit { key, expected, new });
        assert_eq!(self.limit(key), Some(new));
    }

    fn limit(&self, key: LimitKey) -> Option<Value> {
        let limits = self.station.limits(BED).expect("the bed is there");
        limits.value(key)
    }

    /// Kills everything, and goes on so many seconds later from the record.
    fn restart(&mut self, parts: ProfileParts, last: LastNumbers, away: u64) {
        self.restart_with((parts, &[]), last, away);
    }

    /// The same where these beds are for training.
    fn restart_with(
        &mut self,
        (parts, training): (ProfileParts, &[BedId]),
        last: LastNumbers,
        away: u64,
    ) {
        let ended = MonoTime::from_secs(self.second);
        self.second += away;
        let earlier = Earlier {
            began: MonoTime::ZERO,
            from: MonoTime::ZERO,
            ended,
            records: self.out.records.clone(),
        };
        let now = MonoTime::from_secs(self.second);
        let last = BTreeMap::from([(BED, last)]);
        let station = Station::resume(plan(parts), training, &earlier, &last, now, &mut self.out);
        self.station = station.expect("each device is planned once");
    }

    fn told<T>(&self, from: u64, which: impl Fn(&Entry) -> Option<T>) -> Vec<T> {
        let from = MonoTime::from_secs(from);
        let records = self.out.records.iter().filter(|record| record.at >= from);
        records
            .filter_map(|record: &Record| which(&record.entry))
            .collect()
    }

    fn alarms(&self, from: u64) -> Vec<(AlarmId, u64, bool, SignalPresence)> {
        self.told(from, |entry| match entry {
            Entry::Alarm { transition, .. } => Some((
                transition.id,
                transition.occurrence.0,
                transition.present,
                transition.signal,
            )),
            _ => None,
        })
    }

    fn limits_told(&self, from: u64) -> Vec<LimitChange> {
        self.told(from, |entry| match entry {
            Entry::Limit { change, .. } => Some(*change),
            _ => None,
        })
    }
}

#[test]
fn limits_that_are_consistent_only_together_hold_in_the_next_machine() {
    // In the order in which they were set, in the order of their keys, and neither.
    let orders: [&[(LimitKey, i32, i32)]; 3] = [
        &[(LOW, 92, 90), (VERY_LOW, 88, 80)],
        &[(VERY_LOW, 88, 80), (LOW, 92, 86)],
        &[(VERY_LOW, 88, 80), (LOW, 92, 86), (VERY_LOW, 80, 82)],
    ];
    for order in orders {
        let mut clinic = Clinic::open();
        for (key, old, new) in order {
            clinic.spo2(97, 1);
            clinic.set(*key, *old, *new);
        }
        let set = (clinic.limit(LOW), clinic.limit(VERY_LOW));
        clinic.panics();
        assert_eq!(
            (clinic.limit(LOW), clinic.limit(VERY_LOW)),
            set,
            "{order:?}"
        );
        assert_eq!(clinic.limits_told(clinic.second), [], "{order:?}");
    }
}

#[test]
fn the_limits_of_a_session_that_ended_do_not_hold_in_the_next_machine() {
    let mut clinic = Clinic::open();
    clinic.tell(StationInput::Session(BED, true));
    clinic.set(LOW, 92, 90);
    clinic.tell(StationInput::Session(BED, true));
    clinic.panics();
    assert_eq!(clinic.limit(LOW), Some(Value::whole(90)));
    clinic.tell(StationInput::Session(BED, false));
    clinic.panics();
    assert_eq!(clinic.limit(LOW), Some(Value::whole(92)));
}

#[test]
fn a_session_is_known_to_the_next_machine_with_who_opened_it_and_when() {
    let mut clinic = Clinic::open();
    clinic.spo2(97, 5);
    let patient = Patient::new(Some("M. K."), None).expect("initials");
    clinic.act(OperatorAction::OpenSession(SessionId(7), patient));
    let refused = |clinic: &Clinic, action| {
        let act = Act {
            action,
            by: "jd",
            station: None,
            reason: None,
            call: None,
        };
        clinic.station.check(BED, &act, Role::Nurse)
    };
    let open = || OperatorAction::OpenSession(SessionId(8), Patient::default());
    let close = |id| OperatorAction::CloseSession(SessionId(id));
    let is_open = Err(Refusal::SessionOpen {
        by: Some("mn".into()),
        since: MonoTime::from_secs(5),
    });
    for next in [
        |_: &mut Clinic| {},
        Clinic::panics,
        |clinic: &mut Clinic| clinic.restart(parts(), LastNumbers::NONE, 3),
        Clinic::panics,
    ] {
        clinic.spo2(97, 2);
        next(&mut clinic);
        assert_eq!(refused(&clinic, open()), is_open);
        assert_eq!(refused(&clinic, close(8)), Err(Refusal::NoSession));
        assert_eq!(refused(&clinic, close(7)), Ok(()));
    }
    clinic.act(close(7));
    clinic.panics();
    assert_eq!(refused(&clinic, close(7)), Err(Refusal::NoSession));
    assert_eq!(refused(&clinic, open()), Ok(()));
}

#[test]
fn a_limit_that_the_profile_does_not_allow_any_more_is_told_as_changed() {
    let mut before = parts();
    for rule in &mut before.thresholds {
        if rule.id == AlarmId::Spo2VeryLow {
            (rule.trip, rule.clear) = (Value::whole(80), Value::whole(82));
        }
    }
    let mut clinic = Clinic::with(before);
    clinic.set(LOW, 92, 86);
    clinic.restart(parts(), LastNumbers::NONE, 1);
    assert_eq!(clinic.limit(LOW), Some(Value::whole(92)));
    let told = LimitChange {
        key: LOW,
        old: Value::whole(86),
        new: Value::whole(92),
        cause: LimitCause::Profile,
    };
    assert_eq!(clinic.limits_told(clinic.second), [told]);
    // It is told once.
    clinic.restart(parts(), LastNumbers::NONE, 1);
    assert_eq!(clinic.limits_told(clinic.second), []);
}

fn off(seconds: u32) -> OperatorAction {
    let id = AlarmId::Spo2Low;
    OperatorAction::SwitchOff { id, seconds }
}

#[test]
fn what_a_restart_numbers_comes_after_everything_that_was_ever_numbered() {
    let mut clinic = Clinic::open();
    clinic.spo2(91, 14);
    clinic.act(off(60));
    let last = LastNumbers {
        occurrence: Occurrence(41),
        call: 50,
    };
    clinic.restart(parts(), last, 100);
    let told = clinic.told(clinic.second, |entry| match entry {
        Entry::Alarm { transition, .. } => Some((transition.occurrence.0, transition.call)),
        _ => None,
    });
    assert_eq!(told, [(42, 51)], "its rule is on again");
}

#[test]
fn a_rule_that_is_off_and_may_not_be_any_more_is_told_as_on() {
    let mut clinic = Clinic::open();
    clinic.spo2(91, 14);
    clinic.act(off(14_400));
    let mut urgent = parts();
    for rule in &mut urgent.thresholds {
        rule.priority = Priority::High;
    }
    clinic.restart(urgent, LastNumbers::NONE, 1);
    let told = clinic.told(clinic.second, |entry| match entry {
        Entry::Suspension { change, .. } => Some(change.ended),
        _ => None,
    });
    assert_eq!(told, [Some(SuspensionEnd::Restart)]);
    let again = (AlarmId::Spo2Low, 2, true, SignalPresence::On);
    assert_eq!(clinic.alarms(clinic.second), [again]);
}

const FAILED: AlarmId = AlarmId::BedFailed;

#[test]
fn a_bed_that_cannot_go_on_from_its_record_goes_on_from_what_was_told_last() {
    let mut clinic = Clinic::open();
    clinic.spo2(91, 14);
    FAILS.set(1);
    clinic.restart(parts(), LastNumbers::NONE, 1);
    let told = clinic.alarms(clinic.second);
    assert_eq!(told, [(FAILED, 2, true, SignalPresence::On)]);
    let standing = clinic.station.standing().map(|(_, alarm)| alarm.id);
    assert_eq!(standing.collect::<Vec<_>>(), [AlarmId::Spo2Low, FAILED]);
}

#[test]
fn a_bed_that_cannot_be_made_of_anything_told_starts_afresh_and_says_that_all_is_over() {
    let mut clinic = Clinic::open();
    clinic.set(LOW, 92, 93);
    clinic.spo2(91, 14);
    clinic.act(off(600));
    clinic.act(OperatorAction::SwitchOn {
        id: AlarmId::Spo2Low,
    });
    clinic.act(OperatorAction::PauseAlarm {
        id: AlarmId::Spo2Low,
        seconds: 600,
    });
    clinic.act(OperatorAction::PauseAudio { seconds: 60 });
    FAILS.set(2);
    clinic.restart(parts(), LastNumbers::NONE, 1);
    assert_eq!(
        clinic.alarms(clinic.second),
        [
            (AlarmId::Spo2Low, 2, false, SignalPresence::Off),
            (FAILED, 3, true, SignalPresence::On),
        ]
    );
    let ended = clinic.told(clinic.second, |entry| match entry {
        Entry::Suspension { change, .. } => Some(change.ended == Some(SuspensionEnd::Restart)),
        Entry::Audio { change, .. } => Some(change.sound == Sound::On),
        Entry::Limit { change, .. } => Some(change.new == Value::whole(92)),
        _ => None,
    });
    assert_eq!(ended, [true, true, true]);
    // And it watches: the delay begins with the third good frame.
    clinic.plug_in();
    clinic.spo2(91, 20);
    let stands = clinic.station.standing().map(|(_, alarm)| alarm.id);
    assert_eq!(stands.collect::<Vec<_>>(), [AlarmId::Spo2Low]);
}

#[test]
fn nothing_that_becomes_of_a_bed_ends_a_call() {
    let called = (AlarmId::PatientCall, 1, true, SignalPresence::On);
    for fails in [0, 1, 2] {
        let mut clinic = Clinic::open();
        clinic.spo2(97, 5);
        clinic.act(OperatorAction::Call);
        assert_eq!(clinic.alarms(0), [called]);
        clinic.second += 1;
        // The machine fails and is made anew; with what was told, or of what nobody says again.
        FAILS.set(fails);
        clinic.panics();
        clinic.second += 1;
        FAILS.set(fails);
        clinic.restart(parts(), LastNumbers::NONE, 1);
        FAILS.set(0);
        clinic.plug_in();
        clinic.spo2(97, 60);
        let of_the_call = |told: &(AlarmId, u64, bool, SignalPresence)| told.0 == called.0;
        let told: Vec<_> = clinic.alarms(0).into_iter().filter(of_the_call).collect();
        assert_eq!(told, [called], "told once, {fails} failures");
        let mut standing = clinic.station.standing();
        let call = standing.find(|(_, alarm)| alarm.id == called.0);
        let call = call.expect("it stands").1.clone();
        assert_eq!(call.evidence, "the patient asks for somebody");
        drop(standing);
        clinic.act(OperatorAction::Acknowledge(call.occurrence));
        let answered = (called.0, 1, false, SignalPresence::Off);
        assert_eq!(clinic.alarms(clinic.second), [answered]);
    }
}

#[test]
fn a_bed_that_cannot_be_made_at_all_is_told_and_tried_again() {
    let failed = (FAILED, 1, true, SignalPresence::On);
    // At a restart, and at a first start.
    for restarts in [true, false] {
        FAILS.set(u32::MAX);
        let mut clinic = if restarts {
            FAILS.set(0);
            let mut clinic = Clinic::open();
            clinic.spo2(97, 5);
            FAILS.set(u32::MAX);
            clinic.restart(parts(), LastNumbers::NONE, 1);
            clinic
        } else {
            let mut clinic = Clinic::open();
            clinic.tell(StationInput::Tick);
            clinic
        };
        assert_eq!(clinic.alarms(0), [failed], "restarts: {restarts}");
        clinic.plug_in();
        clinic.spo2(97, 20);
        FAILS.set(0);
        clinic.spo2(97, 20);
        let over = (FAILED, 1, false, SignalPresence::Off);
        assert_eq!(clinic.alarms(0), [failed, over], "restarts: {restarts}");
    }
}

#[test]
fn that_a_bed_is_for_training_is_told_before_what_it_has_to_tell_after_a_restart() {
    let mut clinic = Clinic::open();
    clinic.tell(StationInput::Training(BED));
    clinic.spo2(91, 14);
    clinic.act(off(60));
    clinic.restart_with((parts(), &[BED]), LastNumbers::NONE, 100);
    let told = clinic.told(clinic.second, |entry| match entry {
        Entry::Simulated { bed, simulated } => Some((*bed, simulated.then_some("simulated")?)),
        Entry::Alarm { bed, .. } => Some((*bed, "alarm")),
        _ => None,
    });
    assert_eq!(told.first(), Some(&(BED, "simulated")));
    assert!(told.len() > 1, "its rule is on again");
    assert!(told[1..].iter().all(|(_, what)| *what == "alarm"));
}
