//! A simulated Nonin pulse oximeter.
//!
//! It speaks from the start and listens to nobody: in formats 2 and 7 a frame 75 times a second,
//! 25 of them a packet; in format 8 a frame a second. The packet's numbers are those of the
//! patient at its first frame, the curve and the flags those of each frame's moment.
//! **Not simulated:** averaging (every average is the same number), the host's commands, formats 1
//! and 13, and an oximeter that displays numbers during motion.

pub(super) mod pleth;

use std::time::Duration;

use chairside_protocol::nonin::message::{
    Format1Frame, Format2Frame, Format7Frame, Format8Frame, Packet, SecondStatus, SpotStatus,
    StreamStatus,
};

pub(super) use self::pleth::beat;
use self::pleth::pleth;
use super::{Simulator, whole};
use crate::patient::{Missing, Signal, VitalSigns};

/// How long the numbers for display stay after the finger is out.
const DISPLAY_HELD_FOR: Duration = Duration::from_secs(10);

/// A device that is called later than this after a frame was due leaves out what it missed, and
/// begins with a new packet.
const CATCH_UP_MAX: Duration = Duration::from_secs(1);

/// The revision of firmware it says it has.
const FIRMWARE: u8 = 0x30;

/// Perfusion indices below which the light is yellow and red, per cent. Where the real ones
/// change is not known.
const GREEN_FROM: f64 = 1.0;
const YELLOW_FROM: f64 = 0.3;

/// A simulated oximeter.
#[derive(Debug)]
pub struct Nonin {
    format: Format,
    /// Frames that were due so far.
    frame: u64,
    packet: [u8; Packet::FRAMES],
    displayed: Displayed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Two,
    Seven,
    Eight,
}

/// The numbers on the display, and since when the patient no longer has them.
#[derive(Clone, Copy, Debug, Default)]
struct Displayed {
    values: Values,
    /// When the finger was last in.
    seen: Duration,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Values {
    saturation: Option<u8>,
    rate: Option<u16>,
}

impl Default for Nonin {
    /// Format 2, the factory setting of an OEM III and an Xpod.
    fn default() -> Self {
        Self::format2()
    }
}

impl Nonin {
    /// Makes an oximeter that sends format 2: numbers, and a curve of eight bits.
    #[must_use]
    pub fn format2() -> Self {
        Self::new(Format::Two)
    }

    /// Makes an oximeter that sends format 7: numbers, and a curve of sixteen bits.
    #[must_use]
    pub fn format7() -> Self {
        Self::new(Format::Seven)
    }

    /// Makes an oximeter that sends format 8: numbers, once a second.
    #[must_use]
    pub fn format8() -> Self {
        Self::new(Format::Eight)
    }

    fn new(format: Format) -> Self {
        Self {
            format,
            frame: 0,
            packet: [0; Packet::FRAMES],
            displayed: Displayed::default(),
        }
    }
}

impl Simulator for Nonin {
    fn handle(&mut self, now: Duration, _received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        if self.format.due(self.frame) + CATCH_UP_MAX < now {
            self.frame = self.format.next_packet(now);
        }
        while self.format.due(self.frame) <= now {
            let at = self.format.due(self.frame);
            match self.format {
                Format::Two | Format::Seven => self.sample(at, vitals, line),
                Format::Eight => self.second(at, vitals, line),
            }
            self.frame += 1;
        }
    }

    fn next_deadline(&self) -> Option<Duration> {
        Some(self.format.due(self.frame))
    }
}

impl Nonin {
    fn sample(&mut self, at: Duration, vitals: &VitalSigns, line: &mut Vec<u8>) {
        let position = usize::try_from(self.frame % FRAMES).expect("a packet has few frames");
        let mut status = stream_status(vitals);
        if position == 0 {
            status = status | StreamStatus::SYNC;
            self.packet = self.packet(at, vitals).floats();
        }
        let float = self.packet[position];
        let pleth = pleth(at, vitals);
        if self.format == Format::Seven {
            let frame = Format7Frame {
                status,
                pleth,
                float,
            };
            frame.emit(line);
        } else {
            let [pleth, _] = pleth.to_be_bytes();
            let frame = Format2Frame {
                status,
                pleth,
                float,
            };
            frame.emit(line);
        }
    }

    fn packet(&mut self, at: Duration, vitals: &VitalSigns) -> Packet {
        let Values { saturation, rate } = values(vitals);
        let displayed = self.displayed.update(at, vitals);
        let timer = self.frame / FRAMES % (1 << 14);
        Packet {
            rate,
            saturation,
            firmware: FIRMWARE,
            timer: u16::try_from(timer).expect("fourteen bits are left"),
            second_status: second_status(vitals),
            saturation_display: displayed.saturation,
            saturation_fast: saturation,
            saturation_beat: saturation,
            rate_extended: rate,
            saturation_extended: saturation,
            saturation_extended_display: displayed.saturation,
            rate_display: displayed.rate,
            rate_extended_display: displayed.rate,
        }
    }

