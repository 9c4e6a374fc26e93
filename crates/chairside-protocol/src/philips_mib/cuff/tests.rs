use super::*;
use crate::philips_mib::codes::unit;
use crate::philips_mib::message::Float;

const NONE: MeasurementState = MeasurementState::NONE;

fn ended(second: u8) -> Option<DateTime> {
    // The second's decimal digits are the byte's.
    let second = second / 10 * 16 + second % 10;
    DateTime::from_bytes([0x20, 0x21, 0x03, 0x29, 0x12, 0x46, second, 0x00])
}

fn numbers(pressures: [f64; 3], state: MeasurementState) -> [ObservedNumber; 3] {
    let kinds = [kind::CUFF_SYSTOLIC, kind::CUFF_DIASTOLIC, kind::CUFF_MEAN];
    let mut numbers = kinds.into_iter().zip(pressures);
    [(); 3].map(|()| {
        let (kind, pressure) = numbers.next().expect("there are three of each");
        ObservedNumber {
            kind,
            state,
            unit: unit::MILLIMETRE_OF_MERCURY,
            number: Float::with_decimals(pressure, 0),
        }
    })
}

/// A watch, and the seconds that pass.
#[derive(Default)]
struct Bench {
    watch: CuffWatch,
    now_s: u64,
}

impl Bench {
    /// Looks a second later, and says what is new.
    fn look(
        &mut self,
        ended: Option<DateTime>,
        age_s: Option<u64>,
        pressures: [f64; 3],
        state: MeasurementState,
    ) -> String {
        self.now_s += 1;
        let now = MonoTime::from_secs(10_000 + self.now_s);
        let age = age_s.map(Duration::from_secs);
        let numbers = numbers(pressures, state).into_iter();
        match self.watch.take(now, ended, age, numbers) {
            None => String::new(),
            Some(Cuff::Measuring) => "measuring".to_owned(),
            Some(Cuff::Failed(why)) => why.name().to_owned(),
            Some(Cuff::Cancelled) => unreachable!("the monitor does not say so"),
            Some(Cuff::Completed(reading)) => {
                let numbers: Vec<_> = reading
                    .numerics()
                    .map(|(_, value)| value.to_string())
                    .collect();
                let age = now.saturating_since(reading.taken);
                format!("{} {}s", numbers.join("/"), age.as_secs())
            }
        }
    }
}

const FIRST: [f64; 3] = [118.0, 76.0, 92.0];

#[test]
fn a_determination_is_told_once_with_its_age() {
    let mut bench = Bench::default();
    assert_eq!(
        bench.look(ended(18), Some(45), FIRST, NONE),
        "118/76/92 45s"
    );
    assert_eq!(bench.look(ended(18), Some(46), FIRST, NONE), "");
    assert_eq!(bench.look(ended(18), Some(47), FIRST, NONE), "");
}

#[test]
fn the_same_pressures_at_another_time_are_another_determination() {
    let mut bench = Bench::default();
    bench.look(ended(18), Some(45), FIRST, NONE);
    assert_eq!(bench.look(ended(19), Some(1), FIRST, NONE), "118/76/92 1s");
    assert_eq!(bench.look(ended(19), Some(2), FIRST, NONE), "");
}

#[test]
fn what_changes_while_we_look_ended_since_the_last_look_whatever_the_clocks_say() {
    for age_s in [None, Some(0), Some(3600)] {
        let mut bench = Bench::default();
        bench.look(ended(18), Some(45), FIRST, NONE);
        let told = bench.look(ended(19), age_s, FIRST, NONE);
        let age = u8::from(age_s == Some(3600));
        assert_eq!(told, format!("118/76/92 {age}s"), "{age_s:?}");
    }
}

#[test]
fn a_first_determination_whose_age_is_not_known_or_too_great_is_not_told() {
    for age_s in [None, Some(11_000)] {
        let mut bench = Bench::default();
        assert_eq!(bench.look(ended(18), age_s, FIRST, NONE), "");
        assert_eq!(bench.look(ended(18), Some(45), FIRST, NONE), "");
        assert_eq!(bench.look(ended(20), Some(0), FIRST, NONE), "118/76/92 0s");
    }
}

