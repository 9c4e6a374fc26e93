//! From runs of samples to curves.

use std::time::Duration;

use chairside_model::{Metric, Reading, SampleArray};

use super::message::{Co2Group, EcgLabel, EcgLead, Wave, WaveKind, WaveStatus};
use super::readings;
use crate::{DriverOutput, Finding};

/// Samples of the longest run: a record holds no more.
const RUN_MAX: usize = 1450 / 2;

const ECG_PERIOD: Duration = Duration::from_nanos(1_000_000_000 / 300);
const PERIOD_100: Duration = Duration::from_millis(10);
const PERIOD_25: Duration = Duration::from_millis(40);

/// Millivolts in a microvolt.
const MILLIVOLTS: f64 = 0.001;

/// What the displayed values say about the curves beside them.
#[derive(Debug)]
pub(super) struct Curves {
    /// The metrics of the three ECG channels.
    leads: [Option<Metric>; 3],
    /// What a count of the capnogram is worth in mmHg, as long as it is the patient's.
    mmhg_per_count: Option<f64>,
    samples: [i32; RUN_MAX],
}

impl Default for Curves {
    fn default() -> Self {
        Self {
            leads: [None; 3],
            mmhg_per_count: None,
            samples: [0; RUN_MAX],
        }
    }
}

impl Curves {
    /// Notes what the next waves are.
    pub(super) fn describe(&mut self, label: EcgLabel, co2: &Co2Group) {
        let [first, second, third] = label.leads().map(metric_of);
        // A lead that two channels show is given once.
        let second = second.filter(|metric| Some(*metric) != first);
        let third = third.filter(|metric| Some(*metric) != first && Some(*metric) != second);
        self.leads = [first, second, third];
        self.mmhg_per_count = readings::gas_missing(co2.status)
            .is_none()
            .then(|| readings::mmhg_per_count(co2))
            .flatten();
    }

    /// Gives the wave's runs; a code among the samples ends one.
    pub(super) fn take(&mut self, offset: u64, wave: &Wave<'_>, out: &mut DriverOutput) {
        let Some((metric, sample_period, scale)) = self.kind(wave) else {
            return;
        };
        let mut filled = 0;
        let mut give = |samples: &[i32]| {
            if !samples.is_empty() {
                let run = SampleArray {
                    metric,
                    sample_period,
                    scale,
                    samples: samples.into(),
                };
                out.push(offset, Finding::Reading(Reading::Waveform(run)));
            }
        };
        for sample in wave.samples() {
            match sample {
                Some(sample) => {
                    self.samples[filled] = sample.into();
                    filled += 1;
                }
                None => give(&self.samples[..std::mem::take(&mut filled)]),
            }
        }
        give(&self.samples[..filled]);
    }

    /// Returns what the wave is, from one sample to the next, and what a count is worth.
    fn kind(&self, wave: &Wave<'_>) -> Option<(Metric, Duration, f64)> {
        let ecg = |channel: usize| {
            let off = wave.status.contains(WaveStatus::LEAD_OFF);
            let metric = self.leads[channel].filter(|_| !off)?;
            Some((metric, ECG_PERIOD, MILLIVOLTS))
        };
        match wave.kind {
            WaveKind::ECG_1 => ecg(0),
            WaveKind::ECG_2 => ecg(1),
            WaveKind::ECG_3 => ecg(2),
            WaveKind::PLETH => Some((Metric::Pleth, PERIOD_100, 1.0)),
            WaveKind::CO2 => Some((Metric::Co2, PERIOD_25, self.mmhg_per_count?)),
            WaveKind::RESP => Some((Metric::Resp, PERIOD_25, 1.0)),
            WaveKind::RESP_100 => Some((Metric::Resp, PERIOD_100, 1.0)),
            _ => None,
        }
    }
}

const fn metric_of(lead: EcgLead) -> Option<Metric> {
    match lead {
        EcgLead::I => Some(Metric::EcgI),
        EcgLead::II => Some(Metric::EcgII),
        EcgLead::V => Some(Metric::EcgV),
        EcgLead::Other => None,
    }
}
