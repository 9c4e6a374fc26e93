//! `GET /ledger`: how often something happened in the clinic's own sessions, and how sure that is.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chairside_care::{Bounded, Counted, EventKind, Ledger};
use chrono::{DateTime, Days, Local, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::frame::{Frame, time};
use super::table::{Cell, wide};
use crate::web::Web;
use crate::web::history::{LedgerSpan, LedgerTold, Words, truth};
use crate::web::treatment::{Html, Lang};

const HEADS: [&str; 5] = [
    "What happened",
    "What that says",
    "Sessions with it",
    "In 1,000 sessions",
    "95 % bounds, both sides, in 1,000",
];

/// What a person asks for: days of the clinic, both counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    pub(super) simulated: bool,
}

/// `GET /ledger`
pub(in crate::web) async fn page(
    State(web): State<Web>,
    Query(words): Query<Words>,
    headers: HeaderMap,
) -> Response {
    let frame = Frame::of(&web, &words, &headers);
    let heading = frame.lang.t("Safety ledger");
    let asked = match Asked::read(&words) {
        Ok(asked) => asked,
        Err(why) => {
            return frame.around(StatusCode::BAD_REQUEST, heading, |h| {
                let why = frame.lang.t(why);
                h.text("p", &[("class", "problem"), ("role", "alert")], why);
                form(h, &frame, Asked::default());
            });
        }
    };
    let span = asked.span(frame.now);
    match web.ledger(span).await {
        Ok(told) => frame.around(StatusCode::OK, heading, |h| {
            form(h, &frame, asked);
            parts(h, &frame, asked, &told);
        }),
        Err(none) => frame.without(heading, &none),
    }
}

impl Asked {
    fn read(words: &Words) -> Result<Self, &'static str> {
        let day = |key: &str| match words.get(key).map(String::as_str) {
            None | Some("") => Ok(None),
            Some(word) => word
                .parse()
                .map(Some)
                .map_err(|_why| "A day is written as 2026-01-31."),
        };
        let asked = Self {
            from: day("from")?,
            to: day("to")?,
            simulated: truth(words, "simulated").map_err(|_why| "simulated: true or false.")?,
        };
        if asked.from.zip(asked.to).is_some_and(|(from, to)| from > to) {
            return Err("The first day is after the last one.");
        }
        Ok(asked)
    }

    fn span(self, now: DateTime<Utc>) -> LedgerSpan {
        let after = |day: NaiveDate| day.checked_add_days(Days::new(1)).and_then(begins);
        LedgerSpan {
            from: self.from.and_then(begins),
            to: self.to.and_then(after).unwrap_or(now),
            simulated: self.simulated,
        }
    }
}

/// Returns when a day of the clinic begins: at midnight, or where the clocks are put forward over it
/// within the hours after.
fn begins(day: NaiveDate) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN);
    let hours = (0..3).map(|hour| midnight + TimeDelta::hours(hour));
    let mut local = hours.filter_map(|hour| hour.and_local_timezone(Local).earliest());
    local.next().map(|begins| begins.to_utc())
}

fn form(h: &mut Html, frame: &Frame<'_>, asked: Asked) {
    let lang = frame.lang;
    h.tag("form", &[("action", "/ledger"), ("method", "get")], |h| {
        frame.keep_language(h);
        for (name, words, day) in [
            ("from", "First day", asked.from),
            ("to", "Last day", asked.to),
        ] {
            h.tag("label", &[], |h| {
                h.text("span", &[], lang.t(words));
                let day = day.map(|day| day.to_string()).unwrap_or_default();
                h.void(
                    "input",
                    &[("type", "date"), ("name", name), ("value", &day)],
                );
            });
        }
        h.tag("label", &[("class", "choice")], |h| {
            let mut field = vec![
                ("type", "checkbox"),
                ("name", "simulated"),
                ("value", "true"),
            ];
            if asked.simulated {
                field.push(("checked", ""));
            }
            h.void("input", &field);
            h.text(
                "span",
                &[],
                lang.t("Training and simulated sessions instead"),
            );
        });
        h.text("button", &[], lang.t("Show"));
    });
}

