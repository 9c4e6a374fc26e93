//! Numbers with a decimal exponent.

use std::cmp::Ordering;

/// A number of 32 bits: `EE MM MM MM`, a signed exponent of ten and a signed mantissa.
///
/// Four mantissas are no numbers: `7FFFFF` not a number, `800000` not at this resolution,
/// `7FFFFE` and `800002` beyond the range.
///
/// Source: `OpenICE` and `VSCaptureMP`; worked: `FD 00 7D 00` is 32, `FF FF FF F7` is -0.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Float(u32);

impl Float {
    /// Not a number.
    pub const NAN: Self = Self(0x007F_FFFF);

    const SPECIAL: [u32; 4] = [0x7F_FFFF, 0x80_0000, 0x7F_FFFE, 0x80_0002];
    const MANTISSA_MAX: f64 = 8_388_605.0;

    /// Returns the number of these bits.
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Returns the bits as they are sent.
    #[inline]
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Returns the number that has this many decimals, rounded half up to the last of them; not a
    /// number when it is beyond the range.
    #[must_use]
    pub fn with_decimals(number: f64, decimals: u8) -> Self {
        let mantissa = (number * 10_f64.powi(decimals.into()) + 0.5).floor();
        if decimals > 127
            || mantissa
                .abs()
                .partial_cmp(&Self::MANTISSA_MAX)
                .is_none_or(Ordering::is_gt)
        {
            return Self::NAN;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is within the mantissa's range, and its sign stays in the lower 24 bits"
        )]
        let mantissa = (mantissa as i32 as u32) & 0x00FF_FFFF;
        let exponent = decimals.wrapping_neg();
        Self(u32::from(exponent) << 24 | mantissa)
    }

    /// Returns the number; nothing when it is none, or beyond what 64 bits hold.
    #[inline]
    #[must_use]
    pub fn number(self) -> Option<f64> {
        if Self::SPECIAL.contains(&(self.0 & 0x00FF_FFFF)) {
            return None;
        }
        let [exponent, ..] = self.0.to_be_bytes();
        let exponent = i32::from(exponent.cast_signed());
        // The mantissa's sign goes to the top and comes back down.
        let mantissa = f64::from((self.0 << 8).cast_signed() >> 8);
        // A division gives the nearest number to the decimal one, a product with 0.1 does not.
        let number = match exponent {
            0 => mantissa,
            ..0 => mantissa / power_of_ten(exponent.unsigned_abs()),
            _ => mantissa * power_of_ten(exponent.unsigned_abs()),
        };
        number.is_finite().then_some(number)
    }
}

#[inline]
fn power_of_ten(exponent: u32) -> f64 {
    const SMALL: [f64; 8] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7];
    match SMALL.get(exponent as usize) {
        Some(power) => *power,
        None => 10_f64.powi(exponent.cast_signed()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_numbers_are_read_and_written() {
        for (bits, number, decimals) in [
            (0x0000_003C, 60.0, 0),
            (0xFFFF_FFF7, -0.9, 1),
            (0xFD00_7D00, 32.0, 3),
            (0xFD00_9FFB, 40.955, 3),
            (0x0000_0000, 0.0, 0),
        ] {
            let float = Float::from_bits(bits);
            assert_eq!(float.number(), Some(number), "{bits:08X}");
            assert_eq!(Float::with_decimals(number, decimals), float, "{number}");
        }
        assert_eq!(Float::from_bits(0xFEFF_F000).number(), Some(-40.96));
        assert_eq!(Float::from_bits(0x0200_0003).number(), Some(300.0));
    }

    #[test]
    fn what_is_no_number_is_never_one() {
        for mantissa in Float::SPECIAL {
            for exponent in 0..=255_u32 {
                let float = Float::from_bits(exponent << 24 | mantissa);
                assert_eq!(float.number(), None, "{float:?}");
            }
        }
        for number in [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            8_388_606.0,
            -8_388_606.0,
        ] {
            assert_eq!(Float::with_decimals(number, 0), Float::NAN, "{number}");
        }
        assert_eq!(Float::with_decimals(1.0, 200), Float::NAN);
    }

    #[test]
    fn every_exponent_gives_a_finite_number() {
        for exponent in 0..=255_u32 {
            let number = Float::from_bits(exponent << 24 | 0x12_3456).number();
            assert!(number.is_some_and(f64::is_finite), "{exponent}");
        }
    }
}
