//! Records for tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chairside_alarm::{
    AirwayMode, AlarmId, AudioCause, AudioChange, Baseline, Flood, LimitCause, LimitChange,
    LimitKey, Occurrence, OperatorAction, Phase, PressureBaseline, Priority, SignalPresence, Sound,
    Suspension, SuspensionChange, SuspensionEnd, SuspensionKind, Transition,
};
use chairside_model::{
    BedId, Cuff, CuffAnswer, CuffFailure, CuffOrder, CuffReading, DeviceId, Measured, Metric,
    MonoTime, Numeric, Observation, Patient, Reading, SampleArray, SessionId, Unavailable, Value,
};
use chairside_protocol::{DeviceAlarmPriority, Discard};
use chairside_station::{Entry, LinkState, Record};
use chrono::DateTime;
use proptest::prelude::*;

use crate::StorePlan;
use crate::database::Database;
use crate::facts::Run;
use crate::ledger::{DATABASE, Ledger};
use crate::row::Names;

mod care;

use care::any_care;

pub(crate) const BED: BedId = BedId(1);
pub(crate) const DEVICE: DeviceId = DeviceId(7);

pub(crate) fn names() -> Names {
    Names {
        beds: BTreeMap::from([(BED, "1".to_owned()), (BedId(2), "Fenster".to_owned())]),
        devices: BTreeMap::from([(DEVICE, "oximeter-1".to_owned())]),
    }
}

pub(crate) fn plan(directory: &Path) -> StorePlan {
    let Names { beds, devices } = names();
    StorePlan {
        directory: directory.to_owned(),
        site: "clinic-a".to_owned(),
        beds,
        devices,
        clock_zero: DateTime::from_timestamp(1_790_000_000, 123_456_789).expect("a time"),
    }
}

pub(crate) fn run(boot: &str) -> Run {
    Run {
        boot: boot.to_owned(),
        site: "clinic-a".to_owned(),
        clock_zero_ns: 1_790_000_000_123_456_789,
        program: "0.1.0".to_owned(),
    }
}

/// A ledger in a folder, with the run begun.
pub(crate) fn ledger(directory: &Path) -> Ledger {
    let mut database = Database::open(&directory.join(DATABASE)).expect("a new database");
    database.begin_run(&run("a")).expect("a run");
    Ledger::new(directory.to_owned(), run("a"), Arc::new(names()), database)
}

fn record(sequence: u64, entry: Entry) -> Record {
    Record {
        sequence,
        at: MonoTime::from_millis(sequence * 10),
        entry,
    }
}

pub(crate) fn numeric(sequence: u64) -> Record {
    let reading = Reading::Numeric(Numeric {
        metric: Metric::SpO2,
        measured: Measured::Valid(Value::whole(97)),
        taken: MonoTime::from_millis(sequence * 10),
    });
    observed(sequence, reading)
}

pub(crate) fn waveform(sequence: u64) -> Record {
    let reading = Reading::Waveform(SampleArray {
        metric: Metric::Pleth,
        sample_period: Duration::from_nanos(13_333_333),
        scale: 1.0,
        samples: (0..25).collect(),
    });
    observed(sequence, reading)
}

pub(crate) fn alarm(sequence: u64) -> Record {
    let transition = Transition {
        at: MonoTime::from_millis(sequence * 10),
        id: AlarmId::Spo2Low,
        occurrence: Occurrence(sequence),
        priority: Priority::Medium,
        present: true,
        signal: SignalPresence::On,
        call: sequence,
        superseded: false,
        since: MonoTime::from_millis(sequence * 10),
        mode: None,
        evidence: "SpO2 88 % below 90 % for 10 s".to_owned(),
    };
    record(
        sequence,
        Entry::Alarm {
            bed: BED,
            transition,
        },
    )
}

fn observed(sequence: u64, reading: Reading) -> Record {
    let observation = Observation {
        device: DEVICE,
        received: MonoTime::from_millis(sequence * 10),
        reading,
    };
    let entry = Entry::Observed {
        bed: BED,
        observation,
    };
    record(sequence, entry)
}

