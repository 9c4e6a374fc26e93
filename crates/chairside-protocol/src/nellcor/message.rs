//! The lines of the printout: parse and emit.

mod clock;
mod heading;
mod measurement;
mod status;

pub use clock::{DeviceTime, Month};
pub use heading::Heading;
pub use measurement::{Field, Layout, Measurement};
pub use status::{Status, UnknownCode};

use crate::Discard;
use crate::text_lines::TextMessage;

/// What one line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// The values of a moment, and where their columns end.
    Measurement(Measurement, Layout),
    /// Something that is no value.
    Heading(Heading),
}

impl Message {
    /// Reads a line, without its end.
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when a line begins as one with values and is none;
    /// [`Discard::Unknown`] for any other text, as of the event log; [`Discard::BeforeStart`]
    /// for what is no text.
    pub fn parse(line: &[u8]) -> Result<Self, Discard> {
        if Measurement::may_start(line) {
            let (measurement, layout) = Measurement::parse(line)?;
            return Ok(Self::Measurement(measurement, layout));
        }
        if !line.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t')) {
            return Err(Discard::BeforeStart);
        }
        Heading::parse(line)
            .map(Self::Heading)
            .ok_or(Discard::Unknown)
    }
}

impl TextMessage for Message {
    fn may_start(rest: &[u8]) -> bool {
        Measurement::may_start(rest)
    }

    fn parse(line: &[u8]) -> Result<Self, Discard> {
        Self::parse(line)
    }
}

#[cfg(test)]
mod tests;