#[test]
fn another_association_does_not_tell_the_same_determination_again() {
    let mut bench = Bench::default();
    bench.look(ended(18), Some(45), FIRST, NONE);
    bench.watch.begin();
    assert_eq!(bench.look(ended(18), Some(46), FIRST, NONE), "");
    bench.watch.begin();
    bench.now_s += 600;
    // It ended while nobody looked: only its own age says when.
    assert_eq!(
        bench.look(ended(30), Some(300), FIRST, NONE),
        "118/76/92 300s"
    );
}

#[test]
fn an_inflation_is_told_from_its_start_to_its_result() {
    let mut bench = Bench::default();
    let nothing = [f64::NAN; 3];
    let ongoing = MeasurementState::ONGOING;
    let early = MeasurementState::EARLY;
    let unavailable = MeasurementState::UNAVAILABLE;
    assert_eq!(bench.look(ended(0), Some(9), nothing, unavailable), "");
    assert_eq!(
        bench.look(ended(0), Some(10), nothing, unavailable | ongoing),
        "measuring"
    );
    assert_eq!(bench.look(ended(0), Some(11), nothing, ongoing), "");
    assert_eq!(
        bench.look(ended(30), Some(0), [118.0, f64::NAN, f64::NAN], early),
        ""
    );
    assert_eq!(bench.look(ended(30), Some(1), FIRST, NONE), "118/76/92 1s");
    assert_eq!(bench.look(ended(30), Some(2), FIRST, NONE), "");
}

#[test]
fn an_inflation_that_gives_nothing_is_told_when_its_result_stays_away() {
    let mut bench = Bench::default();
    bench.look(ended(18), Some(45), FIRST, NONE);
    assert_eq!(
        bench.look(ended(18), Some(46), FIRST, MeasurementState::ONGOING),
        "measuring"
    );
    let looks = [(); 5].map(|()| bench.look(ended(18), Some(60), FIRST, NONE));
    assert_eq!(looks, ["", "", "", "Unknown", ""]);
    assert_eq!(bench.look(ended(40), Some(0), FIRST, NONE), "118/76/92 0s");
}

#[test]
fn without_a_time_only_what_was_seen_to_be_measured_is_told() {
    let mut bench = Bench::default();
    assert_eq!(bench.look(None, None, FIRST, NONE), "");
    assert_eq!(
        bench.look(None, None, FIRST, MeasurementState::ONGOING),
        "measuring"
    );
    assert_eq!(bench.look(None, None, FIRST, NONE), "118/76/92 0s");
    assert_eq!(bench.look(None, None, FIRST, NONE), "");
}

#[test]
fn pressures_that_contradict_each_other_are_a_failure() {
    let mut bench = Bench::default();
    assert_eq!(
        bench.look(ended(18), Some(4), [76.0, 118.0, 92.0], NONE),
        "NoDetermination"
    );
    assert_eq!(
        bench.look(ended(18), Some(5), [76.0, 118.0, 92.0], NONE),
        ""
    );
}

#[test]
fn the_pulse_rate_is_told_once_for_each_determination() {
    let mut bench = Bench::default();
    let pulse = ObservedNumber {
        kind: kind::CUFF_PULSE_RATE,
        state: NONE,
        unit: unit::BEATS_PER_MINUTE,
        number: Float::with_decimals(72.0, 0),
    };
    let none = ObservedNumber {
        state: MeasurementState::UNAVAILABLE,
        ..pulse
    };
    assert_eq!(bench.watch.pulse(None, &pulse), None);
    bench.look(ended(18), Some(45), FIRST, NONE);
    assert_eq!(bench.watch.pulse(ended(17), &pulse), None);
    assert_eq!(bench.watch.pulse(ended(18), &none), None);
    let told = bench
        .watch
        .pulse(ended(18), &pulse)
        .expect("it is of this determination");
    assert_eq!(
        (told.metric, told.taken),
        (Metric::NibpPulseRate, MonoTime::from_secs(9956))
    );
    assert_eq!(bench.watch.pulse(ended(18), &pulse), None);
    bench.look(ended(20), Some(0), FIRST, NONE);
    assert!(bench.watch.pulse(None, &pulse).is_some());
    assert_eq!(bench.watch.pulse(None, &pulse), None);
}
