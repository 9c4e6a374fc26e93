//! Channels that no driver carries, handed to the station as observations.

use std::rc::Rc;
use std::time::Duration;

use chairside_model::{
    BedId, DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading, Unavailable,
};
use chairside_simulators::patient::{Missing, Patient, Signal, VitalSigns};

use super::HANDED_IN_PERIOD;

/// The handed-in channels of one bed: a device without a line.
#[derive(Debug)]
pub(super) struct HandedIn {
    bed: BedId,
    device: DeviceId,
    metrics: Vec<Metric>,
    patient: Rc<dyn Patient>,
    next: Duration,
}

impl HandedIn {
    pub(super) const fn new(
        bed: BedId,
        device: DeviceId,
        metrics: Vec<Metric>,
        patient: Rc<dyn Patient>,
    ) -> Self {
        Self {
            bed,
            device,
            metrics,
            patient,
            next: Duration::ZERO,
        }
    }

    pub(super) const fn bed(&self) -> BedId {
        self.bed
    }

    pub(super) const fn next_moment(&self) -> Duration {
        self.next
    }

    /// Gives the observations of this second to `observe`; none while the cable is pulled.
    pub(super) fn step(&mut self, now: Duration, mut observe: impl FnMut(Observation)) {
        if self.next > now {
            return;
        }
        self.next = now + HANDED_IN_PERIOD;
        if self.patient.link_down(now) {
            return;
        }
        let vitals = self.patient.at(now);
        let received = MonoTime::from_start(now);
        for metric in &self.metrics {
            let numeric = Numeric {
                metric: *metric,
                measured: measured(*metric, signal(&vitals, *metric)),
                taken: received,
            };
            observe(Observation {
                device: self.device,
                received,
                reading: Reading::Numeric(numeric),
            });
        }
    }
}

/// Returns the patient's signal that a metric is measured from.
pub(crate) const fn signal(vitals: &VitalSigns, metric: Metric) -> Signal {
    match metric {
        Metric::HeartRate => vitals.heart_rate,
        Metric::PulseRate => vitals.pulse_rate,
        Metric::SpO2 => vitals.spo2,
        Metric::PerfusionIndex => vitals.perfusion_index,
        Metric::RespirationRate => vitals.respiration_rate,
        Metric::EtCO2 => vitals.etco2,
        Metric::EffortRate => vitals.effort_rate,
        Metric::Temperature => vitals.temperature,
        _ => Signal::NoChannel,
    }
}

fn measured(metric: Metric, signal: Signal) -> Measured {
    match signal {
        Signal::Value(number) => Measured::plausible(metric, number),
        Signal::Missing(Missing::ProbeOff) => Measured::Unavailable(Unavailable::SensorOff),
        Signal::Missing(Missing::Searching) => Measured::Unavailable(Unavailable::Searching),
        Signal::Missing(Missing::Motion | Missing::Occluded | Missing::NoReading)
        | Signal::NoChannel => Measured::Unavailable(Unavailable::NoReading),
    }
}
