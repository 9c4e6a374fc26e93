//! The cuff of a simulated monitor: the patient's story inflates it, and so does an order.

use std::time::Duration;

use crate::patient::{CuffResult, CuffState, Pressures};

/// How long a determination that was ordered takes. Real ones take 20 to 45 s.
pub(super) const TAKES: Duration = Duration::from_secs(20);

/// What an ordered determination gives when the story has given no pressures yet.
const PRESSURES: Pressures = Pressures {
    systolic: Some(118.0),
    diastolic: Some(76.0),
    mean: Some(90.0),
};

/// What was ordered, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Cuff {
    /// When the determination that was ordered ends.
    ends: Option<Duration>,
    /// The last one that was ordered and ended by itself.
    ordered: Option<CuffResult>,
    /// The story's determination that was given up on an order, and what stood before it.
    given_up: Option<GivenUp>,
}

#[derive(Clone, Copy, Debug)]
struct GivenUp {
    before: Option<CuffResult>,
    /// What the story says that it gave, once it is over.
    result: Option<CuffResult>,
}

impl Cuff {
    /// Inflates it, if it is not inflated already.
    pub(super) fn start(&mut self, now: Duration, story: &CuffState) {
        if !self.state(now, story).measuring {
            self.ends = Some(now + TAKES);
        }
    }

    /// Lets the air out.
    pub(super) fn cancel(&mut self, now: Duration, story: &CuffState) {
        self.state(now, story);
        self.ends = None;
        if story.measuring && self.given_up.is_none() {
            self.given_up = Some(GivenUp {
                before: story.last,
                result: None,
            });
        }
    }

    /// Returns what the cuff does now, and what it last gave.
    pub(super) fn state(&mut self, now: Duration, story: &CuffState) -> CuffState {
        let story = self.without_what_was_given_up(story);
        if let Some(ended) = self.ends.filter(|ends| *ends <= now) {
            self.ends = None;
            let pressures = story.last.and_then(|last| last.pressures);
            self.ordered = Some(CuffResult {
                ended,
                pressures: Some(pressures.unwrap_or(PRESSURES)),
            });
        }
        let results = [story.last, self.ordered].into_iter().flatten();
        CuffState {
            measuring: story.measuring || self.ends.is_some(),
            last: results.max_by_key(|result| result.ended),
        }
    }

    fn without_what_was_given_up(&mut self, story: &CuffState) -> CuffState {
        let Some(given_up) = &mut self.given_up else {
            return *story;
        };
        if given_up.result.is_none() && !story.measuring {
            given_up.result = story.last;
        }
        let is_it = given_up.result.is_none() || given_up.result == story.last;
        if !is_it {
            self.given_up = None;
            return *story;
        }
        CuffState {
            measuring: story.measuring && given_up.result.is_some(),
            last: given_up.before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn result(ended: u64, systolic: f64) -> CuffResult {
        CuffResult {
            ended: at(ended),
            pressures: Some(Pressures {
                systolic: Some(systolic),
                ..PRESSURES
            }),
        }
    }

    fn story(measuring: bool, last: Option<CuffResult>) -> CuffState {
        CuffState { measuring, last }
    }

    #[test]
    fn an_order_measures_what_the_patient_has() {
        let mut cuff = Cuff::default();
        let quiet = story(false, Some(result(60, 131.0)));
        assert!(!cuff.state(at(100), &quiet).measuring);
        cuff.start(at(100), &quiet);
        cuff.start(at(110), &quiet);
        let measuring = cuff.state(at(119), &quiet);
        assert_eq!((measuring.measuring, measuring.last), (true, quiet.last));
        let done = cuff.state(at(500), &quiet);
        assert_eq!(
            (done.measuring, done.last),
            (false, Some(result(120, 131.0)))
        );
        let later = story(false, Some(result(300, 140.0)));
        assert_eq!(cuff.state(at(500), &later).last, later.last);
    }

    #[test]
    fn a_patient_whose_story_has_no_pressures_is_measured_all_the_same() {
        let mut cuff = Cuff::default();
        cuff.start(at(5), &story(false, None));
        let last = cuff.state(at(25), &story(false, None)).last;
        assert_eq!(last, Some(result(25, 118.0)));
    }

    #[test]
    fn what_was_ordered_and_what_the_story_began_can_both_be_cancelled() {
        let mut cuff = Cuff::default();
        let before = Some(result(60, 131.0));
        cuff.start(at(100), &story(false, before));
        cuff.cancel(at(110), &story(false, before));
        assert_eq!(
            cuff.state(at(200), &story(false, before)),
            story(false, before)
        );
        cuff.cancel(at(300), &story(true, before));
        cuff.cancel(at(301), &story(true, before));
        assert_eq!(
            cuff.state(at(305), &story(true, before)),
            story(false, before)
        );
        let unwanted = Some(result(335, 150.0));
        assert_eq!(
            cuff.state(at(340), &story(false, unwanted)),
            story(false, before)
        );
        assert_eq!(
            cuff.state(at(600), &story(true, unwanted)),
            story(true, before)
        );
        let next = Some(result(635, 128.0));
        assert_eq!(cuff.state(at(640), &story(false, next)), story(false, next));
    }
}
