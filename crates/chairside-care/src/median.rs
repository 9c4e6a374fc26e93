//! The middle of some times.

use std::time::Duration;

/// Returns the median of times that are in order: of an even number, the mean of the two in the
/// middle. Nothing of none.
pub(crate) fn median(sorted: &[Duration]) -> Option<Duration> {
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get(sorted.len().saturating_sub(1) / 2)?;
    Some((lower + upper) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lies_between_the_two_in_the_middle() {
        let seconds = |all: &[u64]| {
            let all: Vec<_> = all.iter().copied().map(Duration::from_secs).collect();
            median(&all)
        };
        assert_eq!(seconds(&[]), None);
        assert_eq!(seconds(&[7]), Some(Duration::from_secs(7)));
        assert_eq!(seconds(&[10, 25]), Some(Duration::from_millis(17_500)));
        assert_eq!(seconds(&[1, 20, 300]), Some(Duration::from_secs(20)));
    }
}
