//! The line of a second: its tokens, parse and emit.

mod bits;
mod serial_number;
mod tokens;

pub use bits::{Alarms, Exceptions};
pub use serial_number::SerialNumber;

use self::tokens::{Tokens, hexadecimal, hundredths, reading};
use crate::Discard;
use crate::text_lines::{TextMessage, emit_two_digits, two_digits};

/// Everything that the oximeter measures, once a second.
///
/// ```text
/// MM/DD/YY HH:MM:SS SN=nnnnnnnnnn SPO2=ppp% BPM=bbb PI=xx.xx% … ALARM=hhhhhh EXC=hhhhhhh …
/// 0                 18
/// ```
///
/// - date and time of the oximeter's clock, which may never have been set
/// - behind it `KEY=VALUE`, a space before each, in any order; which ones are there depends on
///   the model
/// - `SN` serial number, ten characters; ten dashes = none
/// - `SPO2` saturation, %, three digits; `BPM` pulse rate, /min, three digits; `---` = no value
/// - `PI` perfusion index, %, two digits, a point, two digits; `--.--` = no value
/// - a `%` behind these three may be there or not
/// - `ALARM` [`Alarms`], `EXC` [`Exceptions`]: up to eight hexadecimal digits, as many on every
///   line of one model
/// - others (`SPCO`, `SPMET`, `SPHB`, `SPOC`, `RESVD`, `DESAT`, `PIDELTA`, `PVI`, `EXC1`) are
///   passed over
///
/// `SPO2`, `BPM` and `EXC` have to be there: without the exceptions nobody knows whether the
/// numbers are to be trusted.
///
/// Source: Masimo *Rad-8 operator's manual*, serial interface; the lines quoted in
/// `nmenon/masimo-datacapture`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Second {
    /// What the oximeter's clock says.
    pub clock: DeviceTime,
    /// The serial number, if the oximeter has one.
    pub serial_number: Option<SerialNumber>,
    /// Saturation, 0 to 999 % on the wire.
    pub saturation: Option<u16>,
    /// Pulse rate, 0 to 999 /min.
    pub rate: Option<u16>,
    /// Perfusion index.
    pub perfusion_index: PerfusionIndex,
    /// The oximeter's own alarms; nothing when the token is not there.
    pub alarms: Option<Hexadecimal<Alarms>>,
    /// What stands in the way of measuring.
    pub exceptions: Hexadecimal<Exceptions>,
}

/// The oximeter's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceTime {
    /// Month, 0 to 99 on the wire.
    pub month: u8,
    /// Day of the month.
    pub day: u8,
    /// Year, its last two digits.
    pub year: u8,
    /// Hour.
    pub hour: u8,
    /// Minute.
    pub minute: u8,
    /// Second.
    pub second: u8,
}

/// The perfusion index, which some models leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PerfusionIndex {
    /// The token is not there.
    NotSent,
    /// Dashes: no value.
    None,
    /// Hundredths of a per cent, 0 to 9999.
    Hundredths(u16),
}

/// Flags as hexadecimal digits. How many digits there are belongs to the model, so one that
/// got lost shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hexadecimal<T> {
    /// The flags.
    pub flags: T,
    /// Digits on the wire, 1 to 8.
    pub digits: u8,
}

/// Which tokens a line has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Model {
    /// Saturation, pulse rate, alarms and exceptions.
    Rad8,
    /// Those and the rainbow measurements, whose values are dashes here.
    Radical7,
}

impl Second {
    /// Length of the date and time with which a line begins.
    const CLOCK_LENGTH: usize = 17;

