//! Chance that can be repeated: the same seed gives the same numbers, on every machine and in
//! every version.
//!
//! `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014) is
//! ten lines. A crate would do as well today and may change its generator tomorrow; then a seed
//! in an old test log would mean something else.

/// A stream of pseudo-random numbers. Not for secrets.
#[derive(Clone, Debug)]
pub struct Noise(u64);

/// The odd integer nearest to 2^64 divided by the golden ratio.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Noise {
    /// Begins one of the streams of a seed. Streams with different numbers have nothing to do
    /// with each other, so that one more draw in one changes nothing in another.
    #[must_use]
    pub const fn new(seed: u64, stream: u64) -> Self {
        Self(mix(seed ^ mix(stream.wrapping_add(STEP))))
    }

    /// Draws 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// Draws a number of at least 0 and below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Draws a whole number of at least 0 and below `limit`, which is above 0.
    pub const fn below(&mut self, limit: u64) -> u64 {
        // The high half of the product; even to one part in 2^64 divided by the limit.
        ((self.bits() as u128 * limit as u128) >> 64) as u64
    }

    /// Draws one byte.
    pub const fn byte(&mut self) -> u8 {
        self.bits().to_be_bytes()[0]
    }

    /// Tells whether something happens that has this probability.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}

/// `SplitMix64`'s output function.
const fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_numbers_for_ever() {
        let draw = |seed, stream| {
            let mut noise = Noise::new(seed, stream);
            [noise.bits(), noise.bits()]
        };
        assert_eq!(draw(42, 1), draw(42, 1));
        assert_ne!(draw(42, 1), draw(42, 2));
        assert_ne!(draw(42, 1), draw(43, 1));
        // The generator's own first outputs for the state 0, as its authors' code gives them.
        let mut plain = Noise(0);
        assert_eq!(plain.bits(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(plain.bits(), 0x6E78_9E6A_A1B9_65F4);
    }

    #[test]
    fn numbers_keep_their_range_and_spread_over_it() {
        let mut noise = Noise::new(7, 0);
        let mut counts = [0_u32; 10];
        for _ in 0..10_000 {
            assert!((0.0..1.0).contains(&noise.unit()));
            counts[usize::try_from(noise.below(10)).unwrap()] += 1;
        }
        assert!(
            counts.iter().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
        let happened = (0..10_000).filter(|_| noise.happens(0.2)).count();
        assert!((1800..2200).contains(&happened), "{happened}");
        assert!(!noise.happens(0.0));
    }
}