/// Writes a ledger.
pub(super) fn parts(h: &mut Html, frame: &Frame<'_>, asked: Asked, told: &LedgerTold) {
    let lang = frame.lang;
    let ledger = &told.ledger;
    if asked.simulated {
        h.text("p", &[("class", "simulated")], lang.t("SIMULATED"));
    }
    let sessions = ledger.sessions.to_string();
    h.tag("p", &[("id", "summary")], |h| {
        let words = lang.fill("Sessions counted: {}", &[&sessions]);
        h.text("strong", &[], &words);
        h.words(", ");
        h.words(&time_asked_about(lang, asked, told.not_before));
    });
    if let Some(oldest) = told.not_before {
        let words = "The record has more sessions than are looked at. Those opened before {} are not among these: ask for a later first day to have whole times.";
        let words = lang.fill(words, &[&time(oldest)]);
        h.text("p", &[("class", "problem")], &words);
    }
    if ledger.sessions == 0 {
        let words = "No session counts in this time, so nothing is known of any rate.";
        h.text("p", &[("id", "nothing")], lang.t(words));
    } else {
        rates(h, frame, ledger);
    }
    interventions(h, frame, ledger);
    left_out(h, frame, asked, told);
    what_counts(h, lang);
}

fn time_asked_about(lang: Lang, asked: Asked, not_before: Option<DateTime<Utc>>) -> String {
    let of = |day: NaiveDate| day.to_string();
    match (asked.from, asked.to) {
        (None, None) => not_before.map_or_else(
            || lang.t("of all that is on record.").to_owned(),
            |oldest| {
                let words = "of those opened on {} or later: older ones are not looked at.";
                lang.fill(words, &[&time(oldest)])
            },
        ),
        (Some(from), None) => lang.fill("opened on {} or later.", &[&of(from)]),
        (None, Some(to)) => lang.fill("opened on {} or before.", &[&of(to)]),
        (Some(from), Some(to)) => lang.fill("opened from {} to {}.", &[&of(from), &of(to)]),
    }
}

fn rates(h: &mut Html, frame: &Frame<'_>, ledger: &Ledger) {
    let lang = frame.lang;
    let explained = "A rate of few sessions says little. So each stands between its exact bounds: if the true rate lay outside of them, a count that far from it would be seen in fewer than 5 of 100 such clinics. “At most” has all of the 5 on its one side.";
    h.text("h2", &[], lang.t("How often"));
    h.text("p", &[("class", "detail")], lang.t(explained));
    wide(h, frame, ("How often", &HEADS), |h| {
        for (group, is_of) in [
            ("How the session ended", is_end as fn(Counted) -> bool),
            ("What a person entered", is_event),
            ("Alarms of high and medium priority that called", is_alarm),
        ] {
            let mut of_group = ledger
                .rates
                .iter()
                .filter(|(counted, _)| is_of(**counted))
                .peekable();
            if of_group.peek().is_none() {
                continue;
            }
            h.tag("tbody", &[], |h| {
                h.tag("tr", &[("class", "group")], |h| {
                    let across = [("colspan", "5"), ("scope", "rowgroup")];
                    h.text("th", &across, lang.t(group));
                });
                for (counted, rate) in of_group {
                    row(h, frame, *counted, rate);
                }
            });
        }
    });
}

fn is_end(counted: Counted) -> bool {
    matches!(counted, Counted::Transfer | Counted::Abort)
}

fn is_event(counted: Counted) -> bool {
    matches!(counted, Counted::Event(_))
}

fn is_alarm(counted: Counted) -> bool {
    matches!(counted, Counted::Alarm(_))
}

