//! Numbers as they are written for programs.

use serde::{Serialize, Serializer};

/// A number, written without a fraction when it has none: `97`, not `97.0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number(pub(crate) f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Up to here every whole number has a double of its own.
        const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
        if self.0.fract() == 0.0 && self.0.abs() <= EXACT_MAX {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it is whole and fits, as was just checked"
            )]
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_has_no_fraction() {
        let written = |number| serde_json::to_string(&Number(number)).unwrap();
        assert_eq!(written(97.0), "97");
        assert_eq!(written(-0.0), "0");
        assert_eq!(written(36.62), "36.62");
        assert_eq!(written(1e300), "1e+300");
    }
}
