//! What is brought to people.

use std::fmt::Write as _;

use chairside_alarm::Priority;
use chrono::{DateTime, Utc};

/// Characters of a [`short`](Message::short) text at most: what fits into two parts of an SMS in
/// the alphabet of GSM 03.38 (153 characters each).
pub const SHORT_MAX: usize = 306;

/// What is brought to a person, or to a system that stands for people.
///
/// Bed and condition only: it is read on lock screens (`docs/adr/0024-being-heard.md`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The same for every attempt at the same delivery, and for no other one: a receiver that has
    /// seen it drops the second. Letters, digits, `-`, `_`, `.` and `:` only.
    pub key: String,
    /// When it was decided to send it; the same for every attempt.
    pub at: DateTime<Utc>,
    /// The clinic's name for this installation.
    pub site: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The most urgent of its parts.
    pub priority: Priority,
    /// Each alarm it is about, the most urgent first. Empty in a test.
    pub parts: Vec<Part>,
    /// Where the person who gets it can answer, if the clinic has said how it is reached. Whoever
    /// has this address can answer in that person's name for a while.
    pub answer: Option<String>,
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody is to come.
    Call,
    /// Whoever was called need not come any more: nothing is the matter.
    AllClear,
    /// Whoever was called need not come any more: somebody has answered.
    Answered,
    /// Nothing is the matter: it is tried whether this arrives.
    Test,
}

/// One alarm of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The bed, by its configured id.
    pub bed: String,
    /// The bed's name on screen.
    pub bed_name: String,
    /// What the bed shows is simulated, and nobody is in danger.
    pub simulated: bool,
    /// The alarm's id, as in `docs/alarms.md`.
    pub alarm: &'static str,
    /// The episode of the alarm: with the bed, one that there is once.
    pub occurrence: u64,
    /// How urgent.
    pub priority: Priority,
    /// When it began.
    pub since: DateTime<Utc>,
}

impl Purpose {
    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::AllClear => "all_clear",
            Self::Answered => "answered",
            Self::Test => "test",
        }
    }
}

impl Message {
    /// Returns it in one line, as for a title: the first bed and its alarm, and how many more.
    #[must_use]
    pub fn title(&self) -> String {
        let head = match self.purpose {
            Purpose::Call => "",
            Purpose::AllClear => "Over: ",
            Purpose::Answered => "Answered: ",
            Purpose::Test => return format!("{}: test of the way to you", self.site),
        };
        let shown = self.shown();
        let Some((first, more)) = shown.split_first() else {
            return format!("{head}{}", self.site);
        };
        let mut title = format!("{head}{}: {}", first.place(), first.condition());
        if !more.is_empty() {
            // Writing into a string does not fail.
            let _ = write!(title, " and {} more", more.len());
        }
        title
    }

    /// Returns its parts as they are read: a patient's before those of a lesson, which must not
    /// hide them where only the first is seen.
    fn shown(&self) -> Vec<&Part> {
        let mut parts: Vec<_> = self.parts.iter().collect();
        parts.sort_by_key(|part| part.simulated);
        parts
    }

    /// Returns it in full, a line for each alarm.
    #[must_use]
    pub fn text(&self) -> String {
        if self.parts.is_empty() {
            return self.title();
        }
        let lines: Vec<_> = self.shown().iter().map(|part| self.line(part)).collect();
        lines.join("\n")
    }

    /// Returns it in at most [`SHORT_MAX`] characters: as many alarms as fit, and how many more
    /// there are.
    #[must_use]
    pub fn short(&self) -> String {
        let mut text = String::new();
        for (place, part) in self.shown().into_iter().enumerate() {
            let line = self.line(part);
            let left = self.parts.len() - place;
            let room = SHORT_MAX.saturating_sub(" / 9999 more".len());
            if !text.is_empty() && text.chars().count() + 3 + line.chars().count() > room {
                // Writing into a string does not fail.
                let _ = write!(text, " / {left} more");
                return text;
            }
            if !text.is_empty() {
                text.push_str(" / ");
            }
            text.extend(line.chars().take(room));
        }
        if text.is_empty() { self.title() } else { text }
    }

    /// Returns one of its alarms in a line. Also by itself it must not be taken for a call that
    /// it is not.
    fn line(&self, part: &Part) -> String {
        let (bed, condition) = (part.place(), part.condition());
        match self.purpose {
            Purpose::AllClear => format!("Over: {bed}: {condition}"),
            Purpose::Answered => format!("Answered: {bed}: {condition}"),
            Purpose::Call | Purpose::Test => {
                format!("{bed}: {condition} ({})", part.priority.name())
            }
        }
    }
}

