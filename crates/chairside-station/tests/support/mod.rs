//! A profile with two limits of the saturation.

use std::time::Duration;

use chairside_alarm::{
    Adjustments, AirwayRules, AlarmId, Holds, LimitSide, LinkLostRule, NibpRules, Priority,
    ProfileParts, Signal, SignalRules, TechnicalRule, TechnicalRules, ThresholdRule,
};
use chairside_model::Value;

/// Returns the parts of the profile.
pub(crate) fn parts() -> ProfileParts {
    let second = Duration::from_secs(1);
    ProfileParts {
        name: "two limits".to_owned(),
        thresholds: vec![
            ThresholdRule {
                id: AlarmId::Spo2Low,
                signal: Signal::SpO2,
                side: LimitSide::Low,
                trip: Value::whole(92),
                delay: 10 * second,
                clear: Value::whole(94),
                clear_hold: 10 * second,
                priority: Priority::Medium,
            },
            ThresholdRule {
                id: AlarmId::Spo2VeryLow,
                signal: Signal::SpO2,
                side: LimitSide::Low,
                trip: Value::whole(88),
                delay: 5 * second,
                clear: Value::whole(90),
                clear_hold: 10 * second,
                priority: Priority::High,
            },
        ],
        nibp: NibpRules {
            interval: 600 * second,
            overdue_grace: 180 * second,
            high: None,
            very_high: None,
            rise: None,
            low: None,
            very_low: None,
            failed: None,
            overdue: None,
        },
        airway: AirwayRules::default(),
        technical: TechnicalRules {
            spo2_probe_off: None,
            spo2_no_data: None,
            spo2_low_perfusion: None,
            co2_no_data: None,
            line_garbled: None,
            device_link_lost: LinkLostRule {
                delay: 10 * second,
                clear_hold: 3 * second,
                priority_dosing: Priority::High,
                priority_other: Priority::Medium,
                dosing_tail: 1800 * second,
            },
            device_swapped: None,
            bed_failed: Priority::High,
            recording_stopped: TechnicalRule {
                delay: 5 * second,
                clear_hold: Duration::ZERO,
                priority: Priority::Medium,
            },
            no_station: None,
            delivery_failed: None,
        },
        holds: Holds {
            gap_tolerance: 2 * second,
            cuff_same_limb_max: 60 * second,
            cuff_release: 10 * second,
            step_points: Value::whole(8),
            step_hold: 15 * second,
            after_hold_delay_max: 5 * second,
        },
        signals: SignalRules::default(),
        families: vec![vec![AlarmId::Spo2Low, AlarmId::Spo2VeryLow]],
        adjustments: Adjustments::default(),
    }
}
