//! From what the monitor says to findings.

use chairside_model::{Measured, Metric, MonoTime, Reading, Unavailable};

use super::capnogram::Capnogram;
use super::message::{
    Co2Alarms, Co2Unit, DeviceId, ExtendedStatus, FastStatus, Message, Numerics, SlowStatus,
    SpO2Alarms,
};
use crate::units::MMHG_PER_KILOPASCAL;
use crate::{DeviceAlarmPriority, DriverOutput, Finding};

/// The greatest saturation and pulse rate that mean "no signal" and not a number (seen in
/// recordings of a Capnostream 35).
const NO_SIGNAL_MAX: u8 = 1;

/// Turns messages into findings and remembers what has to outlive one message.
#[derive(Debug, Default)]
pub(super) struct Readings {
    capnogram: Capnogram,
    /// The last status since the last numerics, which say a value and not why there is none.
    fast_status: Option<FastStatus>,
    alarms: AlarmWatch,
}

impl Readings {
    /// Takes the message of the frame that ends at this offset.
    #[inline]
    pub(super) fn take(
        &mut self,
        now: MonoTime,
        offset: u64,
        message: &Message,
        out: &mut DriverOutput,
    ) {
        match message {
            Message::Wave(sample) => {
                self.capnogram.end_before(*sample, out);
                out.push(offset, Finding::Frame);
                self.capnogram.take(*sample, offset, out);
                self.fast_status = Some(sample.status);
            }
            Message::Numerics(numerics) => {
                self.interrupt(out);
                out.push(offset, Finding::Frame);
                let fast_status = self.fast_status.take().unwrap_or_default();
                for (metric, measured) in values(numerics, fast_status) {
                    let reading = Reading::numeric(metric, measured, now);
                    out.push(offset, Finding::Reading(reading));
                }
                self.alarms.take(offset, numerics, out);
            }
            Message::DeviceId(device) => {
                self.interrupt(out);
                out.push(offset, Finding::Frame);
                out.push(offset, Finding::Identity(identity(device)));
            }
        }
    }

    /// Ends the run of the capnogram, for something else follows in the stream.
    #[inline]
    pub(super) fn interrupt(&mut self, out: &mut DriverOutput) {
        self.capnogram.end(out);
    }

    /// Forgets everything, for the connection began or ended.
    pub(super) fn end(&mut self, out: &mut DriverOutput) {
        self.interrupt(out);
        *self = Self::default();
    }
}

fn identity(device: &DeviceId) -> Box<str> {
    device
        .serial_number()
        .unwrap_or_else(|| device.text().trim())
        .into()
}

fn values(numerics: &Numerics, fast_status: FastStatus) -> [(Metric, Measured); 5] {
    let gas_missing = gas_missing(fast_status, numerics.extended_status);
    let pressure = |metric, value| {
        let number = pressure_mmhg(value, numerics.unit);
        (metric, measured(metric, number, gas_missing))
    };
    let rate = numerics.respiration_rate.map(f64::from);
    let oximeter_missing = oximeter_missing(numerics.spo2_alarms);
    let oximeter = |metric, value: Option<u8>| {
        let number = value.filter(|&value| value > NO_SIGNAL_MAX);
        let measured = measured(metric, number.map(f64::from), oximeter_missing);
        if numerics.spo2_alarms.contains(SpO2Alarms::NO_PULSE) {
            (metric, measured.doubted())
        } else {
            (metric, measured)
        }
    };
    [
        pressure(Metric::EtCO2, numerics.etco2),
        pressure(Metric::FiCO2, numerics.fico2),
        (
            Metric::RespirationRate,
            measured(Metric::RespirationRate, rate, gas_missing),
        ),
        oximeter(Metric::SpO2, numerics.spo2),
        oximeter(Metric::PulseRate, numerics.pulse_rate),
    ]
}

/// Returns the number unless something says that nothing is measured: what the monitor then
/// still sends is an old number.
fn measured(metric: Metric, number: Option<f64>, missing: Option<Unavailable>) -> Measured {
    match (missing, number) {
        (Some(why), _) => Measured::Unavailable(why),
        (None, Some(number)) => Measured::plausible(metric, number),
        (None, None) => Measured::Unavailable(Unavailable::NoReading),
    }
}

