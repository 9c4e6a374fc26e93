//! Something that must last before it counts, and be gone for a while before it is over
//! (semantics 2, 7 and 12).

use super::Episode;

/// What a second says of a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Word {
    Bad,
    Good,
    Neither,
    /// No sample.
    Missing,
}

/// Puts two answers into a word.
pub(super) fn word(bad: bool, good: bool) -> Word {
    match (bad, good) {
        (true, _) => Word::Bad,
        (false, true) => Word::Good,
        (false, false) => Word::Neither,
    }
}

/// What may remain of a delay after samples were held back, s.
const AFTER_HOLD: usize = 5;

/// The rule's timers.
#[derive(Clone, Debug)]
pub(super) struct Lasting {
    pub(super) id: &'static str,
    delay: usize,
    hold: usize,
    /// From one sample to the next, s; further apart is a gap.
    gap: usize,
    /// The first violating sample, and when its delay is over.
    bad: Option<(usize, usize)>,
    good: Option<usize>,
    last: Option<usize>,
    episodes: Vec<Episode>,
}

impl Lasting {
    pub(super) fn new(id: &'static str, delay: u64, hold: u64, period: u64) -> Self {
        let seconds = |length: u64| usize::try_from(length).expect("delays are short");
        // Where the period is longer than the delay, one violating sample decides.
        let delay = if period > delay { 0 } else { delay };
        Self {
            id,
            delay: seconds(delay),
            hold: seconds(hold),
            // Two samples may be missing.
            gap: 3 * seconds(period),
            bad: None,
            good: None,
            last: None,
            episodes: Vec::new(),
        }
    }

    /// A delay of samples that are missing keeps its length whatever the period: what is missing
    /// is no sample that could decide by itself.
    pub(super) fn of_missing_samples(id: &'static str, delay: u64, hold: u64, period: u64) -> Self {
        Self {
            delay: usize::try_from(delay).expect("delays are short"),
            ..Self::new(id, delay, hold, period)
        }
    }

    pub(super) fn present(&self) -> bool {
        let last = self.episodes.last();
        last.is_some_and(|episode| episode.ends.is_none())
    }

    pub(super) fn restart(&mut self) {
        (self.bad, self.good) = (None, None);
    }

    /// Takes a second. Where frames are missing, or samples are held back, nothing begins and
    /// nothing ends. `held_until` is the end of the latest hold of samples.
    pub(super) fn second(&mut self, t: usize, word: Word, alive: bool, held_until: Option<usize>) {
        if held_until.is_some_and(|end| t < end) {
            return;
        }
        if word != Word::Missing {
            let first_after_hold =
                held_until.is_some_and(|end| self.last.is_none_or(|last| last < end));
            // A hold is no gap.
            let before = self.last.max(held_until);
            if before.is_some_and(|last| t - last > self.gap) {
                self.restart();
            }
            self.last = Some(t);
            self.bad = (word == Word::Bad).then(|| {
                let (since, due) = self.bad.unwrap_or((t, t + self.delay));
                let soon = if first_after_hold {
                    t + AFTER_HOLD
                } else {
                    due
                };
                (since, due.min(soon))
            });
            self.good = (word == Word::Good).then(|| self.good.unwrap_or(t));
        }
        let fresh = self.last.is_some_and(|last| t - last < self.gap);
        if !alive || !fresh {
            return;
        }
        if self.present() {
            if self.good.is_some_and(|since| t - since >= self.hold) {
                self.end(t);
            }
        } else if let Some((since, _)) = self.bad.filter(|(_, due)| t >= *due) {
            self.begin(since, t, None);
        }
    }

    pub(super) fn begin(&mut self, since: usize, t: usize, mode: Option<&'static str>) {
        self.episodes.push(Episode {
            id: self.id,
            since: since as u64,
            begins: t as u64,
            ends: None,
            mode,
        });
        self.restart();
    }

    pub(super) fn end(&mut self, t: usize) {
        let episode = self.episodes.last_mut().expect("one is present");
        episode.ends = Some(t as u64);
        self.restart();
    }

    pub(super) fn episodes(self) -> Vec<Episode> {
        self.episodes
    }
}
