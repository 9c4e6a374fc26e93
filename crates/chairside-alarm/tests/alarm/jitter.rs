//! A serial line is not a clock: samples come a little late, and some not at all.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Sources, Transition};
use chairside_model::{
    DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading, Unavailable, Value,
};
use proptest::prelude::*;

use crate::adult;

const OXIMETER: DeviceId = DeviceId(1);

/// Hands in a saturation at each of the given milliseconds; `None` is a missing sample. The frames
/// are not told by themselves: a reading is a sign of life as well.
fn run(samples: &[(u64, Option<i32>)]) -> Vec<Transition> {
    let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
    let sources = Sources {
        devices: BTreeMap::from([(OXIMETER, Duration::from_secs(1))]),
        metrics: BTreeMap::from([(Metric::SpO2, OXIMETER)]),
    };
    let mut engine = AlarmEngine::new(profile, sources, MonoTime::ZERO);
    let mut told = Vec::new();
    for (place, (at, value)) in samples.iter().enumerate() {
        let now = MonoTime::from_millis(*at);
        while let Some(due) = engine.next_deadline().filter(|due| *due < now) {
            engine.handle(due, AlarmInput::Tick, &mut told);
        }
        let measured = value.map_or(Measured::Unavailable(Unavailable::Searching), |value| {
            Measured::Valid(Value::whole(value))
        });
        let observation = Observation {
            device: OXIMETER,
            received: now,
            reading: Reading::Numeric(Numeric {
                metric: Metric::SpO2,
                measured,
                taken: now,
            }),
        };
        engine.handle(now, AlarmInput::Observed(&observation), &mut told);
        // The tick comes after everything else of its moment.
        let last_of_moment = samples.get(place + 1).is_none_or(|(next, _)| next > at);
        if last_of_moment && engine.next_deadline().is_some_and(|due| due <= now) {
            engine.handle(now, AlarmInput::Tick, &mut told);
        }
    }
    told
}

#[test]
fn a_sample_that_comes_late_after_two_missing_ones_keeps_the_delay() {
    let low = |at| (at, Some(91));
    let mut samples: Vec<_> = (0..5).map(|second| low(second * 1000)).collect();
    samples.extend([(5000, None), (6000, None)]);
    samples.extend((7..=10).map(|second| low(second * 1000 + 400)));
    let told = run(&samples);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].at, MonoTime::from_secs(10));
}

#[test]
fn an_alarm_that_waits_for_a_late_frame_comes_with_it() {
    let mut samples: Vec<_> = (0..10).map(|second| (second * 1000, Some(91))).collect();
    samples.push((10_300, Some(91)));
    let told = run(&samples);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].at, MonoTime::from_millis(10_300));
}

#[test]
fn a_good_value_that_comes_with_the_late_frame_prevents_it() {
    let mut samples: Vec<_> = (0..10).map(|second| (second * 1000, Some(91))).collect();
    samples.push((10_300, Some(92)));
    assert_eq!(run(&samples), []);
}

#[test]
fn of_two_values_of_one_moment_the_good_one_counts() {
    // The delay is over at 10 s, when a third sample is missing; the next one is violated again.
    let mut samples: Vec<_> = (0..8).map(|second| (second * 999, Some(91))).collect();
    samples.extend([
        (8000, None),
        (9000, None),
        (10_000, None),
        (10_400, Some(91)),
    ]);
    let told = run(&samples);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].at, MonoTime::from_millis(10_400));
    samples.push((10_400, Some(95)));
    assert_eq!(run(&samples), []);
}

