//! What the simulated monitor displays.

use std::time::Duration;

use chairside_protocol::ge_dri::message::{
    Co2Group, Co2Status, Displayed, EcgGroup, EcgLabel, EcgStatus, Field, GroupStatus, Header,
    NibpGroup, NibpLabel, OximeterGroup, TemperatureGroup,
};

use crate::patient::{CuffState, Missing, Pressures, Signal, VitalSigns};

/// Channel 1 shows lead II, as was recorded.
const LEAD_II: u16 = 0x1200;

/// Where the heart rate is counted: on the ECG, or by the oximeter.
const SOURCE_ECG: u8 = 1;
const SOURCE_OXIMETER: u8 = 6;

/// The pressure of the room, 1/10 mmHg.
pub(super) const AMBIENT_PRESSURE: i16 = 7600;

/// Age from which a determination is called old.
const OLD_AFTER: Duration = Duration::from_mins(1);

/// Reserved bits of the cuff's label that the recorded monitor set.
const NIBP_RESERVED: NibpLabel = NibpLabel::from_bits(0x0003);

/// Label of the first thermometer: T1.
const T1: u16 = 11;

/// The capnograph's label: rate and inspired gas from the CO2 measurement.
const FROM_CO2: u16 = 0x0009;

/// Returns the displayed values.
pub(super) fn displayed(
    header: Header,
    now: Duration,
    vitals: &VitalSigns,
    without_breath: bool,
) -> Displayed {
    let mut temperatures = [TemperatureGroup::default(); 4];
    temperatures[0] = TemperatureGroup {
        status: status(vitals.temperature),
        label: T1,
        temperature: field(vitals.temperature, 100.0),
    };
    Displayed {
        header,
        time_s: header.time_s,
        ecg: ecg(vitals),
        nibp: nibp(now, &vitals.cuff),
        temperatures,
        oximeter: OximeterGroup {
            status: status(vitals.spo2),
            saturation: field(vitals.spo2, 100.0),
            pulse_rate: field(vitals.pulse_rate, 1.0),
            modulation: field(vitals.perfusion_index, 100.0),
        },
        co2: co2(vitals, without_breath),
    }
}

fn ecg(vitals: &VitalSigns) -> EcgGroup {
    let there = EcgStatus::EXISTS | EcgStatus::ACTIVE;
    let (status, rate) = match vitals.heart_rate {
        Signal::NoChannel => (
            EcgStatus::NONE.with_source(SOURCE_OXIMETER),
            vitals.pulse_rate,
        ),
        Signal::Value(rate) if rate <= 0.0 => (
            (there | EcgStatus::ASYSTOLE).with_source(SOURCE_ECG),
            vitals.heart_rate,
        ),
        Signal::Value(_) => (there.with_source(SOURCE_ECG), vitals.heart_rate),
        Signal::Missing(why) => (
            (there | ecg_status(why)).with_source(SOURCE_ECG),
            vitals.heart_rate,
        ),
    };
    EcgGroup {
        status,
        label: EcgLabel::from_bits(LEAD_II),
        heart_rate: field(rate, 1.0),
        impedance_rate: field(vitals.effort_rate, 1.0),
    }
}

const fn ecg_status(why: Missing) -> EcgStatus {
    match why {
        Missing::ProbeOff => EcgStatus::CHANNEL_1_OFF,
        Missing::Searching => EcgStatus::LEARNING,
        Missing::Motion => EcgStatus::ARTEFACT,
        Missing::Occluded | Missing::NoReading => EcgStatus::NONE,
    }
}

fn nibp(now: Duration, cuff: &CuffState) -> NibpGroup {
    let pressures = cuff.last.and_then(|last| last.pressures);
    let old = cuff.last.is_some_and(|last| last.ended + OLD_AFTER < now);
    let mut label = NIBP_RESERVED | NibpLabel::AUTO;
    if cuff.measuring {
        label = label | NibpLabel::MEASURING;
    }
    if old && pressures.is_some() {
        label = label | NibpLabel::OLD;
    }
    let pressure = |one: fn(Pressures) -> Option<f64>| {
        let value = pressures.and_then(one);
        value.map_or(Field::INVALID, |mmhg| number(mmhg.round() * 100.0))
    };
    NibpGroup {
        status: GroupStatus::EXISTS | GroupStatus::ACTIVE,
        label,
        pressures: [
            pressure(|all| all.systolic),
            pressure(|all| all.diastolic),
            pressure(|all| all.mean),
        ],
        pulse_rate: Field::INVALID,
    }
}

fn co2(vitals: &VitalSigns, without_breath: bool) -> Co2Group {
    let there = Co2Status::EXISTS | Co2Status::ACTIVE;
    let status = match vitals.etco2 {
        Signal::NoChannel => Co2Status::NONE,
        Signal::Missing(Missing::Occluded) => there | Co2Status::OCCLUSION,
        Signal::Missing(Missing::Searching) => there | Co2Status::ZEROING,
        Signal::Missing(_) | Signal::Value(_) => there,
    };
    let apnoea = if without_breath {
        Co2Status::APNOEA
    } else {
        Co2Status::NONE
    };
    Co2Group {
        status: status | apnoea,
        label: FROM_CO2,
        end_tidal: field(vitals.etco2, counts_per_mmhg()),
        inspired: vitals
            .etco2
            .value()
            .map_or(Field::INVALID, |_| Field::new(0)),
        respiration_rate: field(vitals.respiration_rate, 1.0),
        ambient_pressure: Field::new(AMBIENT_PRESSURE),
    }
}

/// Returns how many hundredths of a per cent one mmHg of gas is.
pub(super) fn counts_per_mmhg() -> f64 {
    10_000.0 / (f64::from(AMBIENT_PRESSURE) / 10.0)
}

const fn status(signal: Signal) -> GroupStatus {
    match signal {
        Signal::NoChannel => GroupStatus::NONE,
        Signal::Value(_) | Signal::Missing(_) => GroupStatus::EXISTS.union(GroupStatus::ACTIVE),
    }
}

fn field(signal: Signal, per_unit: f64) -> Field {
    signal
        .value()
        .map_or(Field::INVALID, |value| number(value * per_unit))
}

/// Rounds half up; a number too great for its field is out of range.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the conversion saturates, and what saturates is no value"
)]
fn number(value: f64) -> Field {
    let rounded = (value + 0.5).floor();
    if rounded > f64::from(i16::MAX) {
        Field::OVER_RANGE
    } else {
        Field::new(rounded as i16)
    }
}
