//! `GET /patients?number=NUMBER`: one patient's sessions, a row each, and their pressures as a
//! picture.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::response::Response;
use chairside_care::{EventKind, LedgerEntry, Pressure, ScoreId, Stage};
use chairside_model::{MonoTime, Value};
use chairside_report::{Chart, Series, inline_svg};

use super::frame::{Frame, hour, time};
use super::ledger;
use super::table::{Cell, wide};
use crate::report::{self, Names};
use crate::web::history::{Course, OfCourse};
use crate::web::treatment::{Html, Lang};

/// The least scale of the pressures, mmHg.
const SCALE: (f32, f32) = (40.0, 200.0);

const HEADS: [&str; 9] = [
    "Session",
    "Given",
    "Before the dose, mmHg",
    "Highest after it, mmHg",
    "Rise, mmHg",
    "Lowest SpO2",
    "Worst rating after it",
    "Alarms and events",
    "From the last dose to discharge",
];

const NOTHING_GIVEN: &str = "nothing is logged as given";

/// Returns the page of a course; `names` are those of the configuration.
pub(super) fn page(frame: &Frame<'_>, number: &str, course: &Course, names: &Names) -> Response {
    let initials: Vec<_> = initials(course).into_iter().collect();
    let who = format!("{} {number}", initials.join(" / "));
    let heading = frame.lang.fill("Course of {}", &[who.trim()]);
    frame.around(StatusCode::OK, &heading, |h| parts(h, frame, course, names))
}

/// Returns by which initials the sessions of a course know their patient.
fn initials(course: &Course) -> BTreeSet<&str> {
    let said = course.sessions.iter();
    said.filter_map(|one| one.told.initials.as_deref())
        .collect()
}

/// Writes a course.
pub(super) fn parts(h: &mut Html, frame: &Frame<'_>, course: &Course, names: &Names) {
    let lang = frame.lang;
    if initials(course).len() > 1 {
        let words = "Sessions with this number have different initials. A number is one patient's: look at each of them.";
        h.text("p", &[("class", "problem")], lang.t(words));
    }
    left_out(h, frame, course);
    if course.sessions.is_empty() {
        return;
    }
    picture(h, lang, &course.sessions);
    let explained = "What was measured counts as in the session itself: nothing of before it, after it, or of another patient. Ratings, the saturation and the highest pressures are of after the first dose; those before it are the last before it. – is what was not measured, entered or rated, with the reason: it is never a number.";
    h.text("p", &[("class", "detail")], lang.t(explained));
    wide(h, frame, ("Sessions of this patient", &HEADS), |h| {
        h.tag("tbody", &[], |h| {
            for (place, one) in (1..).zip(&course.sessions) {
                let attributes = [("data-session", &*one.told.id)];
                h.tag("tr", &attributes, |h| row(h, frame, (place, one), names));
            }
        });
    });
}

fn left_out(h: &mut Html, frame: &Frame<'_>, course: &Course) {
    for (count, words) in [
        (
            course.left_out,
            "Older sessions that are not among these: {}.",
        ),
        (
            course.unknown_bed,
            "Sessions at a bed that is not configured any more: {}. They are left out: nobody knows which of its devices was read for what. Their reports are there.",
        ),
    ] {
        if count > 0 {
            let words = frame.lang.fill(words, &[&count.to_string()]);
            h.text("p", &[("class", "left-out")], &words);
        }
    }
}

fn row(h: &mut Html, frame: &Frame<'_>, (place, one): (usize, &OfCourse), names: &Names) {
    h.tag("th", &[("scope", "row")], |h| {
        head(h, frame.lang, place, one, names);
    });
    for cell in cells(frame.lang, one) {
        cell.put(h, frame);
    }
}

/// Which session: the link leads to its report.
fn head(h: &mut Html, lang: Lang, place: usize, one: &OfCourse, names: &Names) {
    let told = &one.told;
    let address = format!("/api/v1/sessions/{}/report.html", told.id);
    let when = format!("{place}. {}", time(told.opened));
    h.text("a", &[("href", &*address)], &when);
    let protocol = one.protocol.as_deref().map_or_else(
        || lang.t("without a protocol").to_owned(),
        |protocol| names.protocol_title(protocol).to_owned(),
    );
    h.text("span", &[("class", "detail")], &protocol);
    let bed = names.bed(&told.bed);
    h.text("span", &[("class", "detail")], bed);
    if told.simulated {
        h.text("span", &[("class", "simulated")], lang.t("SIMULATED"));
    }
}

