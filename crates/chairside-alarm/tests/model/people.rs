//! What people do at a bed, and what becomes of its session and of the service.

use std::collections::BTreeMap;

use chairside_alarm::AlarmId;
use chairside_alarm::{
    AUDIO_OFF_MAX_S, Baseline, BedFailure, LimitKey, Occurrence, OperatorAction, Phase,
    PressureBaseline, Role,
};
use chairside_model::{DeviceId, MonoTime, Value};

use crate::chance::Chance;
use crate::patient;
use crate::program::{
    BELT, CAPNOGRAPH, Equipment, MONITOR, OXIMETER, Person, Program, STATIONS, Step, Wants, What,
};

/// Returns the program of those chances.
pub(crate) fn program(chance: &mut Chance) -> Program {
    let equipment = Equipment {
        capnograph: !chance.once_in(3),
        belt: chance.once_in(3),
        ecg: chance.once_in(2),
        monitor_period: [1, 1, 2, 5, 6][chance.index(5)],
    };
    let minutes = if chance.once_in(10) {
        60
    } else {
        chance.within(10..18)
    };
    let end = minutes * 60_000;
    let mut steps = Vec::new();
    patient::devices(equipment, end, chance, &mut steps);
    session(equipment, end, chance, &mut steps);
    people(end, chance, &mut steps);
    // What comes at one moment stays in the order in which it was said.
    steps.sort_by_key(|step| step.at);
    let end = MonoTime::from_millis(end + 2000);
    Program {
        equipment,
        steps,
        end,
    }
}

fn session(equipment: Equipment, end: u64, chance: &mut Chance, steps: &mut Vec<Step>) {
    let rare = [20_000, 60_000, 150_000][chance.index(3)];
    let mut at = 0;
    // How things are that are either so or so.
    let mut is: BTreeMap<&str, bool> = BTreeMap::from([("delivered", true), ("recorded", true)]);
    while at < end {
        let mut turn = |what: &'static str| {
            let turned = !is.get(what).copied().unwrap_or_default();
            is.insert(what, turned);
            turned
        };
        let what = match chance.within(0..20) {
            0 | 1 => What::Dosing(turn("dosing")),
            2 => What::SameLimb(turn("same limb")),
            3 | 4 => What::Baseline(baseline(chance)),
            5 | 6 => What::Session(turn("session")),
            7 => What::Audience(turn("audience")),
            8 => What::Delivered(turn("delivered")),
            9 => What::Recording(turn("recorded")),
            10 => What::BedFailed(BedFailure::Rebuilding),
            11 => What::BedFailed(BedFailure::Resting),
            12..=14 => {
                let text = ["A1", "A1", "B2", "C3"][chance.index(4)];
                What::Identity(any_device(equipment, chance), text)
            }
            15 => What::Phase(Phase::ALL[chance.index(Phase::ALL.len())]),
            16 => What::SessionEnds,
            _ => limit(chance),
        };
        let moment = MonoTime::from_millis(at);
        steps.push(Step { at: moment, what });
        // Often enough at the very moment of something else.
        at += chance.within(rare / 8..rare * 2) / 500 * 500;
    }
}

fn any_device(equipment: Equipment, chance: &mut Chance) -> DeviceId {
    let known = equipment.sources().devices;
    let any = [OXIMETER, MONITOR, CAPNOGRAPH, BELT][chance.index(4)];
    if known.contains_key(&any) {
        any
    } else {
        OXIMETER
    }
}

fn baseline(chance: &mut Chance) -> Baseline {
    let pressure = PressureBaseline {
        systolic: Value::whole([118, 126, 100][chance.index(3)]),
        diastolic: Value::whole([74, 80, 60][chance.index(3)]),
    };
    Baseline {
        pressure: (!chance.once_in(4)).then_some(pressure),
        heart_rate: chance.once_in(2).then(|| Value::whole(72)),
        spo2: chance.once_in(2).then(|| Value::whole(97)),
        respiration_rate: chance.once_in(2).then(|| Value::whole(14)),
        etco2: chance.once_in(2).then(|| Value::whole(38)),
    }
}

