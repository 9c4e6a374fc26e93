//! Chances that can be had again.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

/// A source of chances (`SplitMix64`): the same seed gives the same ones.
#[derive(Clone, Debug)]
pub struct Chance {
    seed: u64,
    state: u64,
}

impl Chance {
    /// Returns the chances of this seed.
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// Returns the chances of `CHAIRSIDE_SEED`, or fresh ones; prints the seed, which the test
    /// program shows when the test fails.
    ///
    /// # Panics
    ///
    /// When `CHAIRSIDE_SEED` is not a number.
    #[must_use]
    #[expect(
        clippy::print_stdout,
        reason = "the seed of a failed test is for people"
    )]
    pub fn of_this_run(what: &str) -> Self {
        let seed = match std::env::var("CHAIRSIDE_SEED") {
            Ok(given) => given
                .parse()
                .unwrap_or_else(|error| panic!("CHAIRSIDE_SEED={given}: {error}")),
            // Small, so that a person can type it again.
            Err(_) => RandomState::new().build_hasher().finish() % 1_000_000_007,
        };
        println!("{what}: repeat with CHAIRSIDE_SEED={seed}");
        Self::of(seed)
    }

    /// Returns the seed.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns the next number.
    pub const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number of the range.
    ///
    /// # Panics
    ///
    /// When the range is empty.
    pub fn within(&mut self, range: Range<u64>) -> u64 {
        assert!(range.start < range.end, "nothing is within {range:?}");
        range.start + self.next() % (range.end - range.start)
    }

    /// Returns a place in a list of that length.
    pub fn index(&mut self, length: usize) -> usize {
        let length = u64::try_from(length).expect("lists are short");
        usize::try_from(self.within(0..length)).expect("below a length")
    }

    /// Tells whether something happens that happens once in `times`.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }
}

impl fmt::Display for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CHAIRSIDE_SEED={}", self.seed)
    }
}