/// Returns the pressure in mmHg, to a hundredth; a tenth of a kilopascal is 75 of those.
///
/// Nothing for a share of volume: it takes the barometric pressure to make a pressure of it, and
/// to know whether the monitor took off the water vapour (47 mmHg at 37 degrees Celsius). At 5 %
/// and sea level that alone is 38.0 or 35.7 mmHg, and on a mountain it is neither.
fn pressure_mmhg(value: Option<u8>, unit: Co2Unit) -> Option<f64> {
    let value = f64::from(value?);
    match unit {
        Co2Unit::MillimetreOfMercury => Some(value),
        Co2Unit::Kilopascal => Some((value * MMHG_PER_KILOPASCAL * 10.0).round() / 100.0),
        Co2Unit::VolumePercent => None,
    }
}

fn gas_missing(fast: FastStatus, extended: ExtendedStatus) -> Option<Unavailable> {
    const CALIBRATING: FastStatus = FastStatus::INITIALISING.union(FastStatus::SELF_MAINTENANCE);
    const NOT_SAMPLING: FastStatus = FastStatus::OCCLUSION
        .union(FastStatus::PURGING)
        .union(FastStatus::MALFUNCTION);
    if fast.contains(FastStatus::FILTERLINE_OFF) {
        Some(Unavailable::NoSensor)
    } else if fast.intersects(CALIBRATING) {
        Some(Unavailable::Calibrating)
    } else if fast.intersects(NOT_SAMPLING) || extended.contains(ExtendedStatus::PUMP_OFF) {
        Some(Unavailable::NoReading)
    } else {
        None
    }
}

fn oximeter_missing(alarms: SpO2Alarms) -> Option<Unavailable> {
    if alarms.contains(SpO2Alarms::OXIMETRY_OFF) {
        Some(Unavailable::NoSensor)
    } else if alarms.contains(SpO2Alarms::PROBE_DISCONNECTED) {
        Some(Unavailable::SensorOff)
    } else {
        None
    }
}

/// The monitor's own alarms, each told when it begins.
#[derive(Debug, Default)]
struct AlarmWatch {
    co2: Co2Alarms,
    spo2: SpO2Alarms,
}

const CO2_ALARMS: [(Co2Alarms, &str); 6] = [
    (Co2Alarms::NO_BREATH, "no breath"),
    (Co2Alarms::ETCO2_HIGH, "EtCO2 high"),
    (Co2Alarms::ETCO2_LOW, "EtCO2 low"),
    (Co2Alarms::RESPIRATION_RATE_HIGH, "respiration rate high"),
    (Co2Alarms::RESPIRATION_RATE_LOW, "respiration rate low"),
    (Co2Alarms::FICO2_HIGH, "FiCO2 high"),
];

/// Without the two that are states: they are said with the values.
const SPO2_ALARMS: [(SpO2Alarms, &str); 5] = [
    (SpO2Alarms::NO_PULSE, "no pulse"),
    (SpO2Alarms::SPO2_HIGH, "SpO2 high"),
    (SpO2Alarms::SPO2_LOW, "SpO2 low"),
    (SpO2Alarms::PULSE_RATE_HIGH, "pulse rate high"),
    (SpO2Alarms::PULSE_RATE_LOW, "pulse rate low"),
];

impl AlarmWatch {
    fn take(&mut self, offset: u64, numerics: &Numerics, out: &mut DriverOutput) {
        let co2 = std::mem::replace(&mut self.co2, numerics.co2_alarms);
        let spo2 = std::mem::replace(&mut self.spo2, numerics.spo2_alarms);
        let priority = priority(numerics.slow_status);
        let mut tell = |begins: bool, text: &'static str| {
            if begins {
                let text = text.into();
                out.push(offset, Finding::DeviceAlarm { priority, text });
            }
        };
        for (alarm, text) in CO2_ALARMS {
            tell(
                numerics.co2_alarms.contains(alarm) && !co2.contains(alarm),
                text,
            );
        }
        for (alarm, text) in SPO2_ALARMS {
            tell(
                numerics.spo2_alarms.contains(alarm) && !spo2.contains(alarm),
                text,
            );
        }
    }
}

/// Returns the highest priority that the monitor says an alarm of it has. It does not say which
/// one; where it says nothing, the middle is taken.
const fn priority(status: SlowStatus) -> DeviceAlarmPriority {
    if status.contains(SlowStatus::HIGH_PRIORITY_ALARM) {
        DeviceAlarmPriority::High
    } else if status.contains(SlowStatus::LOW_PRIORITY_ALARM) {
        DeviceAlarmPriority::Low
    } else {
        DeviceAlarmPriority::Medium
    }
}
