//! Whether a person heard the test sound today: the gate before a dose asks for it.

use chairside_store::{DayCheck, Recorder};
use chrono::{DateTime, Local, NaiveDate, Utc};
use tracing::warn;

/// The tones of a day-start check that must have been heard, the most urgent first.
pub(crate) const TONES: [&str; 3] = ["tone_high", "tone_medium", "tone_low"];

/// What the last signed day-start check says of the sound.
#[derive(Debug, Default)]
pub struct Sound {
    /// The day of the clinic on which it was signed, and whether every tone was heard.
    last: Option<(NaiveDate, bool)>,
    /// What the core was told; nothing before it was told anything.
    told: Option<bool>,
}

impl Sound {
    /// Returns what the record says, of whichever run.
    #[must_use]
    pub fn of(recorder: &Recorder) -> Self {
        let mut sound = Self::default();
        match recorder.last_check() {
            Ok(Some(last)) => sound.signed(last.at, every_tone(&last.check)),
            Ok(None) => {}
            Err(error) => warn!(%error, "The last day-start check cannot be read."),
        }
        sound
    }

    /// Takes a check that is on record. The last of a day holds: a loudspeaker that was heard in
    /// the morning and is not heard now is not heard.
    pub(super) fn signed(&mut self, at: DateTime<Utc>, heard: bool) {
        self.last = Some((day(at), heard));
    }

    /// Returns whether it was heard on this day of the clinic, if that has changed.
    pub(super) fn look(&mut self, now: DateTime<Utc>) -> Option<bool> {
        let heard = self.last == Some((day(now), true));
        let is_new = self.told.replace(heard) != Some(heard);
        is_new.then_some(heard)
    }
}

/// Tells whether a person has heard every tone at a check.
pub(super) fn every_tone(check: &DayCheck) -> bool {
    let heard = |tone: &str| {
        let mut items = check.items.iter().filter(|item| item.item == tone);
        items.any(|item| item.passed == Some(true))
    };
    TONES.into_iter().all(heard)
}

/// Returns the day of the clinic, by the clocks of this machine's time zone.
fn day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Local).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn what_was_heard_holds_until_midnight_and_is_told_once() {
        let at = |day, hour, minute| {
            let local = Local.with_ymd_and_hms(2026, 11, day, hour, minute, 0);
            local.unwrap().with_timezone(&Utc)
        };
        let mut sound = Sound::default();
        assert_eq!(sound.look(at(26, 8, 0)), Some(false));
        assert_eq!(sound.look(at(26, 8, 1)), None);
        sound.signed(at(26, 8, 2), true);
        assert_eq!(sound.look(at(26, 8, 2)), Some(true));
        assert_eq!(sound.look(at(26, 23, 59)), None);
        assert_eq!(sound.look(at(27, 0, 0)), Some(false));
        sound.signed(at(27, 7, 0), true);
        assert_eq!(sound.look(at(27, 7, 0)), Some(true));
        sound.signed(at(27, 9, 0), false);
        assert_eq!(sound.look(at(27, 9, 0)), Some(false));
    }
}
