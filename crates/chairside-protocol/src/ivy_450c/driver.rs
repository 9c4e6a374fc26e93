//! The driver: framing and readings, put together.

use chairside_model::MonoTime;

use super::framing::{Found, Framer};
use super::message::Message;
use super::readings::Readings;
use crate::{Driver, DriverOutput, LineInput};

/// Reads what the monitor sends by itself.
#[derive(Debug, Default)]
pub(super) struct Ivy450cDriver {
    framer: Framer,
    readings: Readings,
}

impl Driver for Ivy450cDriver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            LineInput::Opened => {
                out.void(self.framer.reset());
                self.readings.begin(now);
            }
            LineInput::Received(bytes) => {
                let Self { framer, readings } = self;
                framer.push(bytes, |offset, found| match found {
                    Found::Message(bytes) => match Message::parse(bytes) {
                        Ok(message) => readings.take(now, offset, &message, out),
                        Err(why) => out.discard(offset, bytes.len(), why),
                    },
                    Found::Discarded { bytes, why } => out.discard(offset, bytes, why),
                });
            }
            LineInput::Closed => out.void(self.framer.reset()),
            LineInput::Tick => {}
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }
}
