//! From what the oximeter says to readings.

use std::time::Duration;

use chairside_model::{Measured, Metric, Reading, Unavailable, Value};

use super::frame::{RATE_RANGE, SATURATION_RANGE};
use super::framing::Place;
use super::message::{
    Format1Frame, Format13Frame, Packet, SecondStatus, SpotCheckStatus, SpotStatus, StreamStatus,
};
use crate::run::{CurveKind, Run};
use crate::{DeviceAlarmPriority, DriverOutput, Finding};

/// Samples of one run, a fifth of a packet: 67 ms.
const RUN_LENGTH: usize = 5;

/// Formats 2 and 7 have 75 samples in a second. One that stands alone is not drawn.
static PLETHYSMOGRAM: CurveKind = CurveKind {
    metric: Metric::Pleth,
    sample_period: Duration::from_nanos(1_000_000_000 / 75),
    scale: 1.0,
    shortest: 2,
};

/// Turns frames into readings and remembers what a packet and a curve need.
#[derive(Debug)]
pub(super) struct Readings {
    packet: PacketWatch,
    /// What a packet says, until the frame behind it tells that it was whole.
    unconfirmed: Option<Unconfirmed>,
    curve: Run<RUN_LENGTH>,
    /// Whether the last frame of formats 2 and 7 was directly before what comes next.
    follows: bool,
    /// The missing sensor or finger that was told last, until a frame is without it.
    missing_told: Option<Unavailable>,
    battery_low: bool,
}

impl Default for Readings {
    fn default() -> Self {
        Self {
            packet: PacketWatch::default(),
            unconfirmed: None,
            curve: Run::new(&PLETHYSMOGRAM),
            follows: false,
            missing_told: None,
            battery_low: false,
        }
    }
}

impl Readings {
    /// Takes a frame of format 2 or 7.
    #[inline]
    pub(super) fn sample(
        &mut self,
        place: Place,
        status: StreamStatus,
        pleth: u16,
        float: u8,
        out: &mut DriverOutput,
    ) {
        if let Some(packet) = self.unconfirmed.take()
            && status.contains(StreamStatus::SYNC)
        {
            self.tell(packet, out);
        }
        let in_order = self.packet.take(status, float);
        let missing = missing(status);
        if !(in_order && self.follows) || missing.is_some() {
            self.curve.end(out);
        }
        out.push_with(place.offset, || Finding::Frame);
        if missing.is_none() {
            self.curve.take(pleth.into(), place.offset, out);
        }
        // Told at once, and not at the end of the packet. A frame that stands alone between
        // damaged ones is not enough for it.
        if missing != self.missing_told && self.follows {
            self.missing_told = missing;
            if let Some(why) = missing {
                publish(place, [Measured::Unavailable(why); 2], out);
            }
        }
        self.follows = true;
        if let Some((status, packet)) = self.packet.complete() {
            let trust = Trust {
                missing: self::missing(status),
                out_of_track: status.contains(StreamStatus::OUT_OF_TRACK),
                artefact: status.contains(StreamStatus::ARTEFACT),
            };
            self.unconfirmed = Some(Unconfirmed {
                place,
                values: trust.values(packet.saturation_display, packet.rate_display),
                second_status: packet.second_status,
            });
        }
    }

    fn tell(&mut self, packet: Unconfirmed, out: &mut DriverOutput) {
        publish(packet.place, packet.values, out);
        self.battery(packet.place, packet.second_status, out);
    }

    /// Takes a frame of format 1, or one of format 8 with its last byte.
    #[inline]
    pub(super) fn second(
        &mut self,
        place: Place,
        frame: Format1Frame,
        second: Option<SecondStatus>,
        out: &mut DriverOutput,
    ) {
        if self.follows {
            self.gap(out);
        }
        out.push_with(place.offset, || Finding::Frame);
        let sensor_alarm = second.is_some_and(|second| second.contains(SecondStatus::SENSOR_ALARM));
        let missing = if frame.status.contains(SpotStatus::SENSOR_DISCONNECTED) {
            Some(Unavailable::NoSensor)
        } else if sensor_alarm {
            Some(Unavailable::SensorOff)
        } else {
            None
        };
        let trust = Trust {
            missing,
            out_of_track: frame.status.contains(SpotStatus::OUT_OF_TRACK),
            artefact: frame.status.contains(SpotStatus::ARTEFACT),
        };
        publish(place, trust.values(frame.saturation, frame.rate), out);
        if let Some(second) = second {
            self.battery(place, second, out);
        }
    }

    /// Takes a spot check. One from the memory belongs to another time, perhaps to another
    /// patient, and gives no reading.
    pub(super) fn spot_check(
        &mut self,
        place: Place,
        frame: &Format13Frame,
        out: &mut DriverOutput,
    ) {
        self.gap(out);
        out.push_with(place.offset, || Finding::Frame);
        if !frame.status.contains(SpotCheckStatus::FROM_MEMORY) {
            let values = if frame.status.contains(SpotCheckStatus::NO_MEASUREMENT) {
                [Measured::Unavailable(Unavailable::NoReading); 2]
            } else {
                Trust::default().values(frame.saturation, frame.rate)
            };
            publish(place, values, out);
        }
        let low = frame.status.contains(SpotCheckStatus::LOW_BATTERY);
        self.battery_is_low(place, low, out);
    }

