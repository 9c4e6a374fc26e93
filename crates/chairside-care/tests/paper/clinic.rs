//! A bed with an oximeter and a cuff, and a session of esketamine at it.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, Priority, SignalPresence, Sources, Transition};
use chairside_care::{
    CareAction, CareEntry, CuffPlan, Dose, DoseEntry, Drug, Fact, Route, ScoreEntry, ScoreId,
    SessionFacts, Stage,
};
use chairside_model::{
    Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Observation, Patient, Reading,
    SessionId, Unavailable, Value,
};

pub(crate) const OXIMETER: DeviceId = DeviceId(1);
pub(crate) const CUFF: DeviceId = DeviceId(2);
pub(crate) const SESSION: SessionId = SessionId(7);
pub(crate) const OTHER_SESSION: SessionId = SessionId(8);

/// When the session opens: the bed has told other things before.
pub(crate) const OPENED: MonoTime = MonoTime::from_secs(100_000);

/// Minutes after the opening; before it where they are below zero.
pub(crate) fn minute(minute: i64) -> MonoTime {
    let seconds = 100_000 + minute * 60;
    MonoTime::from_secs(u64::try_from(seconds).unwrap())
}

pub(crate) fn spo2(at: MonoTime, measured: Measured) -> Fact {
    Fact::Observed(Observation {
        device: OXIMETER,
        received: at,
        reading: Reading::numeric(Metric::SpO2, measured, at),
    })
}

pub(crate) fn valid(number: i32) -> Measured {
    Measured::Valid(Value::whole(number))
}

pub(crate) const OFF: Measured = Measured::Unavailable(Unavailable::SensorOff);

/// A pressure that is told at one time and was taken at another.
pub(crate) fn pressure(told: MonoTime, taken: MonoTime, systolic: i32) -> Fact {
    Fact::Observed(Observation {
        device: CUFF,
        received: told,
        reading: Reading::Cuff(Cuff::Completed(CuffReading {
            systolic: Some(Value::whole(systolic)),
            diastolic: Some(Value::whole(60)),
            mean: None,
            taken,
        })),
    })
}

pub(crate) fn alarm(at: MonoTime, occurrence: u64, signal: SignalPresence) -> Fact {
    Fact::Alarm(Transition {
        at,
        id: AlarmId::Spo2Low,
        occurrence: Occurrence(occurrence),
        priority: Priority::Medium,
        present: signal != SignalPresence::Off,
        signal,
        call: occurrence,
        superseded: false,
        since: at,
        mode: None,
        evidence: "SpO2 88 %".into(),
    })
}

/// Numbers entries as they come.
#[derive(Default)]
pub(crate) struct Notes {
    last: u32,
}

impl Notes {
    pub(crate) fn note(&mut self, at: MonoTime, action: CareAction) -> Fact {
        self.of(SESSION, at, action)
    }

    pub(crate) fn of(&mut self, session: SessionId, at: MonoTime, action: CareAction) -> Fact {
        self.last += 1;
        let entry = CareEntry {
            session,
            number: self.last,
            action,
            by: "nurse-k".into(),
            station: None,
            reason: None,
            passed_over: Vec::new(),
            request: None,
        };
        Fact::Care { at, entry }
    }
}

pub(crate) fn spray(at: MonoTime, amount: i32) -> CareAction {
    CareAction::Dose(DoseEntry {
        at,
        dose: Dose::Bolus {
            drug: Drug::Esketamine,
            route: Route::Intranasal,
            amount: Value::whole(amount),
            concentration: None,
        },
        again: None,
    })
}

pub(crate) fn rated(at: MonoTime, id: ScoreId, rating: i16) -> CareAction {
    let count = id.item_numbers().len();
    CareAction::Score(ScoreEntry {
        at,
        id,
        items: vec![Some(rating); count],
        variant: None,
    })
}

/// Steps of a session: doses at 15, peaks at 35, recovers from 65 and leaves at 140 minutes.
pub(crate) const STEPS: [(i64, Stage); 7] = [
    (0, Stage::Screening),
    (5, Stage::Baseline),
    (14, Stage::Ready),
    (15, Stage::Dosing),
    (35, Stage::Peak),
    (65, Stage::Recovery),
    (140, Stage::Discharged),
];

pub(crate) const ENDED: i64 = 140;

/// What a bed tells of a whole session, in order, and more that a test adds.
pub(crate) fn session(more: Vec<Fact>) -> SessionFacts {
    let mut notes = Notes::default();
    let mut facts: Vec<Fact> = STEPS
        .map(|(at, to)| notes.note(minute(at), CareAction::Step { to }))
        .into();
    facts.push(notes.note(minute(15), spray(minute(15), 56)));
    facts.extend(more);
    facts.sort_by_key(Fact::at);
    SessionFacts {
        session: SESSION,
        patient: Patient::new(Some("M. K."), Some("1042")).unwrap(),
        opened: OPENED,
        ended: Some(minute(ENDED)),
        drawn_up: minute(ENDED + 10),
        sources: Sources {
            devices: BTreeMap::from([
                (OXIMETER, Duration::from_secs(1)),
                (CUFF, Duration::from_secs(1)),
            ]),
            metrics: BTreeMap::from([
                (Metric::SpO2, OXIMETER),
                (Metric::NibpSystolic, CUFF),
                (Metric::NibpDiastolic, CUFF),
                (Metric::NibpMean, CUFF),
            ]),
        },
        cuff: CuffPlan::default(),
        facts,
    }
}
