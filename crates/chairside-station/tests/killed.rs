//! A station that is killed at a random second of hours with random alarms, and goes on from what
//! the store keeps of them: one row of each alarm, and of readings the last minutes.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{
    Act, AlarmId, AlarmProfile, LimitKey, Occurrence, OperatorAction, Priority, ProfileParts,
    TechnicalRule,
};
use chairside_model::{
    BedId, Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Observation, Reading,
    Unavailable, Value,
};
use chairside_station::{
    BedPlan, DevicePlan, Entry, Feed, Record, Responsibility, Station, StationInput, StationOutput,
};
use proptest::prelude::*;

mod support;

#[path = "support/kept.rs"]
mod kept;

const BED: BedId = BedId(1);
const OXIMETER: DeviceId = DeviceId(1);
const CUFF: DeviceId = DeviceId(2);

fn parts() -> ProfileParts {
    let mut parts = support::parts();
    let rule = TechnicalRule {
        delay: Duration::from_secs(5),
        clear_hold: Duration::from_secs(3),
        priority: Priority::Low,
    };
    parts.technical.spo2_probe_off = Some(rule);
    parts.technical.spo2_no_data = Some(rule);
    parts.nibp.overdue = Some(Priority::Low);
    parts
}

fn plan() -> BTreeMap<BedId, BedPlan> {
    let device = |id, gives: Vec<Metric>| DevicePlan {
        id,
        feed: Feed::HandedIn {
            gives,
            nominal_period: Duration::from_secs(1),
        },
        metrics: None,
    };
    let pressures = vec![
        Metric::NibpSystolic,
        Metric::NibpDiastolic,
        Metric::NibpMean,
    ];
    let plan = BedPlan {
        protocols: Vec::new(),
        devices: vec![
            device(OXIMETER, vec![Metric::SpO2]),
            device(CUFF, pressures),
        ],
        profile: AlarmProfile::new(parts()).expect("limits do not contradict each other"),
    };
    BTreeMap::from([(BED, plan)])
}

/// What the oximeter says for a while; nothing when it is silent.
type Said = (Option<Measured>, u64);

fn said() -> impl Strategy<Value = Said> {
    let what = prop_oneof![
        6 => prop::sample::select(vec![97, 93, 91, 89, 87, 85])
            .prop_map(|percent| Some(Measured::Valid(Value::whole(percent)))),
        1 => Just(Some(Measured::Unavailable(Unavailable::SensorOff))),
        1 => Just(Some(Measured::Unavailable(Unavailable::NoReading))),
        1 => Just(None),
    ];
    // Mostly about as long as delays and holds, now and then longer than the window.
    let seconds = prop_oneof![8 => 1..30_u64, 2 => 30..300_u64, 1 => 900..1300_u64];
    (what, seconds)
}

/// What a rule that has been off for longer than the window knew of its condition is not in the
/// record, and it begins anew (`docs/adr/0015-restart.md`): rules are off for less than that.
const OFF_MAX_S: u32 = 600;

fn act() -> impl Strategy<Value = OperatorAction> {
    let ids = vec![
        AlarmId::Spo2Low,
        AlarmId::Spo2ProbeOff,
        AlarmId::Spo2NoData,
        AlarmId::NibpOverdue,
    ];
    let id = prop::sample::select(ids);
    prop_oneof![
        2 => (id.clone(), 1..600_u32)
            .prop_map(|(id, seconds)| OperatorAction::PauseAlarm { id, seconds }),
        3 => (id.clone(), 1..OFF_MAX_S)
            .prop_map(|(id, seconds)| OperatorAction::SwitchOff { id, seconds }),
        1 => id.clone().prop_map(|id| OperatorAction::ResumeAlarm { id }),
        1 => id.prop_map(|id| OperatorAction::SwitchOn { id }),
        1 => (1..120_u32).prop_map(|seconds| OperatorAction::PauseAudio { seconds }),
        1 => (1..3000_u32).prop_map(|seconds| OperatorAction::AudioOff { seconds }),
        1 => Just(OperatorAction::ResumeAudio),
        2 => (any::<bool>(), 80..96_i32).prop_map(|(very, new)| OperatorAction::SetLimit {
            key: LimitKey::Trip(if very { AlarmId::Spo2VeryLow } else { AlarmId::Spo2Low }),
            expected: Value::whole(new),
            new: Value::whole(new),
        }),
    ]
}

/// What happens at some second besides.
#[derive(Clone, Debug)]
enum Event {
    Act(OperatorAction),
    /// Everything that stands is acknowledged.
    Seen,
    /// Somebody asks for help over everything that stands.
    HelpWithAll,
    /// Nobody comes for anything that stands.
    NotMe,
    /// Somebody comes for what the bed has called, or is there.
    Answers(&'static str, bool),
    CuffReads,
    Session(bool),
    Dosing(bool),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => act().prop_map(Event::Act),
        3 => Just(Event::Seen),
        2 => Just(Event::Act(OperatorAction::Call)),
        1 => Just(Event::HelpWithAll),
        1 => Just(Event::NotMe),
        4 => (prop::sample::select(vec!["mn", "ak"]), any::<bool>())
            .prop_map(|(by, there)| Event::Answers(by, there)),
        2 => Just(Event::CuffReads),
        1 => any::<bool>().prop_map(Event::Session),
        1 => any::<bool>().prop_map(Event::Dosing),
    ]
}

struct Run {
    station: Station,
    out: StationOutput,
}

impl Run {
    fn begin() -> Self {
        let station = Station::new(plan(), MonoTime::ZERO);
        Self {
            station: station.expect("each device is planned once"),
            out: StationOutput::default(),
        }
    }

