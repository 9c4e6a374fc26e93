//! The commands and the replies of the host protocol: byte maps, parse and emit.
//!
//! A frame is handed over whole, from the unit id up to and including the carriage return.
//! Positions are counted from the unit id, which is 0. Every `parse` fails with
//! [`Discard::Checksum`] when the check characters do not fit, with [`Discard::Unknown`] when
//! the frame is sound and has other letters, and with [`Discard::Malformed`] when the length or
//! a field cannot be.

mod nibp;
mod oximeter;
mod temperature;

pub use nibp::{CuffCommandReply, NibpAge, NibpMode, NibpReply, NibpStatus, PatientType};
pub use oximeter::{OximeterReply, OximeterStatus, RateReply, RateSource};
pub use temperature::{
    TemperatureAge, TemperatureMode, TemperatureReply, TemperatureStatus, TemperatureUnit,
};

use super::text;
use crate::Discard;

/// What the host can ask or order.
///
/// ```text
/// u L L [0] C C CR
/// ```
///
/// - `u` unit id, a space
/// - `L L` letters; `0` only after `NC`
/// - `C C` check characters
/// - `CR` 0x0D; a `CR` before the unit id makes the monitor forget half a command
///
/// Source: *Host Communications Reference Manual* 2010566 Rev. E as quoted in public programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// `NA`: read the cuff's status and last values.
    ReadNibp,
    /// `OA`: read the oximeter.
    ReadOximeter,
    /// `RA`: read the pulse rate and its source.
    ReadRate,
    /// `TC`: read the temperature.
    ReadTemperature,
    /// `NC0`: inflate the cuff, once. Only ever on a person's order.
    StartNibp,
    /// `ND`: let the air out and give up the determination.
    CancelNibp,
}

impl Command {
    /// Every command.
    pub const ALL: [Self; 6] = [
        Self::ReadNibp,
        Self::ReadOximeter,
        Self::ReadRate,
        Self::ReadTemperature,
        Self::StartNibp,
        Self::CancelNibp,
    ];

    /// Reads a command from its frame.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        let letters = text::sound_letters(frame)?;
        let command = Self::ALL
            .into_iter()
            .find(|command| command.letters() == letters)
            .ok_or(Discard::Unknown)?;
        let argument = &frame[text::LETTERS.end..frame.len() - text::TAIL_LENGTH];
        if argument == command.argument() {
            Ok(command)
        } else {
            Err(Discard::Malformed)
        }
    }

    /// Appends the command's frame.
    pub fn emit(self, line: &mut Vec<u8>) {
        text::emit(line, self.letters(), |line| {
            line.extend_from_slice(self.argument());
        });
    }

    const fn letters(self) -> [u8; 2] {
        match self {
            Self::ReadNibp => *b"NA",
            Self::ReadOximeter => *b"OA",
            Self::ReadRate => *b"RA",
            Self::ReadTemperature => *b"TC",
            Self::StartNibp => *b"NC",
            Self::CancelNibp => *b"ND",
        }
    }

    const fn argument(self) -> &'static [u8] {
        match self {
            Self::StartNibp => b"0",
            Self::ReadNibp
            | Self::ReadOximeter
            | Self::ReadRate
            | Self::ReadTemperature
            | Self::CancelNibp => b"",
        }
    }
}

/// What the monitor can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// To `NA`.
    Nibp(NibpReply),
    /// To `OA`.
    Oximeter(OximeterReply),
    /// To `RA`.
    Rate(RateReply),
    /// To `TC`.
    Temperature(TemperatureReply),
    /// To `NC0` or `ND`.
    CuffCommand(CuffCommandReply),
}

impl Reply {
    /// Length of the longest reply's frame, that to `NA`.
    pub const LENGTH_MAX: usize = NibpReply::LENGTH;

    /// Reads a reply from its frame.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        match frame.get(text::LETTERS) {
            Some(b"NA") => NibpReply::parse(frame).map(Self::Nibp),
            Some(b"OA") => OximeterReply::parse(frame).map(Self::Oximeter),
            Some(b"RA") => RateReply::parse(frame).map(Self::Rate),
            Some(b"TC") => TemperatureReply::parse(frame).map(Self::Temperature),
            Some(b"NC" | b"ND") => CuffCommandReply::parse(frame).map(Self::CuffCommand),
            Some(_) | None => Err(text::sound_letters(frame).err().unwrap_or(Discard::Unknown)),
        }
    }

    /// Appends the reply's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        match self {
            Self::Nibp(reply) => reply.emit(line),
            Self::Oximeter(reply) => reply.emit(line),
            Self::Rate(reply) => reply.emit(line),
            Self::Temperature(reply) => reply.emit(line),
            Self::CuffCommand(reply) => reply.emit(line),
        }
    }

    /// Returns the command that this replies to.
    #[must_use]
    pub const fn answers(&self) -> Command {
        match self {
            Self::Nibp(_) => Command::ReadNibp,
            Self::Oximeter(_) => Command::ReadOximeter,
            Self::Rate(_) => Command::ReadRate,
            Self::Temperature(_) => Command::ReadTemperature,
            Self::CuffCommand(CuffCommandReply::Start(_)) => Command::StartNibp,
            Self::CuffCommand(CuffCommandReply::Cancel(_)) => Command::CancelNibp,
        }
    }
}
