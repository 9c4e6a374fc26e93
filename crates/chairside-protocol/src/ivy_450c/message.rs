//! The message: byte map, parse and emit.
//!
//! Source: `OpenICE` `AnsarB.java` (`mdpnp` project), and nine messages of a real 450C.

mod text;

use std::ops::Range;

pub use text::Numbers;

use crate::Discard;

/// Begins a message.
pub const BEGIN: [u8; 9] = *b"\xFFANSAR-B ";

/// Ends a message.
pub const END: u8 = 0xFE;

/// Ends a line of the text.
pub(super) const CARRIAGE_RETURN: u8 = 0x0D;

/// Where the samples of all curves lie.
pub(super) const SAMPLES: Range<usize> = 9..409;

/// The longest text that is waited for; the captured one has 152 bytes.
const TEXT_MAX: usize = 512;

/// The longest message, with its end.
pub const LENGTH_MAX: usize = SAMPLES.end + TEXT_MAX + 1;

mod field {
    use std::ops::Range;

    pub(super) const ECG: Range<usize> = 9..209;
    pub(super) const RESP: Range<usize> = 209..259;
    pub(super) const PLETH: Range<usize> = 259..309;
    pub(super) const PRESSURE_1: Range<usize> = 309..359;
    pub(super) const PRESSURE_2: Range<usize> = 359..409;
}

/// A second of what the monitor measures.
///
/// ```text
/// FF A N S A R - B _ ecg[200] resp[50] pleth[50] p1[50] p2[50] text FE
/// 0  1               9        209      259       309    359    409
/// ```
///
/// - `ecg` 200 samples a second: 100 is 0, and a step 0.02 mV
/// - `resp`, `pleth` 50 samples a second; 86 is the pleth's 0
/// - `p1`, `p2` invasive pressures, not read
/// - `text` lines, see [`Numbers`]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The ECG, 200 samples.
    pub ecg: &'a [u8],
    /// Respiration, 50 samples.
    pub resp: &'a [u8],
    /// Plethysmogram, 50 samples.
    pub pleth: &'a [u8],
    /// What the lines say.
    pub numbers: Numbers<'a>,
}

/// A sample of an invasive pressure that is not measured.
const NO_PRESSURE: [u8; 2] = [80, 251];

impl<'a> Message<'a> {
    /// What a sample of the ECG is at 0 mV.
    pub const ECG_ZERO: u8 = 100;

    /// Steps of the ECG in a millivolt (`OpenICE`: 0.02 mV for each).
    pub const ECG_STEPS_PER_MILLIVOLT: u8 = 50;

    /// What a sample of the pleth is at its middle.
    pub const PLETH_ZERO: u8 = 86;

    /// Reads a message, from its first byte to its last.
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when it does not begin and end as one, or a line of the text has not
    /// the fields that it announces.
    #[inline]
    pub fn parse(message: &'a [u8]) -> Result<Self, Discard> {
        let text = message
            .strip_suffix(&[END])
            .filter(|message| message.starts_with(&BEGIN))
            .and_then(|message| message.get(SAMPLES.end..))
            .ok_or(Discard::Malformed)?;
        Ok(Self {
            ecg: &message[field::ECG],
            resp: &message[field::RESP],
            pleth: &message[field::PLETH],
            numbers: Numbers::parse(text)?,
        })
    }

    /// Appends the message. Invasive pressures are sent as not there.
    ///
    /// # Panics
    ///
    /// When a curve has not as many samples as it should.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let start = line.len();
        line.extend_from_slice(&BEGIN);
        let [first, second] = NO_PRESSURE.map(|sample| [sample; 50]);
        for (samples, place) in [
            (self.ecg, field::ECG),
            (self.resp, field::RESP),
            (self.pleth, field::PLETH),
            (&first[..], field::PRESSURE_1),
            (&second[..], field::PRESSURE_2),
        ] {
            assert_eq!(samples.len(), place.len(), "a second of samples");
            line.extend_from_slice(samples);
        }
        self.numbers.emit(line);
        line.push(END);
        debug_assert!(line.len() - start <= LENGTH_MAX, "labels are short");
    }
}

#[cfg(test)]
mod tests;
