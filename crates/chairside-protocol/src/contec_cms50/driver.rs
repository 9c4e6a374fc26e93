//! The driver: framing, readings and the conversation, put together.

use chairside_model::MonoTime;

use super::conversation::Conversation;
use super::framing::{Found, Framer};
use super::readings::Readings;
use crate::{Driver, DriverOutput, LineInput};

/// Reads what the oximeter sends, and asks a V7 one to go on.
#[derive(Debug, Default)]
pub(super) struct ContecDriver {
    framer: Framer,
    readings: Readings,
    conversation: Conversation,
}

impl Driver for ContecDriver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            LineInput::Received(bytes) => {
                if !self.framer.keeps(bytes) {
                    self.receive(now, bytes, out);
                }
            }
            LineInput::Opened => {
                self.reset(out);
                self.conversation.open(now);
            }
            LineInput::Closed => {
                self.reset(out);
                self.conversation.close();
            }
            LineInput::Tick => self.conversation.tick(now, &mut out.transmit),
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        self.conversation.next_deadline()
    }
}

impl ContecDriver {
    #[inline(never)]
    fn receive(&mut self, now: MonoTime, bytes: &[u8], out: &mut DriverOutput) {
        let Self {
            framer,
            readings,
            conversation,
        } = self;
        framer.push(bytes, |offset, found| match found {
            Found::Sample(generation, sample) => {
                conversation.heard(generation, now);
                readings.take(now, offset, generation, &sample, out);
            }
            Found::Discarded { bytes, why } => {
                readings.gap(out);
                out.discard(offset, bytes, why);
            }
        });
    }

    fn reset(&mut self, out: &mut DriverOutput) {
        self.readings.gap(out);
        out.void(self.framer.reset());
        self.readings = Readings::default();
    }
}
