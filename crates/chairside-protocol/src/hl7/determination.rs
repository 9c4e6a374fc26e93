//! Tells a new determination of the cuff from one that the monitor sends again with each message.

use chairside_model::Value;

use super::message::Timestamp;

/// Pressures in mmHg: systolic, diastolic and mean.
pub(super) type Pressures = [Option<Value>; 3];

/// Remembers the last determination.
///
/// A monitor either keeps the time of a determination as long as it sends it, or stamps it anew
/// with the time of each message; which of the two is not known beforehand. Where it keeps the
/// time, another time is another determination, also of the same pressures. Where it stamps,
/// nothing but other pressures tells.
#[derive(Debug, Default)]
pub(super) struct Determinations {
    last: Option<Seen>,
    /// The time was kept over two messages.
    keeps_time: bool,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    time: Option<Timestamp>,
    message: Option<Timestamp>,
    pressures: Pressures,
}

impl Determinations {
    /// Takes the determination of a message and tells whether it is a new one.
    ///
    /// `time` is the determination's own, as far as the monitor says; `message` that of the
    /// message, and `stamped` says that everything in the message has this time.
    pub(super) fn is_new(
        &mut self,
        time: Option<Timestamp>,
        message: Option<Timestamp>,
        stamped: bool,
        pressures: Pressures,
    ) -> bool {
        let seen = Seen {
            time,
            message,
            pressures,
        };
        if self.last.is_some_and(|last| seen.is_history_beside(&last)) {
            return false;
        }
        let Some(last) = self.last.replace(seen) else {
            return true;
        };
        let other = last.pressures != pressures;
        match (time, last.time) {
            (Some(time), Some(before)) if time == before => {
                self.keeps_time |= message.is_some() && message != last.message;
                // Two within one minute, of a monitor that gives no seconds.
                other
            }
            (Some(_), Some(_)) => other || self.keeps_time || !stamped,
            (Some(_) | None, _) => other,
        }
    }
}

impl Seen {
    /// Tells whether it ended before the last one that was seen. A monitor that sends more than its
    /// last result sends those again and again, too. A clock that was set back makes none of it.
    fn is_history_beside(&self, last: &Self) -> bool {
        let is_before = |one: Option<Timestamp>, other: Option<Timestamp>| {
            one.zip(other).map(|(one, other)| one.is_before(other))
        };
        is_before(self.time, last.time) == Some(true)
            && is_before(self.message, last.message) == Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each step is the second of the message, that of the determination, and the systolic
    /// pressure; the result has a letter for each: new or old.
    fn check(steps: &[(u8, u8, u8)], expected: &str) {
        let mut determinations = Determinations::default();
        let time = |second: u8| {
            let text = format!("202506100151{second:02}");
            Timestamp::parse(text.as_bytes())
        };
        let got: String = steps
            .iter()
            .map(|(message, own, systolic)| {
                let pressures = [Some(Value::whole(*systolic)), None, None];
                let stamped = message == own;
                let (message, own) = (time(*message), time(*own));
                let new = determinations.is_new(own, message, stamped, pressures);
                if new { 'n' } else { 'o' }
            })
            .collect();
        assert_eq!(got, expected, "{steps:?}");
    }

    #[test]
    fn a_time_that_is_kept_tells_two_determinations_of_the_same_pressures() {
        check(
            &[
                (1, 1, 120),
                (2, 1, 120),
                (3, 1, 120),
                (40, 39, 120),
                (41, 39, 120),
            ],
            "noono",
        );
        // The next one is sent in the second in which it ends.
        check(
            &[(1, 1, 120), (2, 1, 120), (40, 40, 120), (41, 40, 120)],
            "nono",
        );
    }

    #[test]
    fn a_determination_that_is_stamped_with_each_message_is_one() {
        check(
            &[(1, 1, 120), (2, 2, 120), (3, 3, 120), (50, 50, 120)],
            "nooo",
        );
        check(
            &[(1, 1, 120), (2, 2, 120), (3, 3, 135), (4, 4, 135)],
            "nono",
        );
    }

    #[test]
    fn the_same_message_sent_again_gives_nothing_and_proves_nothing() {
        check(
            &[(1, 1, 120), (1, 1, 120), (2, 2, 120), (3, 3, 120)],
            "nooo",
        );
    }

    #[test]
    fn without_a_time_only_other_pressures_are_new() {
        let mut determinations = Determinations::default();
        let mut is_new = |systolic: i32| {
            determinations.is_new(None, None, true, [Some(Value::whole(systolic)), None, None])
        };
        assert!(is_new(120));
        assert!(!is_new(120));
        assert!(is_new(118));
    }
}
