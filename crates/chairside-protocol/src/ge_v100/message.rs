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
    #[inline]
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
    #[inline]
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Holds one message to its bytes, both ways.
    fn check(frame: &[u8], reply: Reply) {
        assert_eq!(Reply::parse(frame), Ok(reply), "{}", frame.escape_ascii());
        let mut line = Vec::new();
        reply.emit(&mut line);
        assert_eq!(
            line.escape_ascii().to_string(),
            frame.escape_ascii().to_string()
        );
    }

    #[test]
    fn a_cuff_reading_is_read_and_written() {
        check(
            b" NA1100045118076092&/\r",
            Reply::Nibp(NibpReply {
                status: NibpStatus::Done,
                patient: PatientType::Adult,
                mode: NibpMode::Normal,
                age: NibpAge::whole_seconds(Duration::from_secs(45)),
                systolic: Some(118),
                diastolic: Some(76),
                mean: Some(92),
            }),
        );
    }

    #[test]
    fn a_busy_cuff_has_neither_age_nor_values() {
        check(
            b" NA0109999000000000&'\r",
            Reply::Nibp(NibpReply {
                status: NibpStatus::Busy,
                patient: PatientType::Adult,
                mode: NibpMode::Normal,
                age: None,
                systolic: None,
                diastolic: None,
                mean: None,
            }),
        );
    }

    #[test]
    fn the_oximeter_is_read_and_written() {
        check(
            b" OA1097512#C\r",
            Reply::Oximeter(OximeterReply {
                status: OximeterStatus::Operating,
                saturation: Some(97),
                strength: 5,
                averaging_s: 12,
            }),
        );
        check(
            b" OA6000000#0\r",
            Reply::Oximeter(OximeterReply {
                status: OximeterStatus::Unplugged,
                saturation: None,
                strength: 0,
                averaging_s: 0,
            }),
        );
    }

    #[test]
    fn the_rate_is_read_and_written() {
        check(
            b" RA2072\"E\r",
            Reply::Rate(RateReply {
                source: RateSource::Oximeter,
                rate: Some(72),
            }),
        );
    }

    #[test]
    fn the_temperature_is_read_and_written() {
        check(
            b" TC00!0003009860%\"\r",
            Reply::Temperature(TemperatureReply {
                status: TemperatureStatus::Idle,
                mode: TemperatureMode::Predictive,
                counter: b'!',
                age: TemperatureAge::whole_seconds(Duration::from_secs(30)),
                tenths_fahrenheit: Some(986),
                display: TemperatureUnit::Fahrenheit,
            }),
        );
    }

    #[test]
    fn every_command_is_written_as_published_and_read_again() {
        for (command, frame) in [
            (Command::ReadNibp, b" NA!2\r".as_slice()),
            (Command::ReadOximeter, b" OA!3\r"),
            (Command::ReadRate, b" RA!6\r"),
            (Command::ReadTemperature, b" TC!:\r"),
            (Command::StartNibp, b" NC0!E\r"),
            (Command::CancelNibp, b" ND!5\r"),
        ] {
            let mut line = Vec::new();
            command.emit(&mut line);
            assert_eq!(line, frame);
            assert_eq!(Command::parse(frame), Ok(command));
        }
    }

    /// Returns a frame around this text, with the check characters that fit it.
    fn sealed(letters: [u8; 2], data: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        text::emit(&mut frame, letters, |line| line.extend_from_slice(data));
        frame
    }

    #[test]
    fn no_other_length_is_a_message_however_well_it_is_checked() {
        for letters in [b"NA", b"OA", b"RA", b"TC", b"NC", b"ND"] {
            for length in 0..40 {
                let frame = sealed(*letters, &b"0".repeat(length));
                let whole = match letters {
                    b"NA" => NibpReply::LENGTH,
                    b"OA" => OximeterReply::LENGTH,
                    b"RA" => RateReply::LENGTH,
                    b"TC" => TemperatureReply::LENGTH,
                    _ => CuffCommandReply::LENGTH,
                };
                let parsed = Reply::parse(&frame);
                assert_eq!(parsed.is_ok(), frame.len() == whole, "{length}: {parsed:?}");
                if frame.len() != whole {
                    assert_eq!(parsed, Err(Discard::Malformed));
                }
            }
        }
        for length in 0..b" NA1100045118076092&/\r".len() {
            assert!(
                Reply::parse(&b" NA1100045118076092&/\r"[..length]).is_err(),
                "{length}"
            );
        }
    }

    #[test]
    fn a_field_that_cannot_be_is_malformed() {
        for (letters, data) in [
            (b"NA", b"2100045118076092".as_slice()), // status not used
            (b"NA", b"1300045118076092"),            // no such patient
            (b"NA", b"1120045118076092"),            // no such mode
            (b"NA", b"1105401118076092"),            // older than the counter goes
            (b"NA", b"1100045 18076092"),            // not a number
            (b"OA", b"2097512"),                     // no such status
            (b"OA", b"1097-12"),                     // not a strength
            (b"RA", b"X072"),                        // no such source
            (b"TC", b"50!0003009860"),               // no such status
            (b"TC", b"00!0003009862"),               // no such unit
        ] {
            let frame = sealed(*letters, data);
            let shown = frame.escape_ascii().to_string();
            assert_eq!(Reply::parse(&frame), Err(Discard::Malformed), "{shown}");
        }
    }

    #[test]
    fn both_codes_for_no_rate_are_none() {
        for data in [b"2000", b"2-99"] {
            let reply = RateReply::parse(&sealed(*b"RA", data));
            assert_eq!(
                reply,
                Ok(RateReply {
                    source: RateSource::Oximeter,
                    rate: None
                })
            );
        }
    }

    #[test]
    fn any_changed_character_breaks_the_check() {
        let sound = b" NA1100045118076092&/\r";
        for position in 3..sound.len() - 1 {
            let mut frame = *sound;
            frame[position] ^= 0x01;
            assert_eq!(
                Reply::parse(&frame),
                Err(Discard::Checksum),
                "at {position}"
            );
        }
    }
}