    /// Ends the curve and the packet, because bytes were lost.
    pub(super) fn gap(&mut self, out: &mut DriverOutput) {
        self.curve.end(out);
        self.unconfirmed = None;
        self.packet = PacketWatch::default();
        self.follows = false;
    }

    /// Ends them because the line ended, and nothing can confirm the last packet any more.
    pub(super) fn line_ended(&mut self, out: &mut DriverOutput) {
        if let Some(packet) = self.unconfirmed.take() {
            self.tell(packet, out);
        }
        self.gap(out);
        *self = Self::default();
    }

    fn battery(&mut self, place: Place, status: SecondStatus, out: &mut DriverOutput) {
        let low = status.contains(SecondStatus::LOW_BATTERY);
        self.battery_is_low(place, low, out);
    }

    fn battery_is_low(&mut self, place: Place, low: bool, out: &mut DriverOutput) {
        if low && !self.battery_low {
            let alarm = Finding::DeviceAlarm {
                priority: DeviceAlarmPriority::Low,
                text: "low battery".into(),
            };
            out.push(place.offset, alarm);
        }
        self.battery_low = low;
    }
}

/// What a packet says.
///
/// Frames have no number. Where some went missing from one packet into the next, the 25th that
/// arrived is not the 25th that was sent, and a byte of the pulse rate stands where the saturation
/// belongs. Every checksum fits all the same. The packet was whole when the frame behind it is the
/// first of another; that is 13 ms to wait.
#[derive(Clone, Copy, Debug)]
struct Unconfirmed {
    /// Of the packet's last frame.
    place: Place,
    /// The saturation and the pulse rate.
    values: [Measured; 2],
    second_status: SecondStatus,
}

/// Returns which end of the cable is loose, if one is.
#[inline]
fn missing(status: StreamStatus) -> Option<Unavailable> {
    if status.contains(StreamStatus::SENSOR_DISCONNECTED) {
        Some(Unavailable::NoSensor)
    } else if status.contains(StreamStatus::SENSOR_ALARM) {
        Some(Unavailable::SensorOff)
    } else {
        None
    }
}

/// How far to trust the numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Trust {
    missing: Option<Unavailable>,
    out_of_track: bool,
    artefact: bool,
}

impl Trust {
    /// Returns the saturation and the pulse rate as they can be trusted.
    #[inline]
    fn values(self, saturation: Option<u8>, rate: Option<u16>) -> [Measured; 2] {
        let saturation =
            saturation.map(|number| (number.into(), SATURATION_RANGE.contains(&number)));
        let rate = rate.map(|number| (number, RATE_RANGE.contains(&number)));
        [self.measured(saturation), self.measured(rate)]
    }

    #[inline]
    fn measured(self, number: Option<(u16, bool)>) -> Measured {
        // A loose sensor first: the numbers beside it are held from before.
        if let Some(why) = self.missing {
            return Measured::Unavailable(why);
        }
        match number {
            Some((number, true)) if self.out_of_track || self.artefact => {
                Measured::Questionable(Value::whole(number))
            }
            Some((number, true)) => Measured::Valid(Value::whole(number)),
            Some((_, false)) => Measured::Unavailable(Unavailable::OutOfRange),
            None if self.out_of_track => Measured::Unavailable(Unavailable::Searching),
            None => Measured::Unavailable(Unavailable::NoReading),
        }
    }
}

#[inline]
fn publish(place: Place, [saturation, rate]: [Measured; 2], out: &mut DriverOutput) {
    for (metric, measured) in [(Metric::SpO2, saturation), (Metric::PulseRate, rate)] {
        out.push_with(place.offset, || {
            Finding::Reading(Reading::numeric(metric, measured, place.arrived))
        });
    }
}

/// Follows the frames of a packet.
#[derive(Debug)]
struct PacketWatch {
    /// Frames of this packet so far; nothing when its first was not seen.
    frames: Option<usize>,
    floats: [u8; Packet::FRAMES],
    /// Every flag that was set in one of its frames.
    status: StreamStatus,
}

impl Default for PacketWatch {
    fn default() -> Self {
        Self {
            frames: None,
            floats: [0; Packet::FRAMES],
            status: StreamStatus::NONE,
        }
    }
}

impl PacketWatch {
    /// Takes the next frame. Returns whether it is the one that is due, as far as that is known:
    /// the first of a packet after the last of another, and only there.
    #[inline]
    fn take(&mut self, status: StreamStatus, float: u8) -> bool {
        let first = status.contains(StreamStatus::SYNC);
        let position = match self.frames {
            _ if first => 0,
            Some(frames) if frames < Packet::FRAMES => frames,
            Some(_) | None => {
                // A packet without a beginning is not read.
                return self.frames.take().is_none();
            }
        };
        let in_order = !first || matches!(self.frames, None | Some(Packet::FRAMES));
        self.floats[position] = float;
        self.status = if first { status } else { self.status | status };
        self.frames = Some(position + 1);
        in_order
    }

    /// Returns the packet and its flags, when the frame just taken was its last.
    #[inline]
    fn complete(&self) -> Option<(StreamStatus, Packet)> {
        (self.frames == Some(Packet::FRAMES)).then(|| (self.status, Packet::parse(&self.floats)))
    }
}
