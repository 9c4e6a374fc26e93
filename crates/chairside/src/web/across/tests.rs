//! The pages of sessions in which everything is known, and of some in which nothing is.

use std::collections::BTreeSet;
use std::time::Duration;

use chairside_alarm::AlarmId;
use chairside_care::{
    DoseTotal, Drug, EventKind, Ledger, LedgerEntry, Pressure, Route, ScoreId, Stage, Taken, Text,
};
use chairside_model::{MonoTime, Patient, SessionId, Value};
use chairside_store::SessionTold;
use chrono::DateTime;

use super::frame::Frame;
use super::{course, ledger};
use crate::report::Names;
use crate::web::history::{Course, LedgerTold, OfCourse};
use crate::web::treatment::{Html, Lang};

fn frame(lang: Lang) -> Frame<'static> {
    Frame {
        lang,
        site: "test-clinic",
        now: DateTime::UNIX_EPOCH,
        says_language: true,
    }
}

fn pressure(systolic: i32, diastolic: i32, taken: u64) -> Pressure {
    Pressure {
        systolic: Value::whole(systolic),
        diastolic: Value::whole(diastolic),
        mean: None,
        taken: MonoTime::from_secs(taken),
    }
}

/// A session of which the record knows nothing.
fn nothing() -> LedgerEntry {
    LedgerEntry {
        session: SessionId(1),
        patient: Patient::new(Some("M. K."), Some("1042")).unwrap(),
        ended: None,
        first_dose: None,
        events: BTreeSet::new(),
        drugs: Vec::new(),
        alarms: BTreeSet::new(),
        until_intervention: Vec::new(),
        unprompted: 0,
        before: None,
        highest: None,
        highest_diastolic: None,
        lowest_saturation: None,
        until_discharge: None,
        doses: Vec::new(),
        scores: Vec::new(),
    }
}

/// A session of which it knows everything.
fn everything() -> LedgerEntry {
    let at = MonoTime::from_secs;
    LedgerEntry {
        ended: Some(Stage::Discharged),
        first_dose: Some(at(900)),
        events: [EventKind::Vomiting, EventKind::DrugGiven].into(),
        drugs: vec![(at(2100), Text::new("ondansetron <4> mg, i.v.").unwrap())],
        alarms: [AlarmId::Spo2Low, AlarmId::NibpVeryHigh].into(),
        until_intervention: vec![Duration::from_millis(18_500)],
        unprompted: 2,
        before: Some(pressure(124, 78, 800)),
        highest: Some(pressure(151, 88, 3000)),
        highest_diastolic: Some(pressure(149, 93, 3600)),
        lowest_saturation: Some(Taken {
            value: Value::whole(93),
            taken: at(2000),
        }),
        until_discharge: Some(Duration::from_mins(95)),
        doses: vec![DoseTotal {
            drug: Drug::Ketamine,
            route: Route::Intramuscular,
            amount: Value::finite(34.5).unwrap(),
            per_kg: Value::finite(0.493),
            volume: None,
        }],
        scores: vec![
            (at(1000), ScoreId::Moaas, 3),
            (at(1100), ScoreId::Cadss6, 7),
            (at(1200), ScoreId::Ponv, 1),
            (at(1300), ScoreId::VasPain, 20),
        ],
        ..nothing()
    }
}

fn session(entry: LedgerEntry, number: u32, protocol: Option<&str>) -> OfCourse {
    let opened = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(200 + i64::from(number));
    OfCourse {
        told: SessionTold {
            id: format!("{number:016x}"),
            bed: "1".to_owned(),
            initials: Some("M. K.".to_owned()),
            number: Some("1042".to_owned()),
            by: "mn".to_owned(),
            opened,
            closed: entry.ended.map(|_| opened),
            simulated: number == 2,
        },
        protocol: protocol.map(str::to_owned),
        entry,
    }
}

fn courses() -> Course {
    Course {
        sessions: vec![
            session(everything(), 1, Some("im <b>own</b>")),
            session(nothing(), 2, None),
        ],
        left_out: 3,
        unknown_bed: 1,
    }
}

fn page(write: impl FnOnce(&mut Html)) -> String {
    let mut h = Html::default();
    write(&mut h);
    h.into_string()
}

/// The words of the cells of each row of the first table.
fn rows(page: &str) -> Vec<Vec<String>> {
    let (_, body) = page.split_once("<tbody>").unwrap();
    let rows = body.split("<tr").skip(1);
    rows.map(|row| {
        let cells = row.split("<td").skip(1);
        cells
            .map(|cell| {
                let inside = cell.split_once('>').unwrap().1;
                let inside = inside.split("</td>").next().unwrap();
                let inside = inside.replace("</div>", " ");
                let mut words = String::new();
                let mut is_tag = false;
                for letter in inside.chars() {
                    match letter {
                        '<' => is_tag = true,
                        '>' => is_tag = false,
                        letter if !is_tag => words.push(letter),
                        _ => {}
                    }
                }
                words.trim().to_owned()
            })
            .collect()
    })
    .collect()
}

