//! Counting what passed, in the words of the tools that ran it.

use std::fmt;
use std::ops::AddAssign;

/// How many checks passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    pub(crate) const PASSED: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };
    pub(crate) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };
    pub(crate) const SKIPPED: Self = Self {
        passed: 0,
        failed: 0,
        skipped: 1,
    };

    /// Reads one line of output: a test binary's result, `node --test`'s totals, or a line in
    /// this very form.
    pub(crate) fn of_line(line: &str) -> Self {
        let words: Vec<&str> = line.split_whitespace().collect();
        if line.starts_with("test result:") || line.ends_with(" skipped") {
            return Self {
                passed: number_before(&words, "passed"),
                failed: number_before(&words, "failed"),
                skipped: ["ignored", "filtered", "skipped"]
                    .map(|left_out| number_before(&words, left_out))
                    .iter()
                    .sum(),
            };
        }
        match words[..] {
            ["#" | "ℹ", "pass", number] => Self {
                passed: parsed(number),
                ..Self::default()
            },
            ["#" | "ℹ", "fail", number] => Self {
                failed: parsed(number),
                ..Self::default()
            },
            ["#" | "ℹ", "skipped", number] => Self {
                skipped: parsed(number),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }
}

fn number_before(words: &[&str], name: &str) -> u64 {
    let found = words
        .windows(2)
        .find(|pair| pair[1].trim_end_matches([';', ',']) == name);
    found.map_or(0, |pair| parsed(pair[0]))
}

fn parsed(number: &str) -> u64 {
    number.parse().unwrap_or(0)
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tools_words_are_counted() {
        let cargo =
            "test result: FAILED. 12 passed; 1 failed; 2 ignored; 0 measured; 3 filtered out";
        assert_eq!(
            Tally::of_line(cargo),
            Tally {
                passed: 12,
                failed: 1,
                skipped: 5
            }
        );
        assert_eq!(
            Tally::of_line("# pass 7"),
            Tally {
                passed: 7,
                ..Tally::default()
            }
        );
        assert_eq!(
            Tally::of_line("ℹ fail 3"),
            Tally {
                failed: 3,
                ..Tally::default()
            }
        );
        let own = Tally {
            passed: 5,
            failed: 0,
            skipped: 1,
        };
        assert_eq!(Tally::of_line(&own.to_string()), own);
        assert_eq!(
            Tally::of_line("test a_test_that_says_passed ... ok"),
            Tally::default()
        );
    }
}