fn row(h: &mut Html, frame: &Frame<'_>, counted: Counted, rate: &Bounded) {
    let lang = frame.lang;
    let (words, name) = match counted {
        Counted::Transfer => (lang.t("Transferred"), "transferred"),
        Counted::Abort => (lang.t("Aborted"), "aborted"),
        Counted::Event(kind) => (event(lang, kind), kind.name()),
        Counted::Alarm(id) => (lang.alarm(id), id.name()),
    };
    let (count, of) = (rate.count.to_string(), rate.of.to_string());
    let per_1000 = rate.per_thousand().map(|rate| nearest(lang, rate));
    let (low, high) = (
        bound(lang, rate.low, f64::floor),
        bound(lang, rate.high, f64::ceil),
    );
    let says = if rate.count == 0 {
        let at_most = bound(lang, rate.at_most, f64::ceil);
        lang.fill(
            "{} in {} sessions: at most {} in 1,000 (one side)",
            &[&count, &of, &at_most],
        )
    } else {
        lang.fill(
            "{} in {} sessions: between {} and {} in 1,000",
            &[&count, &of, &low, &high],
        )
    };
    h.tag("tr", &[("data-name", name)], |h| {
        h.text("th", &[("scope", "row")], words);
        h.text("td", &[("class", "says")], &says);
        h.text("td", &[], &count);
        let per_1000 = per_1000.map_or(Cell::Missing("no session"), |rate| Cell::of(rate, ""));
        per_1000.put(h, frame);
        h.text("td", &[], &lang.fill("{} to {}", &[&low, &high]));
    });
}

/// Names a kind of event: in each session that counts the treatment's own drug was given as well.
pub(super) fn event(lang: Lang, kind: EventKind) -> &'static str {
    if kind == EventKind::DrugGiven {
        return lang.t("Another drug given");
    }
    lang.event(kind)
}

/// Writes a rate: as many digits as say something.
fn nearest(lang: Lang, rate: f64) -> String {
    bound(lang, rate, f64::round)
}

/// Writes a bound, rounded outwards: it must not look narrower than it is.
fn bound(lang: Lang, bound: f64, round: fn(f64) -> f64) -> String {
    let digits = if bound < 100.0 { 10.0 } else { 1.0 };
    // A whole number that was worked out by halving lies a hair beside itself.
    let near = (bound * 1e6).round() / 1e6;
    lang.number(round(near * digits) / digits)
}

fn interventions(h: &mut Html, frame: &Frame<'_>, ledger: &Ledger) {
    let lang = frame.lang;
    h.text("h2", &[], lang.t("Time to an intervention"));
    let heads = ["Interventions", "Half of them within", "Soonest", "Latest"];
    let until = &ledger.until_intervention;
    let within = |within: Option<Duration>| {
        within.map_or(
            Cell::Missing("no intervention while an alarm stood"),
            |within| Cell::of(seconds(lang, within), ""),
        )
    };
    wide(h, frame, ("Time to an intervention", &heads), |h| {
        h.tag("tbody", &[], |h| {
            h.tag("tr", &[("id", "until-intervention")], |h| {
                h.text("td", &[], &until.len().to_string());
                within(ledger.median_until_intervention()).put(h, frame);
                within(until.first().copied()).put(h, frame);
                within(until.last().copied()).put(h, frame);
            });
        });
    });
    let without = ledger.unprompted.to_string();
    let words = "From the first call of the alarms that stood until somebody entered oxygen on, a drug, a position, an airway manoeuvre or another intervention. Entered while no alarm stood, so without such a time: {}.";
    h.text("p", &[("class", "detail")], &lang.fill(words, &[&without]));
}

fn seconds(lang: Lang, time: Duration) -> String {
    if time >= Duration::from_mins(10) {
        return lang.minutes(time);
    }
    format!(
        "{} s",
        lang.number((time.as_secs_f64() * 10.0).round() / 10.0)
    )
}

