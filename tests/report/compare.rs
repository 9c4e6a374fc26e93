//! What the rules call for beside what the engine raised.

use crate::engine::Raised;
use crate::naive::Episode;

/// How late an alarm may be after its delay, s.
const LATE_MAX: f64 = 1.0;

/// An episode that the rules call for, and the engine's if there is one.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) called: Episode,
    pub(crate) raised: Option<Raised>,
}

/// Both, paired.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) pairs: Vec<Pair>,
    /// What the engine raised and no rule calls for.
    pub(crate) uncalled: Vec<Raised>,
}

impl Comparison {
    pub(crate) fn new(called: Vec<Episode>, mut raised: Vec<Raised>) -> Self {
        let pairs = called
            .into_iter()
            .map(|called| {
                let due = seconds(called.begins);
                let its = raised.iter().position(|raised| {
                    raised.id == called.id && (due..=due + LATE_MAX).contains(&raised.begins)
                });
                Pair {
                    raised: its.map(|place| raised.remove(place)),
                    called,
                }
            })
            .collect();
        Self {
            pairs,
            uncalled: raised,
        }
    }

    /// Returns the episodes that the engine raised, in order of time.
    pub(crate) fn raised(&self) -> Vec<&Raised> {
        let paired = self.pairs.iter().filter_map(|pair| pair.raised.as_ref());
        let mut raised: Vec<&Raised> = paired.chain(&self.uncalled).collect();
        raised.sort_by(|one, other| one.begins.total_cmp(&other.begins));
        raised
    }

    /// Everything in which the engine is not as the rules say, in words.
    pub(crate) fn differences(&self) -> Vec<String> {
        let missed = self.pairs.iter().filter_map(difference);
        let uncalled = self.uncalled.iter().map(|raised| {
            let Raised { id, begins, .. } = raised;
            format!("{id} at {begins} s is raised and not called for")
        });
        missed.chain(uncalled).collect()
    }
}

fn difference(pair: &Pair) -> Option<String> {
    let called = &pair.called;
    let (id, due) = (called.id, called.begins);
    let Some(raised) = &pair.raised else {
        return Some(format!("{id} is called for at {due} s and not raised"));
    };
    let same_end = match (called.ends, raised.ends) {
        (Some(called), Some(raised)) => (raised - seconds(called)).abs() <= LATE_MAX,
        (None, None) => true,
        _ => false,
    };
    if !same_end {
        let (called, raised) = (called.ends, raised.ends);
        return Some(format!(
            "{id} of {due} s should end at {called:?} and ends at {raised:?}"
        ));
    }
    (called.mode != raised.mode).then(|| {
        let (called, raised) = (called.mode, raised.mode);
        format!("{id} of {due} s is drawn from {called:?} and not from {raised:?}")
    })
}

fn seconds(whole: u64) -> f64 {
    crate::recording::as_number(whole)
}

#[cfg(test)]
mod tests {
    use chairside_alarm::Priority;

    use super::*;

    fn called(begins: u64, ends: Option<u64>) -> Episode {
        Episode {
            id: "APNEA",
            since: begins - 20,
            begins,
            ends,
            mode: None,
        }
    }

    fn raised(begins: f64, ends: Option<f64>) -> Raised {
        Raised {
            id: "APNEA",
            priority: Priority::High,
            begins,
            ends,
            mode: None,
        }
    }

    #[track_caller]
    fn check(called: Vec<Episode>, raised: Vec<Raised>, expected: &[&str]) {
        assert_eq!(Comparison::new(called, raised).differences(), expected);
    }

    #[test]
    fn an_alarm_agrees_when_it_comes_within_a_second_after_its_delay() {
        check(
            vec![called(30, Some(40))],
            vec![raised(31.0, Some(40.0))],
            &[],
        );
        check(
            vec![called(30, Some(40))],
            vec![raised(31.5, Some(40.0))],
            &[
                "APNEA is called for at 30 s and not raised",
                "APNEA at 31.5 s is raised and not called for",
            ],
        );
        check(
            vec![called(30, None)],
            vec![raised(29.0, None)],
            &[
                "APNEA is called for at 30 s and not raised",
                "APNEA at 29 s is raised and not called for",
            ],
        );
    }

    #[test]
    fn an_alarm_that_ends_too_early_is_a_difference() {
        check(
            vec![called(30, Some(40))],
            vec![raised(30.0, Some(38.0))],
            &["APNEA of 30 s should end at Some(40) and ends at Some(38.0)"],
        );
    }
}
