//! Waveform samples in few bytes.
//!
//! Encoding 1: the first sample and then the difference of each from the one before, wrapping at
//! 32 bits; each folded so that small numbers of either sign are small (0, -1, 1, -2, …) and then
//! in groups of seven bits, the lowest first, the top bit set on all but the last byte. A curve
//! sampled fast enough to look at needs a little more than one byte a sample.

/// The number that [`pack`]'s form has in the database.
pub(crate) const ENCODING: i64 = 1;

/// Returns the samples in encoding 1.
pub(crate) fn pack(samples: &[i32]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(samples.len() + samples.len() / 4 + 4);
    let mut before = 0_i32;
    for sample in samples {
        let mut rest = fold(sample.wrapping_sub(before));
        before = *sample;
        while rest >= 0x80 {
            packed.push(low_byte(rest) | 0x80);
            rest >>= 7;
        }
        packed.push(low_byte(rest));
    }
    packed
}

/// Returns the samples of encoding 1, or nothing when the bytes cannot be that.
pub(crate) fn unpack(packed: &[u8]) -> Option<Vec<i32>> {
    let mut samples = Vec::with_capacity(packed.len());
    let mut before = 0_i32;
    let mut bytes = packed.iter();
    while let Some(first) = bytes.next() {
        let mut folded = u32::from(first & 0x7f);
        let mut last = *first;
        let mut shift = 7;
        while last & 0x80 != 0 {
            last = *bytes.next()?;
            // The fifth byte has room for the four bits that are left of 32.
            if shift > 28 || (shift == 28 && last > 0x0f) {
                return None;
            }
            folded |= u32::from(last & 0x7f) << shift;
            shift += 7;
        }
        before = before.wrapping_add(unfold(folded));
        samples.push(before);
    }
    Some(samples)
}

const fn fold(difference: i32) -> u32 {
    ((difference << 1) ^ (difference >> 31)).cast_unsigned()
}

const fn unfold(folded: u32) -> i32 {
    (folded >> 1).cast_signed() ^ -(folded & 1).cast_signed()
}

const fn low_byte(number: u32) -> u8 {
    number.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_slow_curve_takes_a_byte_a_sample() {
        let samples: Vec<i32> = (0..100).map(|x| (x * x) / 100).collect();
        assert_eq!(pack(&samples).len(), 100);
    }

    #[test]
    fn a_sample_that_is_cut_off_is_no_sample() {
        assert_eq!(unpack(&[0x80]), None);
        assert_eq!(unpack(&[0xff, 0xff, 0xff, 0xff, 0x1f]), None);
    }

    proptest! {
        #[test]
        fn samples_come_back_as_they_were(samples in proptest::collection::vec(any::<i32>(), 0..200)) {
            prop_assert_eq!(unpack(&pack(&samples)), Some(samples));
        }

        #[test]
        fn any_bytes_are_samples_or_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpack(&bytes);
        }
    }
}
