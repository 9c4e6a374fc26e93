//! The oximeter's date and time.

use crate::text_lines::{emit_two_digits, two_digits};

/// The oximeter's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceTime {
    /// Day of the month, 0 to 99 on the wire.
    pub day: u8,
    /// Month.
    pub month: Month,
    /// Year, its last two digits.
    pub year: u8,
    /// Hour.
    pub hour: u8,
    /// Minute.
    pub minute: u8,
    /// Second.
    pub second: u8,
}

/// A month, printed with three English letters whatever the oximeter's language is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u8);

const NAMES: [&[u8; 3]; 12] = [
    b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV", b"DEC",
];

impl Month {
    /// Returns the month of this number, 1 to 12.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        match number {
            1..=12 => Some(Self(number)),
            _ => None,
        }
    }

    fn parse(name: [u8; 3]) -> Option<Self> {
        let place = NAMES.iter().position(|known| **known == name)?;
        Self::new(u8::try_from(place).ok()? + 1)
    }

    fn name(self) -> &'static [u8; 3] {
        NAMES[usize::from(self.0 - 1)]
    }
}

impl DeviceTime {
    /// Length of `DD-MMM-YY HH:MM:SS`.
    pub(super) const LENGTH: usize = 18;

    /// Reads the date and time.
    pub(super) fn parse(text: [u8; Self::LENGTH]) -> Option<Self> {
        let [
            _,
            _,
            b'-',
            month @ ..,
            b'-',
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
            day: part(0)?,
            month: Month::parse(month)?,
            year: part(7)?,
            hour: part(10)?,
            minute: part(13)?,
            second: part(16)?,
        })
    }

    /// Appends the date and time.
    pub(super) fn emit(self, line: &mut Vec<u8>) {
        emit_two_digits(line, self.day);
        line.push(b'-');
        line.extend_from_slice(self.month.name());
        for (mark, part) in [
            (b'-', self.year),
            (b' ', self.hour),
            (b':', self.minute),
            (b':', self.second),
        ] {
            line.push(mark);
            emit_two_digits(line, part);
        }
    }
}
