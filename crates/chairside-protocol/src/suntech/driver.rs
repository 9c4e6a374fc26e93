//! The driver: framing, conversation and the watch over the cuff, put together.

use chairside_model::MonoTime;

use super::conversation::Conversation;
use super::cuff::CuffWatch;
use super::framing::{Found, Framer};
use super::message::Reply;
use crate::{Driver, DriverOutput, Finding, LineInput};

/// Asks the module and reads its replies, asked for or not.
#[derive(Debug, Default)]
pub(super) struct SuntechDriver {
    framer: Framer,
    conversation: Conversation,
    cuff: CuffWatch,
}

impl Driver for SuntechDriver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        let Self {
            framer,
            conversation,
            cuff,
        } = self;
        match input {
            LineInput::Opened => {
                conversation.close();
                framer.give_up(|offset, found| take(conversation, cuff, now, offset, found, out));
                // The data may be those of another module, and of another patient.
                *cuff = CuffWatch::default();
                conversation.open(now, &mut out.transmit);
            }
            LineInput::Received(bytes) => {
                framer.push(bytes, |offset, found| {
                    take(conversation, cuff, now, offset, found, out);
                });
            }
            LineInput::Closed => {
                conversation.close();
                framer.give_up(|offset, found| take(conversation, cuff, now, offset, found, out));
            }
            LineInput::Tick => {
                if conversation.tick(now, cuff.awaits_data(), &mut out.transmit) {
                    framer
                        .give_up(|offset, found| take(conversation, cuff, now, offset, found, out));
                }
            }
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        self.conversation.next_deadline()
    }
}

#[inline]
fn take(
    conversation: &mut Conversation,
    cuff: &mut CuffWatch,
    now: MonoTime,
    offset: u64,
    found: Found<'_>,
    out: &mut DriverOutput,
) {
    let reply = match found {
        Found::Discarded { bytes, why } => return out.discard(offset, bytes, why),
        Found::Packet(packet) => match Reply::parse(packet) {
            Ok(reply) => reply,
            Err(why) => return out.discard(offset, packet.len(), why),
        },
    };
    out.push_with(offset, || Finding::Frame);
    match &reply {
        Reply::Complete => cuff.take_complete(),
        Reply::CuffPressure(pressure) => {
            if let Some(reading) = cuff.take_pressure(now, *pressure) {
                out.push(offset, Finding::Reading(reading));
            }
        }
        Reply::BpData(data) => {
            for reading in cuff.take_data(now, data).into_iter().flatten() {
                out.push(offset, Finding::Reading(reading));
            }
        }
    }
    if let Some(request) = reply.answers() {
        conversation.answered(request, now, &mut out.transmit);
    }
}
