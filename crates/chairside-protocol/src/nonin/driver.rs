//! The driver: framing and readings, put together. It listens and never speaks.

use chairside_model::MonoTime;

use super::frame::Frame;
use super::framing::{Found, Framer, Place};
use super::readings::Readings;
use crate::{Driver, DriverOutput, LineInput};

/// Reads what the oximeter sends by itself, in whatever format.
#[derive(Debug, Default)]
pub(super) struct NoninDriver {
    framer: Framer,
    readings: Readings,
}

impl Driver for NoninDriver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        let Self { framer, readings } = self;
        match input {
            LineInput::Received(bytes) => {
                framer.push(now, bytes, |place, found| take(readings, place, found, out));
            }
            LineInput::Opened | LineInput::Closed => {
                framer.reset(|place, found| take(readings, place, found, out));
                readings.line_ended(out);
            }
            LineInput::Tick => {}
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }
}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "where the format is known, the frame goes on in registers and not through memory"
)]
fn take(readings: &mut Readings, place: Place, found: Found, out: &mut DriverOutput) {
    match found {
        Found::Frame(Frame::Two(frame)) => {
            readings.sample(place, frame.status, frame.pleth.into(), frame.float, out);
        }
        Found::Frame(Frame::Seven(frame)) => {
            readings.sample(place, frame.status, frame.pleth, frame.float, out);
        }
        Found::Frame(Frame::One(frame)) => readings.second(place, frame, None, out),
        Found::Frame(Frame::Eight(frame)) => {
            readings.second(place, frame.first, Some(frame.second_status), out);
        }
        Found::Frame(Frame::Thirteen(frame)) => readings.spot_check(place, &frame, out),
        Found::Discarded { bytes, why } => {
            readings.gap(out);
            out.discard(place.offset, bytes, why);
        }
    }
}
