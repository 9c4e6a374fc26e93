//! What devices say of a patient who has episodes: not noise, but someone who is well most of the
//! time, gets worse, stays so for about as long as delays and holds are, and gets better.

use std::time::Duration;

use chairside_model::{
    Cuff, CuffFailure, CuffReading, DeviceId, Measured, Metric, MonoTime, Observation, Reading,
    Unavailable, Value,
};

use crate::chance::Chance;
use crate::program::{BELT, CAPNOGRAPH, Equipment, MONITOR, OXIMETER, Step, What};

/// A number that goes from one level to the next.
struct Walk {
    metric: Metric,
    /// The first is where someone who is well is.
    levels: &'static [f64],
    now: f64,
    towards: f64,
    /// By how much it changes in a second.
    pace: f64,
    until: u64,
    says: Says,
}

#[derive(Clone, Copy, PartialEq)]
enum Says {
    Value,
    Doubted,
    Missing(Unavailable),
    Nothing,
}

const SATURATION: &[f64] = &[
    97.0, 91.0, 93.0, 90.0, 87.0, 86.0, 94.0, 89.0, 80.0, 70.0, 0.0,
];
const RATE: &[f64] = &[
    72.0, 125.0, 118.0, 145.0, 138.0, 47.0, 51.0, 36.0, 42.0, 121.0, 0.0,
];
const ETCO2: &[f64] = &[38.0, 0.0, 55.0, 0.0, 49.0, 20.0, 5.0];
const BREATHS: &[f64] = &[14.0, 6.0, 33.0, 29.0, 0.0, 5.0];
const EFFORT: &[f64] = &[14.0, 0.0, 5.0];
const PERFUSION: &[f64] = &[2.0, 0.2, 0.3];

impl Walk {
    const fn new(metric: Metric, levels: &'static [f64]) -> Self {
        Self {
            metric,
            levels,
            now: levels[0],
            towards: levels[0],
            pace: 0.0,
            until: 0,
            says: Says::Value,
        }
    }

    fn choose(&mut self, now: u64, chance: &mut Chance) {
        self.says = match chance.within(0..24) {
            0 => Says::Doubted,
            1 => Says::Missing(Unavailable::Searching),
            2 => Says::Missing(Unavailable::SensorOff),
            3 => Says::Missing(Unavailable::NoReading),
            4 => Says::Nothing,
            _ => Says::Value,
        };
        let is_well = chance.once_in(3) || self.says != Says::Value;
        let level = if is_well {
            self.levels[0]
        } else {
            self.levels[chance.index(self.levels.len())]
        };
        // The levels lie beside limits; so do those that are tailored.
        let aside = [0.0, 0.0, 1.0, -1.0, 4.0, -3.0][chance.index(6)];
        self.towards = if level > 10.0 { level + aside } else { level };
        self.pace = [200.0, 200.0, 1.0, 2.0, 0.5][chance.index(5)];
        if self.metric == Metric::SpO2 && !chance.once_in(8) {
            self.pace = self.pace.min(2.0);
        }
        let length = match chance.within(0..9) {
            0 => chance.within(1..4),
            1..=3 => chance.within(4..14),
            4..=6 => chance.within(10..40),
            7 => chance.within(40..120),
            _ if is_well => chance.within(60..400),
            _ => chance.within(150..260),
        };
        self.until = now + length * 1000;
    }

    fn says(&mut self, now: u64, period: u64, chance: &mut Chance) -> Option<Measured> {
        if now >= self.until {
            self.choose(now, chance);
        }
        let seconds = if period >= 5 { 5.0 } else { 1.0 };
        let most = self.pace * seconds;
        self.now += (self.towards - self.now).clamp(-most, most);
        let number = if self.metric == Metric::PerfusionIndex {
            self.now
        } else {
            self.now.round()
        };
        let measured = Measured::plausible(self.metric, number.max(0.0));
        match self.says {
            Says::Value => Some(measured),
            Says::Doubted => Some(measured.doubted()),
            Says::Missing(why) => Some(Measured::Unavailable(why)),
            Says::Nothing => None,
        }
    }
}

