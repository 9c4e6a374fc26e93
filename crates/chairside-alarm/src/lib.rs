//! The alarm engine of one bed, and nothing else.
//!
//! Frames, observations, people's actions and the time go in; transitions come out. This crate
//! knows nothing of bytes, ports, screens or files. What it must do is written down in
//! `docs/alarms.md`.
//!
//! A bed with one oximeter, and a saturation that falls:
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::time::Duration;
//!
//! use chairside_alarm::{
//!     Adjustments, AirwayRules, AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Holds, LimitSide, LinkLostRule, NibpRules,
//!     Priority, ProfileParts, Signal, SignalRules, Sources, TechnicalRule, TechnicalRules,
//!     ThresholdRule,
//! };
//! use chairside_model::{
//!     DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading, Value,
//! };
//!
//! let second = Duration::from_secs(1);
//! let profile = AlarmProfile::new(ProfileParts {
//!     name: "one limit".to_owned(),
//!     thresholds: vec![ThresholdRule {
//!         id: AlarmId::Spo2Low,
//!         signal: Signal::SpO2,
//!         side: LimitSide::Low,
//!         trip: Value::whole(92),
//!         delay: 10 * second,
//!         clear: Value::whole(94),
//!         clear_hold: 10 * second,
//!         priority: Priority::Medium,
//!     }],
//!     nibp: NibpRules {
//!         interval: 600 * second,
//!         overdue_grace: 180 * second,
//!         high: None,
//!         very_high: None,
//!         rise: None,
//!         low: None,
//!         very_low: None,
//!         failed: None,
//!         overdue: None,
//!     },
//!     airway: AirwayRules::default(),
//!     technical: TechnicalRules {
//!         spo2_probe_off: None,
//!         spo2_no_data: None,
//!         spo2_low_perfusion: None,
//!         co2_no_data: None,
//!         line_garbled: None,
//!         device_link_lost: LinkLostRule {
//!             delay: 10 * second,
//!             clear_hold: 3 * second,
//!             priority_dosing: Priority::High,
//!             priority_other: Priority::Medium,
//!             dosing_tail: 1800 * second,
//!         },
//!         device_swapped: None,
//!         bed_failed: Priority::High,
//!         recording_stopped: TechnicalRule {
//!             delay: 5 * second,
//!             clear_hold: Duration::ZERO,
//!             priority: Priority::Medium,
//!         },
//!         no_station: None,
//!         delivery_failed: None,
//!     },
//!     holds: Holds {
//!         gap_tolerance: 2 * second,
//!         cuff_same_limb_max: 60 * second,
//!         cuff_release: 10 * second,
//!         step_points: Value::whole(8),
//!         step_hold: 15 * second,
//!         after_hold_delay_max: 5 * second,
//!     },
//!     signals: SignalRules::default(),
//!     families: Vec::new(),
//!     adjustments: Adjustments::default(),
//! })
//! .expect("the limits do not contradict each other");
//!
//! let oximeter = DeviceId(1);
//! let sources = Sources {
//!     devices: BTreeMap::from([(oximeter, second)]),
//!     metrics: BTreeMap::from([(Metric::SpO2, oximeter)]),
//! };
//! let mut engine = AlarmEngine::new(profile, sources, MonoTime::ZERO);
//! let mut told = Vec::new();
//! for at in 0..=10 {
//!     let now = MonoTime::from_secs(at);
//!     let reading = Observation {
//!         device: oximeter,
//!         received: now,
//!         reading: Reading::Numeric(Numeric {
//!             metric: Metric::SpO2,
//!             measured: Measured::Valid(Value::whole(91)),
//!             taken: now,
//!         }),
//!     };
//!     engine.handle(now, AlarmInput::Observed(&reading), &mut told);
//!     if engine.next_deadline().is_some_and(|due| due <= now) {
//!         engine.handle(now, AlarmInput::Tick, &mut told);
//!     }
//! }
//! assert_eq!(told.len(), 1);
//! assert_eq!(told[0].at, MonoTime::from_secs(10));
//! assert_eq!(told[0].evidence, "SpO2 91 % below 92 % for 10 s");
//! ```

mod audio;
mod board;
mod condition;
mod contradictions;
mod engine;
mod evidence;
mod features;
mod flood;
mod hold;
mod inputs;
mod limits;
mod operator;
mod profile;
mod reach;
mod rules;
mod signal;
mod suspension;
mod timer;

pub use audio::{Audio, AudioCause, AudioChange, AudioState, REMINDER_PERIOD, STATIONS_MAX, Sound};
pub use condition::{
    AirwayMode, AlarmId, AlarmKind, Occurrence, Priority, SignalPresence, Transition,
};
pub use engine::{
    AlarmEngine, AlarmInput, Baseline, BedFailure, PressureBaseline, Resumed, Resuming, Sources,
};
pub use flood::{Flood, FloodWatch};
pub use limits::{
    LIMITS_LAST, LimitCause, LimitChange, LimitInForce, LimitKey, LimitRefusal, SessionLimits,
    sensible, warning,
};
pub use operator::{
    ALARM_PAUSE_DEFAULT_S, ALARM_PAUSE_MAX_S, AUDIO_OFF_MAX_S, AUDIO_PAUSE_MAX_S, Act,
    OperatorAction, PATIENT, RULE_OFF_MAX_S, Refusal, Role,
};
pub use profile::{
    Adjustments, AirwayRules, AlarmProfile, ApneaRule, Bounds, BreathRule, FeatureWindows, Holds,
    LimitSide, LinkLostRule, LowPerfusionRule, NibpHighRule, NibpLowRule, NibpRules,
    ObstructionClear, ObstructionRule, PartialRule, Phase, ProfileError, ProfileParts, Signal,
    SignalRules, Spo2FallRule, Spo2OnlyMode, TechnicalRule, TechnicalRules, ThresholdRule,
};
pub use reach::{Audience, Delivery, Unheard, WhyUnheard};
pub use suspension::{Suspension, SuspensionChange, SuspensionEnd, SuspensionKind};