/// Numbered records of every kind with anything in them, from 1 on.
pub(crate) fn any_records() -> impl Strategy<Value = Vec<Record>> {
    proptest::collection::vec((any_time(), any_entry()), 1..20).prop_map(|entries| {
        let numbered = (1..).zip(entries);
        numbered
            .map(|(sequence, (at, entry))| Record {
                sequence,
                at,
                entry,
            })
            .collect()
    })
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let bed = prop_oneof![Just(BED), Just(BedId(2)), Just(BedId(900))].boxed();
    let device = prop_oneof![Just(DEVICE), Just(DeviceId(901))].boxed();
    let running = any::<bool>();
    prop_oneof![
        (bed.clone(), device.clone(), any_time(), any_reading()).prop_map(
            |(bed, device, received, reading)| Entry::Observed {
                bed,
                observation: Observation {
                    device,
                    received,
                    reading
                }
            }
        ),
        (bed.clone(), any_transition())
            .prop_map(|(bed, transition)| Entry::Alarm { bed, transition }),
        (
            bed.clone(),
            device.clone(),
            prop::sample::select(vec![
                LinkState::Disconnected,
                LinkState::Connecting,
                LinkState::Connected
            ])
        )
            .prop_map(|(bed, device, state)| Entry::Link { bed, device, state }),
        (
            bed.clone(),
            device.clone(),
            0..=i64::MAX.unsigned_abs(),
            prop::sample::select(Discard::ALL.to_vec())
        )
            .prop_map(|(bed, device, bytes, why)| Entry::Discarded {
                bed,
                device,
                bytes,
                why
            }),
        (
            bed.clone(),
            device.clone(),
            prop::sample::select(vec![
                DeviceAlarmPriority::Low,
                DeviceAlarmPriority::Medium,
                DeviceAlarmPriority::High
            ])
        )
            .prop_map(|(bed, device, priority)| Entry::DeviceAlarm {
                bed,
                device,
                priority,
                text: "NO PROBE – Sonde prüfen".into()
            }),
        (
            bed.clone(),
            device.clone(),
            prop::sample::select(CuffOrder::ALL.to_vec()),
            prop::sample::select(CuffAnswer::ALL.to_vec())
        )
            .prop_map(|(bed, device, order, answer)| Entry::Ordered {
                bed,
                device,
                order,
                answer
            }),
        (bed.clone(), device, ".{0,40}").prop_map(|(bed, device, text)| Entry::Identity {
            bed,
            device,
            text: text.into()
        }),
        (bed.clone(), any_action(), ".{0,40}", said(), said()).prop_map(
            |(bed, action, by, station, reason)| Entry::Operator {
                bed,
                action,
                by: by.into(),
                station,
                reason,
            }
        ),
        (bed.clone(), any_care()).prop_map(|(bed, entry)| Entry::Care {
            bed,
            entry: Box::new(entry)
        }),
        (bed.clone(), any_suspension()).prop_map(|(bed, change)| Entry::Suspension { bed, change }),
        (bed.clone(), any_audio()).prop_map(|(bed, change)| Entry::Audio { bed, change }),
        (bed.clone(), proptest::option::of(any_flood()))
            .prop_map(|(bed, flood)| Entry::Flood { bed, flood }),
        (bed.clone(), any_change()).prop_map(|(bed, change)| Entry::Limit { bed, change }),
        (bed.clone(), prop::sample::select(Phase::ALL.to_vec()))
            .prop_map(|(bed, phase)| Entry::Phase { bed, phase }),
        (bed.clone(), any_baseline()).prop_map(|(bed, baseline)| Entry::Baseline { bed, baseline }),
        (bed.clone(), running).prop_map(|(bed, same)| Entry::CuffSameLimb { bed, same }),
        (bed.clone(), running).prop_map(|(bed, open)| Entry::Session { bed, open }),
        (bed.clone(), running).prop_map(|(bed, simulated)| Entry::Simulated { bed, simulated }),
        any_trained(bed.clone()),
        (bed, running).prop_map(|(bed, running)| Entry::Dosing { bed, running }),
        running.prop_map(|running| Entry::Recording { running }),
    ]
}

fn any_trained(bed: BoxedStrategy<BedId>) -> impl Strategy<Value = Entry> {
    (bed, "[a-z_]{0,20}", ".{0,20}").prop_map(|(bed, by, did)| Entry::Trained {
        bed,
        by: by.into(),
        did: did.into(),
    })
}

fn said() -> impl Strategy<Value = Option<Box<str>>> {
    proptest::option::of(".{0,40}".prop_map(Box::from))
}

/// What a record can hold of a count.
fn any_count() -> impl Strategy<Value = u64> {
    0..=i64::MAX.unsigned_abs()
}

fn any_id() -> impl Strategy<Value = AlarmId> {
    prop::sample::select(AlarmId::ALL.to_vec())
}

