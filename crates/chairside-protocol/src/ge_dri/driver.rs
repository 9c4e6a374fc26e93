//! The driver: framing, conversation and readings, put together.

use chairside_model::MonoTime;

use super::conversation::Conversation;
use super::framing::{Found, Framer};
use super::message::Message;
use super::readings::Readings;
use crate::{Driver, DriverOutput, LineInput};

/// Has the monitor send and reads what it sends, asked for or not.
#[derive(Debug, Default)]
pub(super) struct GeDriDriver {
    framer: Framer,
    conversation: Conversation,
    readings: Readings,
}

impl Driver for GeDriDriver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            LineInput::Opened => {
                self.break_off(out);
                self.readings.asked(now);
                self.conversation.open(now, &mut out.transmit);
            }
            LineInput::Received(bytes) => self.receive(now, bytes, out),
            LineInput::Closed => {
                self.break_off(out);
                self.conversation.close();
            }
            LineInput::Tick => {
                if self.conversation.tick(now, &mut out.transmit) {
                    self.readings.asked(now);
                }
            }
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        self.conversation.next_deadline()
    }
}

impl GeDriDriver {
    fn receive(&mut self, now: MonoTime, bytes: &[u8], out: &mut DriverOutput) {
        let Self {
            framer,
            conversation,
            readings,
        } = self;
        framer.push(bytes, |offset, found| match found {
            Found::Frame { record, length } => match Message::parse(record) {
                Ok(message) => {
                    readings.take(now, offset, &message, out);
                    conversation.heard(&message, now, &mut out.transmit);
                }
                Err(why) => out.discard(offset, length, why),
            },
            Found::Discarded { bytes, why } => out.discard(offset, bytes, why),
        });
    }

    /// Drops half a frame and forgets what held for the last connection.
    #[inline(never)]
    fn break_off(&mut self, out: &mut DriverOutput) {
        out.void(self.framer.reset());
        self.readings.begin();
    }
}
