//! The limits that the charts are written for: those of `docs/alarms.md`.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{
    Adjustments, AirwayRules, AlarmId, ApneaRule, Bounds, BreathRule, FeatureWindows, Holds,
    LimitKey, LimitSide, LinkLostRule, LowPerfusionRule, NibpHighRule, NibpLowRule, NibpRules,
    ObstructionClear, ObstructionRule, PartialRule, Phase, Priority, ProfileParts, Signal,
    SignalRules, Spo2FallRule, Spo2OnlyMode, TechnicalRule, TechnicalRules, ThresholdRule,
};
use chairside_model::Value;

pub(crate) fn parts() -> ProfileParts {
    ProfileParts {
        name: "adult".to_owned(),
        thresholds: vec![
            high(AlarmId::HrHigh, 120, 10, 115, Priority::Medium),
            high(AlarmId::HrVeryHigh, 140, 5, 135, Priority::High),
            low(
                AlarmId::HrLow,
                Signal::HeartRate,
                (50, 10, 53),
                Priority::Medium,
            ),
            low(
                AlarmId::HrVeryLow,
                Signal::HeartRate,
                (40, 5, 43),
                Priority::High,
            ),
            low(
                AlarmId::Spo2Low,
                Signal::SpO2,
                (92, 10, 94),
                Priority::Medium,
            ),
            low(
                AlarmId::Spo2VeryLow,
                Signal::SpO2,
                (88, 5, 90),
                Priority::High,
            ),
            ThresholdRule {
                clear_hold: seconds(15),
                ..low(
                    AlarmId::RrLow,
                    Signal::RespirationRate,
                    (8, 15, 9),
                    Priority::Medium,
                )
            },
            ThresholdRule {
                signal: Signal::RespirationRate,
                clear_hold: seconds(15),
                ..high(AlarmId::RrHigh, 30, 15, 28, Priority::Low)
            },
            ThresholdRule {
                signal: Signal::EtCO2,
                clear_hold: seconds(15),
                ..high(AlarmId::Etco2High, 50, 30, 48, Priority::Medium)
            },
        ],
        nibp: NibpRules {
            interval: seconds(600),
            overdue_grace: seconds(180),
            high: Some(nibp_high(165, 100, 160, 95, Priority::Medium)),
            very_high: Some(nibp_high(180, 110, 175, 105, Priority::High)),
            rise: Some(nibp_high(40, 25, 35, 20, Priority::Low)),
            low: Some(nibp_low(90, 60, 95, 65, Priority::Medium)),
            very_low: Some(nibp_low(80, 50, 85, 55, Priority::High)),
            failed: Some(Priority::Low),
            overdue: Some(Priority::Medium),
        },
        airway: airway(),
        technical: equipment(),
        holds: Holds {
            gap_tolerance: seconds(2),
            cuff_same_limb_max: seconds(60),
            cuff_release: seconds(10),
            step_points: Value::whole(8),
            step_hold: seconds(15),
            after_hold_delay_max: seconds(5),
        },
        signals: SignalRules::default(),
        families: vec![
            vec![AlarmId::HrHigh, AlarmId::HrVeryHigh],
            vec![AlarmId::HrLow, AlarmId::HrVeryLow],
            vec![AlarmId::Spo2Fall, AlarmId::Spo2Low, AlarmId::Spo2VeryLow],
            vec![AlarmId::NibpRise, AlarmId::NibpHigh, AlarmId::NibpVeryHigh],
            vec![AlarmId::NibpLow, AlarmId::NibpVeryLow],
            vec![
                AlarmId::AirwayPartial,
                AlarmId::Apnea,
                AlarmId::AirwayObstruction,
            ],
        ],
        adjustments: Adjustments::default(),
    }
}

/// How these limits may change, as the shipped profile has it.
pub(crate) fn adjustments() -> Adjustments {
    let bounds = |least: i32, most: i32| Bounds {
        least: Value::whole(least),
        most: Value::whole(most),
    };
    Adjustments {
        tailoring: BTreeMap::from([
            (LimitKey::Trip(AlarmId::HrHigh), bounds(100, 140)),
            (LimitKey::Trip(AlarmId::HrLow), bounds(40, 60)),
            (LimitKey::Trip(AlarmId::Spo2Low), bounds(88, 95)),
            (LimitKey::Systolic(AlarmId::NibpHigh), bounds(140, 180)),
            (LimitKey::Diastolic(AlarmId::NibpHigh), bounds(90, 110)),
        ]),
        phases: BTreeMap::from([(
            Phase::Dosing,
            BTreeMap::from([(LimitKey::NoBreath, Value::whole(25))]),
        )]),
        personal: BTreeMap::new(),
    }
}

