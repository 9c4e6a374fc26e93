//! The log of a session: every entry as it was made, and correcting one.

use chairside_care::{Amendment, CareAction, EntryNumber, Logged, Text, Treatment};
use chairside_store::{happened, write_action};
use serde_json::{Value as Json, json};

use super::dose::as_it_holds;
use super::html::Html;
use super::plan::field;
use super::rating;
use super::said::action_words;
use super::screening;
use super::shown::Shown;
use super::step::reason;

/// The log and the report of the session that is open.
pub(super) fn part(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    log(h, shown, treatment);
    report(h, shown, treatment);
}

/// The session that ended last: it can still be corrected.
pub(super) fn ended(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    report(h, shown, treatment);
    screening::weight_late(h, shown, treatment);
    log(h, shown, treatment);
}

fn report(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let session = treatment.session();
    h.part("report", "report", |h| {
        h.text("h2", &[], lang.t("Report"));
        for (kind, words) in [("html", "To look at and to print"), ("pdf", "As a PDF")] {
            let address = format!("/api/v1/sessions/{session}/report.{kind}");
            let attributes = [
                ("href", &*address),
                ("target", "_blank"),
                ("rel", "noopener"),
            ];
            h.text("a", &attributes, lang.t(words));
        }
    });
}

fn log(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    h.part("log", "log", |h| {
        h.text("h2", &[], lang.t("Log"));
        h.tag("ol", &[("reversed", ""), ("class", "entries")], |h| {
            for logged in treatment.log().iter().rev() {
                entry(h, shown, treatment, logged);
            }
        });
    });
}

fn entry(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment, logged: &Logged) {
    let lang = shown.lang;
    let number = logged.entry.number;
    let withdrawn = treatment.in_force().is_withdrawn(number);
    let id = format!("entry-{number}");
    h.tag(
        "li",
        &[("id", &*id), ("value", &*number.to_string())],
        |h| {
            h.text("time", &[], &shown.time(logged.at));
            h.words(" ");
            let words = action_words(shown, &logged.entry.action);
            h.text(if withdrawn { "s" } else { "span" }, &[], &words);
            let mut details = vec![shown.person(&logged.entry.by).to_owned()];
            if let Some(at) =
                happened(&logged.entry.action).filter(|at| shown.time(*at) != shown.time(logged.at))
            {
                details.push(lang.fill("happened {}", &[&shown.time(at)]));
            }
            if let Some(reason) = &logged.entry.reason {
                details.push(lang.fill("reason: {}", &[reason]));
            }
            if withdrawn {
                details.push(lang.t("withdrawn").to_owned());
            }
            h.text("span", &[("class", "detail")], &details.join(" · "));
            if !logged.entry.passed_over.is_empty() {
                let lines: Vec<_> = logged
                    .entry
                    .passed_over
                    .iter()
                    .map(|line| lang.said(line))
                    .collect();
                h.text(
                    "span",
                    &[("class", "detail passed-over")],
                    &lang.fill("passed over: {}", &[&lines.join("; ")]),
                );
            }
            if can_be_corrected(&logged.entry.action) {
                h.opens(&format!("{id}-correct"), lang.t("Correct"), |h| {
                    correct(h, shown, treatment, logged, withdrawn);
                });
            }
        },
    );
}

const fn can_be_corrected(action: &CareAction) -> bool {
    matches!(
        action,
        CareAction::Dose(_)
            | CareAction::Score(_)
            | CareAction::Event(_)
            | CareAction::Check { .. }
    )
}

/// Withdrawing it, and what holds instead.
fn correct(
    h: &mut Html,
    shown: &Shown<'_>,
    treatment: &Treatment,
    logged: &Logged,
    withdrawn: bool,
) {
    let lang = shown.lang;
    let session = treatment.session().to_string();
    let number = logged.entry.number;
    if !withdrawn {
        let action = json!({ "action": "amend", "entry": number, "amendment": "withdrawn" });
        h.form(
            &format!("withdraw-{number}"),
            Some(&session),
            &action,
            |h| {
                reason(h, lang);
                h.text("button", &[("class", "out")], lang.t("Withdraw it"));
            },
        );
    }
    let held = held(treatment, logged);
    let Some(instead) = amended(shown, number, &held) else {
        return;
    };
    let id = format!("amend-{number}");
    match &held {
        CareAction::Score(score) => {
            h.text("p", &[], lang.t("Rate it anew:"));
            let form = (&*id, &instead);
            rating::rate(h, shown, treatment, score.id, form, |h| reason(h, lang));
        }
        CareAction::Dose(entry) => {
            h.form(&id, Some(&session), &instead, |h| {
                as_it_holds(h, shown, &entry.dose);
                earlier_or_as_it_was(h, shown);
                reason(h, lang);
                h.text("button", &[], lang.t("This holds instead"));
            });
        }
        CareAction::Event(event) => {
            let note = event.note.as_ref().map_or("", Text::as_str);
            h.form(&id, Some(&session), &instead, |h| {
                let attributes = [
                    ("name", "note"),
                    ("autocomplete", "off"),
                    ("maxlength", "200"),
                    ("value", note),
                ];
                field(h, lang.t("Note"), &attributes);
                earlier_or_as_it_was(h, shown);
                reason(h, lang);
                h.text("button", &[], lang.t("This holds instead"));
            });
        }
        _ => {}
    }
}

fn earlier_or_as_it_was(h: &mut Html, shown: &Shown<'_>) {
    let attributes = [
        ("name", "at"),
        ("data-as", "minutes-ago"),
        ("inputmode", "numeric"),
        ("autocomplete", "off"),
    ];
    field(
        h,
        shown.lang.t("Minutes ago (empty: as it was)"),
        &attributes,
    );
}

/// Returns what holds of an entry: itself, or the last correction of it. Of one that was withdrawn,
/// what held before.
fn held(treatment: &Treatment, logged: &Logged) -> CareAction {
    let corrected = treatment.log().iter().rev().find_map(|later| {
        let CareAction::Amend { entry, amendment } = &later.entry.action else {
            return None;
        };
        match amendment {
            _ if *entry != logged.entry.number => None,
            Amendment::Withdrawn => None,
            Amendment::Dose(dose) => Some(CareAction::Dose(dose.clone())),
            Amendment::Score(score) => Some(CareAction::Score(score.clone())),
            Amendment::Event(event) => Some(CareAction::Event(event.clone())),
        }
    });
    corrected.unwrap_or_else(|| logged.entry.action.clone())
}

/// The correction as it is sent, with the time at which it happened and without what has a field:
/// there it can also be left empty.
fn amended(shown: &Shown<'_>, number: EntryNumber, action: &CareAction) -> Option<Json> {
    const FIELDS: [&str; 8] = [
        "again",
        "items",
        "note",
        "drug",
        "amount_mg",
        "rate_mg_per_min",
        "planned_mg",
        "concentration_mg_per_ml",
    ];
    let kind = match action {
        CareAction::Dose(_) => "dose",
        CareAction::Score(_) => "score",
        CareAction::Event(_) => "event",
        _ => return None,
    };
    let mut fields = write_action(action);
    for field in FIELDS {
        fields.remove(field);
    }
    fields.insert("action".to_owned(), json!("amend"));
    fields.insert("entry".to_owned(), json!(number));
    fields.insert("amendment".to_owned(), json!(kind));
    fields.insert("at".to_owned(), json!(shown.instant(happened(action)?)));
    Some(Json::Object(fields))
}