#[test]
fn an_engine_that_nobody_called_for_hours_goes_on_at_the_next_second() {
    let sources = Sources {
        devices: BTreeMap::from([(OXIMETER, Duration::from_secs(1))]),
        metrics: BTreeMap::from([(Metric::SpO2, OXIMETER)]),
    };
    let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
    let mut engine = AlarmEngine::new(profile, sources, MonoTime::ZERO);
    let mut told = Vec::new();
    // Half an hour is gone through second by second, three hours are not.
    let mut start = Duration::from_millis(300);
    for pause in [Duration::from_mins(29), Duration::from_hours(3)] {
        start += pause;
        for second in 0..=10 {
            let now = MonoTime::from_start(start + Duration::from_secs(second));
            let observation = Observation {
                device: OXIMETER,
                received: now,
                reading: Reading::numeric(Metric::SpO2, Measured::Valid(Value::whole(91)), now),
            };
            engine.handle(now, AlarmInput::Observed(&observation), &mut told);
            let due = engine.next_deadline().expect("it judges seconds");
            assert!(due <= now + Duration::from_secs(1), "{due} at {now}");
        }
        engine.handle(
            MonoTime::from_start(start + Duration::from_secs(10)),
            AlarmInput::Tick,
            &mut told,
        );
    }
    let low: Vec<MonoTime> = told
        .iter()
        .filter(|told| told.id == AlarmId::Spo2Low)
        .map(|told| told.at)
        .collect();
    assert_eq!(low.len(), 1, "it was not over meanwhile: {told:?}");
}

#[test]
fn one_device_back_and_then_another_lost_are_two_episodes_however_late_the_tick() {
    let (oximeter, cuff) = (DeviceId(1), DeviceId(3));
    let second = Duration::from_secs(1);
    let sources = Sources {
        devices: BTreeMap::from([(oximeter, second), (cuff, second)]),
        metrics: BTreeMap::new(),
    };
    for late in [0, 100, 900] {
        let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
        let mut engine = AlarmEngine::new(profile, sources.clone(), MonoTime::ZERO);
        let mut told = Vec::new();
        // The oximeter is heard from 20.0 s on, and back at 23.0 s. The cuff was heard last at
        // 13.1 s, and is lost at 23.1 s.
        let cuffs = (0..=13).map(|at| (at * 1000 + 100, cuff));
        let oximeters = (0..4).map(|count| (20_000 + count * 900, oximeter));
        for (at, device) in cuffs.chain(oximeters) {
            let now = MonoTime::from_millis(at);
            engine.handle(now, AlarmInput::Frame(device), &mut told);
        }
        for at in [23_000, 23_100] {
            let now = MonoTime::from_millis(at + late);
            engine.handle(now, AlarmInput::Tick, &mut told);
        }
        let words: Vec<(bool, &str)> = told
            .iter()
            .map(|told| (told.present, &told.evidence[..21]))
            .collect();
        assert_eq!(
            words,
            [
                (true, "nothing from device 1"),
                (false, "nothing from device 1"),
                (true, "nothing from device 3"),
            ],
            "{late} ms late"
        );
    }
}

proptest! {
    #[test]
    fn a_violation_is_told_within_a_second_of_its_delay_whatever_the_jitter(
        late in proptest::collection::vec(0..450_u64, 25),
        missing in proptest::collection::vec(any::<bool>(), 25),
    ) {
        let mut in_a_row = 0;
        let mut samples = Vec::new();
        for ((second, late), missing) in (0_u64..).zip(late).zip(missing) {
            in_a_row = if missing && in_a_row < 2 && second > 0 { in_a_row + 1 } else { 0 };
            let value = (in_a_row == 0).then_some(91);
            samples.push((second * 1000 + late, value));
        }
        let first = MonoTime::from_millis(samples[0].0);
        let told = run(&samples);
        prop_assert_eq!(told.len(), 1);
        let delay = told[0].at.saturating_since(first);
        prop_assert!(delay >= Duration::from_secs(10), "{delay:?}");
        prop_assert!(delay <= Duration::from_secs(11), "{delay:?}");
    }
}