fn any_priority() -> impl Strategy<Value = Priority> {
    prop::sample::select(vec![Priority::Low, Priority::Medium, Priority::High])
}

fn any_action() -> impl Strategy<Value = OperatorAction> {
    let acknowledge =
        any_count().prop_map(|number| OperatorAction::Acknowledge(Occurrence(number)));
    let others = (any_id(), any::<u32>(), 0..16_u8).prop_map(|(id, seconds, which)| match which {
        0 => OperatorAction::PauseAudio { seconds },
        1 => OperatorAction::ResumeAudio,
        2 => OperatorAction::AudioOff { seconds },
        3 => OperatorAction::PauseAlarm { id, seconds },
        4 => OperatorAction::ResumeAlarm { id },
        5 => OperatorAction::SwitchOff { id, seconds },
        6 => OperatorAction::ConfirmDevice(Occurrence(u64::from(seconds))),
        7 => OperatorAction::Call,
        8 => OperatorAction::Help(None),
        // No episode has the number nought.
        9 => OperatorAction::Help(Some(Occurrence(u64::from(seconds.max(1))))),
        11 => OperatorAction::Cuff(CuffOrder::Start),
        12 => OperatorAction::Cuff(CuffOrder::Stop),
        13 => OperatorAction::Accept {
            call: u64::from(seconds),
        },
        14 => OperatorAction::Arrive {
            call: u64::from(seconds),
        },
        10 => OperatorAction::Decline(Occurrence(u64::from(seconds))),
        _ => OperatorAction::SwitchOn { id },
    });
    let limit = (any_key(), any_value(), any_value());
    let limit =
        limit.prop_map(|(key, expected, new)| OperatorAction::SetLimit { key, expected, new });
    let phase = prop::sample::select(Phase::ALL.to_vec()).prop_map(OperatorAction::EnterPhase);
    let open = (any::<u64>(), any_patient())
        .prop_map(|(id, patient)| OperatorAction::OpenSession(SessionId(id), patient));
    let close = any::<u64>().prop_map(|id| OperatorAction::CloseSession(SessionId(id)));
    prop_oneof![acknowledge, others, limit, phase, open, close]
}

fn any_patient() -> impl Strategy<Value = Patient> {
    let initials = prop::sample::select(vec![None, Some("M. K."), Some("Ä.-Ö.")]);
    let number = proptest::option::of("[A-Za-z0-9./_-]{1,16}");
    (initials, number).prop_map(|(initials, number)| {
        Patient::new(initials, number.as_deref()).expect("both are good")
    })
}

fn any_key() -> impl Strategy<Value = LimitKey> {
    prop::sample::select(LimitKey::all().collect::<Vec<_>>())
}

fn any_change() -> impl Strategy<Value = LimitChange> {
    let cause = prop::sample::select(LimitCause::ALL.to_vec());
    let change = (any_key(), any_value(), any_value(), cause);
    change.prop_map(|(key, old, new, cause)| LimitChange {
        key,
        old,
        new,
        cause,
    })
}

fn any_baseline() -> impl Strategy<Value = Baseline> {
    let value = || proptest::option::of(any_value());
    let pressure = proptest::option::of((any_value(), any_value()));
    (pressure, value(), value(), value(), value()).prop_map(
        |(pressure, heart_rate, spo2, respiration_rate, etco2)| Baseline {
            pressure: pressure.map(|(systolic, diastolic)| PressureBaseline {
                systolic,
                diastolic,
            }),
            heart_rate,
            spo2,
            respiration_rate,
            etco2,
        },
    )
}

fn any_suspension() -> impl Strategy<Value = SuspensionChange> {
    let kind = prop::sample::select(vec![SuspensionKind::AlarmPaused, SuspensionKind::RuleOff]);
    let ended = prop::sample::select(vec![
        None,
        Some(SuspensionEnd::Person),
        Some(SuspensionEnd::Time),
        Some(SuspensionEnd::Worse),
        Some(SuspensionEnd::Restart),
        Some(SuspensionEnd::Session),
    ]);
    let times = (any_time(), any_time(), any_time());
    (times, any_id(), kind, ended, ".{0,40}", ".{1,40}").prop_map(
        |((at, since, until), id, kind, ended, by, reason)| SuspensionChange {
            at,
            suspension: Suspension {
                id,
                kind,
                since,
                until,
                by: by.into(),
                reason: reason.into(),
            },
            ended,
        },
    )
}

