//! The driver: framing, conversation and readings, put together.

use chairside_model::MonoTime;

use super::conversation::Conversation;
use super::framing::{Found, Framer};
use super::message::Message;
use super::readings::Readings;
use crate::{Driver, DriverOutput, LineInput};

/// Has the monitor stream and reads what it sends, asked for or not.
#[derive(Debug, Default)]
pub(super) struct Capnostream20Driver {
    framer: Framer,
    conversation: Conversation,
    readings: Readings,
}

impl Driver for Capnostream20Driver {
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

impl Capnostream20Driver {
    fn receive(&mut self, now: MonoTime, bytes: &[u8], out: &mut DriverOutput) {
        let Self {
            framer,
            conversation,
            readings,
        } = self;
        framer.push(bytes, |offset, found| match found {
            Found::Frame { body, length } => match Message::parse(body) {
                Ok(message) => {
                    readings.take(now, offset, &message, out);
                    conversation.heard(&message, now, &mut out.transmit);
                }
                Err(why) => {
                    readings.interrupt(out);
                    out.discard(offset, length, why);
                }
            },
            Found::Discarded { bytes, why } => {
                readings.interrupt(out);
                out.discard(offset, bytes, why);
            }
        });
    }

    /// Gives away the run of the capnogram that has begun, and drops half a frame.
    #[inline(never)]
    fn break_off(&mut self, out: &mut DriverOutput) {
        self.readings.end(out);
        out.void(self.framer.reset());
    }
}