fn equipment() -> TechnicalRules {
    TechnicalRules {
        spo2_probe_off: Some(technical(5, 3)),
        spo2_no_data: Some(technical(30, 3)),
        spo2_low_perfusion: Some(LowPerfusionRule {
            below: number(0.3),
            delay: seconds(30),
            clear_hold: seconds(10),
            priority: Priority::Low,
        }),
        co2_no_data: Some(TechnicalRule {
            priority: Priority::Low,
            ..technical(30, 3)
        }),
        line_garbled: Some(technical(10, 3)),
        device_link_lost: LinkLostRule {
            delay: seconds(10),
            clear_hold: seconds(3),
            priority_dosing: Priority::High,
            priority_other: Priority::Medium,
            dosing_tail: seconds(1800),
        },
        device_swapped: Some(Priority::High),
        bed_failed: Priority::High,
        recording_stopped: technical(5, 0),
        no_station: Some(TechnicalRule {
            priority: Priority::High,
            ..technical(15, 0)
        }),
        delivery_failed: Some(technical(10, 0)),
    }
}

fn airway() -> AirwayRules {
    AirwayRules {
        breath: BreathRule {
            co2_min: Value::whole(8),
            numerics_held: seconds(0),
        },
        windows: FeatureWindows {
            now: seconds(5),
            slope: seconds(30),
            slope_samples_min: 20,
            baseline_from: seconds(180),
            baseline_to: seconds(60),
            baseline_samples_min: 60,
            freeze_drop: Value::whole(3),
            unfreeze_drop: Value::whole(2),
            freeze_max: seconds(300),
        },
        apnea: Some(ApneaRule {
            no_breath: seconds(20),
            clear_breathing: seconds(10),
            priority: Priority::High,
        }),
        obstruction: Some(ObstructionRule {
            effort_min: Value::whole(6),
            co2_effort_no_breath: seconds(12),
            corroborating_drop: Value::whole(2),
            corroborating_rate: Value::whole(15),
            co2_effort_max: seconds(20),
            co2_no_breath: seconds(15),
            co2_drop: Value::whole(3),
            spo2_only: Spo2OnlyMode {
                spo2_max: Value::whole(92),
                drop: Value::whole(5),
                slope: Value::whole(-10),
                delay: seconds(5),
            },
            clear: ObstructionClear {
                breathing: seconds(15),
                spo2_min: Value::whole(92),
                within_of_baseline: Value::whole(3),
                hold: seconds(15),
            },
            priority: Priority::High,
        }),
        partial: Some(PartialRule {
            etco2_ratio: number(0.6),
            etco2_min: Value::whole(8),
            drop: Value::whole(3),
            rate_rise: Value::whole(8),
            delay: seconds(20),
            clear_etco2_ratio: number(0.75),
            clear_drop: Value::whole(3),
            clear_hold: seconds(15),
            priority: Priority::Medium,
        }),
        spo2_fall: Some(Spo2FallRule {
            drop: Value::whole(4),
            slope: Value::whole(-6),
            spo2_max: Value::whole(95),
            delay: seconds(5),
            clear_slope: Value::whole(-2),
            clear_hold: seconds(15),
            priority: Priority::Medium,
        }),
    }
}

/// Returns the four airway rules, all of which the adult limits have.
pub(crate) fn airway_rules() -> (ApneaRule, ObstructionRule, PartialRule, Spo2FallRule) {
    let rules = airway();
    let all = (rules.apnea.zip(rules.obstruction)).zip(rules.partial.zip(rules.spo2_fall));
    let ((apnea, obstruction), (partial, fall)) = all.expect("the adult limits have them");
    (apnea, obstruction, partial, fall)
}

fn number(number: f64) -> Value {
    Value::finite(number).expect("the adult limits are finite")
}

pub(crate) const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn high(id: AlarmId, trip: i32, delay: u64, clear: i32, priority: Priority) -> ThresholdRule {
    ThresholdRule {
        id,
        signal: Signal::HeartRate,
        side: LimitSide::High,
        trip: Value::whole(trip),
        delay: seconds(delay),
        clear: Value::whole(clear),
        clear_hold: seconds(10),
        priority,
    }
}

fn low(
    id: AlarmId,
    signal: Signal,
    (trip, delay, clear): (i32, u64, i32),
    priority: Priority,
) -> ThresholdRule {
    ThresholdRule {
        id,
        signal,
        side: LimitSide::Low,
        trip: Value::whole(trip),
        delay: seconds(delay),
        clear: Value::whole(clear),
        clear_hold: seconds(10),
        priority,
    }
}

fn nibp_high(
    sys: i32,
    dia: i32,
    clear_sys: i32,
    clear_dia: i32,
    priority: Priority,
) -> NibpHighRule {
    NibpHighRule {
        systolic: Value::whole(sys),
        diastolic: Value::whole(dia),
        clear_systolic: Value::whole(clear_sys),
        clear_diastolic: Value::whole(clear_dia),
        priority,
    }
}

fn nibp_low(
    sys: i32,
    mean: i32,
    clear_sys: i32,
    clear_mean: i32,
    priority: Priority,
) -> NibpLowRule {
    NibpLowRule {
        systolic: Value::whole(sys),
        mean: Value::whole(mean),
        clear_systolic: Value::whole(clear_sys),
        clear_mean: Value::whole(clear_mean),
        priority,
    }
}

const fn technical(delay: u64, hold: u64) -> TechnicalRule {
    TechnicalRule {
        delay: seconds(delay),
        clear_hold: seconds(hold),
        priority: Priority::Medium,
    }
}
