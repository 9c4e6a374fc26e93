//! A sample of the capnogram.

use super::FastStatus;
use crate::Discard;
use crate::capnostream20::framing;

mod field {
    pub(super) const NUMBER: usize = 1;
    pub(super) const WHOLE: usize = 2;
    pub(super) const FRACTION: usize = 3;
    pub(super) const STATUS: usize = 4;
    pub(super) const END: usize = 5;
}

/// One sample of the capnogram, 20 a second.
///
/// ```text
/// 00 nn ii ff ss
/// 0  1  2  3  4
/// ```
///
/// - `nn` message number, one more than that of the sample before; after 0xFF comes 0x00
/// - `ii ff` partial pressure of CO2, mmHg and 256ths of mmHg
/// - `ss` status, see [`FastStatus`]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Co2Sample {
    /// Counts the samples, modulo 256.
    pub number: u8,
    /// Partial pressure of CO2, in 256ths of mmHg.
    pub pressure: u16,
    /// How the gas measurement stands.
    pub status: FastStatus,
}

impl Co2Sample {
    /// The message's code.
    pub const CODE: u8 = 0x00;

    /// Counts of [`pressure`](Self::pressure) in one mmHg.
    pub const COUNTS_PER_MMHG: u16 = 256;

    /// Reads the message from its frame's body.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    #[inline]
    pub fn parse(body: &[u8]) -> Result<Self, Discard> {
        let body: &[u8; field::END] = body.try_into().map_err(|_length| Discard::Malformed)?;
        if body[0] != Self::CODE {
            return Err(Discard::Unknown);
        }
        Ok(Self {
            number: body[field::NUMBER],
            pressure: u16::from_be_bytes([body[field::WHOLE], body[field::FRACTION]]),
            status: FastStatus::from_bits(body[field::STATUS]),
        })
    }

    /// Appends the message's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let [whole, fraction] = self.pressure.to_be_bytes();
        framing::emit(
            line,
            Self::CODE,
            &[self.number, whole, fraction, self.status.bits()],
        );
    }
}
