//! From what the monitor says to findings.

use chairside_model::{Cuff, Measured, Metric, MonoTime, Reading, Unavailable};

use super::alarms::AlarmWatch;
use super::cuff::CuffWatch;
use super::message::{
    Co2Group, Co2Status, Displayed, EcgGroup, EcgStatus, Field, GroupStatus, HeartRateSource,
    Message, NibpGroup, OximeterGroup, TemperatureGroup,
};
use super::waves::Curves;
use crate::{DriverOutput, Finding};

/// From this level on the capnograph's respiration rate is counted on the capnogram whatever its
/// label says (*DRI Specification*, table 3-29).
const RATE_IS_CO2_LEVEL: u8 = 8;

/// In the capnograph's label: what the rate was counted from, and the capnogram.
const RATE_SOURCE: u16 = 0x07;
const RATE_FROM_CO2: u16 = 1;

/// The greatest saturation that means "no signal" and not a number, in 1/100 %.
const NO_SIGNAL_MAX: i16 = 100;

/// Ambient pressures that can be, in 1/10 mmHg: from the highest town to below the sea.
const AMBIENT: std::ops::RangeInclusive<i16> = 3000..=9000;

/// Temperatures that are not the body's: skin, airway, room and surface.
const NOT_OF_THE_BODY: [u16; 4] = [7, 8, 9, 16];

/// Turns messages into findings and remembers what has to outlive one message.
#[derive(Debug, Default)]
pub(super) struct Readings {
    cuff: CuffWatch,
    curves: Curves,
    alarms: AlarmWatch,
    seen: Seen,
    /// When the displayed values were asked for, until the first of them came.
    asked: Option<MonoTime>,
}

/// The channels that a monitor may have.
#[derive(Debug, Default)]
struct Seen {
    ecg: Channel,
    impedance: Channel,
    temperature: Channel,
    oximeter: Channel,
    co2: Channel,
}

impl Readings {
    /// Forgets all but the cuff's last determination, for the connection began or ended.
    pub(super) fn begin(&mut self) {
        *self = Self {
            cuff: std::mem::take(&mut self.cuff),
            ..Self::default()
        };
    }

    /// Notes that the displayed values were asked for. What comes first is left over from an
    /// earlier conversation: on a real monitor it was half a minute old.
    pub(super) fn asked(&mut self, now: MonoTime) {
        self.asked = Some(now);
    }

    /// Takes the message of the frame that ends at this offset.
    #[inline]
    pub(super) fn take(
        &mut self,
        now: MonoTime,
        offset: u64,
        message: &Message<'_>,
        out: &mut DriverOutput,
    ) {
        out.push_with(offset, || Finding::Frame);
        match message {
            Message::Displayed(displayed) => {
                // In a recorded file the clock stands still, and every record counts.
                let left_over = self.asked.take().is_some_and(|asked| asked < now);
                if !left_over {
                    self.displayed(now, offset, displayed, out);
                }
            }
            Message::Waves(record) => {
                for wave in record.waves() {
                    self.curves.take(offset, &wave, out);
                }
            }
            Message::Alarms(status) => self.alarms.status(offset, status, out),
        }
    }

    fn displayed(
        &mut self,
        now: MonoTime,
        offset: u64,
        displayed: &Displayed,
        out: &mut DriverOutput,
    ) {
        let mut give = |metric, measured| {
            out.push_with(offset, || {
                Finding::Reading(Reading::numeric(metric, measured, now))
            });
        };
        self.seen.ecg(&displayed.ecg, &mut give);
        self.seen.temperature(&displayed.temperatures, &mut give);
        self.seen.oximeter(displayed, &mut give);
        self.seen.co2(displayed, &mut give);
        self.cuff(now, offset, &displayed.nibp, out);
        self.curves.describe(displayed.ecg.label, &displayed.co2);
        self.alarms.bits(offset, displayed, out);
    }

    fn cuff(&mut self, now: MonoTime, offset: u64, group: &NibpGroup, out: &mut DriverOutput) {
        if !group.status.contains(GroupStatus::EXISTS) {
            return;
        }
        let Some(cuff) = self.cuff.take(now, group) else {
            return;
        };
        out.push(offset, Finding::Reading(Reading::Cuff(cuff)));
        if let Cuff::Completed(reading) = cuff
            && group.pulse_rate.number().is_some_and(|rate| rate > 0)
        {
            let rate = measured(Metric::NibpPulseRate, group.pulse_rate, 1.0);
            let rate = Reading::numeric(Metric::NibpPulseRate, rate, reading.taken);
            out.push(offset, Finding::Reading(rate));
        }
    }
}

