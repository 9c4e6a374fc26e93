//! A simulated Capnostream 20.
//!
//! It is silent until a host enables it, says who it is, and streams after an order to start:
//! a sample of the capnogram every 50 ms and all its numbers every second. A host that gives no
//! sign of life for 15 s has lost it: it falls silent until it is enabled again.
//! **Not simulated:** its answers to an enquiry, to the protocol's revision and to a setup; that
//! it holds its last numbers when breaths stop; how it zeroes itself; kPa and volume per cent.

mod alarms;
pub(super) mod capnogram;

use std::time::Duration;

use chairside_protocol::capnostream20::framing::{Found, Framer};
use chairside_protocol::capnostream20::message::{
    Co2Sample, Co2Unit, Command, DeviceId, ExtendedStatus, FastStatus, Numerics,
};

use self::alarms::{LIMITS, NO_BREATH_AFTER};
use self::capnogram::BreathWatch;
use super::{Simulator, whole};
use crate::patient::{Missing, Signal, VitalSigns};

/// From one sample to the next.
const SAMPLE_PERIOD: Duration = Duration::from_millis(50);

/// Samples from one set of numerics to the next.
const SAMPLES_PER_NUMERICS: u64 = 20;

/// Samples sent at once at most, after a stall; older ones are left out and their numbers with
/// them.
const CATCH_UP_MAX: u64 = SAMPLES_PER_NUMERICS;

/// Silence of the host after which the monitor takes the communication for lost: three of its
/// signs of life. How long the real one waits is not known.
const HOST_LOST_AFTER: Duration = Duration::from_secs(15);

/// What its clock says at the start of the story.
const DEVICE_TIME_S: u32 = 0x655E_6B80;

/// Software version and its date.
const SOFTWARE: &str = "V05.00 01/01/2020";

/// The serial number of a Masimo board.
const SERIAL: &str = "B500000001";

/// A simulated Capnostream 20.
#[derive(Debug)]
pub struct Capnostream20 {
    identity: DeviceId,
    framer: Framer,
    link: Link,
    breaths: BreathWatch,
}

#[derive(Clone, Copy, Debug, Default)]
enum Link {
    #[default]
    Disabled,
    Enabled {
        host_heard: Duration,
    },
    Streaming {
        host_heard: Duration,
        started: Duration,
        /// The next sample, counted from the start.
        sample: u64,
    },
}

impl Default for Capnostream20 {
    fn default() -> Self {
        Self::with_serial(SERIAL)
    }
}

impl Capnostream20 {
    /// Makes the monitor with that serial number: ten printable ASCII characters.
    ///
    /// # Panics
    ///
    /// When the number is not printable or far too long for its message.
    #[must_use]
    pub fn with_serial(serial: &str) -> Self {
        let identity = DeviceId::new(&format!("{SOFTWARE} {serial}  "));
        Self {
            identity: identity.expect("the text is printable and short"),
            framer: Framer::default(),
            link: Link::default(),
            breaths: BreathWatch::default(),
        }
    }
}

impl Simulator for Capnostream20 {
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        let Self {
            identity,
            framer,
            link,
            ..
        } = self;
        framer.push(received, |_, found| match found {
            Found::Frame { body, .. } => {
                if let Ok(command) = Command::parse(body) {
                    *link = link.obey(now, command, identity, line);
                }
            }
            Found::Discarded { .. } => {}
        });
        self.link = self.link.without_a_lost_host(now);
        self.stream(now, vitals, line);
    }

    fn next_deadline(&self) -> Option<Duration> {
        match self.link {
            Link::Disabled | Link::Enabled { .. } => None,
            Link::Streaming {
                started, sample, ..
            } => Some(due(started, sample)),
        }
    }
}

impl Link {
    fn obey(
        self,
        now: Duration,
        command: Command,
        identity: &DeviceId,
        line: &mut Vec<u8>,
    ) -> Self {
        match (self, command) {
            (_, Command::Enable) => {
                identity.emit(line);
                self.heard(now)
            }
            (Self::Enabled { .. }, Command::StartRealTime) => Self::Streaming {
                host_heard: now,
                started: now,
                sample: 0,
            },
            (_, Command::Disable) | (Self::Disabled, _) => Self::Disabled,
            (Self::Streaming { .. }, Command::StopRealTime) => Self::Enabled { host_heard: now },
            (Self::Enabled { .. } | Self::Streaming { .. }, _) => self.heard(now),
        }
    }

    fn heard(self, now: Duration) -> Self {
        match self {
            Self::Disabled | Self::Enabled { .. } => Self::Enabled { host_heard: now },
            Self::Streaming {
                started, sample, ..
            } => Self::Streaming {
                host_heard: now,
                started,
                sample,
            },
        }
    }

