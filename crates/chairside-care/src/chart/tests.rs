use chairside_model::Unavailable;
use proptest::prelude::*;

use super::*;
use crate::testing::{MONITOR, OTHER, cuff, numeric, sources};

const OPENED: MonoTime = MonoTime::from_secs(100_000);

fn at(seconds: u64) -> MonoTime {
    OPENED + Duration::from_secs(seconds)
}

fn chart() -> Chart {
    Chart::new(sources(), OPENED)
}

fn offered(chart: &Chart, now: MonoTime) -> Vec<f64> {
    let pressures = chart.pressures(now);
    pressures.map(|one| one.systolic.number()).collect()
}

#[test]
fn a_pressure_counts_from_the_opening_for_half_an_hour() {
    let mut chart = chart();
    chart.observe(at(5), &cuff(at(0), 150, 90));
    assert_eq!(
        offered(&chart, at(5)),
        [0.0; 0],
        "it began before the session"
    );
    chart.observe(at(10), &cuff(at(10), 120, 80));
    assert_eq!(offered(&chart, at(10)), [120.0]);
    assert_eq!(offered(&chart, at(1810)), [120.0]);
    assert_eq!(offered(&chart, at(1811)), [0.0; 0]);
}

#[test]
fn a_determination_that_is_told_again_is_one() {
    let mut chart = chart();
    for later in 0..5 {
        chart.observe(at(100 + later), &cuff(at(60 + later), 120, 80));
    }
    assert_eq!(offered(&chart, at(200)).len(), 1);
    chart.observe(at(400), &cuff(at(360), 130, 80));
    let (before, last) = chart.pair(at(400), Duration::from_mins(5)).unwrap();
    assert_eq!((before.taken, last.taken), (at(60), at(360)));
    assert_eq!(chart.pair(at(400), Duration::from_secs(301)), None);
}

#[test]
fn a_late_reading_is_where_it_was_taken_and_not_where_it_came() {
    let mut chart = chart();
    chart.observe(at(500), &cuff(at(500), 130, 80));
    chart.observe(at(510), &cuff(at(200), 120, 80));
    assert_eq!(offered(&chart, at(510)), [130.0, 120.0]);
    chart.observe(at(510), &numeric(at(510), Metric::SpO2, 96.0));
    chart.observe(at(511), &numeric(at(505), Metric::SpO2, 88.0));
    let spo2 = chart.numeric(at(511), Metric::SpO2).unwrap();
    assert_eq!((spo2.value, spo2.taken), (Value::whole(96), at(510)));
}

#[test]
fn half_a_pressure_and_one_that_does_not_fit_together_are_none() {
    let mut chart = chart();
    chart.observe(at(60), &cuff(at(60), 80, 120));
    let half = Observation {
        device: MONITOR,
        received: at(90),
        reading: Reading::Cuff(Cuff::Completed(CuffReading {
            systolic: Some(Value::whole(120)),
            diastolic: None,
            mean: None,
            taken: at(90),
        })),
    };
    chart.observe(at(90), &half);
    assert_eq!(offered(&chart, at(90)), [0.0; 0]);
}

#[test]
fn the_probe_is_valid_since_its_last_break() {
    let mut chart = chart();
    let valid = |chart: &Chart, second| chart.valid_for(at(second), Metric::SpO2);
    for second in 0..=60 {
        chart.observe(at(second), &numeric(at(second), Metric::SpO2, 97.0));
    }
    assert_eq!(valid(&chart, 60), Some(Duration::from_mins(1)));
    let off = Measured::Unavailable(Unavailable::SensorOff);
    let reading = Observation {
        device: MONITOR,
        received: at(61),
        reading: Reading::numeric(Metric::SpO2, off, at(61)),
    };
    chart.observe(at(61), &reading);
    assert_eq!(valid(&chart, 61), None);
    chart.observe(at(62), &numeric(at(62), Metric::SpO2, 97.0));
    assert_eq!(valid(&chart, 63), Some(Duration::from_secs(1)));
    chart.observe(at(90), &numeric(at(90), Metric::SpO2, 97.0));
    assert_eq!(valid(&chart, 90), Some(Duration::ZERO), "28 s of silence");
    assert_eq!(valid(&chart, 101), None, "and then it expired");
}

