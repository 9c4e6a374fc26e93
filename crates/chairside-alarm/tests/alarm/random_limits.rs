//! Limits under any sequence of changes, and an engine that is told of its limits again.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{
    AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Baseline, LimitChange, LimitKey, Phase,
    PressureBaseline, SessionLimits, Sources, Transition,
};
use chairside_model::{DeviceId, Measured, Metric, MonoTime, Observation, Reading, Value};
use proptest::prelude::*;

use crate::limits::{HR_HIGH, HR_LOW, limits_with, whole};

/// Something that changes limits, or tries to.
#[derive(Clone, Debug)]
enum Step {
    Set(usize, i32),
    Enter(Phase),
    Baseline(i32, i32),
    End,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        // Near the defaults, and anything.
        20 => (0..31_usize, -25..25).prop_map(|(key, by)| Step::Set(key, by)),
        2 => (0..31_usize, -500..500).prop_map(|(key, by)| Step::Set(key, by)),
        3 => proptest::sample::select(Phase::ALL.to_vec()).prop_map(Step::Enter),
        3 => (20..200, 60..250).prop_map(|(rate, sys)| Step::Baseline(rate, sys)),
        1 => Just(Step::End),
    ];
    proptest::collection::vec(step, 0..60)
}

fn take(limits: &mut SessionLimits, step: &Step) -> Vec<LimitChange> {
    match step {
        Step::Set(key, by) => {
            let key = LimitKey::all().nth(*key).expect("there are as many");
            let seen = limits.value(key).expect("all rules are on");
            let new = Value::finite(seen.number() + f64::from(*by)).expect("finite");
            let is_allowed = limits.check(key, seen, new);
            let told = limits.set(key, seen, new);
            assert_eq!(is_allowed.is_ok(), told.is_ok());
            if told.is_ok() {
                assert_eq!(limits.value(key), Some(new), "{key}");
            }
            told.unwrap_or_default()
        }
        Step::Enter(phase) => limits.enter(*phase),
        Step::Baseline(rate, systolic) => limits.personalise(&Baseline {
            heart_rate: Some(whole(*rate)),
            pressure: Some(PressureBaseline {
                systolic: whole(*systolic),
                diastolic: whole(systolic / 2),
            }),
            ..Baseline::default()
        }),
        Step::End => limits.end_session(),
    }
}

fn eventful() -> SessionLimits {
    limits_with(|adjustments| {
        let dosing = [
            (HR_HIGH, 130),
            (LimitKey::Delay(AlarmId::HrHigh), 20),
            (LimitKey::Trip(AlarmId::Spo2Low), 91),
            (LimitKey::CuffInterval, 300),
        ];
        let recovery = [(LimitKey::Trip(AlarmId::HrVeryHigh), 138)];
        let values = |list: &[(LimitKey, i32)]| {
            list.iter()
                .map(|(key, number)| (*key, whole(*number)))
                .collect()
        };
        adjustments.phases.insert(Phase::Dosing, values(&dosing));
        adjustments
            .phases
            .insert(Phase::Recovery, values(&recovery));
        adjustments.personal = values(&[
            (HR_LOW, -10),
            (HR_HIGH, 40),
            (LimitKey::Systolic(AlarmId::NibpHigh), 35),
            (LimitKey::Diastolic(AlarmId::NibpHigh), 20),
        ]);
    })
}

/// Ten minutes of an oximeter, by an engine that may be told of its limits again at any second.
fn told(profile: &AlarmProfile, pulse: &[i32], retuned: &[usize]) -> Vec<Transition> {
    let oximeter = DeviceId(1);
    let sources = Sources {
        devices: BTreeMap::from([(oximeter, Duration::from_secs(1))]),
        metrics: BTreeMap::from([(Metric::PulseRate, oximeter), (Metric::SpO2, oximeter)]),
    };
    let mut engine = AlarmEngine::new(profile.clone(), sources, MonoTime::ZERO);
    let mut told = Vec::new();
    for (second, number) in (0..).zip(pulse) {
        let now = MonoTime::from_secs(second);
        let place = usize::try_from(second).expect("short");
        for (metric, number) in [
            (Metric::PulseRate, *number),
            (Metric::SpO2, 140 - *number / 2),
        ] {
            let measured = Measured::Valid(whole(number.min(if metric == Metric::SpO2 {
                100
            } else {
                300
            })));
            let observation = Observation {
                device: oximeter,
                received: now,
                reading: Reading::numeric(metric, measured, now),
            };
            engine.handle(now, AlarmInput::Observed(&observation), &mut told);
        }
        if retuned.contains(&place) {
            engine.handle(now, AlarmInput::Profile(profile), &mut told);
        }
        while engine.next_deadline().is_some_and(|due| due <= now) {
            engine.handle(now, AlarmInput::Tick, &mut told);
        }
    }
    told
}

proptest! {
    #[test]
    fn any_sequence_of_changes_leaves_limits_that_do_not_contradict_each_other(steps in steps()) {
        let mut limits = eventful();
        for step in &steps {
            let before = limits.clone();
            let told = take(&mut limits, step);
            let parts = limits.in_force().parts().clone();
            prop_assert!(AlarmProfile::new(parts).is_ok(), "{step:?}");
            // What is told is what is other.
            for key in LimitKey::all() {
                let pair = (before.value(key).unwrap(), limits.value(key).unwrap());
                let change = told.iter().find(|change| change.key == key);
                let said = change.map_or((pair.0, pair.0), |change| (change.old, change.new));
                prop_assert_eq!(said, pair, "{}", key);
            }
            for phase in Phase::ALL {
                limits.clone().enter(phase);
            }
        }
        limits.end_session();
        let anew = eventful();
        prop_assert_eq!(limits.in_force(), anew.in_force());
    }

    #[test]
    fn limits_that_are_given_again_change_nothing(
        runs in proptest::collection::vec((30..170_i32, 1..25_usize), 1..25),
        retuned in proptest::collection::vec(0..600_usize, 0..40),
    ) {
        let pulse: Vec<i32> = runs
            .into_iter()
            .flat_map(|(number, times)| std::iter::repeat_n(number, times))
            .collect();
        let limits = eventful();
        let profile = limits.in_force();
        let never = told(profile, &pulse, &[]);
        let again = told(profile, &pulse, &retuned);
        prop_assert_eq!(format!("{never:?}"), format!("{again:?}"));
    }
}
