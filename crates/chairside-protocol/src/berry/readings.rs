//! From packets to readings: a hundred packets a second say the same numbers again and again.

use std::time::Duration;

use chairside_model::{Measured, Metric, MonoTime, Reading, Unavailable};

use super::message::{Finger, Packet, Signal};
use crate::run::{CurveKind, Run};
use crate::{DriverOutput, Finding};

/// Packets in a second.
const RATE: u16 = 100;

/// A packet has no checksum: so many in a row must say the same before it is believed.
const AGREEING: u16 = 3;

/// Samples of one run: 100 ms.
const RUN_LENGTH: usize = 10;

static PLETHYSMOGRAM: CurveKind = CurveKind {
    metric: Metric::Pleth,
    sample_period: Duration::from_millis(10),
    scale: 1.0,
    shortest: 2,
};

/// What a packet says of saturation and pulse, by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Values {
        saturation: Option<u8>,
        rate: Option<u8>,
    },
    None(Unavailable),
}

/// Turns packets into readings, once a second and when they change.
#[derive(Debug)]
pub(super) struct Readings {
    curve: Run<RUN_LENGTH>,
    said: Option<Said>,
    /// How many packets in a row have said it.
    agreeing: u16,
    /// What was published last, and how many packets ago.
    told: Option<Said>,
    since: u16,
}

impl Default for Readings {
    fn default() -> Self {
        Self {
            curve: Run::new(&PLETHYSMOGRAM),
            said: None,
            agreeing: 0,
            told: None,
            since: 0,
        }
    }
}

impl Readings {
    /// Takes a packet.
    #[inline]
    pub(super) fn take(
        &mut self,
        now: MonoTime,
        offset: u64,
        packet: &Packet,
        out: &mut DriverOutput,
    ) {
        let said = said(packet);
        let pleth = packet.pleth.filter(|_| matches!(said, Said::Values { .. }));
        if pleth.is_none() {
            self.curve.end(out);
        }
        out.push_with(offset, || Finding::Frame);
        if let Some(pleth) = pleth {
            self.curve.take(pleth.into(), offset, out);
        }
        if self.said == Some(said) {
            self.agreeing = self.agreeing.saturating_add(1);
        } else {
            self.said = Some(said);
            self.agreeing = 1;
        }
        self.since = self.since.saturating_add(1);
        if self.agreeing >= AGREEING && (self.told != self.said || self.since >= RATE) {
            self.told = self.said;
            self.since = 0;
            publish(now, offset, said, out);
        }
    }

    /// Ends the curve, and what agreed so far, because bytes were lost.
    pub(super) fn gap(&mut self, out: &mut DriverOutput) {
        self.curve.end(out);
        self.said = None;
        self.agreeing = 0;
    }

    /// Begins anew with another connection.
    pub(super) fn reset(&mut self, out: &mut DriverOutput) {
        self.gap(out);
        *self = Self::default();
    }
}

#[inline]
fn said(packet: &Packet) -> Said {
    if packet.signal.contains(Signal::PROBE_UNPLUGGED) {
        Said::None(Unavailable::NoSensor)
    } else if packet.finger.contains(Finger::ABSENT) {
        Said::None(Unavailable::SensorOff)
    } else if packet.finger.contains(Finger::SEARCHING) {
        Said::None(Unavailable::Searching)
    } else if packet.signal.contains(Signal::NONE_SEEN) {
        Said::None(Unavailable::NoReading)
    } else {
        Said::Values {
            saturation: packet.saturation,
            rate: packet.rate,
        }
    }
}

fn publish(now: MonoTime, offset: u64, said: Said, out: &mut DriverOutput) {
    let values = match said {
        Said::None(why) => [Measured::Unavailable(why); 2],
        Said::Values { saturation, rate } => [
            measured(Metric::SpO2, saturation),
            measured(Metric::PulseRate, rate),
        ],
    };
    for (metric, measured) in [Metric::SpO2, Metric::PulseRate].into_iter().zip(values) {
        out.push_with(offset, || {
            Finding::Reading(Reading::numeric(metric, measured, now))
        });
    }
}

/// A patient has neither a saturation nor a pulse of 0, whatever the packet says.
fn measured(metric: Metric, value: Option<u8>) -> Measured {
    match value {
        None => Measured::Unavailable(Unavailable::NoReading),
        Some(0) => Measured::Unavailable(Unavailable::OutOfRange),
        Some(value) => Measured::plausible(metric, value.into()),
    }
}
