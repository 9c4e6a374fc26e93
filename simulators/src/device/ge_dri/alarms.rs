//! The simulated monitor's own alarms, against its own limits.

use std::time::Duration;

use chairside_protocol::ge_dri::message::{ALARMS_MAX, Alarm, Colour};

use crate::patient::{Signal, VitalSigns};

/// The alarms that stand, the most urgent first.
pub(super) type AlarmList = [Alarm; ALARMS_MAX];

/// Time without a breath after which it is an alarm.
const APNEA_AFTER: Duration = Duration::from_secs(20);

/// The limits it was set to.
const SPO2_LOW: f64 = 90.0;
const RATE_LOW: f64 = 45.0;
const RATE_HIGH: f64 = 140.0;
const ETCO2_HIGH: f64 = 60.0;

/// Watches for breaths.
#[derive(Debug, Default)]
pub(super) struct BreathWatch {
    last: Duration,
}

impl BreathWatch {
    /// Takes the patient at this time. Tells whether there was no breath for too long, as far as
    /// the capnograph can see.
    pub(super) fn see(&mut self, now: Duration, vitals: &VitalSigns) -> bool {
        let sees = matches!(vitals.etco2, Signal::Value(_));
        if !sees || vitals.respiration_rate.value() != Some(0.0) {
            self.last = now;
        }
        self.last + APNEA_AFTER <= now
    }
}

/// Returns the alarms that stand.
pub(super) fn standing(vitals: &VitalSigns, without_breath: bool) -> AlarmList {
    let below = |signal: Signal, limit| signal.value().is_some_and(|value| value < limit);
    let above = |signal: Signal, limit| signal.value().is_some_and(|value| value > limit);
    let rate = vitals.heart_rate;
    let asystole = rate.value() == Some(0.0);
    let raised = [
        (asystole, "ASYSTOLE", Colour::Red),
        (without_breath, "APNEA", Colour::Red),
        (below(vitals.spo2, SPO2_LOW), "SpO2 LOW", Colour::Red),
        (below(rate, RATE_LOW) && !asystole, "HR LOW", Colour::Yellow),
        (above(rate, RATE_HIGH), "HR HIGH", Colour::Yellow),
        (
            above(vitals.etco2, ETCO2_HIGH),
            "EtCO2 HIGH",
            Colour::Yellow,
        ),
        (
            matches!(vitals.spo2, Signal::Missing(_)),
            "SpO2 PROBE",
            Colour::White,
        ),
    ];
    let mut list = [Alarm::NONE; ALARMS_MAX];
    let standing = raised.into_iter().filter(|(stands, ..)| *stands);
    for (place, (_, text, colour)) in list.iter_mut().zip(standing) {
        *place = Alarm::new(text, colour);
    }
    list
}
