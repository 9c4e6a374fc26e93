//! `GET /api/v1/response`: how soon alarms are acknowledged, accepted, and somebody is at the bed.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chairside_store::{Answers, OfShift, Shifts, percentile};
use chrono::{NaiveTime, TimeDelta};
use serde::Serialize;

use super::not_understood;
use super::query::{Span, Words, only, truth};
use crate::web::Web;
use crate::web::wire::Time;

/// The longest time that can be asked about at once: a month.
const SPAN_MAX: Duration = Duration::from_hours(31 * 24);

/// What is asked about when the question does not say.
const SPAN_DEFAULT: TimeDelta = TimeDelta::days(1);

/// When shifts begin when the question does not say. Our design.
const SHIFTS: &str = "07:00,15:00,23:00";

/// More shifts than this has no day.
const SHIFTS_MAX: usize = 24;

/// No clock is further behind UTC or ahead of it than this, minutes.
const AHEAD_MAX: std::ops::RangeInclusive<i16> = -12 * 60..=14 * 60;

/// How the time of a shift's beginning is written.
const TIME_OF_DAY: &str = "%H:%M";

/// The answer. Written out in `docs/http.md`.
#[derive(Debug, Serialize)]
struct Answer {
    from: Time,
    to: Time,
    #[serde(flatten)]
    all: Figures,
    shifts: Vec<OfOne>,
}

#[derive(Debug, Serialize)]
struct OfOne {
    begins: String,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Debug, Serialize)]
struct Figures {
    high: OfPriority,
    medium: OfPriority,
}

#[derive(Debug, Serialize)]
struct OfPriority {
    alarms: u64,
    acknowledged: Times,
    accepted: Times,
    arrived: Times,
}

#[derive(Debug, Serialize)]
struct Times {
    count: usize,
    median_s: Option<f64>,
    p90_s: Option<f64>,
}

pub(in crate::web) async fn response(
    State(web): State<Web>,
    Query(words): Query<Words>,
) -> Response {
    let now = web.clock.wall(web.clock.now());
    let question = only(&words, &["from", "to", "shifts", "offset", "simulated"])
        .and_then(|()| Span::within(&words, now, SPAN_DEFAULT, SPAN_MAX))
        .and_then(|span| Ok((span, shifts(&words)?, truth(&words, "simulated")?)));
    let (span, shifts, simulated) = match question {
        Ok(question) => question,
        Err(why) => return not_understood(&why),
    };
    let begin: Vec<String> = shifts
        .begin()
        .iter()
        .map(|time| time.format(TIME_OF_DAY).to_string())
        .collect();
    let answer = web
        .questions
        .ask(move |history| history.response(span.from, span.to, (&shifts, simulated)));
    match answer.await {
        Ok(figures) => Json(Answer {
            from: Time(span.from),
            to: Time(span.to),
            all: Figures::of(&figures.all),
            shifts: begin
                .into_iter()
                .zip(&figures.shifts)
                .map(|(begins, one)| OfOne {
                    begins,
                    figures: Figures::of(one),
                })
                .collect(),
        })
        .into_response(),
        Err(none) => none.into_response(),
    }
}

/// Reads when the shifts of the clinic's day begin, and by which clock.
fn shifts(words: &Words) -> Result<Shifts, String> {
    let said = words.get("shifts").map_or(SHIFTS, String::as_str);
    let times = said.split(',').map(|word| {
        NaiveTime::parse_from_str(word, TIME_OF_DAY)
            .map_err(|why| format!("shifts: {word:?} is no time of day like 07:00: {why}"))
    });
    let times = times.collect::<Result<Vec<_>, _>>()?;
    if times.len() > SHIFTS_MAX {
        return Err(format!("shifts: there are at most {SHIFTS_MAX}"));
    }
    let ahead = match words.get("offset") {
        None => 0,
        Some(word) => word
            .parse()
            .ok()
            .filter(|ahead| AHEAD_MAX.contains(ahead))
            .ok_or_else(|| {
                format!(
                    "offset: {word:?} is no whole number of minutes from {} to {}",
                    AHEAD_MAX.start(),
                    AHEAD_MAX.end()
                )
            })?,
    };
    Shifts::new(times, ahead).ok_or_else(|| "shifts: a time is there twice".to_owned())
}

impl Figures {
    fn of(one: &OfShift) -> Self {
        Self {
            high: OfPriority::of(&one.high),
            medium: OfPriority::of(&one.medium),
        }
    }
}

impl OfPriority {
    fn of(answers: &Answers) -> Self {
        Self {
            alarms: answers.alarms,
            acknowledged: Times::of(&answers.acknowledged),
            accepted: Times::of(&answers.accepted),
            arrived: Times::of(&answers.arrived),
        }
    }
}

impl Times {
    fn of(sorted: &[Duration]) -> Self {
        let at = |percent| percentile(sorted, percent).map(|time| time.as_secs_f64());
        Self {
            count: sorted.len(),
            median_s: at(50),
            p90_s: at(90),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<String, String> {
        let words: Words = query
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let begin = shifts(&words)?;
        let begin = begin.begin().iter();
        Ok(begin.map(ToString::to_string).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn without_words_a_day_has_three_shifts_and_what_is_no_shift_is_refused() {
        assert_eq!(read(&[]).unwrap(), "07:00:00 15:00:00 23:00:00");
        let two = [("shifts", "19:00,06:30"), ("offset", "-300")];
        assert_eq!(read(&two).unwrap(), "06:30:00 19:00:00");
        let many = vec!["07:00"; 25].join(",");
        for (key, value, word) in [
            ("shifts", "", "time of day"),
            ("shifts", "7 o'clock", "time of day"),
            ("shifts", "25:00", "time of day"),
            ("shifts", "07:00,07:00", "twice"),
            ("shifts", &many, "at most 24"),
            ("offset", "1.5", "minutes"),
            ("offset", "900", "minutes"),
            ("offset", "-721", "minutes"),
        ] {
            let why = read(&[(key, value)]).unwrap_err();
            assert!(why.contains(word), "{key}={value}: {why}");
        }
    }
}