fn limit(chance: &mut Chance) -> What {
    let keys: Vec<LimitKey> = LimitKey::all().collect();
    let key = keys[chance.index(keys.len())];
    // Most of those that make no sense contradict another and are refused.
    let values: &[i32] = match key {
        LimitKey::Trip(AlarmId::HrHigh) => &[100, 118, 120, 126, 135],
        LimitKey::Trip(AlarmId::HrVeryHigh) => &[136, 140, 146, 160],
        LimitKey::Trip(AlarmId::HrLow) => &[42, 46, 48, 50, 60],
        LimitKey::Trip(AlarmId::HrVeryLow) => &[33, 37, 40],
        LimitKey::Trip(AlarmId::Spo2Low) => &[89, 90, 92, 94, 95],
        LimitKey::Trip(AlarmId::Spo2VeryLow) => &[80, 85, 87, 88],
        LimitKey::Trip(AlarmId::RrLow) => &[5, 7, 8, 10],
        LimitKey::Trip(AlarmId::RrHigh) => &[25, 30, 34],
        LimitKey::Trip(_) => &[45, 50, 54],
        LimitKey::Delay(_) => &[0, 3, 5, 8, 10, 20, 40],
        LimitKey::Systolic(_) => &[30, 40, 75, 80, 85, 90, 95, 160, 165, 170, 180, 190],
        LimitKey::Diastolic(_) => &[20, 25, 95, 100, 105, 110],
        LimitKey::Mean(_) => &[45, 50, 57, 60, 64],
        LimitKey::CuffInterval => &[120, 300, 600],
        LimitKey::CuffGrace => &[30, 60, 180],
        LimitKey::NoBreath => &[15, 18, 20, 25, 30],
    };
    What::Limit(key, Value::whole(values[chance.index(values.len())]))
}

fn people(end: u64, chance: &mut Chance, steps: &mut Vec<Step>) {
    let often = [4_000, 12_000, 40_000][chance.index(3)];
    let mut at = chance.within(1..often * 2);
    while at < end {
        if chance.once_in(2) {
            at = at / 1000 * 1000;
        }
        let person = Person {
            role: if chance.once_in(3) {
                Role::Clinician
            } else {
                Role::Nurse
            },
            station: STATIONS[chance.index(STATIONS.len())],
            reason: [Some("expected"), Some("expected"), Some(" "), None][chance.index(4)],
            wants: wants(chance),
        };
        steps.push(Step {
            at: MonoTime::from_millis(at),
            what: What::Person(person),
        });
        at += chance.within(1..often * 2);
    }
}

fn wants(chance: &mut Chance) -> Wants {
    let place = chance.index(60);
    let seconds = |chance: &mut Chance, lengths: &[u32]| lengths[chance.index(lengths.len())];
    match chance.within(0..30) {
        25 => Wants::Exactly(OperatorAction::Call),
        26 => Wants::HelpWithOneOf(place),
        27 => Wants::DeclineOneOf(place),
        28 => Wants::Exactly(OperatorAction::Accept {
            call: chance.within(0..40),
        }),
        29 => Wants::Exactly(OperatorAction::Arrive {
            call: chance.within(0..40),
        }),
        0..=7 => Wants::AcknowledgeOneOf(place),
        24 => Wants::ConfirmOneOf(place),
        8 => Wants::AcknowledgeBefore(chance.within(0..12)),
        9 => Wants::Exactly(OperatorAction::Acknowledge(Occurrence(
            chance.within(0..500),
        ))),
        10..=12 => Wants::Exactly(OperatorAction::PauseAudio {
            seconds: seconds(chance, &[0, 10, 45, 119, 120, 121]),
        }),
        13 | 14 => Wants::Exactly(OperatorAction::ResumeAudio),
        15 => Wants::Exactly(OperatorAction::AudioOff {
            seconds: seconds(chance, &[0, 20, 180, 181, 700, AUDIO_OFF_MAX_S + 1]),
        }),
        16..=18 => {
            let seconds = seconds(chance, &[0, 5, 30, 120, 300, 600, 601]);
            if chance.once_in(3) {
                let id = AlarmId::ALL[chance.index(AlarmId::ALL.len())];
                Wants::Exactly(OperatorAction::PauseAlarm { id, seconds })
            } else {
                Wants::PauseOneOf(place, seconds)
            }
        }
        19 | 20 => {
            let seconds = seconds(chance, &[0, 5, 30, 120, 900, 14_400, 14_401]);
            if chance.once_in(3) {
                let id = AlarmId::ALL[chance.index(AlarmId::ALL.len())];
                Wants::Exactly(OperatorAction::SwitchOff { id, seconds })
            } else {
                Wants::SwitchOffOneOf(place, seconds)
            }
        }
        _ => Wants::EndOneOf(place),
    }
}
