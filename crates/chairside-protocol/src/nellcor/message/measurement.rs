//! The line with values.

use super::clock::DeviceTime;
use super::status::{self, Status, UnknownCode};
use crate::Discard;
use crate::text_lines::number;

/// Where the columns of the sheet's example end: saturation, pulse rate, pulse amplitude. Right of
/// each is room for a star.
const COLUMN_ENDS: [usize; 3] = [26, 33, 40];

/// Where the codes begin.
const CODES_BEGIN: usize = 45;

/// Codes on a line at most.
const CODES_MAX: usize = 4;

/// The values of a moment, every two seconds.
///
/// ```text
/// 12-NOV-97 14:00:07      98*   120     50     SL
/// 0                  …   26     33     40  45
/// ```
///
/// - date and time of the oximeter's clock
/// - saturation, %; pulse rate, /min; pulse amplitude, 0 to 255 without a unit: one to three
///   digits, or `---` for no value, with spaces between them
/// - a `*` directly behind the first two: the value is outside of its limits
/// - up to four codes of two letters, see [`Status`]
///
/// Where the columns are is that of the manuals' examples and may differ; the driver takes them
/// anywhere, and notices when they move ([`Layout`]).
///
/// Source: Nellcor *NPB-290* and *N-595 operator's manuals*, data port protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// What the oximeter's clock says.
    pub clock: DeviceTime,
    /// Saturation, 0 to 999 % on the wire.
    pub saturation: Option<Field>,
    /// Pulse rate, 0 to 999 /min.
    pub rate: Option<Field>,
    /// Pulse amplitude, relative.
    pub amplitude: Option<u16>,
    /// The codes that are known.
    pub status: Status,
    /// The first code that is not known.
    pub unknown_code: Option<UnknownCode>,
}

/// A number, and whether it is outside of its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The number.
    pub number: u16,
    /// It has a star.
    pub outside: bool,
}

/// Where the three columns end. A digit that got lost moves what is right of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout([usize; 3]);

impl Measurement {
    /// Tells whether a line with values might start with these bytes.
    pub(super) const fn may_start(rest: &[u8]) -> bool {
        matches!(
            rest,
            [_, _, b'-', b'A'..=b'Z', b'A'..=b'Z', b'A'..=b'Z', b'-', ..]
        )
    }

    /// Reads the line, without its end, and where its columns are.
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when the date, a number or a code cannot be.
    pub fn parse(line: &[u8]) -> Result<(Self, Layout), Discard> {
        let missing = Discard::Malformed;
        let (clock, rest) = line
            .split_first_chunk::<{ DeviceTime::LENGTH }>()
            .ok_or(missing)?;
        let clock = DeviceTime::parse(*clock).ok_or(missing)?;
        let mut words = Words {
            rest,
            position: DeviceTime::LENGTH,
        };
        let (saturation, first_end) = field(&mut words)?;
        let (rate, second_end) = field(&mut words)?;
        let (amplitude, third_end) = field(&mut words)?;
        if amplitude.is_some_and(|amplitude| amplitude.outside) {
            return Err(missing);
        }
        let mut measurement = Self {
            clock,
            saturation,
            rate,
            amplitude: amplitude.map(|amplitude| amplitude.number),
            status: Status::NONE,
            unknown_code: None,
        };
        measurement.take_codes(&mut words)?;
        Ok((measurement, Layout([first_end, second_end, third_end])))
    }

    /// Appends the line in the columns of the manuals' examples, and its end.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let start = line.len();
        self.clock.emit(line);
        let amplitude = self.amplitude.map(|number| Field {
            number,
            outside: false,
        });
        let columns = [self.saturation, self.rate, amplitude];
        for (column, end) in columns.into_iter().zip(COLUMN_ENDS) {
            let digits = column.map_or(3, |field| match field.number {
                0..=9 => 1,
                10..=99 => 2,
                _ => 3,
            });
            line.resize(start + end - digits, b' ');
            emit_field(line, column, digits);
        }
        let codes = status::codes(self.status).chain(self.unknown_code.map(UnknownCode::letters));
        for (place, code) in codes.take(CODES_MAX).enumerate() {
            line.resize(start + CODES_BEGIN + 3 * place, b' ');
            line.extend_from_slice(&code);
        }
        line.extend_from_slice(b"\r\n");
    }

    fn take_codes(&mut self, words: &mut Words<'_>) -> Result<(), Discard> {
        for _ in 0..CODES_MAX {
            let Some((_, word)) = words.next() else {
                return Ok(());
            };
            let &[first, second] = word else {
                return Err(Discard::Malformed);
            };
            let letters = [first, second];
            if let Some(status) = status::known(letters) {
                self.status = self.status | status;
            } else {
                let unknown = UnknownCode::new(letters).ok_or(Discard::Malformed)?;
                self.unknown_code = self.unknown_code.or(Some(unknown));
            }
        }
        match words.next() {
            None => Ok(()),
            Some(_) => Err(Discard::Malformed),
        }
    }
}

/// What stands between spaces, each with where it begins.
struct Words<'a> {
    rest: &'a [u8],
    position: usize,
}

impl<'a> Iterator for Words<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let begin = self.rest.iter().position(|&byte| byte != b' ')?;
        let word = &self.rest[begin..];
        let length = word.iter().position(|&byte| byte == b' ');
        let (word, rest) = word.split_at(length.unwrap_or(word.len()));
        let position = self.position + begin;
        self.position = position + word.len();
        self.rest = rest;
        Some((position, word))
    }
}

/// Reads a column, and where it ends, without a star.
fn field(words: &mut Words<'_>) -> Result<(Option<Field>, usize), Discard> {
    let (begin, word) = words.next().ok_or(Discard::Malformed)?;
    // The first one has to be apart from the time.
    if begin == DeviceTime::LENGTH {
        return Err(Discard::Malformed);
    }
    if word == b"---" {
        return Ok((None, begin + word.len()));
    }
    let (digits, outside) = match word {
        [digits @ .., b'*'] => (digits, true),
        digits => (digits, false),
    };
    let number = match digits {
        // A number that lost its first digit, or had it turned into a space.
        [b'0', _] => None,
        [_] | [_, _] | [_, _, _] => number(digits),
        _ => None,
    };
    let number = number.ok_or(Discard::Malformed)?;
    Ok((Some(Field { number, outside }), begin + digits.len()))
}

fn emit_field(line: &mut Vec<u8>, field: Option<Field>, digits: usize) {
    let Some(field) = field else {
        line.extend_from_slice(b"---");
        return;
    };
    let mut rest = field.number.min(999);
    let mut text = [b'0'; 3];
    for digit in text.iter_mut().rev() {
        let [.., ones] = (rest % 10).to_be_bytes();
        *digit = b'0' + ones;
        rest /= 10;
    }
    line.extend_from_slice(&text[text.len() - digits..]);
    if field.outside {
        line.push(b'*');
    }
}