    fn tell(&mut self, now: MonoTime, input: StationInput<'_>) {
        self.station.handle(now, input, &mut self.out);
    }

    fn observe(&mut self, now: MonoTime, device: DeviceId, reading: Reading) {
        let observation = Observation {
            device,
            received: now,
            reading,
        };
        self.tell(now, StationInput::Observed(BED, &observation));
    }

    fn event(&mut self, now: MonoTime, event: &Event) {
        match event {
            Event::Act(action) => self.act(now, *action),
            Event::Seen => self.act_on_all(now, OperatorAction::Acknowledge),
            Event::HelpWithAll => self.act_on_all(now, |one| OperatorAction::Help(Some(one))),
            Event::NotMe => self.act_on_all(now, OperatorAction::Decline),
            Event::Answers(by, is_there) => {
                let call = self.station.last_call(BED).expect("the bed is there");
                let action = if *is_there {
                    OperatorAction::Arrive { call }
                } else {
                    OperatorAction::Accept { call }
                };
                self.act_by(now, by, action);
            }
            Event::CuffReads => {
                let reading = CuffReading {
                    systolic: Some(Value::whole(124)),
                    diastolic: Some(Value::whole(78)),
                    mean: None,
                    taken: now,
                };
                self.observe(now, CUFF, Reading::Cuff(Cuff::Completed(reading)));
            }
            Event::Session(open) => self.tell(now, StationInput::Session(BED, *open)),
            Event::Dosing(runs) => self.tell(now, StationInput::Dosing(BED, *runs)),
        }
    }

    fn act_on_all(&mut self, now: MonoTime, action: impl Fn(Occurrence) -> OperatorAction) {
        let standing = self.station.standing();
        let standing: Vec<_> = standing.map(|(_, alarm)| alarm.occurrence).collect();
        for occurrence in standing {
            self.act(now, action(occurrence));
        }
    }

    /// Does what a person wants; of a limit, whatever it is now.
    fn act(&mut self, now: MonoTime, action: OperatorAction) {
        self.act_by(now, "mn", action);
    }

    fn act_by(&mut self, now: MonoTime, by: &str, mut action: OperatorAction) {
        if let OperatorAction::SetLimit { key, expected, .. } = &mut action {
            let limits = self.station.limits(BED).expect("the bed is there");
            *expected = limits.value(*key).expect("its rule is on");
        }
        let act = Act {
            action,
            by,
            station: Some("desk"),
            reason: Some("as agreed"),
            call: None,
        };
        self.tell(now, StationInput::Operator { bed: BED, act });
    }

    fn second(&mut self, second: u64, said: Option<Measured>, events: &[(u64, Event)]) {
        let now = MonoTime::from_secs(second);
        while let Some(due) = self.station.next_deadline().filter(|due| *due < now) {
            self.tell(due, StationInput::Tick);
        }
        if let Some(measured) = said {
            let reading = Reading::numeric(Metric::SpO2, measured, now);
            self.observe(now, OXIMETER, reading);
        }
        for (_, event) in events.iter().filter(|(at, _)| *at == second) {
            self.event(now, event);
        }
        while self.station.next_deadline().is_some_and(|due| due <= now) {
            self.tell(now, StationInput::Tick);
        }
    }

    /// Is killed, and goes on at once from what the store keeps.
    fn restart(&mut self, second: u64) {
        let now = MonoTime::from_secs(second);
        let earlier = kept::earlier(&self.out.records, now);
        assert_eq!(
            responsible(&earlier.records).person(),
            responsible(&self.out.records).person(),
            "from what is kept, who comes is another"
        );
        let last = BTreeMap::new();
        let station = Station::resume(plan(), &[], &earlier, &last, now, &mut self.out);
        self.station = station.expect("each device is planned once");
    }

    /// Everything that was told but readings, without the evidence: how long something lasts is
    /// not known of what began before the window.
    fn told(self) -> Vec<(MonoTime, Entry)> {
        let told = self.out.records.into_iter().filter_map(|record| {
            let mut entry = record.entry;
            match &mut entry {
                Entry::Observed { .. } => return None,
                Entry::Alarm { transition, .. } => transition.evidence.clear(),
                _ => {}
            }
            Some((record.at, entry))
        });
        told.collect()
    }
}

/// Returns who is responsible for the bed after these records.
fn responsible(records: &[Record]) -> Responsibility {
    let mut people = Responsibility::default();
    for record in records {
        people.take(record.at, &record.entry);
    }
    people.settle();
    people
}

fn play(said: &[Said], events: &[(u64, Event)], kills: &[u64]) -> Vec<(MonoTime, Entry)> {
    let mut run = Run::begin();
    let words = said
        .iter()
        .flat_map(|(what, seconds)| (0..*seconds).map(|_| *what));
    for (second, word) in (0..).zip(words) {
        run.second(second, word, events);
        if kills.contains(&second) {
            run.restart(second);
        }
    }
    run.told()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_station_that_goes_on_from_what_is_stored_tells_what_one_that_was_never_killed_tells(
        said in prop::collection::vec(said(), 10..60),
        events in prop::collection::vec((0.0..1.0, event()), 0..40),
        kills in prop::collection::vec(0.0..1.0, 1..4),
    ) {
        let length: u64 = said.iter().map(|(_, seconds)| seconds).sum();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few hours of seconds"
        )]
        let second = |share: f64| (share * length as f64) as u64;
        let events = events.into_iter().map(|(share, event)| (second(share), event));
        let events: Vec<_> = events.collect();
        let kills: Vec<u64> = kills.into_iter().map(second).collect();
        let killed = play(&said, &events, &kills);
        prop_assert_eq!(killed, play(&said, &events, &[]), "killed at {:?}", kills);
    }
}
