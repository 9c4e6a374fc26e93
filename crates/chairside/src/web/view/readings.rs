//! The readings of a bed as they are shown: the last value of each metric until it expires, curves,
//! and what the cuff does.

use chairside_model::{
    Cuff, DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading, SampleArray,
};
use chrono::{DateTime, Utc};

use super::{BedInfo, BedState, IDLE, millis};
use crate::clock::wall;
use crate::web::wire;
use crate::web::wire::ServerMessage;

/// The last value of a metric and when it stops being one.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) device: DeviceId,
    pub(super) measured: Measured,
    pub(super) taken: MonoTime,
    pub(super) expires: MonoTime,
}

impl BedState {
    pub(super) fn observed(
        &mut self,
        info: &BedInfo,
        observation: &Observation,
        now: MonoTime,
        zero: DateTime<Utc>,
        out: &mut Vec<ServerMessage>,
    ) {
        let device = observation.device;
        if self.sessions.is_of_before(now, &observation.reading) {
            return;
        }
        match &observation.reading {
            Reading::Numeric(numeric) => {
                self.gave(info, device, numeric);
                if info.shows(numeric.metric, device) {
                    out.push(self.show(info, device, numeric, now, zero));
                }
            }
            Reading::Waveform(samples) => {
                if info.shows(samples.metric, device) {
                    out.push(waveform(info, device, samples, now, zero));
                }
            }
            Reading::Cuff(cuff) => self.cuff(info, device, cuff, now, zero, out),
        }
    }

    fn show(
        &mut self,
        info: &BedInfo,
        device: DeviceId,
        numeric: &Numeric,
        now: MonoTime,
        zero: DateTime<Utc>,
    ) -> ServerMessage {
        let shown = Shown {
            device,
            measured: numeric.measured,
            taken: numeric.taken,
            expires: numeric.taken
                + info.expires_after(numeric.metric, device, self.limits.cuff_interval()),
        };
        let message = shown.message(info, numeric.metric, now, zero);
        self.values.insert(numeric.metric, shown);
        ServerMessage::Observation(message)
    }

    fn cuff(
        &mut self,
        info: &BedInfo,
        device: DeviceId,
        cuff: &Cuff,
        now: MonoTime,
        zero: DateTime<Utc>,
        out: &mut Vec<ServerMessage>,
    ) {
        self.gave_pressures(info, device, cuff);
        if !info.shows(Metric::NibpSystolic, device) {
            return;
        }
        let state = match cuff {
            Cuff::Measuring => wire::CuffState {
                state: "measuring",
                text: None,
            },
            Cuff::Failed(why) => wire::CuffState {
                state: "failed",
                text: Some(why.text()),
            },
            Cuff::Cancelled => IDLE,
            Cuff::Completed(reading) => {
                // What this reading leaves out is not the last one's; its pulse comes by itself.
                for metric in [
                    Metric::NibpSystolic,
                    Metric::NibpDiastolic,
                    Metric::NibpMean,
                ] {
                    self.values.remove(&metric);
                }
                let pulse = self.values.get(&Metric::NibpPulseRate);
                if pulse.is_some_and(|shown| shown.taken < reading.taken) {
                    self.values.remove(&Metric::NibpPulseRate);
                }
                for (metric, value) in reading.numerics() {
                    let measured = Measured::Valid(value);
                    let numeric = Numeric {
                        metric,
                        measured,
                        taken: reading.taken,
                    };
                    out.push(self.show(info, device, &numeric, now, zero));
                }
                IDLE
            }
        };
        self.cuff = Some(state);
        out.push(ServerMessage::Cuff(wire::Cuff {
            bed: info.id.clone(),
            device: info.device_name(device),
            cuff: state,
        }));
    }
}

impl Shown {
    pub(super) fn message(
        &self,
        info: &BedInfo,
        metric: Metric,
        now: MonoTime,
        zero: DateTime<Utc>,
    ) -> wire::Observation {
        let (value, validity, reason) = match self.measured {
            Measured::Valid(value) => (Some(value.number()), "valid", None),
            Measured::Questionable(value) => (Some(value.number()), "questionable", None),
            Measured::Unavailable(why) => (None, "unavailable", Some(why.name())),
        };
        wire::Observation {
            bed: info.id.clone(),
            device: info.device_name(self.device),
            metric: metric.name(),
            value,
            unit: metric.unit().symbol(),
            validity,
            reason,
            at: wire::Time(wall(zero, self.taken)),
            expires_in_ms: millis(self.expires.saturating_since(now)),
        }
    }
}

fn waveform(
    info: &BedInfo,
    device: DeviceId,
    samples: &SampleArray,
    now: MonoTime,
    zero: DateTime<Utc>,
) -> ServerMessage {
    ServerMessage::Waveform(wire::Waveform {
        bed: info.id.clone(),
        device: info.device_name(device),
        metric: samples.metric.name(),
        at: wire::Time(wall(zero, now)),
        period_us: u64::try_from(samples.sample_period.as_micros()).unwrap_or(u64::MAX),
        samples: samples
            .samples
            .iter()
            .map(|count| f64::from(*count) * samples.scale)
            .collect(),
    })
}