fn cells(lang: Lang, one: &OfCourse) -> Vec<Cell> {
    let entry = &one.entry;
    let hour = |at: MonoTime| hour(report::wall(&one.told, at));
    let why = |missing: &'static str| {
        if entry.is_treated() {
            missing
        } else {
            NOTHING_GIVEN
        }
    };
    vec![
        given(lang, entry),
        entry.before.map_or(
            Cell::Missing(why("no cuff reading before the dose")),
            |one| Cell::of(pressure(lang, one), hour(one.taken)),
        ),
        highest(lang, entry, hour).unwrap_or(Cell::Missing(why("no cuff reading after the dose"))),
        rise(lang, entry).unwrap_or(Cell::Missing("one of the two is missing")),
        entry.lowest_saturation.map_or(
            Cell::Missing(why("no valid saturation after the dose")),
            |lowest| {
                let percent = lang.number(lowest.value.number());
                Cell::of(format!("{percent} %"), hour(lowest.taken))
            },
        ),
        ratings(lang, entry, hour),
        happened(lang, entry, hour),
        until_discharge(lang, one),
    ]
}

/// The worst rating of each scale after the first dose.
fn ratings(lang: Lang, entry: &LedgerEntry, hour: impl Fn(MonoTime) -> String) -> Cell {
    if !entry.is_treated() {
        return Cell::Missing(NOTHING_GIVEN);
    }
    let dissociation = match entry.worst(ScoreId::Cadss23) {
        Some(_) => ScoreId::Cadss23,
        None => ScoreId::Cadss6,
    };
    let scales = [
        ScoreId::Moaas,
        dissociation,
        ScoreId::Ponv,
        ScoreId::VasPain,
    ];
    let lines = scales.map(|scale| {
        let name = lang.score(scale);
        entry.worst(scale).map_or_else(
            || (format!("{name} –"), lang.t("not rated").to_owned()),
            |(at, total)| (format!("{name} {total}"), hour(at)),
        )
    });
    Cell::Found(lines.into())
}

fn given(lang: Lang, entry: &LedgerEntry) -> Cell {
    if entry.doses.is_empty() {
        return Cell::Missing(NOTHING_GIVEN);
    }
    let totals = entry.doses.iter().map(|total| {
        let amount = lang.number(total.amount.number());
        let per_kg = total.per_kg.map_or_else(
            || lang.t("– mg/kg: no weight was entered").to_owned(),
            |per_kg| format!("{} mg/kg", lang.number(per_kg.number())),
        );
        let what = format!("{}, {}", lang.drug(total.drug), lang.route(total.route));
        (format!("{amount} mg · {per_kg}"), what)
    });
    Cell::Found(totals.collect())
}

fn pressure(lang: Lang, one: Pressure) -> String {
    format!(
        "{}/{}",
        number(lang, one.systolic),
        number(lang, one.diastolic)
    )
}

fn number(lang: Lang, value: Value) -> String {
    lang.number(value.number())
}

/// The reading with the highest systolic pressure, and where another has the highest diastolic one
/// that as well.
fn highest(lang: Lang, entry: &LedgerEntry, hour: impl Fn(MonoTime) -> String) -> Option<Cell> {
    let highest = entry.highest?;
    let mut lines = vec![(pressure(lang, highest), hour(highest.taken))];
    let other = entry.highest_diastolic;
    if let Some(other) = other.filter(|other| other.diastolic > highest.diastolic) {
        lines.push((pressure(lang, other), hour(other.taken)));
    }
    Some(Cell::Found(lines))
}

fn rise(lang: Lang, entry: &LedgerEntry) -> Option<Cell> {
    let signed = |rise: Value| {
        let sign = if rise.number() > 0.0 { "+" } else { "" };
        format!("{sign}{}", number(lang, rise)).replace('-', "−")
    };
    let (systolic, diastolic) = entry.rise().zip(entry.diastolic_rise())?;
    let words = format!("{} / {}", signed(systolic), signed(diastolic));
    Some(Cell::of(words, ""))
}

