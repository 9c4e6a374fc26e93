//! The simulated monitor's own alarms, against its own limits.

use std::time::Duration;

pub(super) use chairside_protocol::capnostream20::message::Co2Alarms;
use chairside_protocol::capnostream20::message::{AlarmLimits, Numerics, SlowStatus, SpO2Alarms};

use crate::patient::{Missing, Signal, VitalSigns};

/// Time without a breath after which the monitor says so (measured on recordings of a
/// Capnostream 35: 30 s).
pub(super) const NO_BREATH_AFTER: Duration = Duration::from_secs(30);

/// What stands among the oximeter's alarms and is none.
const STATES: SpO2Alarms = SpO2Alarms::OXIMETRY_OFF.union(SpO2Alarms::PROBE_DISCONNECTED);

/// Whose oximeter is built in, as the identity says.
pub(super) const OXIMETER: SlowStatus = SlowStatus::MASIMO;

/// The limits it was set to.
pub(super) const LIMITS: AlarmLimits = AlarmLimits {
    etco2_high: Some(60),
    etco2_low: Some(15),
    respiration_rate_high: Some(30),
    respiration_rate_low: Some(6),
    fico2_high: Some(8),
    spo2_high: None,
    spo2_low: Some(88),
    pulse_rate_high: Some(140),
    pulse_rate_low: Some(50),
};

/// Returns how the oximeter stands, which the monitor keeps among its alarms.
pub(super) fn oximeter_states(vitals: &VitalSigns) -> SpO2Alarms {
    match vitals.spo2 {
        Signal::NoChannel => SpO2Alarms::OXIMETRY_OFF,
        Signal::Missing(Missing::ProbeOff) => SpO2Alarms::PROBE_DISCONNECTED,
        Signal::Missing(Missing::Searching) => SpO2Alarms::NO_PULSE,
        Signal::Missing(Missing::Motion | Missing::Occluded | Missing::NoReading)
        | Signal::Value(_) => SpO2Alarms::NONE,
    }
}

/// Sets the alarms that these numbers call for, and says that one stands. All are of high
/// priority, as a monitor's alarms about the patient are.
pub(super) fn raise(numerics: &mut Numerics, no_breath: bool) {
    numerics.co2_alarms = gas_alarms(numerics, no_breath);
    numerics.spo2_alarms = numerics.spo2_alarms.union(oximeter_alarms(numerics));
    let quiet = numerics.co2_alarms == Co2Alarms::NONE
        && !numerics.spo2_alarms.intersects(STATES.complement());
    if !quiet {
        numerics.slow_status = numerics.slow_status.union(SlowStatus::HIGH_PRIORITY_ALARM);
    }
}

fn gas_alarms(numerics: &Numerics, no_breath: bool) -> Co2Alarms {
    let limits = numerics.limits;
    let (etco2, rate) = (numerics.etco2, numerics.respiration_rate);
    [
        (no_breath, Co2Alarms::NO_BREATH),
        (above(etco2, limits.etco2_high), Co2Alarms::ETCO2_HIGH),
        (below(etco2, limits.etco2_low), Co2Alarms::ETCO2_LOW),
        (
            above(rate, limits.respiration_rate_high),
            Co2Alarms::RESPIRATION_RATE_HIGH,
        ),
        (
            below(rate, limits.respiration_rate_low),
            Co2Alarms::RESPIRATION_RATE_LOW,
        ),
        (
            above(numerics.fico2, limits.fico2_high),
            Co2Alarms::FICO2_HIGH,
        ),
    ]
    .into_iter()
    .filter(|(raised, _)| *raised)
    .fold(Co2Alarms::NONE, |all, (_, alarm)| all.union(alarm))
}

fn oximeter_alarms(numerics: &Numerics) -> SpO2Alarms {
    let limits = numerics.limits;
    let (spo2, rate) = (numerics.spo2, numerics.pulse_rate);
    [
        (above(spo2, limits.spo2_high), SpO2Alarms::SPO2_HIGH),
        (below(spo2, limits.spo2_low), SpO2Alarms::SPO2_LOW),
        (
            above(rate, limits.pulse_rate_high),
            SpO2Alarms::PULSE_RATE_HIGH,
        ),
        (
            below(rate, limits.pulse_rate_low),
            SpO2Alarms::PULSE_RATE_LOW,
        ),
    ]
    .into_iter()
    .filter(|(raised, _)| *raised)
    .fold(SpO2Alarms::NONE, |all, (_, alarm)| all.union(alarm))
}

fn above(value: Option<u8>, limit: Option<u8>) -> bool {
    value.zip(limit).is_some_and(|(value, limit)| value > limit)
}

fn below(value: Option<u8>, limit: Option<u8>) -> bool {
    value.zip(limit).is_some_and(|(value, limit)| value < limit)
}
