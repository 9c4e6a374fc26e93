//! The driver: lines and readings, put together. It listens and never speaks.

use chairside_model::MonoTime;

use super::continuity::Continuity;
use super::message::Second;
use super::readings::Readings;
use crate::text_lines::{Found, TextFramer};
use crate::{Discard, Driver, DriverOutput, LineInput};

/// Bytes of a line at most; twice as many as the longest known line has.
const CAPACITY: usize = 512;

/// Reads what the oximeter sends by itself.
#[derive(Debug, Default)]
pub(super) struct MasimoDriver {
    framer: TextFramer<Second, CAPACITY>,
    continuity: Continuity,
    readings: Readings,
}

impl Driver for MasimoDriver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            LineInput::Received(bytes) => self.receive(now, bytes, out),
            LineInput::Opened | LineInput::Closed => {
                out.void(self.framer.reset());
                self.continuity = Continuity::default();
                self.readings = Readings::default();
            }
            LineInput::Tick => {}
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }
}

impl MasimoDriver {
    fn receive(&mut self, now: MonoTime, bytes: &[u8], out: &mut DriverOutput) {
        let Self {
            framer,
            continuity,
            readings,
        } = self;
        framer.push(bytes, |offset, found| match found {
            Found::Message { message, length } => {
                if continuity.goes_on(&message) {
                    readings.take(now, offset, &message, continuity.identity(), out);
                } else {
                    out.discard(offset, length, Discard::Malformed);
                }
            }
            Found::Discarded { bytes, why } => out.discard(offset, bytes, why),
        });
    }
}
