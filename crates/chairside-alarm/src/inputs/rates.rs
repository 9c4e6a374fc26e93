//! Which of two sources the rate is read from (`docs/adr/0022-source-of-the-rate.md`).

use chairside_model::{Measured, Metric, MonoTime};

use super::{Channel, Inputs};
use crate::Signal;

/// The two that count heart beats, where a bed has both.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    ecg: Channel,
    pulse: Channel,
    /// When the ECG last gave a rate, or the engine began to look.
    ecg_gave: MonoTime,
}

impl Rates {
    pub(super) const fn new(ecg: Channel, pulse: Channel, now: MonoTime) -> Self {
        Self {
            ecg,
            pulse,
            ecg_gave: now,
        }
    }
}

impl Inputs {
    /// Returns what may take the place of a signal's first source, if the bed has it.
    pub(super) fn stand_in(&self, signal: Signal) -> Option<Channel> {
        let rates = self.rates.filter(|_| signal == Signal::HeartRate);
        rates.map(|rates| rates.pulse)
    }

    /// The pulse stands in where the ECG gives no rate for longer than samples may be missing, and
    /// gives way at the ECG's next one (`docs/alarms.md`, semantics 15).
    pub(super) fn choose_rate(&mut self, now: MonoTime, metric: Metric, measured: Measured) {
        let Some(rates) = self.rates else { return };
        if measured.valid().is_none() {
            return;
        }
        let channel = match metric {
            Metric::HeartRate => {
                self.rates = Some(Rates {
                    ecg_gave: now,
                    ..rates
                });
                rates.ecg
            }
            Metric::PulseRate => {
                let ecg = &self.devices[rates.ecg.device];
                if now.saturating_since(rates.ecg_gave) <= self.link(ecg).spacing_max {
                    return;
                }
                rates.pulse
            }
            _ => return,
        };
        self.channels[Signal::HeartRate as usize] = Some(channel);
    }
}
