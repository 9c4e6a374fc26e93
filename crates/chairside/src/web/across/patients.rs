//! `GET /patients`: finds a patient by the clinic's number or by initials, and shows the course.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chairside_store::{History, SESSIONS_MAX, SessionTold};
use chrono::{DateTime, Utc};

use super::course;
use super::frame::{Frame, day};
use super::table::wide;
use crate::web::Web;
use crate::web::history::{Words, names};
use crate::web::treatment::Html;

/// Patients in one list, those seen last.
const LISTED_MAX: usize = 50;

/// A patient of the clinic: who has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    number: String,
    /// As they were said last.
    initials: String,
    sessions: usize,
    last: DateTime<Utc>,
    /// Each of the sessions is simulated.
    simulated: bool,
}

/// `GET /patients`
pub(in crate::web) async fn page(
    State(web): State<Web>,
    Query(words): Query<Words>,
    headers: HeaderMap,
) -> Response {
    let frame = Frame::of(&web, &words, &headers);
    let word = |key: &str| words.get(key).map(|word| word.trim()).unwrap_or_default();
    if !word("number").is_empty() {
        return of_number(&web, &frame, word("number")).await;
    }
    let heading = frame.lang.t("Patients' courses");
    let asked = word("find");
    let wanted = asked.to_owned();
    let read = move |history: &History| {
        let is_number = !history.sessions_of(&wanted)?.is_empty();
        Ok((history.sessions()?, is_number))
    };
    match web.questions.ask(read).await {
        Ok((sessions, is_number)) => {
            let nameless = sessions.iter().filter(|one| one.number.is_none()).count();
            let all = known(&sessions);
            let found: Vec<_> = all.iter().filter(|one| one.is_meant(asked)).collect();
            // Who is not among the newest is found by the whole number, or not at all.
            if is_number || (found.is_empty() && !asked.is_empty()) {
                return of_number(&web, &frame, asked).await;
            }
            if let Some(only) = the_one(&found, asked) {
                return of_number(&web, &frame, &only.number).await;
            }
            frame.around(StatusCode::OK, heading, |h| {
                form(h, &frame, asked);
                list(h, &frame, &found);
                if sessions.len() >= SESSIONS_MAX {
                    let words = "Listed are the patients of the newest {} sessions: find others by their whole number.";
                    let words = frame.lang.fill(words, &[&SESSIONS_MAX.to_string()]);
                    h.text("p", &[("class", "left-out")], &words);
                }
                if nameless > 0 {
                    let words = "Sessions without a number: {}. They are in no course: initials are shared by many.";
                    let words = frame.lang.fill(words, &[&nameless.to_string()]);
                    h.text("p", &[("class", "left-out")], &words);
                }
            })
        }
        Err(none) => frame.without(heading, &none),
    }
}

async fn of_number(web: &Web, frame: &Frame<'_>, number: &str) -> Response {
    let heading = frame.lang.t("Patients' courses");
    match web.course(number).await {
        Ok(course) if course.sessions.is_empty() && course.unknown_bed == 0 => {
            let why = "The record has no session of a patient with the number {}.";
            let why = frame.lang.fill(why, &[number]);
            frame.around(StatusCode::NOT_FOUND, heading, |h| {
                h.text("p", &[("class", "problem"), ("role", "alert")], &why);
                form(h, frame, "");
            })
        }
        Ok(told) => course::page(frame, number, &told, &names(web)),
        Err(none) => frame.without(heading, &none),
    }
}

/// Returns the patients of sessions, those seen last first; `sessions` has the newest first.
fn known(sessions: &[SessionTold]) -> Vec<Known> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found: Vec<Known> = Vec::new();
    for session in sessions {
        let Some(number) = session.number.as_deref() else {
            continue;
        };
        let place = *places.entry(number).or_insert_with(|| {
            found.push(Known {
                number: number.to_owned(),
                initials: session.initials.clone().unwrap_or_default(),
                sessions: 0,
                last: session.opened,
                simulated: true,
            });
            found.len() - 1
        });
        if let Some(one) = found.get_mut(place) {
            one.sessions += 1;
            one.simulated &= session.simulated;
        }
    }
    found
}

impl Known {
    /// Tells whether somebody who typed that means this patient: by the beginning of the number, or
    /// by the initials however they are written. Nothing means everybody.
    fn is_meant(&self, asked: &str) -> bool {
        let plain = |text: &str| {
            let letters = text.chars().filter(|one| one.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect::<String>()
        };
        let letters = plain(asked);
        self.begins_with(asked) || (!letters.is_empty() && plain(&self.initials) == letters)
    }

    /// Tells whether the number begins with that, in capitals or not.
    fn begins_with(&self, asked: &str) -> bool {
        let number = self.number.to_lowercase();
        number.starts_with(&asked.to_lowercase())
    }
}

/// Returns the only patient of those found whom somebody who typed that can mean: by the whole number,
/// in capitals or not, or else by initials that nobody shares. The beginning of a number is not enough:
/// the rest that was not typed may be another patient's.
fn the_one<'a>(found: &[&'a Known], asked: &str) -> Option<&'a Known> {
    let is_same = |one: &Known| one.number.to_lowercase() == asked.to_lowercase();
    let same: Vec<_> = found.iter().filter(|one| is_same(one)).collect();
    match (&*same, found) {
        ([one], _) => Some(**one),
        (_, [one]) if !one.begins_with(asked) => Some(*one),
        _ => None,
    }
}