fn any_audio() -> impl Strategy<Value = AudioChange> {
    let sound = prop_oneof![
        Just(Sound::On),
        (any_time(), any_count()).prop_map(|(until, covers)| Sound::Paused { until, covers }),
        (any_time(), any_time()).prop_map(|(until, reminder)| Sound::Off { until, reminder }),
    ];
    let cause = prop::sample::select(vec![
        AudioCause::Person,
        AudioCause::Time,
        AudioCause::Session,
        AudioCause::Reminder,
    ]);
    (any_time(), sound, cause, ".{1,40}", ".{0,40}", said()).prop_map(
        |(at, sound, cause, station, by, reason)| AudioChange {
            at,
            station: station.into(),
            sound,
            cause,
            by: by.into(),
            reason,
        },
    )
}

fn any_flood() -> impl Strategy<Value = Flood> {
    let times = (any_time(), any_time());
    (times, 7..=i64::MAX.unsigned_abs(), any_id(), any_priority()).prop_map(
        |((since, until), count, worst, priority)| Flood {
            since,
            count,
            worst,
            priority,
            until,
        },
    )
}

fn any_time() -> impl Strategy<Value = MonoTime> {
    // What a record can hold: 292 years.
    (0..=i64::MAX.unsigned_abs()).prop_map(|ns| MonoTime::from_start(Duration::from_nanos(ns)))
}

fn any_value() -> impl Strategy<Value = Value> {
    prop::num::f64::NORMAL.prop_filter_map("finite", Value::finite)
}

fn any_reading() -> impl Strategy<Value = Reading> {
    let metric = || prop::sample::select(Metric::ALL.to_vec());
    let why = prop::sample::select(vec![
        Unavailable::SensorOff,
        Unavailable::NoSensor,
        Unavailable::Searching,
        Unavailable::Calibrating,
        Unavailable::OutOfRange,
        Unavailable::NoReading,
    ]);
    let measured = prop_oneof![
        any_value().prop_map(Measured::Valid),
        any_value().prop_map(Measured::Questionable),
        why.prop_map(Measured::Unavailable),
    ];
    let failure = prop::sample::select(vec![
        CuffFailure::NoDetermination,
        CuffFailure::PumpUp,
        CuffFailure::Timeout,
        CuffFailure::Overpressure,
        CuffFailure::Unknown,
    ]);
    let pressure = || proptest::option::of(any_value());
    let cuff = prop_oneof![
        Just(Cuff::Measuring),
        Just(Cuff::Cancelled),
        failure.prop_map(Cuff::Failed),
        (pressure(), pressure(), pressure(), any_time()).prop_map(
            |(systolic, diastolic, mean, taken)| Cuff::Completed(CuffReading {
                systolic,
                diastolic,
                mean,
                taken
            })
        ),
    ];
    prop_oneof![
        (metric(), measured, any_time()).prop_map(|(metric, measured, taken)| {
            Reading::Numeric(Numeric {
                metric,
                measured,
                taken,
            })
        }),
        cuff.prop_map(Reading::Cuff),
        (
            metric(),
            any::<u32>(),
            prop::num::f64::NORMAL,
            proptest::collection::vec(any::<i32>(), 1..40)
        )
            .prop_map(|(metric, period, scale, samples)| {
                Reading::Waveform(SampleArray {
                    metric,
                    sample_period: Duration::from_nanos(period.into()),
                    scale,
                    samples: samples.into(),
                })
            }),
    ]
}

fn any_transition() -> impl Strategy<Value = Transition> {
    let signal = prop::sample::select(vec![
        SignalPresence::Off,
        SignalPresence::On,
        SignalPresence::Latched,
        SignalPresence::Acknowledged,
        SignalPresence::Paused,
    ]);
    let mode = prop::sample::select(vec![
        None,
        Some(AirwayMode::Co2AndEffort),
        Some(AirwayMode::Co2),
        Some(AirwayMode::Spo2Only),
    ]);
    (
        (any_time(), any_time()),
        any_id(),
        (any_count(), any_count()),
        any_priority(),
        signal,
        (any::<bool>(), any::<bool>()),
        mode,
        ".{1,80}",
    )
        .prop_map(
            |(
                (at, since),
                id,
                (occurrence, call),
                priority,
                signal,
                (present, superseded),
                mode,
                evidence,
            )| {
                Transition {
                    at,
                    id,
                    occurrence: Occurrence(occurrence),
                    priority,
                    present,
                    signal,
                    call,
                    superseded,
                    since,
                    mode,
                    evidence,
                }
            },
        )
}