/// Something of a random stream.
#[derive(Clone, Debug)]
enum Given {
    Cuff(DeviceId, CuffReading),
    Numeric(DeviceId, Numeric),
    Device(bool),
}

/// Readings of a while around an opening: of the patient, of before, of another device, late,
/// repeated, doubted, incomplete, and of the future.
fn stream() -> impl Strategy<Value = Vec<(MonoTime, Given)>> {
    let device = || prop_oneof![4 => Just(MONITOR), 1 => Just(OTHER)];
    let age = || {
        prop_oneof![
            4 => 0..3_i64,
            2 => 0..120_i64,
            2 => 0..7200_i64,
            1 => -60..0_i64,
        ]
    };
    let number = || proptest::option::weighted(0.9, 40..200_i32);
    let cuff = (device(), age(), number(), number()).prop_map(|(device, age, sys, dia)| {
        (
            device,
            age,
            Some((sys, dia)),
            Measured::Valid(Value::whole(0)),
        )
    });
    let measured = (70..100_i32).prop_flat_map(|number| {
        let value = Value::whole(number);
        prop_oneof![
            3 => Just(Measured::Valid(value)),
            1 => Just(Measured::Questionable(value)),
            1 => Just(Measured::Unavailable(Unavailable::Searching)),
        ]
    });
    let numeric = (device(), age(), measured).prop_map(|(device, age, m)| (device, age, None, m));
    let one = prop_oneof![
        6 => prop_oneof![cuff, numeric].prop_map(Some),
        1 => Just(None),
    ];
    let step = prop_oneof![3 => 0..5_u64, 2 => 0..600_u64];
    let one = (step, one, any::<bool>());
    proptest::collection::vec(one, 0..60).prop_map(|steps| {
        let mut now = OPENED;
        let mut stream = Vec::new();
        for (step, given, belongs) in steps {
            now = now + Duration::from_secs(step);
            let taken = |age: i64| match u64::try_from(age) {
                Ok(age) => now.saturating_sub(Duration::from_secs(age)),
                Err(_) => now + Duration::from_secs(age.unsigned_abs()),
            };
            let given = match given {
                None => Given::Device(belongs),
                Some((device, age, Some((systolic, diastolic)), _)) => {
                    let reading = CuffReading {
                        systolic: systolic.map(Value::whole),
                        diastolic: diastolic.map(Value::whole),
                        mean: None,
                        taken: taken(age),
                    };
                    Given::Cuff(device, reading)
                }
                Some((device, age, None, measured)) => {
                    let (metric, taken) = (Metric::SpO2, taken(age));
                    let numeric = Numeric {
                        metric,
                        measured,
                        taken,
                    };
                    Given::Numeric(device, numeric)
                }
            };
            stream.push((now, given));
        }
        stream
    })
}

/// What of a stream is of the patient, worked out for each reading by itself.
fn of_the_patient(stream: &[(MonoTime, Given)]) -> Vec<(MonoTime, Given)> {
    let mut since = Some(OPENED);
    let mut own = Vec::new();
    for (now, given) in stream {
        let (device, began, taken) = match given {
            Given::Device(belongs) => {
                since = belongs.then_some(*now);
                continue;
            }
            Given::Cuff(device, one) => {
                let began = one.taken.saturating_sub(Duration::from_secs(10));
                (*device, began, one.taken)
            }
            Given::Numeric(device, one) => (*device, one.taken, one.taken),
        };
        if device == MONITOR && taken <= *now && since.is_some_and(|since| began >= since) {
            own.push((*now, given.clone()));
        }
    }
    own
}

