//! Which burst begins when: as at a nurse station (`dashboard/sound/schedule.js`), and told in
//! samples, so that it needs no clock.
//!
//! A burst that has begun is finished, unless something worse begins: then it ends with the pulse
//! in progress.

use std::collections::BTreeSet;

use chairside_alarm::{Occurrence, Priority};
use chairside_model::BedId;

use super::pattern::{Pattern, SAMPLES_PER_MS};

/// The least silence between bursts of different kinds where nothing is urgent, milliseconds.
const BETWEEN: usize = 2500;

/// The priorities, the highest first.
const PRIORITIES: [Priority; 3] = [Priority::High, Priority::Medium, Priority::Low];

/// One call of one alarm of a bed; another one is to be heard anew.
pub(super) type Key = (BedId, Occurrence, u64);

/// Something that is to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) key: Key,
    pub(super) priority: Priority,
}

/// Makes the samples, one piece after the other.
#[derive(Debug, Default)]
pub(super) struct Player {
    /// How many samples were made.
    now: usize,
    burst: Option<Burst>,
    /// When the last burst of each priority ended, and the last of any was silent.
    ended: [Option<usize>; 3],
    quiet: usize,
    /// What calls and has been heard.
    heard: BTreeSet<Key>,
}

#[derive(Debug)]
struct Burst {
    priority: Priority,
    start: usize,
    /// Nothing of it is heard after this.
    quiet: usize,
}

impl Player {
    /// Fills a piece with what is to be heard next, of what calls now.
    pub(super) fn fill(&mut self, calls: &[Call], piece: &mut [i16]) {
        self.heard
            .retain(|key| calls.iter().any(|call| call.key == *key));
        let top = calls.iter().map(|call| call.priority).max();
        for sample in piece {
            self.step(calls, top);
            *sample = self.burst.as_ref().map_or(0, |burst| {
                Pattern::of(burst.priority).sample(self.now - burst.start)
            });
            self.now += 1;
        }
    }

    fn step(&mut self, calls: &[Call], top: Option<Priority>) {
        if let Some(burst) = &self.burst
            && burst.quiet <= self.now
        {
            self.quiet = burst.quiet;
            self.burst = None;
        }
        let Some(top) = top else {
            return;
        };
        let of_top = || calls.iter().filter(|call| call.priority == top);
        let is_new = of_top().any(|call| !self.heard.contains(&call.key));
        if let Some(burst) = &mut self.burst {
            if is_new && burst.priority < top {
                self.ended[place(burst.priority)] = Some(burst.cut(self.now));
            }
            return;
        }
        if self.now < self.due(top, is_new) {
            return;
        }
        let pattern = Pattern::of(top);
        self.ended[place(top)] = Some(self.now + pattern.length());
        self.burst = Some(Burst {
            priority: top,
            start: self.now,
            quiet: self.now + pattern.quiet(),
        });
        self.heard.extend(of_top().map(|call| call.key));
    }

    /// When the next burst of a priority is due.
    fn due(&self, top: Priority, is_new: bool) -> usize {
        let pattern = Pattern::of(top);
        let gap = if is_new {
            pattern.least_gap
        } else {
            pattern.gap
        };
        let after = |priority: Priority, gap: usize| {
            let ended = self.ended[place(priority)];
            ended.map_or(0, |ended| ended + gap * SAMPLES_PER_MS)
        };
        let others = PRIORITIES.into_iter();
        let others = others.filter(|other| *other != top && (!is_new || *other > top));
        others
            .map(|other| after(other, BETWEEN))
            .fold(self.quiet.max(after(top, gap)), usize::max)
    }
}

impl Burst {
    /// Ends with the pulse in progress; returns where it ends, as gaps are counted.
    fn cut(&mut self, now: usize) -> usize {
        let pattern = Pattern::of(self.priority);
        let pulse = self.start + pattern.begun(now - self.start);
        self.quiet = self.quiet.min(now.max(pulse + pattern.heard()));
        pulse + pattern.pulse()
    }
}

const fn place(priority: Priority) -> usize {
    match priority {
        Priority::High => 0,
        Priority::Medium => 1,
        Priority::Low => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIGH: Call = call(1, Priority::High);
    const MEDIUM: Call = call(2, Priority::Medium);
    const LOW: Call = call(3, Priority::Low);

    const fn call(bed: u16, priority: Priority) -> Call {
        Call {
            key: (BedId(bed), Occurrence(1), 1),
            priority,
        }
    }

    /// Plays for so long, and returns when bursts began and of which priority, milliseconds.
    #[derive(Default)]
    struct Listener {
        player: Player,
        began: Vec<(usize, Priority)>,
    }

    impl Listener {
        fn hear(&mut self, calls: &[Call], ms: usize) {
            let mut piece = [0; SAMPLES_PER_MS];
            for _ in 0..ms {
                self.player.fill(calls, &mut piece);
                if let Some(burst) = &self.player.burst {
                    let began = (burst.start / SAMPLES_PER_MS, burst.priority);
                    if self.began.last() != Some(&began) {
                        self.began.push(began);
                    }
                }
            }
        }

        fn began(&self) -> Vec<usize> {
            self.began.iter().map(|(at, _)| *at).collect()
        }
    }

    #[test]
    fn a_high_alarm_is_heard_at_once_and_again_five_seconds_after_each_burst() {
        let mut listener = Listener::default();
        listener.hear(&[], 1000);
        listener.hear(&[HIGH], 20_000);
        assert_eq!(listener.began(), [1000, 9300, 17_600]);
    }

    #[test]
    fn the_worst_alone_is_heard_and_what_it_hid_two_and_a_half_seconds_later() {
        let mut listener = Listener::default();
        listener.hear(&[MEDIUM, HIGH, LOW], 3000);
        listener.hear(&[MEDIUM, LOW], 10_000);
        let expected = [(0, Priority::High), (5800, Priority::Medium)];
        assert_eq!(listener.began, expected);
    }

    #[test]
    fn something_worse_cuts_a_burst_after_its_pulse_and_waits_for_no_gap() {
        let mut listener = Listener::default();
        listener.hear(&[MEDIUM], 450);
        listener.hear(&[MEDIUM, HIGH], 1000);
        let (at, priority) = listener.began[1];
        assert_eq!(priority, Priority::High);
        // The second pulse began at 400 ms and is heard for 267.5 ms.
        assert!((667..=668).contains(&at), "{at}");
    }

    #[test]
    fn a_burst_is_finished_when_its_alarm_ends_and_then_nothing_is_heard() {
        let mut listener = Listener::default();
        listener.hear(&[HIGH], 100);
        listener.hear(&[], 3000);
        assert!(listener.player.burst.is_some());
        listener.hear(&[], 30_000);
        assert!(listener.player.burst.is_none());
        assert_eq!(listener.began(), [0]);
    }

    #[test]
    fn another_alarm_of_the_same_priority_brings_the_next_burst_forward() {
        let mut listener = Listener::default();
        listener.hear(&[HIGH], 4000);
        listener.hear(&[HIGH, call(7, Priority::High)], 6000);
        // The first burst ends at 3300 ms; at least 2.5 s are silent.
        assert_eq!(listener.began(), [0, 5800]);
    }

    #[test]
    fn silence_is_exactly_that() {
        let mut player = Player::default();
        let mut piece = [1; 480];
        player.fill(&[], &mut piece);
        assert!(piece.iter().all(|sample| *sample == 0));
    }
}
