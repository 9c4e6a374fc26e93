//! Curves and numbers of CO2 that come from different devices, slowly, or beside other curves.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Sources, Transition};
use chairside_model::{
    DeviceId, Measured, Metric, MonoTime, Observation, Reading, SampleArray, Value,
};

use crate::adult;

const NUMBERS: DeviceId = DeviceId(1);
const CURVE: DeviceId = DeviceId(2);

/// A bed whose numbers of CO2 and whose capnogram come from two devices.
struct Bed {
    engine: AlarmEngine,
    told: Vec<Transition>,
}

impl Bed {
    fn new() -> Self {
        let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
        let second = Duration::from_secs(1);
        let sources = Sources {
            devices: BTreeMap::from([(NUMBERS, second), (CURVE, second)]),
            metrics: BTreeMap::from([(Metric::EtCO2, NUMBERS), (Metric::Co2, CURVE)]),
        };
        Self {
            engine: AlarmEngine::new(profile, sources, MonoTime::ZERO),
            told: Vec::new(),
        }
    }

    fn observe(&mut self, at: u64, device: DeviceId, reading: Reading) {
        let received = MonoTime::from_secs(at);
        let observation = Observation {
            device,
            received,
            reading,
        };
        let input = AlarmInput::Observed(&observation);
        self.engine.handle(received, input, &mut self.told);
    }

    fn number(&mut self, at: u64, etco2: i32) {
        let measured = Measured::Valid(Value::whole(etco2));
        let reading = Reading::numeric(Metric::EtCO2, measured, MonoTime::from_secs(at));
        self.observe(at, NUMBERS, reading);
    }

    /// One sample of a curve, which stands for `period` seconds.
    fn sample(&mut self, at: u64, metric: Metric, pressure: i32, period: u64) {
        let run = SampleArray {
            metric,
            sample_period: Duration::from_secs(period),
            scale: 1.0,
            samples: Box::new([pressure]),
        };
        self.observe(at, CURVE, Reading::Waveform(run));
    }

    /// Ends the second: both devices live unless they are said not to.
    fn end(&mut self, at: u64, devices: &[DeviceId]) {
        let now = MonoTime::from_secs(at);
        for device in devices {
            let frame = AlarmInput::Frame(*device);
            self.engine.handle(now, frame, &mut self.told);
        }
        self.engine.handle(now, AlarmInput::Tick, &mut self.told);
    }

    /// Returns the seconds at which that alarm began.
    fn began(&self, id: AlarmId) -> Vec<u64> {
        let onsets = self
            .told
            .iter()
            .filter(|told| told.id == id && told.present);
        onsets.map(|told| told.at.since_start().as_secs()).collect()
    }
}

#[test]
fn an_apnoea_on_the_curve_does_not_wait_for_the_monitor_that_gives_the_numbers() {
    let mut bed = Bed::new();
    for at in 0..=40 {
        bed.sample(at, Metric::Co2, if at < 5 { 38 } else { 0 }, 1);
        if at < 10 {
            bed.number(at, 38);
        }
        bed.end(at, &[CURVE]);
    }
    assert_eq!(bed.began(AlarmId::DeviceLinkLost), [19]);
    assert_eq!(bed.began(AlarmId::Apnea), [24]);
}

#[test]
fn an_apnoea_in_the_numbers_does_not_wait_for_the_monitor_that_gave_the_curve() {
    let mut bed = Bed::new();
    for at in 0..=40 {
        if at < 5 {
            bed.sample(at, Metric::Co2, 38, 1);
        }
        bed.number(at, if at < 5 { 38 } else { 0 });
        bed.end(at, &[NUMBERS]);
    }
    assert_eq!(bed.began(AlarmId::Apnea), [24]);
}

#[test]
fn a_curve_of_the_pulse_from_the_same_monitor_is_no_breath() {
    let mut bed = Bed::new();
    for at in 0..=40 {
        bed.sample(at, Metric::Co2, if at < 5 { 38 } else { 0 }, 1);
        bed.sample(at, Metric::Pleth, 38, 1);
        bed.number(at, 38);
        bed.end(at, &[NUMBERS, CURVE]);
    }
    assert_eq!(bed.began(AlarmId::Apnea), [24]);
}

#[test]
fn a_slow_curve_may_lack_two_samples_and_not_three() {
    let last_breath_and = |samples: &[u64]| {
        let mut bed = Bed::new();
        for at in 0..=60 {
            if at == 0 || samples.contains(&at) {
                bed.sample(at, Metric::Co2, if at == 0 { 38 } else { 0 }, 4);
            }
            bed.end(at, &[NUMBERS, CURVE]);
        }
        bed.began(AlarmId::Apnea)
    };
    assert_eq!(last_breath_and(&[4, 16, 20, 24]), [20]);
    // It is not known what was in between: counted anew from 20 s on.
    assert_eq!(last_breath_and(&[4, 20, 24, 28, 32, 36, 40]), [40]);
}

#[test]
fn rates_that_come_between_the_seconds_are_judged_like_any_other() {
    let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
    let sources = Sources {
        devices: BTreeMap::from([(NUMBERS, Duration::from_secs(1))]),
        metrics: BTreeMap::from([(Metric::RespirationRate, NUMBERS)]),
    };
    let mut engine = AlarmEngine::new(profile, sources, MonoTime::ZERO);
    let mut told = Vec::new();
    for second in 0..=20 {
        let now = MonoTime::from_millis(second * 1000 + 400);
        engine.handle(MonoTime::from_secs(second), AlarmInput::Tick, &mut told);
        let rate = Measured::Valid(Value::whole(6));
        let observation = Observation {
            device: NUMBERS,
            received: now,
            reading: Reading::numeric(Metric::RespirationRate, rate, now),
        };
        engine.handle(now, AlarmInput::Observed(&observation), &mut told);
    }
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].id, AlarmId::RrLow);
    assert_eq!(told[0].at, MonoTime::from_secs(16));
}

#[test]
fn a_bed_that_was_left_alone_for_a_hundred_years_goes_on_at_once() {
    let mut bed = Bed::new();
    bed.number(0, 38);
    bed.end(0, &[NUMBERS, CURVE]);
    let later = 100 * 365 * 86_400;
    for at in later..=later + 25 {
        bed.number(at, 0);
        bed.end(at, &[NUMBERS, CURVE]);
    }
    assert_eq!(bed.began(AlarmId::Apnea), [later + 20]);
}