/// Whether a measurement was there since the line was opened. One that never was is a channel that
/// the monitor has not, and nothing is said of it; one that was and is not any more is missed.
#[derive(Debug, Default)]
struct Channel {
    seen: bool,
}

/// How a measurement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Never,
    There,
    Gone(Unavailable),
}

impl Channel {
    fn see(&mut self, exists: bool, active: bool) -> Presence {
        let there = exists && active;
        self.seen |= there;
        match (there, exists) {
            (true, _) => Presence::There,
            (false, _) if !self.seen => Presence::Never,
            (false, true) => Presence::Gone(Unavailable::NoReading),
            (false, false) => Presence::Gone(Unavailable::NoSensor),
        }
    }
}

impl Presence {
    /// Gives the value of a measurement that is there, and misses that of one that is gone.
    fn give(
        self,
        metric: Metric,
        value: impl FnOnce() -> Measured,
        give: &mut impl FnMut(Metric, Measured),
    ) {
        match self {
            Self::Never => {}
            Self::There => give(metric, value()),
            Self::Gone(why) => give(metric, Measured::Unavailable(why)),
        }
    }
}

impl Seen {
    fn ecg(&mut self, ecg: &EcgGroup, give: &mut impl FnMut(Metric, Measured)) {
        let exists = ecg.status.contains(EcgStatus::EXISTS);
        let active = ecg.status.contains(EcgStatus::ACTIVE);
        let presence = self.ecg.see(exists, active);
        presence.give(Metric::HeartRate, || heart_rate(ecg), give);
        // The electrodes are there without it: it was switched on when it has a value.
        let measures = active && (self.impedance.seen || ecg.impedance_rate.number().is_some());
        let rate = || measured(Metric::EffortRate, ecg.impedance_rate, 1.0);
        let presence = self.impedance.see(exists, measures);
        presence.give(Metric::EffortRate, rate, give);
    }

    /// The first thermometer in the body that has a value.
    fn temperature(
        &mut self,
        groups: &[TemperatureGroup; 4],
        give: &mut impl FnMut(Metric, Measured),
    ) {
        let there = GroupStatus::EXISTS | GroupStatus::ACTIVE;
        let value = groups
            .iter()
            .filter(|group| group.status.contains(there))
            .filter(|group| !NOT_OF_THE_BODY.contains(&group.label))
            .map(|group| group.temperature)
            .find(|temperature| temperature.number().is_some());
        let presence = self.temperature.see(true, value.is_some());
        let value = value.unwrap_or_default();
        let value = || measured(Metric::Temperature, value, 100.0);
        presence.give(Metric::Temperature, value, give);
    }

    fn oximeter(&mut self, displayed: &Displayed, give: &mut impl FnMut(Metric, Measured)) {
        let group = &displayed.oximeter;
        let exists = group.status.contains(GroupStatus::EXISTS);
        let active = group.status.contains(GroupStatus::ACTIVE);
        let presence = self.oximeter.see(exists, active);
        presence.give(Metric::SpO2, || saturation(group), give);
        presence.give(Metric::PulseRate, || pulse_rate(displayed), give);
        let index = || measured(Metric::PerfusionIndex, group.modulation, 100.0);
        presence.give(Metric::PerfusionIndex, index, give);
    }

    fn co2(&mut self, displayed: &Displayed, give: &mut impl FnMut(Metric, Measured)) {
        let group = &displayed.co2;
        let exists = group.status.contains(Co2Status::EXISTS);
        let active = group.status.contains(Co2Status::ACTIVE);
        let presence = self.co2.see(exists, active);
        let (end_tidal, inspired) = (group.end_tidal, group.inspired);
        let end_tidal = || gas(group, pressure(Metric::EtCO2, end_tidal, group));
        presence.give(Metric::EtCO2, end_tidal, give);
        let inspired = || gas(group, pressure(Metric::FiCO2, inspired, group));
        presence.give(Metric::FiCO2, inspired, give);
        let rate = || gas(group, respiration_rate(displayed));
        presence.give(Metric::RespirationRate, rate, give);
    }
}