fn form(h: &mut Html, frame: &Frame<'_>, asked: &str) {
    let lang = frame.lang;
    let form = [
        ("action", "/patients"),
        ("method", "get"),
        ("role", "search"),
    ];
    h.tag("form", &form, |h| {
        frame.keep_language(h);
        h.tag("label", &[], |h| {
            h.text("span", &[], lang.t("Number or initials"));
            let field = [
                ("name", "find"),
                ("value", asked),
                ("maxlength", "16"),
                ("autocomplete", "off"),
            ];
            h.void("input", &field);
        });
        h.text("button", &[], lang.t("Find"));
    });
}

fn list(h: &mut Html, frame: &Frame<'_>, found: &[&Known]) {
    let lang = frame.lang;
    if found.is_empty() {
        h.text("p", &[], lang.t("The record has no such patient."));
        return;
    }
    let heads = ["Patient", "Sessions", "Last session"];
    wide(h, frame, ("Patients' courses", &heads), |h| {
        h.tag("tbody", &[], |h| {
            for one in found.iter().take(LISTED_MAX) {
                h.tag("tr", &[], |h| {
                    h.tag("th", &[("scope", "row")], |h| {
                        let path = frame.address(&format!("/patients?number={}", one.number));
                        let who = format!("{} {}", one.initials, one.number);
                        h.text("a", &[("href", &*path)], who.trim());
                        if one.simulated {
                            h.text("span", &[("class", "simulated")], lang.t("SIMULATED"));
                        }
                    });
                    h.text("td", &[], &one.sessions.to_string());
                    h.text("td", &[], &day(one.last));
                });
            }
        });
    });
    if found.len() > LISTED_MAX {
        let more = (found.len() - LISTED_MAX).to_string();
        let words = lang.fill("And {} more: type a number or initials.", &[&more]);
        h.text("p", &[("class", "left-out")], &words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(number: Option<&str>, initials: &str, day: i64, simulated: bool) -> SessionTold {
        SessionTold {
            id: format!("{day:016x}"),
            bed: "1".to_owned(),
            initials: Some(initials.to_owned()),
            number: number.map(str::to_owned),
            by: "mn".to_owned(),
            opened: DateTime::UNIX_EPOCH + chrono::TimeDelta::days(day),
            closed: None,
            simulated,
        }
    }

    #[test]
    fn patients_are_found_by_number_or_initials_however_they_are_written_and_seen_last_first() {
        let sessions = [
            session(Some("1042"), "M. K.", 9, false),
            session(None, "M. K.", 8, false),
            session(Some("77"), "A. L.", 7, true),
            session(Some("1042"), "M.K.", 3, true),
        ];
        let all = known(&sessions);
        let told: Vec<_> = all
            .iter()
            .map(|one| (&*one.number, &*one.initials, one.sessions, one.simulated))
            .collect();
        assert_eq!(
            told,
            [("1042", "M. K.", 2, false), ("77", "A. L.", 1, true)]
        );
        let found = |asked: &str| {
            let found = all.iter().filter(|one| one.is_meant(asked));
            found.map(|one| &*one.number).collect::<Vec<_>>()
        };
        assert_eq!(found(""), ["1042", "77"]);
        for asked in ["1042", "10", "mk", "M. K.", "m-k"] {
            assert_eq!(found(asked), ["1042"], "{asked}");
        }
        for asked in ["42", "m", "..", "x"] {
            assert_eq!(found(asked), Vec::<&str>::new(), "{asked}");
        }
    }

    #[test]
    fn the_beginning_of_a_number_opens_nobodys_course() {
        let sessions = [
            session(Some("K-1042"), "M. K.", 9, false),
            session(Some("K-77"), "A. L.", 8, false),
            session(Some("K-770"), "A. L.", 7, false),
            session(Some("b5"), "C. D.", 6, false),
            session(Some("B5"), "E. F.", 5, false),
        ];
        let all = known(&sessions);
        let opened = |asked: &str| {
            let found: Vec<_> = all.iter().filter(|one| one.is_meant(asked)).collect();
            the_one(&found, asked).map(|one| &*one.number)
        };
        for (asked, number) in [("K-1042", "K-1042"), ("k-77", "K-77"), ("mk", "K-1042")] {
            assert_eq!(opened(asked), Some(number), "{asked}");
        }
        // The whole number as it is written is looked up in the record itself, before all else.
        for asked in ["K-104", "k", "al", "b5", "b", ""] {
            assert_eq!(opened(asked), None, "{asked}");
        }
    }
}
