//! The frames of each format: byte maps, parse and emit.
//!
//! A frame is handed over whole. Every `parse` fails with [`Discard::Malformed`] when the length,
//! a fixed bit or a field cannot be, and with [`Discard::Checksum`] when only the check does not
//! fit. Positions are counted from 0; the frames of a packet, as in the specification, from 1.
//!
//! [`Discard::Malformed`]: crate::Discard::Malformed
//! [`Discard::Checksum`]: crate::Discard::Checksum

mod packet;
mod second;
mod spot_check;
mod stream;

pub use packet::Packet;
pub use second::{Format1Frame, Format8Frame, SecondStatus, SpotStatus};
pub use spot_check::{DeviceTime, Format13Frame, SpotCheckStatus};
pub use stream::{Format2Frame, Format7Frame, StreamStatus};

/// A pulse rate of nine ones: there is none.
const RATE_MISSING: u16 = 511;

/// A saturation of seven ones: there is none.
const SATURATION_MISSING: u8 = 127;

/// Reads a pulse rate whose upper two bits are the lowest of `upper` and whose lower seven are in
/// `lower`. Not eight: the `OpenICE` driver shifts by eight and is wrong from 128/min up.
const fn rate(upper: u8, lower: u8) -> Option<u16> {
    match (((upper & 0x03) as u16) << 7) | (lower & 0x7F) as u16 {
        RATE_MISSING => None,
        rate => Some(rate),
    }
}

/// Returns the upper two and the lower seven bits of a pulse rate. What nine bits cannot hold is
/// sent as missing.
#[expect(
    clippy::cast_possible_truncation,
    reason = "two and seven bits are left"
)]
const fn rate_bytes(rate: Option<u16>) -> [u8; 2] {
    let rate = match rate {
        Some(rate) if rate < RATE_MISSING => rate,
        Some(_) | None => RATE_MISSING,
    };
    [(rate >> 7) as u8, (rate & 0x7F) as u8]
}

/// Reads a saturation.
const fn saturation(byte: u8) -> Option<u8> {
    match byte {
        SATURATION_MISSING => None,
        saturation => Some(saturation),
    }
}

const fn saturation_byte(saturation: Option<u8>) -> u8 {
    match saturation {
        Some(saturation) => saturation,
        None => SATURATION_MISSING,
    }
}

/// Returns the sum of the bytes, modulo 256.
fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| byte.wrapping_add(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pulse_rate_has_seven_bits_in_its_lower_byte() {
        assert_eq!(rate(0x00, 0x48), Some(72));
        assert_eq!(rate(0x00, 0x7F), Some(127));
        assert_eq!(rate(0x01, 0x00), Some(128), "not 256, as OpenICE has it");
        assert_eq!(rate(0x01, 0x0C), Some(140));
        assert_eq!(rate(0x03, 0x7E), Some(510));
        assert_eq!(rate(0x03, 0x7F), None);
    }

    #[test]
    fn every_pulse_rate_is_written_as_it_is_read() {
        for number in 0..RATE_MISSING {
            let [upper, lower] = rate_bytes(Some(number));
            assert_eq!(rate(upper, lower), Some(number));
        }
        for none in [None, Some(511), Some(u16::MAX)] {
            assert_eq!(rate_bytes(none), [0x03, 0x7F]);
        }
    }
}