/// Appends what the devices of the bed say until `end`, milliseconds.
pub(crate) fn devices(equipment: Equipment, end: u64, chance: &mut Chance, steps: &mut Vec<Step>) {
    let jitter = [1, 1, 300, 450][chance.index(4)];
    let oximeter = [
        Walk::new(Metric::SpO2, SATURATION),
        Walk::new(Metric::PulseRate, RATE),
        Walk::new(Metric::PerfusionIndex, PERFUSION),
    ];
    device(OXIMETER, 1, oximeter.into(), jitter, end, chance, steps);
    // The saturation of a device that is not the source of it is nobody's.
    let mut monitor = vec![Walk::new(Metric::SpO2, &[60.0])];
    if equipment.ecg {
        monitor.push(Walk::new(Metric::HeartRate, RATE));
    }
    let period = equipment.monitor_period;
    device(MONITOR, period, monitor, jitter, end, chance, steps);
    if equipment.capnograph {
        let capnograph = [
            Walk::new(Metric::EtCO2, ETCO2),
            Walk::new(Metric::RespirationRate, BREATHS),
        ];
        device(CAPNOGRAPH, 1, capnograph.into(), jitter, end, chance, steps);
    }
    if equipment.belt {
        let belt = vec![Walk::new(Metric::EffortRate, EFFORT)];
        device(BELT, 1, belt, jitter, end, chance, steps);
    }
    cuff(end, chance, steps);
}

fn device(
    device: DeviceId,
    period: u64,
    mut walks: Vec<Walk>,
    jitter: u64,
    end: u64,
    chance: &mut Chance,
    steps: &mut Vec<Step>,
) {
    let phase = if jitter > 1 {
        chance.within(0..1000)
    } else {
        0
    };
    let mut silent_until = if chance.once_in(8) { 15_000 } else { 0 };
    let mut is_garbled = false;
    for tick in 0..end / (period * 1000) {
        let at = tick * period * 1000 + phase + chance.within(0..jitter);
        if at >= silent_until && chance.once_in(150 / period) {
            let seconds = [1, 2, 3, 5, 9, 11, 14, 20, 45][chance.index(9)];
            silent_until = at + seconds * 1000;
            is_garbled = chance.once_in(3);
        }
        let now = MonoTime::from_millis(at);
        let mut happens = |what| steps.push(Step { at: now, what });
        if at < silent_until {
            if is_garbled {
                happens(What::Heard(device));
            }
            continue;
        }
        happens(What::Heard(device));
        happens(What::Frame(device));
        for walk in &mut walks {
            if let Some(measured) = walk.says(at, period, chance) {
                happens(What::Observed(Observation {
                    device,
                    received: now,
                    reading: Reading::numeric(walk.metric, measured, now),
                }));
            }
        }
    }
}

const PRESSURES: [[i32; 3]; 10] = [
    [122, 78, 93],
    [124, 79, 94],
    [168, 98, 121],
    [164, 96, 119],
    [188, 112, 137],
    [158, 101, 120],
    [86, 52, 63],
    [74, 38, 48],
    [93, 50, 58],
    [97, 62, 74],
];

fn cuff(end: u64, chance: &mut Chance, steps: &mut Vec<Step>) {
    let mut at = chance.within(5000..60_000);
    let often = [40_000, 120_000, 400_000, 900_000][chance.index(4)];
    while at < end {
        let mut happens = |at: u64, cuff: Cuff| {
            let at = MonoTime::from_millis(at);
            steps.push(Step {
                at,
                what: What::Observed(Observation {
                    device: MONITOR,
                    received: at,
                    reading: Reading::Cuff(cuff),
                }),
            });
        };
        if !chance.once_in(6) {
            happens(at, Cuff::Measuring);
            if chance.once_in(3) {
                happens(at + 2000, Cuff::Measuring);
            }
        }
        at += chance.within(4..40) * 1000;
        let outcome = match chance.within(0..10) {
            0 => Some(Cuff::Failed(CuffFailure::NoDetermination)),
            1 => Some(Cuff::Cancelled),
            2 => None,
            _ => Some(Cuff::Completed(reading(at, chance))),
        };
        if let Some(outcome) = outcome.filter(|_| at < end) {
            happens(at, outcome);
        }
        at += chance.within(often / 2..often * 3 / 2);
    }
}

fn reading(at: u64, chance: &mut Chance) -> CuffReading {
    let pressures = PRESSURES[chance.index(PRESSURES.len())];
    let [mut systolic, mut diastolic, mut mean] = pressures.map(|value| Some(Value::whole(value)));
    match chance.within(0..12) {
        0 => systolic = None,
        1 => diastolic = None,
        2 | 3 => mean = None,
        _ => {}
    }
    let age = [0, 0, 1, 3, 30, 300, 800][chance.index(7)];
    CuffReading {
        systolic,
        diastolic,
        mean,
        taken: MonoTime::from_millis(at).saturating_sub(Duration::from_secs(age)),
    }
}