/// What called and what people entered. That there was nothing is known, and no gap.
fn happened(lang: Lang, entry: &LedgerEntry, hour: impl Fn(MonoTime) -> String) -> Cell {
    let plain = |words: &str| (words.to_owned(), String::new());
    let alarms = entry.alarms.iter().map(|id| plain(lang.alarm(*id)));
    // A drug is told by what was written of it; it is another one than the treatment's own.
    let is_told = |kind: EventKind| kind != EventKind::DrugGiven || entry.drugs.is_empty();
    let events = entry.events.iter().filter(|kind| is_told(**kind));
    let events = events.map(|kind| plain(ledger::event(lang, *kind)));
    let drugs = entry.drugs.iter().map(|(at, drug)| {
        let what = lang.t("Another drug given");
        (drug.as_str().to_owned(), format!("{what}, {}", hour(*at)))
    });
    let all: Vec<_> = alarms.chain(events).chain(drugs).collect();
    if all.is_empty() {
        return Cell::of(lang.t("none"), "");
    }
    Cell::Found(all)
}

fn until_discharge(lang: Lang, one: &OfCourse) -> Cell {
    let entry = &one.entry;
    if let Some(time) = entry.until_discharge {
        return Cell::of(lang.minutes(time), "");
    }
    Cell::Missing(match entry.ended {
        Some(Stage::Transferred) => "the patient was transferred",
        Some(Stage::Aborted) => "the session was aborted",
        Some(_) => NOTHING_GIVEN,
        None if one.told.closed.is_none() => "the session is open",
        None => "it went by no protocol",
    })
}

/// The pressure of each session: from the last before the dose to the highest after it. Where one of
/// the two is missing there is a dot for the highest, or nothing. What a simulator said is no pressure
/// of the patient: it is drawn only where all of it is simulated.
fn picture(h: &mut Html, lang: Lang, sessions: &[OfCourse]) {
    let is_simulated = sessions.iter().all(|one| one.told.simulated);
    let shown = (1_u8..).zip(sessions);
    let shown: Vec<_> = shown
        .filter(|(_, one)| is_simulated || !one.told.simulated)
        .collect();
    if shown.iter().all(|(_, one)| one.entry.highest.is_none()) {
        return;
    }
    let series = |name: &str, of: fn(&LedgerEntry) -> (Option<Value>, Option<Value>)| {
        let pieces = shown.iter().flat_map(|(place, one)| {
            let at = f32::from(*place);
            let (before, highest) = of(&one.entry);
            let rise = before.zip(highest);
            let rise =
                rise.map(|(before, highest)| vec![(at, drawn(before)), (at, drawn(highest))]);
            let dot = highest.map(|highest| vec![(at, drawn(highest))]);
            rise.into_iter().chain(dot)
        });
        Series {
            name: lang.t(name).to_owned(),
            pieces: pieces.collect(),
            is_dashed: false,
        }
    };
    let series = vec![
        series("systolic", |entry| {
            let before = entry.before.map(|one| one.systolic);
            (before, entry.highest.map(|one| one.systolic))
        }),
        series("diastolic", |entry| {
            let before = entry.before.map(|one| one.diastolic);
            (before, entry.highest_diastolic.map(|one| one.diastolic))
        }),
    ];
    let count = u8::try_from(sessions.len()).unwrap_or(u8::MAX);
    let title = lang.t(
        "Pressure in each session, mmHg: a line from the last before the dose up to the highest after it, at the dot. Below stand the numbers of the sessions; one without a dot has no reading after the dose. Simulated sessions are not drawn among a patient's.",
    );
    let chart = Chart {
        title: title.to_owned(),
        minutes: (0.5, f32::from(count) + 0.5),
        values: report::scale(SCALE, &series),
        series,
        ..Chart::default()
    };
    if is_simulated {
        h.text("p", &[("class", "simulated")], lang.t("SIMULATED"));
    }
    h.tag("figure", &[], |h| {
        h.drawing(&inline_svg(&chart));
        h.text("figcaption", &[], title);
    });
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a place in a drawing needs no more"
)]
fn drawn(value: Value) -> f32 {
    value.number() as f32
}
