//! The driver: framing and readings, put together. It listens and never speaks.

use chairside_model::MonoTime;

use super::message::Packet;
use super::readings::Readings;
use crate::five_bytes::{Found, Framer};
use crate::{Driver, DriverOutput, LineInput};

/// Reads what the module sends by itself.
#[derive(Debug, Default)]
pub(super) struct BerryDriver {
    framer: Framer<Packet>,
    readings: Readings,
}

impl Driver for BerryDriver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        let Self { framer, readings } = self;
        match input {
            LineInput::Received(bytes) => framer.push(bytes, |offset, found| match found {
                Found::Packet(packet) => readings.take(now, offset, &packet, out),
                Found::Discarded { bytes, why } => {
                    readings.gap(out);
                    out.discard(offset, bytes, why);
                }
            }),
            LineInput::Opened | LineInput::Closed => {
                readings.reset(out);
                out.void(framer.reset());
            }
            LineInput::Tick => {}
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }
}
