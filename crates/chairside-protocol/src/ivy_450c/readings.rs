//! From what the monitor says to findings.

use std::time::Duration;

use chairside_model::{Cuff, Measured, Metric, MonoTime, Reading, SampleArray, Unavailable};

use super::cuff::CuffWatch;
use super::message::{Message, Numbers};
use crate::{DriverOutput, Finding};

const ECG_PERIOD: Duration = Duration::from_millis(5);
const PERIOD_50: Duration = Duration::from_millis(20);

/// The greatest saturation and pulse rate that mean "no signal" and not a number.
const NO_SIGNAL_MAX: u16 = 1;

/// Turns messages into findings and remembers what has to outlive one message.
#[derive(Debug, Default)]
pub(super) struct Readings {
    cuff: CuffWatch,
    /// When the line was opened.
    began: Option<MonoTime>,
}

impl Readings {
    /// Notes that the line was opened. The cuff's last reading is remembered.
    pub(super) fn begin(&mut self, now: MonoTime) {
        self.began = Some(now);
    }

    /// Takes the message that ends at this offset.
    pub(super) fn take(
        &mut self,
        now: MonoTime,
        offset: u64,
        message: &Message<'_>,
        out: &mut DriverOutput,
    ) {
        out.push_with(offset, || Finding::Frame);
        let numbers = &message.numbers;
        for (metric, measured) in values(numbers) {
            out.push_with(offset, || {
                Finding::Reading(Reading::numeric(metric, measured, now))
            });
        }
        self.cuff(now, offset, numbers, out);
        curves(offset, message, out);
    }

    fn cuff(&mut self, now: MonoTime, offset: u64, numbers: &Numbers<'_>, out: &mut DriverOutput) {
        let [systolic, diastolic, mean, rate] = numbers.nibp;
        let pressures = [systolic, diastolic, mean];
        let Some(cuff) = self.cuff.take(now, self.began, pressures) else {
            return;
        };
        out.push(offset, Finding::Reading(Reading::Cuff(cuff)));
        if let (Cuff::Completed(reading), Some(rate)) = (cuff, rate) {
            let rate = Measured::plausible(Metric::NibpPulseRate, rate.into());
            let rate = Reading::numeric(Metric::NibpPulseRate, rate, reading.taken);
            out.push(offset, Finding::Reading(rate));
        }
    }
}

fn values(numbers: &Numbers<'_>) -> [(Metric, Measured); 4] {
    // A rate from another source than the ECG is no heart rate.
    let heart_rate = numbers
        .heart_rate
        .filter(|_| numbers.heart_rate_label.starts_with("ECG"));
    let effort_rate = numbers.respiration_rate.filter(|_| measures_chest(numbers));
    let signal = |number: &u16| *number > NO_SIGNAL_MAX;
    [
        (Metric::HeartRate, heart_rate),
        (Metric::EffortRate, effort_rate),
        (Metric::SpO2, numbers.saturation.filter(signal)),
        (Metric::PulseRate, numbers.pulse_rate.filter(signal)),
    ]
    .map(|(metric, number)| {
        let measured = number.map_or(Measured::Unavailable(Unavailable::NoReading), |number| {
            Measured::plausible(metric, number.into())
        });
        (metric, measured)
    })
}

/// Tells whether respiration is that of the chest. With CO2 it may be that of the capnogram.
const fn measures_chest(numbers: &Numbers<'_>) -> bool {
    numbers.etco2.is_none()
}

fn curves(offset: u64, message: &Message<'_>, out: &mut DriverOutput) {
    let numbers = &message.numbers;
    let mut give = |metric, sample_period, scale, samples: &[u8], zero: u8| {
        let zero = i32::from(zero);
        let run = SampleArray {
            metric,
            sample_period,
            scale,
            samples: samples.iter().map(|&byte| i32::from(byte) - zero).collect(),
        };
        out.push(offset, Finding::Reading(Reading::Waveform(run)));
    };
    if numbers.heart_rate.is_some()
        && let Some(lead) = lead(numbers.heart_rate_label)
    {
        let scale = 1.0 / f64::from(Message::ECG_STEPS_PER_MILLIVOLT);
        give(lead, ECG_PERIOD, scale, message.ecg, Message::ECG_ZERO);
    }
    if numbers.saturation.is_some() {
        let zero = Message::PLETH_ZERO;
        give(Metric::Pleth, PERIOD_50, 1.0, message.pleth, zero);
    }
    if numbers.respiration_rate.is_some() && measures_chest(numbers) {
        give(Metric::Resp, PERIOD_50, 1.0, message.resp, 0);
    }
}

/// Returns the lead that a label like `ECG-II-DIAG` names.
fn lead(label: &str) -> Option<Metric> {
    let lead = label.strip_prefix("ECG-")?;
    match lead.split('-').next()? {
        "I" => Some(Metric::EcgI),
        "II" => Some(Metric::EcgII),
        "V" => Some(Metric::EcgV),
        _ => None,
    }
}