    /// Reads the line, without its end.
    ///
    /// # Errors
    ///
    /// [`Discard::Unknown`] for a line of the trend memory, which has other keys and is of the
    /// past; else [`Discard::Malformed`] when the date, a token that is used, or the form of any
    /// other cannot be, or one that has to be there is not.
    pub fn parse(line: &[u8]) -> Result<Self, Discard> {
        let (clock, rest) = line
            .split_first_chunk::<{ Self::CLOCK_LENGTH }>()
            .ok_or(Discard::Malformed)?;
        let clock = DeviceTime::parse(*clock).ok_or(Discard::Malformed)?;
        let tokens = Tokens::parse(rest)?;
        let missing = Discard::Malformed;
        Ok(Self {
            clock,
            serial_number: match tokens.serial_number {
                Some(value) => SerialNumber::parse(value)?,
                None => None,
            },
            saturation: reading(tokens.saturation.ok_or(missing)?)?,
            rate: reading(tokens.rate.ok_or(missing)?)?,
            perfusion_index: match tokens.perfusion_index {
                Some(value) => hundredths(value)?,
                None => PerfusionIndex::NotSent,
            },
            alarms: match tokens.alarms {
                Some(value) => Some(hexadecimal(value, Alarms::from_bits)?),
                None => None,
            },
            exceptions: hexadecimal(tokens.exceptions.ok_or(missing)?, Exceptions::from_bits)?,
        })
    }

    /// Appends the line as this model sends it, ended by a line feed and a carriage return.
    pub fn emit(&self, model: Model, line: &mut Vec<u8>) {
        let put = |line: &mut Vec<u8>, text: &[u8]| line.extend_from_slice(text);
        self.clock.emit(line);
        put(line, b" SN=");
        put(line, SerialNumber::bytes(self.serial_number.as_ref()));
        put(line, b" SPO2=");
        tokens::emit_reading(line, self.saturation);
        put(line, b"% BPM=");
        tokens::emit_reading(line, self.rate);
        tokens::emit_perfusion_index(line, self.perfusion_index, model);
        match model {
            Model::Rad8 => put(line, b" DESAT=-- PIDELTA=+--"),
            Model::Radical7 => put(
                line,
                b" SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- RESVD=--- DESAT=-- PIDELTA=+-- PVI=---",
            ),
        }
        if let Some(alarms) = self.alarms {
            put(line, b" ALARM=");
            tokens::emit_hexadecimal(line, alarms.flags.bits(), alarms.digits);
        }
        put(line, b" EXC=");
        tokens::emit_hexadecimal(line, self.exceptions.flags.bits(), self.exceptions.digits);
        match model {
            Model::Rad8 => {}
            Model::Radical7 => put(line, b" EXC1=00000000"),
        }
        put(line, b"\n\r");
    }
}

impl TextMessage for Second {
    fn may_start(rest: &[u8]) -> bool {
        matches!(rest, [_, _, b'/', _, _, b'/', ..])
    }

    fn parse(line: &[u8]) -> Result<Self, Discard> {
        Self::parse(line)
    }
}

impl DeviceTime {
    /// Reads `MM/DD/YY HH:MM:SS`. Any digits are taken, for a clock that was never set may say
    /// anything.
    fn parse(text: [u8; Second::CLOCK_LENGTH]) -> Option<Self> {
        let [
            ..,
            b'/',
            _,
            _,
            b'/',
            _,
            _,
            b' ',
            _,
            _,
            b':',
            _,
            _,
            b':',
            _,
            _,
        ] = text
        else {
            return None;
        };
        let part = |at: usize| two_digits([text[at], text[at + 1]]);
        Some(Self {
            month: part(0)?,
            day: part(3)?,
            year: part(6)?,
            hour: part(9)?,
            minute: part(12)?,
            second: part(15)?,
        })
    }

    fn emit(self, line: &mut Vec<u8>) {
        let parts = [
            (self.month, b'/'),
            (self.day, b'/'),
            (self.year, b' '),
            (self.hour, b':'),
            (self.minute, b':'),
        ];
        for (part, mark) in parts {
            emit_two_digits(line, part);
            line.push(mark);
        }
        emit_two_digits(line, self.second);
    }
}

#[cfg(test)]
mod tests;
