//! The driver: framing, readings and answers, put together.

use chairside_model::MonoTime;

use super::framing::{Found, Framer};
use super::message::{Kind, Message};
use super::readings::Readings;
use crate::{Discard, Driver, DriverOutput, Finding, LineInput};

/// Reads what the monitor sends by itself, and answers each message that wants it.
#[derive(Debug, Default)]
pub(super) struct Hl7Driver {
    framer: Framer,
    readings: Readings,
    is_open: bool,
}

impl Driver for Hl7Driver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            LineInput::Received(bytes) => {
                let Self {
                    framer,
                    readings,
                    is_open,
                } = self;
                framer.push(bytes, |offset, found| match found {
                    Found::Message(text) => take(text, offset, now, readings, *is_open, out),
                    Found::Discarded { bytes, why } => out.discard(offset, bytes, why),
                });
            }
            LineInput::Opened | LineInput::Closed => {
                out.void(self.framer.reset());
                self.readings.end();
                self.is_open = input == LineInput::Opened;
            }
            LineInput::Tick => {}
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }
}

fn take(
    text: &[u8],
    offset: u64,
    now: MonoTime,
    readings: &mut Readings,
    is_open: bool,
    out: &mut DriverOutput,
) {
    /// The start of the block and its end, which is two bytes.
    const AROUND: usize = 3;
    let Some(message) = Message::parse(text) else {
        out.discard(offset, text.len() + AROUND, Discard::Malformed);
        return;
    };
    match message.kind() {
        Kind::Observations => {
            out.push(offset, Finding::Frame);
            readings.take(now, offset, &message, out);
        }
        Kind::Answer | Kind::Other => {
            out.discard(offset, text.len() + AROUND, Discard::Unknown);
        }
    }
    if is_open {
        message.answer(&mut out.transmit);
    }
}
