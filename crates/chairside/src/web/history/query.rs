//! What a question may say in its address.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// The longest time that can be asked about at once.
const SPAN_MAX: Duration = Duration::from_hours(48);

/// The most steps of one answer.
const STEPS_MAX: i64 = 5000;

/// What is asked about when the question does not say.
const SPAN_DEFAULT: TimeDelta = TimeDelta::hours(1);

/// A step when the question does not say, seconds.
const STEP_DEFAULT: i64 = 10;

/// The words of a question, by key.
pub(in crate::web) type Words = BTreeMap<String, String>;

/// A time that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) struct Span {
    pub(in crate::web) from: DateTime<Utc>,
    pub(in crate::web) to: DateTime<Utc>,
}

/// A time in whole steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Steps {
    /// With the beginning of the first step and the end of the last.
    pub(super) span: Span,
    pub(super) step_s: u32,
    pub(super) count: usize,
}

/// Refuses a key that a question does not have: a misspelt one must not be passed over.
pub(in crate::web) fn only(words: &Words, keys: &[&str]) -> Result<(), String> {
    match words.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(()),
        Some(unknown) => Err(format!(
            "unknown key {unknown:?}; there are: {}",
            keys.join(", ")
        )),
    }
}

/// Returns whether a key says `true`; it is `false` where it is not there.
pub(in crate::web) fn truth(words: &Words, key: &str) -> Result<bool, String> {
    match words.get(key).map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(format!("{key}: {other:?} is neither true nor false")),
    }
}

/// Returns the moment that a key names.
pub(super) fn time(words: &Words, key: &str) -> Result<Option<DateTime<Utc>>, String> {
    let Some(word) = words.get(key) else {
        return Ok(None);
    };
    // In an address a plus sign that is not written as %2B means a space.
    let time = DateTime::parse_from_rfc3339(&word.replace(' ', "+"))
        .map_err(|why| format!("{key}: {word:?} is no time as in RFC 3339: {why}"))?;
    let known = DateTime::UNIX_EPOCH..DateTime::from_timestamp_nanos(i64::MAX / 2);
    if !known.contains(&time) {
        return Err(format!("{key}: {word:?} is in no year of any record"));
    }
    Ok(Some(time.into()))
}

impl Span {
    /// Reads `from` and `to`; the hour until now, where nothing is said.
    pub(super) fn of(words: &Words, now: DateTime<Utc>) -> Result<Self, String> {
        Self::within(words, now, SPAN_DEFAULT, SPAN_MAX)
    }

    /// Reads `from` and `to`; the `default` until now, where nothing is said, and `most` at most.
    pub(in crate::web) fn within(
        words: &Words,
        now: DateTime<Utc>,
        default: TimeDelta,
        most: Duration,
    ) -> Result<Self, String> {
        let to = time(words, "to")?.unwrap_or(now);
        let from = time(words, "from")?.unwrap_or(to - default);
        if from >= to {
            return Err("from must be before to".to_owned());
        }
        if (to - from).to_std().is_ok_and(|span| span > most) {
            let hours = most.as_secs() / 3600;
            return Err(format!("at most {hours} h can be asked about at once"));
        }
        Ok(Self { from, to })
    }
}

impl Steps {
    /// Reads `step`, and rounds the time to whole steps since 1970: the same step is the same in
    /// every answer.
    pub(super) fn of(words: &Words, span: Span) -> Result<Self, String> {
        let step = match words.get("step") {
            None => STEP_DEFAULT,
            Some(word) => word
                .parse()
                .ok()
                .filter(|step| (1..=172_800).contains(step))
                .ok_or_else(|| {
                    format!("step: {word:?} is no whole number of seconds from 1 to 172800")
                })?,
        };
        if span.to - span.from > TimeDelta::seconds(step * STEPS_MAX) {
            return Err(format!(
                "that is more than {STEPS_MAX} steps: ask for longer steps or a shorter time"
            ));
        }
        let first = span.from.timestamp().div_euclid(step);
        let to = span.to.timestamp() + i64::from(span.to.timestamp_subsec_nanos() > 0);
        let end = (to + step - 1).div_euclid(step);
        // What was rounded from a time lies within a step of one.
        let at = |nth: i64| DateTime::from_timestamp(nth * step, 0).unwrap_or(span.to);
        Ok(Self {
            span: Span {
                from: at(first),
                to: at(end),
            },
            step_s: u32::try_from(step).unwrap_or(u32::MAX),
            count: usize::try_from(end - first).unwrap_or(0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(query: &[(&str, &str)]) -> Words {
        let pairs = query.iter();
        pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn steps(query: &[(&str, &str)]) -> Result<String, String> {
        let now = DateTime::from_timestamp(1_790_000_003, 500_000_000).unwrap();
        let words = words(query);
        only(&words, &["from", "to", "step"])?;
        let steps = Steps::of(&words, Span::of(&words, now)?)?;
        let second = |time: DateTime<Utc>| time.timestamp() - 1_790_000_000;
        let (from, to) = (second(steps.span.from), second(steps.span.to));
        Ok(format!(
            "{from} to {to} in {} of {}",
            steps.count, steps.step_s
        ))
    }

    #[test]
    fn without_words_it_is_the_hour_until_now_in_steps_of_ten_seconds() {
        assert_eq!(steps(&[]).unwrap(), "-3600 to 10 in 361 of 10");
    }

    #[test]
    fn the_time_is_rounded_outwards_to_whole_steps() {
        let from = ("from", "2026-09-21T15:13:25.250+01:00");
        let to = ("to", "2026-09-21T14:13:29Z");
        assert_eq!(
            steps(&[from, to, ("step", "4")]).unwrap(),
            "4 to 12 in 2 of 4"
        );
        let spaced = ("from", "2026-09-21T15:13:25.250 01:00");
        assert_eq!(
            steps(&[spaced, to, ("step", "4")]),
            steps(&[from, to, ("step", "4")])
        );
    }

    #[test]
    fn what_is_too_much_or_no_question_is_refused_in_words() {
        for (query, word) in [
            (vec![("from", "yesterday")], "RFC 3339"),
            (vec![("from", "1926-09-21T14:13:29Z")], "year"),
            (vec![("to", "9026-09-21T14:13:29Z")], "year"),
            (vec![("from", "2026-09-21T14:15:20Z")], "before"),
            (vec![("from", "2026-09-19T14:13:23Z")], "48 h"),
            (
                vec![("from", "2026-09-21T12:30:23Z"), ("step", "1")],
                "5000 steps",
            ),
            (vec![("step", "0")], "step"),
            (vec![("step", "-5")], "step"),
            (vec![("step", "2.5")], "step"),
            (vec![("stop", "5")], "unknown key"),
        ] {
            let why = steps(&query).unwrap_err();
            assert!(why.contains(word), "{query:?}: {why}");
        }
        let two_days = [("from", "2026-09-19T14:13:24Z"), ("step", "60")];
        assert_eq!(steps(&two_days).unwrap(), "-172820 to 40 in 2881 of 60");
    }
}
