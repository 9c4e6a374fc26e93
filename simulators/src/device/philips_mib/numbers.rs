//! The simulated monitor's numbers.

use std::time::Duration;

use chairside_protocol::philips_mib::codes::{kind, unit};
use chairside_protocol::philips_mib::message::attribute::id;
use chairside_protocol::philips_mib::message::{Float, MeasurementState, ObservedNumber, class};

use super::date_time;
use super::reply::{Owned, Reply, about};
use crate::patient::{Missing, Pressures, Signal, VitalSigns};

/// A number as an object of the monitor.
struct Channel {
    handle: u16,
    kind: u16,
    label: &'static str,
    unit: u16,
    decimals: u8,
    signal: fn(&VitalSigns) -> Signal,
}

const fn channel(
    handle: u16,
    kind: u16,
    label: &'static str,
    (unit, decimals): (u16, u8),
    signal: fn(&VitalSigns) -> Signal,
) -> Channel {
    Channel {
        handle,
        kind,
        label,
        unit,
        decimals,
        signal,
    }
}

const PER_MINUTE: (u16, u8) = (unit::BEATS_PER_MINUTE, 0);
const BREATHS: (u16, u8) = (unit::BREATHS_PER_MINUTE, 0);
const PRESSURE: (u16, u8) = (unit::MILLIMETRE_OF_MERCURY, 0);

const CHANNELS: [Channel; 9] = [
    channel(0x82CF, kind::HEART_RATE, "HR", PER_MINUTE, |vitals| {
        vitals.heart_rate
    }),
    channel(0x82D6, kind::EFFORT_RATE, "RR", BREATHS, |vitals| {
        vitals.effort_rate
    }),
    channel(
        0x8400,
        kind::SPO2,
        "SpO\u{2082}",
        (unit::PERCENT, 0),
        |vitals| vitals.spo2,
    ),
    channel(0x8406, kind::PULSE_RATE, "Pulse", PER_MINUTE, |vitals| {
        vitals.pulse_rate
    }),
    channel(0x840A, kind::PERFUSION, "Perf", (unit::NONE, 1), |vitals| {
        vitals.perfusion_index
    }),
    channel(0x8500, kind::ETCO2, "etCO\u{2082}", PRESSURE, |vitals| {
        vitals.etco2
    }),
    channel(0x8502, kind::FICO2, "imCO\u{2082}", PRESSURE, inspired),
    channel(0x8504, kind::RESPIRATION_RATE, "awRR", BREATHS, |vitals| {
        vitals.respiration_rate
    }),
    channel(
        0x8450,
        kind::TEMPERATURE,
        "Temp",
        (unit::DEGREE_CELSIUS, 1),
        |vitals| vitals.temperature,
    ),
];

const CUFF_HANDLE: u16 = 0x8272;
const CUFF_PULSE_HANDLE: u16 = 0x8275;

/// Nobody breathes in what he breathed out.
const fn inspired(vitals: &VitalSigns) -> Signal {
    match vitals.etco2 {
        Signal::Value(_) => Signal::Value(0.0),
        missing => missing,
    }
}

/// The pulse rate at the end of the last determination.
#[derive(Debug, Default)]
pub(super) struct CuffPulse {
    last: Option<(Duration, Signal)>,
}

impl CuffPulse {
    /// Looks at the patient.
    pub(super) fn see(&mut self, vitals: &VitalSigns) {
        if let Some(last) = vitals.cuff.last
            && self.last.is_none_or(|(ended, _)| ended != last.ended)
        {
            let rate = match vitals.pulse_rate {
                Signal::Value(_) => vitals.pulse_rate,
                Signal::Missing(_) | Signal::NoChannel => vitals.heart_rate,
            };
            let measured = last.pressures.map_or(Signal::NoChannel, |_| rate);
            self.last = Some((last.ended, measured));
        }
    }

    fn signal(&self) -> Signal {
        self.last.map_or(Signal::NoChannel, |(_, rate)| rate)
    }
}

/// Appends every number that there is a channel for.
pub(super) fn write(reply: &mut Reply, vitals: &VitalSigns, pulse: &CuffPulse) {
    cuff(reply, vitals);
    let (pulse_unit, decimals) = PER_MINUTE;
    let value = number(kind::CUFF_PULSE_RATE, pulse_unit, decimals, pulse.signal());
    object(
        reply,
        CUFF_PULSE_HANDLE,
        kind::CUFF_PULSE_RATE,
        "Pulse",
        || single(&value),
    );
    for channel in &CHANNELS {
        let signal = (channel.signal)(vitals);
        if signal != Signal::NoChannel {
            let value = number(channel.kind, channel.unit, channel.decimals, signal);
            object(reply, channel.handle, channel.kind, channel.label, || {
                single(&value)
            });
        }
    }
}

fn single(number: &ObservedNumber) -> Vec<Owned> {
    let mut value = Vec::new();
    number.emit(&mut value);
    vec![(id::NUMERIC, value)]
}

/// Appends an object: what is said about it in the first answer, its values in all others.
fn object(
    reply: &mut Reply,
    handle: u16,
    kind: u16,
    label: &str,
    values: impl FnOnce() -> Vec<Owned>,
) {
    let mut attributes = Vec::new();
    if reply.sequence() == 0 {
        attributes = about(handle, class::NUMERICS, kind, label);
    }
    if reply.has_values() {
        attributes.extend(values());
    }
    reply.object(handle, &attributes);
}

fn cuff(reply: &mut Reply, vitals: &VitalSigns) {
    let last = vitals.cuff.last;
    let pressures = last.and_then(|last| last.pressures);
    let ongoing = if vitals.cuff.measuring {
        MeasurementState::ONGOING
    } else {
        MeasurementState::NONE
    };
    let pressure = |kind, one: fn(Pressures) -> Option<f64>| {
        let signal = pressures
            .and_then(one)
            .map_or(Signal::NoChannel, Signal::Value);
        let number = number(kind, unit::MILLIMETRE_OF_MERCURY, 0, signal);
        ObservedNumber {
            state: number.state | ongoing,
            ..number
        }
    };
    let numbers = [
        pressure(kind::CUFF_SYSTOLIC, |all| all.systolic),
        pressure(kind::CUFF_DIASTOLIC, |all| all.diastolic),
        pressure(kind::CUFF_MEAN, |all| all.mean),
    ];
    object(reply, CUFF_HANDLE, kind::CUFF, "NBP", || {
        let ended = last.map(|last| date_time(last.ended).to_bytes().to_vec());
        let mut attributes: Vec<Owned> = ended
            .map(|ended| (id::MEASURED_AT, ended))
            .into_iter()
            .collect();
        let mut value = Vec::new();
        ObservedNumber::emit_compound(&numbers, &mut value);
        attributes.push((id::COMPOUND_NUMERIC, value));
        attributes
    });
}

fn number(kind: u16, unit: u16, decimals: u8, signal: Signal) -> ObservedNumber {
    let state = match signal {
        Signal::Value(_) => MeasurementState::NONE,
        Signal::Missing(Missing::ProbeOff | Missing::Motion) => MeasurementState::INVALID,
        Signal::Missing(Missing::Searching | Missing::Occluded | Missing::NoReading)
        | Signal::NoChannel => MeasurementState::UNAVAILABLE,
    };
    let number = signal
        .value()
        .map_or(Float::NAN, |value| Float::with_decimals(value, decimals));
    ObservedNumber {
        kind,
        state,
        unit,
        number,
    }
}