#[test]
fn a_row_has_every_figure_of_its_session_and_a_dash_with_its_reason_for_what_is_missing() {
    let page = page(|h| course::parts(h, &frame(Lang::English), &courses(), &Names::default()));
    let rows = rows(&page);
    let [known, unknown] = &*rows else {
        panic!("{rows:?}")
    };
    let without_times = |cell: &String| {
        let words = cell.split(' ').filter(|word| !word.contains(':'));
        words.collect::<Vec<_>>().join(" ")
    };
    let known: Vec<_> = known.iter().map(without_times).collect();
    assert_eq!(
        known,
        [
            "34.5 mg · 0.493 mg/kg ketamine, into the muscle",
            "124/78",
            "151/88 149/93",
            "+27 / +15",
            "93 %",
            "MOAA/S 3 CADSS-6 7 Nausea 1 Pain (VAS) 20",
            "SpO₂ low NIBP very high Vomiting ondansetron &lt;4&gt; mg, i.v. Another drug given,",
            "1 h 35 min"
        ]
    );
    let none = "– nothing is logged as given";
    let expected = [
        none,
        none,
        none,
        "– one of the two is missing",
        none,
        none,
        "none",
        "– the session is open",
    ];
    assert_eq!(*unknown, expected);
    assert!(
        page.contains("im &lt;b&gt;own"),
        "a protocol's name is text"
    );
    assert!(page.contains("without a protocol"));
    assert_eq!(page.matches("SIMULATED").count(), 1, "one of the two");
    assert!(page.contains("not among these: 3."));
    assert!(page.contains("not configured any more: 1."));
    // A line and a dot for each of the two pressures of the one session; nothing for the other.
    assert_eq!(page.matches("<circle").count(), 2, "{page}");
}

#[test]
fn after_a_dose_what_is_missing_says_so_and_a_rise_needs_both_pressures() {
    let entry = LedgerEntry {
        ended: Some(Stage::Transferred),
        first_dose: Some(MonoTime::from_secs(900)),
        before: Some(pressure(124, 78, 800)),
        ..nothing()
    };
    let of_one = Course {
        sessions: vec![session(entry, 2, None)],
        left_out: 0,
        unknown_bed: 0,
    };
    let page = page(|h| course::parts(h, &frame(Lang::English), &of_one, &Names::default()));
    for words in [
        "– <span class=\"detail\">no cuff reading after the dose",
        "– <span class=\"detail\">one of the two is missing",
        "– <span class=\"detail\">no valid saturation after the dose",
        "Nausea – <span class=\"detail\">not rated",
        "– <span class=\"detail\">the patient was transferred",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("<svg"), "nothing to draw");
}

#[test]
fn a_dose_without_a_pressure_before_it_says_so() {
    let entry = LedgerEntry {
        first_dose: Some(MonoTime::from_secs(900)),
        ..nothing()
    };
    let of_one = Course {
        sessions: vec![session(entry, 2, None)],
        left_out: 0,
        unknown_bed: 0,
    };
    let page = page(|h| course::parts(h, &frame(Lang::English), &of_one, &Names::default()));
    let words = "– <span class=\"detail\">no cuff reading before the dose";
    assert!(page.contains(words), "{page}");
}

#[test]
fn what_a_simulator_said_is_drawn_only_where_all_is_simulated_and_under_that_mark() {
    let drawn = |simulated: [bool; 2]| {
        let mut course = courses();
        course.sessions[1].entry = everything();
        for (one, simulated) in course.sessions.iter_mut().zip(simulated) {
            one.told.simulated = simulated;
        }
        let page = page(|h| course::parts(h, &frame(Lang::English), &course, &Names::default()));
        let marked = "<p class=\"simulated\">SIMULATED</p><figure>";
        (page.matches("<circle").count(), page.contains(marked))
    };
    assert_eq!(drawn([false, false]), (4, false));
    assert_eq!(drawn([true, false]), (2, false));
    assert_eq!(drawn([false, true]), (2, false));
    assert_eq!(drawn([true, true]), (4, true));
}

#[test]
fn sessions_of_one_number_with_different_initials_are_pointed_out() {
    let mut course = courses();
    course.sessions[1].told.initials = Some("A. L.".to_owned());
    let page = page(|h| course::parts(h, &frame(Lang::English), &course, &Names::default()));
    assert!(page.contains("have different initials"), "{page}");
}

fn ledger_told(entries: &[LedgerEntry]) -> LedgerTold {
    LedgerTold {
        ledger: Ledger::of(entries),
        other_kind: 4,
        unknown_bed: 5,
        not_before: None,
    }
}

fn of_ledger(lang: Lang, entries: &[LedgerEntry]) -> String {
    let asked = ledger::Asked::default();
    page(|h| ledger::parts(h, &frame(lang), asked, &ledger_told(entries)))
}

