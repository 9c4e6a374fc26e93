//! The driver: framing, conversation and readings, put together.

use chairside_model::{CuffOrder, CuffRefusal, MonoTime};

use super::conversation::Conversation;
use super::framing::{Found, Framer};
use super::readings::Readings;
use crate::{Discard, Driver, DriverOutput, Finding, LineInput};

/// Asks the monitor and reads its replies, asked for or not.
#[derive(Debug, Default)]
pub(super) struct GeV100Driver {
    framer: Framer,
    conversation: Conversation,
    readings: Readings,
}

impl Driver for GeV100Driver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            LineInput::Opened => {
                out.void(self.framer.reset());
                self.conversation.open(now, &mut out.transmit);
            }
            LineInput::Received(bytes) => self.receive(now, bytes, out),
            LineInput::Closed => {
                out.void(self.framer.reset());
                self.conversation.close();
            }
            LineInput::Tick => self.conversation.tick(now, &mut out.transmit),
        }
        // Most bytes are in the middle of a frame, and answer nobody.
        if self.conversation.has_told() {
            out.answers.extend(self.conversation.told());
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        self.conversation.next_deadline()
    }

    fn check_order(&self, order: CuffOrder) -> Result<(), CuffRefusal> {
        let measuring = self.readings.is_measuring();
        self.conversation.check_order(order, measuring)
    }

    fn order(&mut self, now: MonoTime, order: CuffOrder, out: &mut DriverOutput) {
        if self.check_order(order).is_ok() {
            self.conversation.order(order, now, &mut out.transmit);
        }
        out.answers.extend(self.conversation.told());
    }
}

impl GeV100Driver {
    fn receive(&mut self, now: MonoTime, bytes: &[u8], out: &mut DriverOutput) {
        let Self {
            framer,
            conversation,
            readings,
        } = self;
        framer.push(bytes, |offset, found| match found {
            Found::Reply(reply) => {
                out.push(offset, Finding::Frame);
                if let Some(reading) = readings.take(now, &reply) {
                    out.push(offset, Finding::Reading(reading));
                }
                conversation.heard(&reply);
                conversation.answered(reply.answers(), now, &mut out.transmit);
            }
            Found::Discarded { bytes, why } => {
                out.discard(offset, bytes, why);
                // A line of nothing but its end says nothing. A longer one may be a reply that lost
                // its first byte.
                if why != Discard::BeforeStart || bytes > 1 {
                    conversation.damaged(now);
                }
            }
        });
    }
}