#[test]
fn samples_three_and_a_half_periods_apart_keep_the_delay_and_no_more() {
    let low = |from: u64, until: u64| (from..until).map(move |place| (place, Some(91)));
    let story = |gap: u64| {
        let mut samples: Vec<_> = low(0, 6).map(|(at, value)| (at * 1000, value)).collect();
        samples.extend(low(0, 4).map(|(place, value)| (5000 + gap + place * 1000, value)));
        run(&samples)
    };
    let told = story(3500);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].at, MonoTime::from_secs(10));
    assert_eq!(story(3501), []);
}

#[test]
fn a_lost_device_is_back_when_its_frames_are_three_and_a_half_periods_apart_and_no_more() {
    let back = |gap: u64| {
        let mut samples: Vec<_> = (0..6).map(|second| (second * 1000, Some(97))).collect();
        let again = [
            20_000,
            20_000 + gap,
            21_000 + gap,
            22_000 + gap,
            23_000 + gap,
        ];
        samples.extend(again.map(|at| (at, Some(97))));
        let told = run(&samples);
        let end = told.last().expect("it was lost and is back");
        assert_eq!((end.id, end.present), (AlarmId::DeviceLinkLost, false));
        end.at
    };
    assert_eq!(back(3500), MonoTime::from_millis(23_500));
    assert_eq!(back(3501), MonoTime::from_millis(26_501));
}

/// An oximeter whose bytes, frames and saturations are told one by one.
struct Oximeter {
    engine: AlarmEngine,
    told: Vec<Transition>,
}

impl Oximeter {
    fn new() -> Self {
        let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
        let sources = Sources {
            devices: BTreeMap::from([(OXIMETER, Duration::from_secs(1))]),
            metrics: BTreeMap::from([(Metric::SpO2, OXIMETER)]),
        };
        Self {
            engine: AlarmEngine::new(profile, sources, MonoTime::ZERO),
            told: Vec::new(),
        }
    }

    fn input(&mut self, milliseconds: u64, input: AlarmInput<'_>) {
        let now = MonoTime::from_millis(milliseconds);
        while let Some(due) = self.engine.next_deadline().filter(|due| *due < now) {
            self.engine.handle(due, AlarmInput::Tick, &mut self.told);
        }
        self.engine.handle(now, input, &mut self.told);
        self.engine.handle(now, AlarmInput::Tick, &mut self.told);
    }

    /// Returns when that alarm was last told.
    fn last(&self, id: AlarmId) -> Option<(MonoTime, bool)> {
        let told = self.told.iter().rfind(|told| told.id == id);
        told.map(|told| (told.at, told.present))
    }
}

#[test]
fn a_garbled_line_is_back_when_its_frames_are_three_and_a_half_periods_apart_and_no_more() {
    let back = |gap: u64| {
        let mut bed = Oximeter::new();
        for second in 0..=15 {
            bed.input(second * 1000, AlarmInput::Heard(OXIMETER));
        }
        for at in [0, gap, gap + 1000, gap + 2000, gap + 3000] {
            bed.input(20_000 + at, AlarmInput::Frame(OXIMETER));
        }
        bed.last(AlarmId::LineGarbled)
    };
    assert_eq!(back(3500), Some((MonoTime::from_millis(23_500), false)));
    assert_eq!(back(3501), Some((MonoTime::from_millis(26_501), false)));
}

#[test]
fn an_oximeter_is_mute_when_more_than_one_and_a_half_periods_have_no_saturation() {
    let mut bed = Oximeter::new();
    for second in 0..=5 {
        let now = MonoTime::from_secs(second);
        let measured = Measured::Valid(Value::whole(97));
        let observation = Observation {
            device: OXIMETER,
            received: now,
            reading: Reading::numeric(Metric::SpO2, measured, now),
        };
        bed.input(second * 1000, AlarmInput::Observed(&observation));
    }
    // The first frame comes one and a half periods after it, the second one after more.
    for second in 6..=40 {
        bed.input(second * 1000 + 500, AlarmInput::Frame(OXIMETER));
    }
    assert_eq!(
        bed.last(AlarmId::Spo2NoData),
        Some((MonoTime::from_millis(37_500), true))
    );
}