#[test]
fn the_ledger_says_each_rate_with_its_bounds_in_words_and_what_it_leaves_out() {
    let mut entries = vec![everything(); 39];
    entries.push(LedgerEntry {
        events: BTreeSet::new(),
        ..everything()
    });
    let open = LedgerEntry {
        ended: None,
        ..everything()
    };
    entries.extend([nothing(), nothing(), open]);
    let page = of_ledger(Lang::English, &entries);
    assert!(
        page.contains("<strong>Sessions counted: 40</strong>"),
        "{page}"
    );
    assert!(
        page.contains("0 in 40 sessions: at most 72.2 in 1,000 (one side)"),
        "{page}"
    );
    assert!(
        page.contains("39 in 40 sessions: between 868 and "),
        "{page}"
    );
    for (name, words) in [
        ("SPO2_LOW", "SpO₂ low"),
        ("drug_given", "Another drug given"),
    ] {
        let row = format!("<tr data-name=\"{name}\"><th scope=\"row\">{words}</th>");
        assert!(page.contains(&row), "{row}: {page}");
    }
    for (name, count) in [
        ("open", 1),
        ("nothing_given", 2),
        ("other_kind", 4),
        ("unknown_bed", 5),
    ] {
        let line = format!("<li data-name=\"{name}\"><strong>{count}</strong>");
        assert!(page.contains(&line), "{line}: {page}");
    }
    assert!(page.contains("18.5 s"), "{page}");
    assert!(page.contains("without such a time: 80."), "{page}");
}

#[test]
fn a_ledger_of_no_session_tells_no_rate() {
    let page = of_ledger(Lang::English, &[nothing()]);
    assert!(page.contains("nothing is known of any rate"), "{page}");
    assert!(!page.contains("<tr data-name="), "{page}");
    assert_eq!(
        page.matches("no intervention while an alarm stood").count(),
        3
    );
}

#[test]
fn a_ledger_that_did_not_look_at_all_sessions_says_so_before_what_it_found() {
    let told = LedgerTold {
        not_before: Some(DateTime::UNIX_EPOCH + chrono::TimeDelta::days(300)),
        ..ledger_told(&[])
    };
    let asked = ledger::Asked::default();
    let page = page(|h| ledger::parts(h, &frame(Lang::English), asked, &told));
    assert!(!page.contains("of all that is on record"), "{page}");
    let place = |words: &str| {
        page.find(words)
            .unwrap_or_else(|| panic!("{words}: {page}"))
    };
    let summary = place("of those opened on 1970-10-2");
    let why = place("The record has more sessions than are looked at.");
    assert!(summary < why && why < place("id=\"nothing\""), "{page}");
    let whole = of_ledger(Lang::English, &[]);
    assert!(whole.contains("of all that is on record."), "{whole}");
}

/// Every text that these pages have, as it stands in their sources.
fn texts() -> Vec<String> {
    let sources = [
        include_str!("course.rs"),
        include_str!("frame.rs"),
        include_str!("ledger.rs"),
        include_str!("patients.rs"),
    ];
    let code = sources.map(|source| {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().map(str::trim);
        let lines = lines.filter(|line| !line.starts_with("//") && !line.starts_with("reason ="));
        // A text that goes on in the next line.
        lines.collect::<Vec<_>>().join("\n").replace("\\\n", "")
    });
    let literals = code
        .iter()
        .flat_map(|code| code.split('"').skip(1).step_by(2));
    literals
        .filter(|text| is_text(text))
        .map(str::to_owned)
        .collect()
}

/// Whether a literal is words for people: a word with a capital letter, or words.
fn is_text(literal: &str) -> bool {
    let is_capital = literal.starts_with(|letter: char| letter.is_ascii_uppercase());
    let is_word = literal.chars().all(char::is_alphabetic);
    let words = literal
        .split(' ')
        .filter(|word| word.chars().filter(|one| one.is_alphabetic()).count() > 1);
    (is_capital && is_word)
        || (words.count() > 1
            && !["{name}", "{amount}", "%"]
                .iter()
                .any(|sign| literal.starts_with(sign)))
}

#[test]
fn every_text_of_these_pages_has_its_german() {
    let texts = texts();
    assert!(texts.len() > 80, "{}", texts.len());
    let same = ["SIMULATED"];
    for text in texts.iter().filter(|text| !same.contains(&&***text)) {
        assert_ne!(Lang::German.t(text), text, "without German");
    }
    let german = of_ledger(Lang::German, &[everything()]);
    assert!(
        german.contains("höchstens 950 auf 1000 (einseitig)"),
        "{german}"
    );
    let course = page(|h| course::parts(h, &frame(Lang::German), &courses(), &Names::default()));
    assert!(course.contains("34,5 mg · 0,493 mg/kg"), "{course}");
    for words in [
        "SpO₂ tief",
        "NIBP sehr hoch",
        "Anderes Medikament gegeben, ",
    ] {
        assert!(course.contains(words), "{words}: {course}");
    }
    assert!(course.contains("SIMULIERT"), "{course}");
}