/// What is of that time and not counted, each with how many.
fn left_out(h: &mut Html, frame: &Frame<'_>, asked: Asked, told: &LedgerTold) {
    let lang = frame.lang;
    let other = if asked.simulated {
        "sessions of patients"
    } else {
        "sessions with simulated data, on beds for training above all"
    };
    h.text("h2", &[], lang.t("What is left out"));
    h.tag("ul", &[("id", "left-out")], |h| {
        for (name, count, words) in [
            ("open", told.ledger.open, "sessions that are open"),
            (
                "nothing_given",
                told.ledger.untreated,
                "sessions in which nothing is logged as given",
            ),
            ("other_kind", told.other_kind as u64, other),
            (
                "unknown_bed",
                told.unknown_bed as u64,
                "sessions at a bed that is not configured any more",
            ),
        ] {
            h.tag("li", &[("data-name", name)], |h| {
                h.text("strong", &[], &count.to_string());
                h.words(" ");
                h.words(lang.t(words));
            });
        }
    });
}

fn what_counts(h: &mut Html, lang: Lang) {
    h.text("h2", &[], lang.t("What counts"));
    h.tag("ul", &[], |h| {
        for words in [
            "A session in which something was given and which has ended, each once for each thing that happened in it, however often.",
            "How it ended, and what happened: as people entered it on the session's page, by the entries that hold after corrections. What nobody entered is not here.",
            "Alarms: those of high and medium priority that called people in the session, as the record has them, also technical ones.",
            "The bounds are exact (Clopper and Pearson 1934, Biometrika 26:404): of 95 %, with 2.5 % on each side; “at most” with 5 % above it.",
            "To compare: no event in 1985 sessions of two clinics (doi 10.1177/25160435261466115) is at most 1.51 in 1,000 by the same bound.",
        ] {
            h.text("li", &[], lang.t(words));
        }
    });
}

#[cfg(test)]
mod tests {
    use chairside_care::bounded;

    use super::*;

    #[test]
    fn bounds_are_rounded_outwards_and_a_whole_one_stays_whole() {
        let none = bounded(0, 40);
        assert_eq!(bound(Lang::English, none.at_most, f64::ceil), "72.2");
        assert_eq!(bound(Lang::German, none.high, f64::ceil), "88,1");
        assert_eq!(
            bound(Lang::English, bounded(0, 1).at_most, f64::ceil),
            "950"
        );
        let some = bounded(3, 40);
        let (low, high) = (some.low, some.high);
        assert_eq!(bound(Lang::English, low, f64::floor), "15.7");
        assert_eq!(bound(Lang::English, high, f64::ceil), "204");
        assert!(low > 15.7 && high < 204.0, "{low} {high}");
        assert_eq!(nearest(Lang::English, 75.0), "75");
    }

    #[test]
    fn days_are_whole_days_of_the_clinic_and_nonsense_is_refused() {
        let words = |pairs: &[(&str, &str)]| -> Words {
            let pairs = pairs.iter();
            pairs
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect()
        };
        let asked = Asked::read(&words(&[("from", "2026-01-05"), ("to", "2026-01-05")])).unwrap();
        let span = asked.span(DateTime::UNIX_EPOCH);
        let from = span.from.unwrap();
        assert_eq!(span.to - from, TimeDelta::days(1));
        let local = from.with_timezone(&Local).naive_local();
        assert_eq!(local.to_string(), "2026-01-05 00:00:00");
        let all = Asked::read(&words(&[("from", ""), ("to", "")])).unwrap();
        assert_eq!(all, Asked::default());
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        assert_eq!((all.span(now).from, all.span(now).to), (None, now));
        for (pairs, why) in [
            (vec![("from", "yesterday")], "A day"),
            (vec![("from", "2026-02-30")], "A day"),
            (vec![("from", "2026-02-02"), ("to", "2026-02-01")], "after"),
            (vec![("simulated", "yes")], "simulated"),
        ] {
            let refused = Asked::read(&words(&pairs)).unwrap_err();
            assert!(refused.contains(why), "{pairs:?}: {refused}");
        }
    }
}
