//! The driver: framing, conversation and readings, put together.

use chairside_model::MonoTime;

use super::conversation::Conversation;
use super::framing::{Found, Framer};
use super::message::Message;
use super::readings::Readings;
use crate::{Discard, Driver, DriverOutput, LineInput};

/// Has the monitor send and reads what it sends, asked for or not.
#[derive(Debug, Default)]
pub(super) struct PhilipsMibDriver {
    framer: Framer,
    conversation: Conversation,
    readings: Readings,
}

impl Driver for PhilipsMibDriver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            LineInput::Opened => {
                self.break_off(out);
                self.conversation.open(now, &mut out.transmit);
            }
            LineInput::Received(bytes) => self.receive(now, bytes, out),
            LineInput::Closed => {
                self.break_off(out);
                self.conversation.close();
            }
            LineInput::Tick => self.conversation.tick(now, &mut out.transmit),
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        self.conversation.next_deadline()
    }
}

impl PhilipsMibDriver {
    fn receive(&mut self, now: MonoTime, bytes: &[u8], out: &mut DriverOutput) {
        let Self {
            framer,
            conversation,
            readings,
        } = self;
        framer.push(bytes, |offset, found| match found {
            Found::Frame { data, length } => match Message::parse(data) {
                Ok(message) if conversation.is_echo(&message) => {
                    out.discard(offset, length, Discard::Unknown);
                }
                Ok(message) => {
                    readings.take(now, offset, &message, out);
                    conversation.heard(&message, now, &mut out.transmit);
                }
                Err(why) => out.discard(offset, length, why),
            },
            Found::Discarded { bytes, why } => out.discard(offset, bytes, why),
        });
    }

    /// Drops half a frame and what belongs to the connection.
    #[inline(never)]
    fn break_off(&mut self, out: &mut DriverOutput) {
        self.readings.end();
        out.void(self.framer.reset());
    }
}