/// Returns the heart rate, if it was counted on the ECG. 0 is one only of a heart that the monitor
/// says stands still.
fn heart_rate(ecg: &EcgGroup) -> Measured {
    const DOUBTFUL: EcgStatus = EcgStatus::NOISE
        .union(EcgStatus::ARTEFACT)
        .union(EcgStatus::LEARNING);
    const OFF: EcgStatus = EcgStatus::CHANNEL_1_OFF
        .union(EcgStatus::CHANNEL_2_OFF)
        .union(EcgStatus::CHANNEL_3_OFF);
    let counted = ecg.status.source() == HeartRateSource::Ecg;
    let standing = ecg.status.contains(EcgStatus::ASYSTOLE);
    let number = ecg.heart_rate.number();
    match number.filter(|&number| counted && (number > 0 || standing)) {
        Some(_) => {
            let rate = measured(Metric::HeartRate, ecg.heart_rate, 1.0);
            if ecg.status.intersects(DOUBTFUL) {
                rate.doubted()
            } else {
                rate
            }
        }
        None if ecg.status.intersects(OFF) => Measured::Unavailable(Unavailable::SensorOff),
        None if ecg.status.contains(EcgStatus::LEARNING) => {
            Measured::Unavailable(Unavailable::Searching)
        }
        None => Measured::Unavailable(Unavailable::NoReading),
    }
}

/// Returns the oximeter's pulse rate, or the displayed heart rate where that is the oximeter's.
fn pulse_rate(displayed: &Displayed) -> Measured {
    let own = displayed.oximeter.pulse_rate;
    let displayed_rate = displayed.ecg.heart_rate;
    let from_oximeter = displayed.ecg.status.source() == HeartRateSource::Oximeter;
    let counted = |field: &Field| field.number().is_some_and(|number| number > 0);
    if counted(&own) {
        measured(Metric::PulseRate, own, 1.0)
    } else if from_oximeter && counted(&displayed_rate) {
        measured(Metric::PulseRate, displayed_rate, 1.0)
    } else {
        let code = if own.number().is_some() {
            Field::INVALID
        } else {
            own
        };
        measured(Metric::PulseRate, code, 1.0)
    }
}

fn saturation(group: &OximeterGroup) -> Measured {
    let number = group.saturation.number();
    if number.is_some_and(|number| number <= NO_SIGNAL_MAX) {
        Measured::Unavailable(Unavailable::NoReading)
    } else {
        measured(Metric::SpO2, group.saturation, 100.0)
    }
}

/// Returns the rate if it was counted on the capnogram.
fn respiration_rate(displayed: &Displayed) -> Measured {
    let group = &displayed.co2;
    let from_co2 =
        displayed.header.level >= RATE_IS_CO2_LEVEL || group.label & RATE_SOURCE == RATE_FROM_CO2;
    if from_co2 {
        measured(Metric::RespirationRate, group.respiration_rate, 1.0)
    } else {
        Measured::Unavailable(Unavailable::NoReading)
    }
}

/// Returns a value of the gas as it can be trusted.
fn gas(group: &Co2Group, value: Measured) -> Measured {
    let doubtful = Co2Status::AIR_LEAK | Co2Status::WET;
    match gas_missing(group.status) {
        Some(why) => Measured::Unavailable(why),
        None if group.status.intersects(doubtful) => value.doubted(),
        None => value,
    }
}

/// Returns why the gas that the capnograph sees is not the patient's.
pub(super) fn gas_missing(status: Co2Status) -> Option<Unavailable> {
    if status.intersects(Co2Status::CALIBRATING | Co2Status::ZEROING) {
        Some(Unavailable::Calibrating)
    } else if status.contains(Co2Status::OCCLUSION) {
        Some(Unavailable::NoReading)
    } else {
        None
    }
}

/// Returns what 1/100 % of the gas is worth in mmHg, where the ambient pressure is known.
pub(super) fn mmhg_per_count(co2: &Co2Group) -> Option<f64> {
    let tenths = co2.ambient_pressure.number()?;
    AMBIENT
        .contains(&tenths)
        .then(|| f64::from(tenths) / 10.0 / 10_000.0)
}

/// Returns the partial pressure to a tenth of a mmHg; 1/100 % is not much less.
fn pressure(metric: Metric, field: Field, co2: &Co2Group) -> Measured {
    match (field.number(), mmhg_per_count(co2)) {
        (Some(number), Some(mmhg)) => {
            let tenths = (f64::from(number) * mmhg * 10.0).round();
            Measured::plausible(metric, tenths / 10.0)
        }
        (Some(_), None) => Measured::Unavailable(Unavailable::NoReading),
        (None, _) => measured(metric, field, 1.0),
    }
}

/// Returns the value, of which the monitor sends so many for one unit, or why there is none.
fn measured(metric: Metric, field: Field, per_unit: f64) -> Measured {
    match (field.number(), field) {
        (Some(number), _) => Measured::plausible(metric, f64::from(number) / per_unit),
        (None, Field::NOT_CALIBRATED) => Measured::Unavailable(Unavailable::Calibrating),
        (None, Field::UNDER_RANGE | Field::OVER_RANGE) => {
            Measured::Unavailable(Unavailable::OutOfRange)
        }
        (None, _) => Measured::Unavailable(Unavailable::NoReading),
    }
}