fn fed(stream: &[(MonoTime, Given)]) -> Chart {
    let mut chart = chart();
    for (now, given) in stream {
        let (device, reading) = match given {
            Given::Device(belongs) => {
                chart.device(*now, MONITOR, *belongs);
                continue;
            }
            Given::Cuff(device, reading) => (*device, Reading::Cuff(Cuff::Completed(*reading))),
            Given::Numeric(device, numeric) => (*device, Reading::Numeric(*numeric)),
        };
        let received = *now;
        let observation = Observation {
            device,
            received,
            reading,
        };
        chart.observe(*now, &observation);
    }
    chart
}

fn counts(now: MonoTime, taken: MonoTime, seconds: u64) -> bool {
    taken <= now && now.saturating_since(taken) <= Duration::from_secs(seconds)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_pressure_of_before_of_another_patient_or_expired_is_ever_offered(
        stream in stream(),
        later in prop_oneof![Just(0_u64), 0..2400_u64],
    ) {
        let last = stream.last().map_or(OPENED, |(now, _)| *now);
        let now = last + Duration::from_secs(later);
        let chart = fed(&stream);
        let own = of_the_patient(&stream);
        let own: Vec<_> = own.iter().filter_map(|(_, given)| match given {
            Given::Cuff(_, one) => {
                let (systolic, diastolic) = one.systolic.zip(one.diastolic)?;
                let is_one = systolic > diastolic && counts(now, one.taken, 1800);
                is_one.then_some((one.taken, systolic, diastolic))
            }
            _ => None,
        }).collect();
        let offered: Vec<_> = chart.pressures(now).collect();
        for one in &offered {
            prop_assert!(own.contains(&(one.taken, one.systolic, one.diastolic)), "{one:?}");
        }
        prop_assert!(offered.is_sorted_by(|one, next| one.taken > next.taken));
        prop_assert_eq!(chart.pressure(now), offered.first().copied());
        if let Some((before, last)) = chart.pair(now, Duration::from_mins(5)) {
            prop_assert!(offered.contains(&before) && offered.contains(&last));
            prop_assert!(last.taken.saturating_since(before.taken) >= Duration::from_mins(5));
        }
    }

    #[test]
    fn every_pressure_of_the_patient_is_offered_once(stream in stream()) {
        let now = stream.last().map_or(OPENED, |(now, _)| *now);
        let whole: Vec<_> = stream.into_iter().filter(|(_, given)| match given {
            Given::Cuff(_, one) => one.systolic.zip(one.diastolic).is_some_and(|(s, d)| s > d),
            _ => true,
        }).collect();
        let chart = fed(&whole);
        for (_, given) in of_the_patient(&whole) {
            let Given::Cuff(_, one) = given else { continue };
            if counts(now, one.taken, 1800) {
                let near = |other: &Pressure| {
                    let (early, late) = (one.taken.min(other.taken), one.taken.max(other.taken));
                    late.saturating_since(early) < Duration::from_secs(10)
                };
                prop_assert!(chart.pressures(now).any(|other| near(&other)), "{one:?}");
            }
        }
    }

    #[test]
    fn a_saturation_that_is_offered_is_the_patients_last_and_valid(
        stream in stream(),
        later in 0..15_u64,
    ) {
        let last = stream.last().map_or(OPENED, |(now, _)| *now);
        let now = last + Duration::from_secs(later);
        let own = of_the_patient(&stream);
        let own = own.iter().filter_map(|(_, given)| match given {
            Given::Numeric(_, one) => Some(*one),
            _ => None,
        });
        // Of two of the same moment the one that came later holds.
        let newest = own.max_by_key(|one| one.taken).filter(|one| counts(now, one.taken, 10));
        let expected = newest.and_then(|one| one.measured.valid());
        let offered = fed(&stream).numeric(now, Metric::SpO2);
        prop_assert_eq!(offered.map(|one| one.value), expected);
    }
}