impl Part {
    /// Returns where it is, in words: the bed's name, and that it is simulated if it is.
    #[must_use]
    pub fn place(&self) -> String {
        let mark = if self.simulated { "SIMULATED " } else { "" };
        format!("{mark}{}", self.bed_name)
    }

    /// Returns the condition in words: `SPO2 VERY LOW`.
    #[must_use]
    pub fn condition(&self) -> String {
        self.alarm.replace('_', " ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(bed: &str, alarm: &'static str, priority: Priority) -> Part {
        Part {
            bed: bed.into(),
            bed_name: format!("Room {bed}"),
            simulated: false,
            alarm,
            occurrence: 7,
            priority,
            since: DateTime::UNIX_EPOCH,
        }
    }

    fn message(purpose: Purpose, parts: Vec<Part>) -> Message {
        Message {
            key: "k".into(),
            at: DateTime::UNIX_EPOCH,
            site: "clinic-a".into(),
            purpose,
            priority: Priority::High,
            parts,
            answer: None,
        }
    }

    #[test]
    fn a_title_names_the_first_bed_and_how_many_more_there_are() {
        let first = part("3", "SPO2_VERY_LOW", Priority::High);
        let call = message(Purpose::Call, vec![first.clone()]);
        assert_eq!(call.title(), "Room 3: SPO2 VERY LOW");
        let second = part("1", "HR_HIGH", Priority::Medium);
        let call = message(Purpose::Call, vec![first.clone(), second]);
        assert_eq!(call.title(), "Room 3: SPO2 VERY LOW and 1 more");
        assert_eq!(
            call.text(),
            "Room 3: SPO2 VERY LOW (high)\nRoom 1: HR HIGH (medium)"
        );
        let lesson = Part {
            simulated: true,
            ..part("4", "APNEA", Priority::High)
        };
        let both = message(Purpose::Call, vec![lesson, first.clone()]);
        assert_eq!(both.title(), "Room 3: SPO2 VERY LOW and 1 more");
        assert!(both.text().ends_with("SIMULATED Room 4: APNEA (high)"));
        assert!(both.short().starts_with("Room 3: SPO2 VERY LOW"));
        let over = message(Purpose::AllClear, vec![first]);
        assert_eq!(over.title(), "Over: Room 3: SPO2 VERY LOW");
        assert_eq!(over.text(), over.title());
        assert_eq!(over.short(), over.title());
        let test = message(Purpose::Test, Vec::new());
        assert_eq!(test.text(), "clinic-a: test of the way to you");
    }

    #[test]
    fn a_short_text_has_an_end_and_says_what_it_left_out() {
        for count in 0..200 {
            let parts = (0..count).map(|bed| {
                let alarm = ["HR_HIGH", "AIRWAY_OBSTRUCTION", "NIBP_VERY_HIGH"][bed % 3];
                part(&bed.to_string(), alarm, Priority::High)
            });
            let message = message(Purpose::Call, parts.collect());
            let short = message.short();
            assert!(short.chars().count() <= SHORT_MAX, "{short}");
            let told = short.matches("Room ").count();
            match short.rsplit_once(" / ").map(|(_, last)| last) {
                Some(last) if last.ends_with(" more") => {
                    assert_eq!(last, format!("{} more", count - told));
                }
                _ => assert_eq!(told, count),
            }
        }
    }

    #[test]
    fn a_name_longer_than_an_sms_is_cut() {
        let parts = vec![part(&"a".repeat(2_000), "HR_HIGH", Priority::High)];
        let short = message(Purpose::Call, parts).short();
        assert!(short.chars().count() <= SHORT_MAX);
    }

    #[test]
    fn what_is_simulated_says_so_in_every_text() {
        let simulated = Part {
            simulated: true,
            ..part("3", "SPO2_VERY_LOW", Priority::High)
        };
        let call = message(Purpose::Call, vec![simulated.clone()]);
        assert_eq!(call.title(), "SIMULATED Room 3: SPO2 VERY LOW");
        assert_eq!(call.short(), "SIMULATED Room 3: SPO2 VERY LOW (high)");
        assert_eq!(call.text(), call.short());
        let over = message(Purpose::AllClear, vec![simulated]);
        assert_eq!(over.title(), "Over: SIMULATED Room 3: SPO2 VERY LOW");
        assert_eq!(over.text(), over.title());
    }
}
