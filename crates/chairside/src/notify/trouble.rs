//! Since when a program that follows alarms is not told of them.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_model::MonoTime;

/// A program is told again only once it has been for so long: one that takes each connection and
/// hangs up at once would be there and away by turns, and call each time.
const STEADY: Duration = Duration::from_secs(5);

/// What is wrong with one program, and since when.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    away: Lasting<String>,
    /// By bed, what was sent and not taken.
    untaken: BTreeMap<String, Lasting<String>>,
}

/// Something that is wrong until it has been right for a while.
#[derive(Debug)]
struct Lasting<T> {
    wrong: Option<(MonoTime, T)>,
    right_since: Option<MonoTime>,
}

impl<T> Default for Lasting<T> {
    fn default() -> Self {
        Self {
            wrong: None,
            right_since: None,
        }
    }
}

impl<T> Lasting<T> {
    fn look(&mut self, now: MonoTime, wrong: Option<T>) {
        if let Some(what) = wrong {
            let since = self.wrong.as_ref().map_or(now, |(since, _)| *since);
            self.wrong = Some((since, what));
            self.right_since = None;
            return;
        }
        let since = *self.right_since.get_or_insert(now);
        if now.saturating_since(since) >= STEADY {
            self.wrong = None;
        }
    }
}

impl Trouble {
    /// Takes what is wrong now.
    pub(super) fn look(
        &mut self,
        now: MonoTime,
        away: Option<String>,
        mut untaken: BTreeMap<String, String>,
    ) {
        self.away.look(now, away);
        for (bed, lasting) in &mut self.untaken {
            lasting.look(now, untaken.remove(bed));
        }
        for (bed, why) in untaken {
            self.untaken.entry(bed).or_default().look(now, Some(why));
        }
        self.untaken.retain(|_, lasting| lasting.wrong.is_some());
    }

    /// Tells whether anything is wrong.
    pub(super) fn is_any(&self) -> bool {
        self.away.wrong.is_some() || !self.untaken.is_empty()
    }

    /// Returns since when a bed is not told, and why: as all are, or it alone.
    pub(super) fn of(&self, bed: &str) -> Option<(MonoTime, &str)> {
        let alone = self.untaken.get(bed);
        let wrong = self.away.wrong.as_ref();
        let wrong = wrong.or_else(|| alone?.wrong.as_ref());
        wrong.map(|(since, why)| (*since, why.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: BTreeMap<String, String> = BTreeMap::new();

    fn at(seconds: u64) -> MonoTime {
        MonoTime::from_secs(seconds)
    }

    #[test]
    fn what_is_there_and_away_by_turns_is_away_since_it_began() {
        let mut trouble = Trouble::default();
        trouble.look(at(10), None, NONE);
        assert!(!trouble.is_any());
        trouble.look(at(11), Some("refused".into()), NONE);
        for seconds in (12..40).step_by(4) {
            trouble.look(at(seconds), None, NONE);
            trouble.look(at(seconds + 2), Some("hung up".into()), NONE);
        }
        assert_eq!(trouble.of("1"), Some((at(11), "hung up")));
        trouble.look(at(50), None, NONE);
        trouble.look(at(54), None, NONE);
        assert!(trouble.is_any(), "not yet for long");
        trouble.look(at(55), None, NONE);
        assert_eq!(trouble.of("1"), None);
        trouble.look(at(60), Some("refused".into()), NONE);
        assert_eq!(trouble.of("2"), Some((at(60), "refused")), "anew");
    }

    #[test]
    fn what_is_not_taken_of_one_bed_is_that_beds() {
        let mut trouble = Trouble::default();
        let of_one = || BTreeMap::from([("1".to_owned(), "not read".to_owned())]);
        trouble.look(at(3), None, of_one());
        trouble.look(at(9), None, of_one());
        assert_eq!(trouble.of("1"), Some((at(3), "not read")));
        assert_eq!(trouble.of("2"), None);
        trouble.look(at(10), Some("refused".into()), of_one());
        assert_eq!(trouble.of("1"), Some((at(10), "refused")), "at all of them");
        trouble.look(at(11), None, NONE);
        trouble.look(at(16), None, NONE);
        assert!(!trouble.is_any());
    }
}
