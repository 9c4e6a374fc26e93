//! `KEY=VALUE`: the tokens of a line.

use super::{Hexadecimal, Model, PerfusionIndex};
use crate::Discard;
use crate::text_lines::number;

/// The greatest length of a value.
const VALUE_LENGTH_MAX: usize = 12;

/// The values of the tokens that are used, as they stand in the line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tokens<'a> {
    pub(super) serial_number: Option<&'a [u8]>,
    pub(super) saturation: Option<&'a [u8]>,
    pub(super) rate: Option<&'a [u8]>,
    pub(super) perfusion_index: Option<&'a [u8]>,
    pub(super) alarms: Option<&'a [u8]>,
    pub(super) exceptions: Option<&'a [u8]>,
}

impl<'a> Tokens<'a> {
    /// Reads the tokens behind the date: a space, a key, an equals sign and a value, over and over.
    /// Spaces at the end of the line are nothing.
    pub(super) fn parse(text: &'a [u8]) -> Result<Self, Discard> {
        let mut tokens = Self::default();
        let mut rest = text.trim_ascii_end();
        while let Some((b' ', token)) = rest.split_first() {
            let (key, after) = token.split_at(length(token, is_key));
            let Some((b'=', value)) = after.split_first() else {
                return Err(Discard::Malformed);
            };
            if is_of_the_trend(key) {
                return Err(Discard::Unknown);
            }
            let value_length = length(value, is_value);
            if key.is_empty() || !matches!(value_length, 1..=VALUE_LENGTH_MAX) {
                return Err(Discard::Malformed);
            }
            let (value, after) = value.split_at(value_length);
            tokens.take(key, value)?;
            rest = after;
        }
        if rest.is_empty() {
            Ok(tokens)
        } else {
            Err(Discard::Malformed)
        }
    }

    /// Takes a token that is used; passes over any other. None is there twice.
    fn take(&mut self, key: &[u8], value: &'a [u8]) -> Result<(), Discard> {
        let place = match key {
            b"SN" => &mut self.serial_number,
            b"SPO2" => &mut self.saturation,
            b"BPM" => &mut self.rate,
            b"PI" => &mut self.perfusion_index,
            b"ALARM" => &mut self.alarms,
            b"EXC" => &mut self.exceptions,
            _ => return Ok(()),
        };
        match place.replace(value) {
            None => Ok(()),
            Some(_) => Err(Discard::Malformed),
        }
    }
}

/// Tells whether this key is one of the trend memory's printout: `SpO2=097 PR=069`.
fn is_of_the_trend(key: &[u8]) -> bool {
    matches!(key, b"PR" | b"SpO2")
}

fn length(text: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    let end = text.iter().position(|&byte| !belongs(byte));
    end.unwrap_or(text.len())
}

const fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

const fn is_value(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'+' | b'-' | b'.' | b'%')
}

/// Returns the value without the per cent sign that some models put behind it.
fn percent(value: &[u8]) -> &[u8] {
    value.strip_suffix(b"%").unwrap_or(value)
}

/// Returns the number of exactly three digits; nothing for three dashes.
pub(super) fn reading(value: &[u8]) -> Result<Option<u16>, Discard> {
    match percent(value) {
        b"---" => Ok(None),
        digits if digits.len() == 3 => number(digits).map(Some).ok_or(Discard::Malformed),
        _ => Err(Discard::Malformed),
    }
}

/// Returns the perfusion index of `xx.xx`, or of `--.--`.
pub(super) fn hundredths(value: &[u8]) -> Result<PerfusionIndex, Discard> {
    match *percent(value) {
        [b'-', b'-', b'.', b'-', b'-'] => Ok(PerfusionIndex::None),
        [a, b, b'.', c, d] => number(&[a, b, c, d])
            .map(PerfusionIndex::Hundredths)
            .ok_or(Discard::Malformed),
        _ => Err(Discard::Malformed),
    }
}

/// Returns the flags of one to eight hexadecimal digits.
pub(super) fn hexadecimal<T>(value: &[u8], flags: fn(u32) -> T) -> Result<Hexadecimal<T>, Discard> {
    let Ok(digits @ 1..=8) = u8::try_from(value.len()) else {
        return Err(Discard::Malformed);
    };
    let mut bits = 0;
    for &digit in value {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'F' => digit - b'A' + 10,
            _ => return Err(Discard::Malformed),
        };
        bits = (bits << 4) | u32::from(digit);
    }
    let flags = flags(bits);
    Ok(Hexadecimal { flags, digits })
}

/// Appends three digits, or three dashes. A number that needs more digits is all nines.
pub(super) fn emit_reading(line: &mut Vec<u8>, number: Option<u16>) {
    match number {
        Some(number) => emit_digits::<3>(line, number.min(999)),
        None => line.extend_from_slice(b"---"),
    }
}

/// Appends the token, if it is sent. The Radical-7 quoted in `nmenon/masimo-datacapture` puts no
/// per cent sign behind it.
pub(super) fn emit_perfusion_index(line: &mut Vec<u8>, index: PerfusionIndex, model: Model) {
    match index {
        PerfusionIndex::NotSent => return,
        PerfusionIndex::None => line.extend_from_slice(b" PI=--.--"),
        PerfusionIndex::Hundredths(hundredths) => {
            let hundredths = hundredths.min(9999);
            line.extend_from_slice(b" PI=");
            emit_digits::<2>(line, hundredths / 100);
            line.push(b'.');
            emit_digits::<2>(line, hundredths % 100);
        }
    }
    match model {
        Model::Rad8 => line.push(b'%'),
        Model::Radical7 => {}
    }
}

/// Appends the lowest `digits` hexadecimal digits of the bits, in capitals.
pub(super) fn emit_hexadecimal(line: &mut Vec<u8>, bits: u32, digits: u8) {
    for place in (0..u32::from(digits.clamp(1, 8))).rev() {
        let [.., digit] = ((bits >> (4 * place)) & 0xF).to_be_bytes();
        line.push(if digit < 10 {
            b'0' + digit
        } else {
            b'A' + digit - 10
        });
    }
}

fn emit_digits<const DIGITS: usize>(line: &mut Vec<u8>, number: u16) {
    let mut rest = number;
    let mut digits = [b'0'; DIGITS];
    for digit in digits.iter_mut().rev() {
        let [.., ones] = (rest % 10).to_be_bytes();
        *digit = b'0' + ones;
        rest /= 10;
    }
    line.extend_from_slice(&digits);
}
