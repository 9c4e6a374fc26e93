//! Random streams of readings: what the gate, the baseline and the checklist are worked out from.

use std::collections::BTreeMap;

use chairside_model::{Cuff, CuffReading, DeviceId, Observation, Reading};
use proptest::prelude::*;

use super::*;
use crate::testing::OTHER;
use crate::{GateItem, Standing};

/// A reading of the cuff: which device, how long after the one before it comes, how long ago it
/// was taken (below nought in the future).
type Given = (DeviceId, u64, i64);

/// When and by whom a pressure was measured, by its systolic number: each has its own.
type Origins = BTreeMap<i32, (DeviceId, MonoTime, MonoTime)>;

fn given() -> impl Strategy<Value = Given> {
    let device = prop_oneof![4 => Just(MONITOR), 1 => Just(OTHER)];
    let age = prop_oneof![3 => 0..20_i64, 2 => 0..900_i64, 1 => 0..7200_i64, 1 => -90..0_i64];
    (device, 0..900_u64, age)
}

fn put(bed: &mut Bed, systolic: i32, (device, later, age): Given, origins: &mut Origins) {
    bed.now = bed.now + Duration::from_secs(later);
    let ago = Duration::from_secs(age.unsigned_abs());
    let taken = if age < 0 {
        bed.now + ago
    } else {
        bed.now.saturating_sub(ago)
    };
    origins.insert(systolic, (device, taken, bed.now));
    let reading = CuffReading {
        systolic: Some(Value::whole(systolic)),
        diastolic: Some(Value::whole(50)),
        mean: None,
        taken,
    };
    let observation = Observation {
        device,
        received: bed.now,
        reading: Reading::Cuff(Cuff::Completed(reading)),
    };
    bed.care.observe(bed.now, &observation);
}

/// Tells whether the pressure counts now, by where it came from.
fn is_the_patients(
    origin: &(DeviceId, MonoTime, MonoTime),
    opened: MonoTime,
    now: MonoTime,
) -> bool {
    let (device, taken, came) = *origin;
    let began = taken.saturating_sub(Duration::from_secs(10));
    let is_young = now.saturating_since(taken) <= Duration::from_mins(30);
    device == MONITOR && began >= opened && taken <= came && is_young
}

/// Returns the systolic number that a line speaks of.
fn systolic_in(words: &str) -> Option<i32> {
    let at = words.find('/')?;
    let digits = words[..at].rsplit(' ').next()?;
    digits.parse().ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_gate_the_baseline_and_the_checklist_see_only_pressures_that_count(
        before in proptest::collection::vec(given(), 0..6),
        during in proptest::collection::vec(given(), 0..16),
        later in 0..2400_u64,
    ) {
        let mut bed = Bed::new();
        let mut origins = Origins::new();
        let mut numbers = 60..;
        let mut next = || numbers.next().expect("there are more than that");
        bed.nurse(schedule()).unwrap();
        for one in before {
            put(&mut bed, next(), one, &mut origins);
        }
        bed.nurse(step(Stage::Screening)).unwrap();
        let opened = bed.now;
        bed.nurse(step(Stage::Baseline)).unwrap();
        for one in during {
            put(&mut bed, next(), one, &mut origins);
        }
        bed.now = bed.now + Duration::from_secs(later);
        let own: Vec<i32> = origins
            .iter()
            .filter(|(_, origin)| is_the_patients(origin, opened, bed.now))
            .map(|(systolic, _)| *systolic)
            .collect();

        let gate = bed.treatment().gate(bed.now).unwrap();
        let pressure = gate.lines.iter().find(|line| line.item == GateItem::Pressure).unwrap();
        prop_assert_eq!(pressure.standing == Standing::Missing, own.is_empty());
        let spoken = systolic_in(&pressure.because);
        prop_assert!(spoken.is_none_or(|one| own.contains(&one)), "{}", pressure.because);

        bed.clinician(Some("a reason"), CareAction::TakeBaseline).unwrap();
        let baseline = bed.treatment().baseline().unwrap();
        let mean = baseline.pressure.map(|pressure| pressure.systolic.number());
        let is_of_own = |mean: f64| own.iter().any(|one| own.iter().any(|other| {
            f64::from(one + other) / 2.0 - mean == 0.0
        }));
        prop_assert!(mean.is_none_or(is_of_own), "{:?} of {:?}", mean, own);
        prop_assert_eq!(mean.is_none(), own.is_empty());

        let discharge = bed.treatment().discharge(bed.now).unwrap();
        let need = crate::DischargeNeed::Pressure;
        let line = discharge.lines.iter().find(|line| line.need == need).unwrap();
        let spoken = systolic_in(&line.found);
        prop_assert!(spoken.is_none_or(|one| own.contains(&one)), "{}", line.found);
    }
}