    fn without_a_lost_host(self, now: Duration) -> Self {
        match self {
            Self::Enabled { host_heard } | Self::Streaming { host_heard, .. }
                if host_heard + HOST_LOST_AFTER <= now =>
            {
                Self::Disabled
            }
            Self::Disabled | Self::Enabled { .. } | Self::Streaming { .. } => self,
        }
    }
}

impl Capnostream20 {
    /// Sends what is due.
    fn stream(&mut self, now: Duration, vitals: &VitalSigns, line: &mut Vec<u8>) {
        let Link::Streaming {
            started,
            ref mut sample,
            ..
        } = self.link
        else {
            return;
        };
        let next = samples_due(now.saturating_sub(started));
        *sample = (*sample).max(next.saturating_sub(CATCH_UP_MAX));
        while *sample < next {
            let at = due(started, *sample);
            co2_sample(*sample, at, vitals, &mut self.breaths).emit(line);
            if sample.is_multiple_of(SAMPLES_PER_NUMERICS) {
                numerics(at, vitals, &self.breaths).emit(line);
            }
            *sample += 1;
        }
    }
}

/// Returns when a sample is due; far beyond any story, never.
fn due(started: Duration, sample: u64) -> Duration {
    let after = u32::try_from(sample).map_or(Duration::MAX, |sample| SAMPLE_PERIOD * sample);
    started.saturating_add(after)
}

/// Returns how many samples are due after this time: one at once, and one each period.
fn samples_due(streaming: Duration) -> u64 {
    let periods = streaming.as_nanos() / SAMPLE_PERIOD.as_nanos();
    u64::try_from(periods).unwrap_or(u64::MAX).saturating_add(1)
}

fn co2_sample(
    sample: u64,
    at: Duration,
    vitals: &VitalSigns,
    breaths: &mut BreathWatch,
) -> Co2Sample {
    let [.., number] = sample.to_be_bytes();
    let pressure = capnogram::pressure(vitals);
    let ended = breaths.see(at, vitals);
    let status = match pressure {
        None => gas_status(vitals.etco2).union(FastStatus::INVALID),
        Some(_) if ended => FastStatus::END_OF_BREATH,
        Some(_) => FastStatus::NONE,
    };
    let counts = pressure.unwrap_or(0.0) * f64::from(Co2Sample::COUNTS_PER_MMHG);
    Co2Sample {
        number,
        pressure: whole(counts),
        status,
    }
}

/// Returns what the capnograph says about a gas that it does not measure.
const fn gas_status(etco2: Signal) -> FastStatus {
    match etco2 {
        Signal::Missing(Missing::ProbeOff) => FastStatus::FILTERLINE_OFF,
        Signal::Missing(Missing::Searching) => FastStatus::INITIALISING,
        Signal::Missing(Missing::Occluded) => FastStatus::OCCLUSION,
        Signal::Missing(Missing::Motion | Missing::NoReading)
        | Signal::NoChannel
        | Signal::Value(_) => FastStatus::NONE,
    }
}

fn numerics(at: Duration, vitals: &VitalSigns, breaths: &BreathWatch) -> Numerics {
    let without_breath = breaths.without(at);
    let seconds = u32::try_from(at.as_secs()).unwrap_or(u32::MAX);
    let mut numerics = Numerics {
        device_time_s: DEVICE_TIME_S.wrapping_add(seconds),
        etco2: byte(vitals.etco2),
        fico2: vitals.etco2.value().map(|_| 0),
        respiration_rate: byte(vitals.respiration_rate),
        spo2: byte(vitals.spo2),
        pulse_rate: byte(vitals.pulse_rate),
        slow_status: alarms::OXIMETER,
        undecoded: [0; 3],
        co2_alarms: alarms::Co2Alarms::NONE,
        spo2_alarms: alarms::oximeter_states(vitals),
        without_breath_s: u8::try_from(without_breath.as_secs()).unwrap_or(u8::MAX),
        limits: LIMITS,
        unit: Co2Unit::MillimetreOfMercury,
        extended_status: match vitals.etco2 {
            Signal::NoChannel => ExtendedStatus::PUMP_OFF,
            Signal::Value(_) | Signal::Missing(_) => ExtendedStatus::NONE,
        },
    };
    alarms::raise(&mut numerics, without_breath >= NO_BREATH_AFTER);
    numerics
}

fn byte(signal: Signal) -> Option<u8> {
    let rounded = whole(signal.value()?);
    // 0xFF says that there is none.
    Some(u8::try_from(rounded).map_or(0xFE, |byte| byte.min(0xFE)))
}

#[cfg(test)]
mod tests;