    fn second(&mut self, at: Duration, vitals: &VitalSigns, line: &mut Vec<u8>) {
        let Values { saturation, rate } = self.displayed.update(at, vitals);
        let mut second_status = second_status(vitals);
        if is(vitals, Missing::ProbeOff) {
            second_status = second_status | SecondStatus::SENSOR_ALARM;
        }
        let first = Format1Frame {
            status: spot_status(vitals),
            rate,
            saturation,
        };
        let frame = Format8Frame {
            first,
            second_status,
        };
        frame.emit(line);
    }
}

/// Frames of a packet.
const FRAMES: u64 = Packet::FRAMES as u64;

impl Format {
    const fn frames_per_second(self) -> u64 {
        match self {
            Self::Two | Self::Seven => 75,
            Self::Eight => 1,
        }
    }

    /// Returns when a frame is due. Counted from the start, so that nothing adds up.
    const fn due(self, frame: u64) -> Duration {
        let rate = self.frames_per_second();
        let seconds = Duration::from_secs(frame / rate);
        let nanos = (frame % rate) * 1_000_000_000 / rate;
        seconds.saturating_add(Duration::from_nanos(nanos))
    }

    /// Returns the first frame of the first packet that begins at this moment or later.
    fn next_packet(self, now: Duration) -> u64 {
        let frames = match self {
            Self::Two | Self::Seven => FRAMES,
            Self::Eight => 1,
        };
        let packets_per_second = self.frames_per_second() / frames;
        let mut packet = now.as_secs() * packets_per_second;
        while self.due(packet * frames) < now {
            packet += 1;
        }
        packet * frames
    }
}

impl Displayed {
    /// Takes the patient's numbers and returns the display's: those from before while the finger
    /// has not been out for long.
    fn update(&mut self, at: Duration, vitals: &VitalSigns) -> Values {
        if !is(vitals, Missing::ProbeOff) {
            self.values = values(vitals);
            self.seen = at;
        } else if self.seen + DISPLAY_HELD_FOR < at {
            self.values = Values::default();
        }
        self.values
    }
}

fn values(vitals: &VitalSigns) -> Values {
    let saturation = vitals.spo2.value().map(whole);
    let saturation = saturation.map(|number| u8::try_from(number.min(100)).unwrap_or(100));
    let rate = vitals.pulse_rate.value().map(whole);
    Values { saturation, rate }
}

/// Tells whether the saturation or the pulse rate is missing for this reason.
fn is(vitals: &VitalSigns, missing: Missing) -> bool {
    [vitals.spo2, vitals.pulse_rate].contains(&Signal::Missing(missing))
}

/// Tells whether there is no sensor: then neither channel is there.
fn is_unplugged(vitals: &VitalSigns) -> bool {
    [vitals.spo2, vitals.pulse_rate] == [Signal::NoChannel; 2]
}

fn stream_status(vitals: &VitalSigns) -> StreamStatus {
    let mut status = match vitals.perfusion_index {
        Signal::Value(index) if index < YELLOW_FROM => StreamStatus::RED_PERFUSION,
        Signal::Value(index) if index < GREEN_FROM => StreamStatus::YELLOW_PERFUSION,
        Signal::Value(_) | Signal::NoChannel => StreamStatus::GREEN_PERFUSION,
        Signal::Missing(_) => StreamStatus::NONE,
    };
    for (missing, flag) in [
        (Missing::ProbeOff, StreamStatus::SENSOR_ALARM),
        (Missing::Searching, StreamStatus::OUT_OF_TRACK),
        (
            Missing::Motion,
            StreamStatus::OUT_OF_TRACK | StreamStatus::ARTEFACT,
        ),
    ] {
        if is(vitals, missing) {
            status = status | flag;
        }
    }
    if is_unplugged(vitals) {
        status = status | StreamStatus::SENSOR_DISCONNECTED;
    }
    status
}

/// Says the same in the bits of format 8.
fn spot_status(vitals: &VitalSigns) -> SpotStatus {
    let stream = stream_status(vitals);
    let mut status = SpotStatus::NONE;
    for (flag, spot) in [
        (
            StreamStatus::SENSOR_DISCONNECTED,
            SpotStatus::SENSOR_DISCONNECTED,
        ),
        (StreamStatus::OUT_OF_TRACK, SpotStatus::OUT_OF_TRACK),
        (StreamStatus::ARTEFACT, SpotStatus::ARTEFACT),
    ] {
        if stream.contains(flag) {
            status = status | spot;
        }
    }
    let perfusion = if stream.contains(StreamStatus::YELLOW_PERFUSION) {
        SpotStatus::MARGINAL_PERFUSION
    } else if stream.contains(StreamStatus::RED_PERFUSION) {
        SpotStatus::LOW_PERFUSION
    } else {
        SpotStatus::NONE
    };
    status | perfusion
}

fn second_status(vitals: &VitalSigns) -> SecondStatus {
    let Values { saturation, rate } = values(vitals);
    if saturation.is_some() && rate.is_some() {
        SecondStatus::HIGH_QUALITY
    } else {
        SecondStatus::NONE
    }
}

#[cfg(test)]
mod tests;
