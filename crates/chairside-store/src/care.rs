//! The action of a treatment session as JSON: the one form of it, in the record and over HTTP.
//!
//! An object with `action` and that action's fields, each under its word in the code, with its unit
//! where it has one. What was not said is not there. When something happened is not in it: the
//! record has a column for that, which the clock of a later run can be put upon.

use std::fmt::Write;

use chairside_care::{
    Again, Amendment, CareAction, CareEvent, Dose, DoseEntry, ItemAnswer, ScoreEntry, Text,
};
use chairside_model::{MonoTime, Patient, PatientName, Value as Number};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

mod read;

pub use read::{CareFieldError, read_action};

/// The field of an action that has the patient's name: what may be shown to whoever follows a bed
/// is without it.
pub const PATIENT_NAME: &str = "name";

/// Returns what a request is known by when it comes again: the SHA-256 of its text, in hexadecimal.
#[must_use]
pub fn request_mark(text: &str) -> String {
    let mut mark = String::new();
    for byte in Sha256::digest(text) {
        // Writing to a string does not fail.
        let _ = write!(mark, "{byte:02x}");
    }
    mark
}

/// Returns the action's word: `schedule`, `step`, `dose`, ...
#[must_use]
pub const fn action_name(action: &CareAction) -> &'static str {
    match action {
        CareAction::Schedule { .. } => "schedule",
        CareAction::Step { .. } => "step",
        CareAction::Screen { .. } => "screen",
        CareAction::Weigh { .. } => "weigh",
        CareAction::TakeBaseline => "take_baseline",
        CareAction::Dose(_) => "dose",
        CareAction::Score(_) => "score",
        CareAction::Check { .. } => "check",
        CareAction::Event(_) => "event",
        CareAction::Discharge { .. } => "discharge",
        CareAction::Amend { .. } => "amend",
    }
}

/// Returns when it happened, where a person says so: of a dose, a rating, an event, and of what
/// holds instead of one.
#[must_use]
pub const fn happened(action: &CareAction) -> Option<MonoTime> {
    match action {
        CareAction::Dose(DoseEntry { at, .. })
        | CareAction::Score(ScoreEntry { at, .. })
        | CareAction::Event(CareEvent { at, .. })
        | CareAction::Amend {
            amendment:
                Amendment::Dose(DoseEntry { at, .. })
                | Amendment::Score(ScoreEntry { at, .. })
                | Amendment::Event(CareEvent { at, .. }),
            ..
        } => Some(*at),
        CareAction::Schedule { .. }
        | CareAction::Step { .. }
        | CareAction::Screen { .. }
        | CareAction::Weigh { .. }
        | CareAction::TakeBaseline
        | CareAction::Check { .. }
        | CareAction::Discharge { .. }
        | CareAction::Amend {
            amendment: Amendment::Withdrawn,
            ..
        } => None,
    }
}

/// Returns the action as JSON, with its word and without the time at which it
/// [`happened`](happened()).
#[must_use]
pub fn write_action(action: &CareAction) -> Map<String, Value> {
    let mut out = Map::new();
    put(&mut out, "action", action_name(action));
    match action {
        CareAction::Schedule {
            patient,
            name,
            protocol,
        } => {
            write_patient(patient, &mut out);
            put_some(
                &mut out,
                PATIENT_NAME,
                name.as_ref().map(PatientName::as_str),
            );
            put(&mut out, "protocol", protocol.as_str());
        }
        CareAction::Step { to } => put(&mut out, "to", to.name()),
        CareAction::Screen { item, answer } => {
            put(&mut out, "item", item.as_str());
            write_answer(answer, &mut out);
        }
        CareAction::Weigh { weight } => put_number(&mut out, "weight_kg", Some(*weight)),
        CareAction::TakeBaseline => {}
        CareAction::Dose(dose) => write_dose(dose, &mut out),
        CareAction::Score(score) => write_score(score, &mut out),
        CareAction::Check { check } => put(&mut out, "check", check.name()),
        CareAction::Event(event) => write_event(event, &mut out),
        CareAction::Discharge { item, answer } => {
            put(&mut out, "item", item.name());
            write_answer(answer, &mut out);
        }
        CareAction::Amend { entry, amendment } => {
            put(&mut out, "entry", *entry);
            write_amendment(amendment, &mut out);
        }
    }
    out
}

fn write_patient(patient: &Patient, out: &mut Map<String, Value>) {
    put_some(out, "initials", patient.initials());
    put_some(out, "number", patient.number());
}

fn write_answer(answer: &ItemAnswer, out: &mut Map<String, Value>) {
    put(out, "answer", answer.said.name());
    put_some(out, "note", answer.note.as_ref().map(Text::as_str));
}

fn write_dose(entry: &DoseEntry, out: &mut Map<String, Value>) {
    put(out, "dose", entry.dose.name());
    match entry.dose {
        Dose::Bolus {
            drug,
            route,
            amount,
            concentration,
        } => {
            put(out, "drug", drug.name());
            put(out, "route", route.name());
            put_number(out, "amount_mg", Some(amount));
            put_number(out, "concentration_mg_per_ml", concentration);
        }
        Dose::Start {
            drug,
            rate,
            concentration,
            planned,
        } => {
            put(out, "drug", drug.name());
            put_number(out, "rate_mg_per_min", Some(rate));
            put_number(out, "concentration_mg_per_ml", concentration);
            put_number(out, "planned_mg", planned);
        }
        Dose::Rate { rate } => put_number(out, "rate_mg_per_min", Some(rate)),
        Dose::Pause | Dose::Resume | Dose::Stop => {}
    }
    write_again(entry.again.as_ref().map_or(&[], Again::figures), out);
}

/// One figure stands by itself, as it did when no more than one could be typed a second time.
fn write_again(figures: &[Number], out: &mut Map<String, Value>) {
    match figures {
        [] => {}
        [one] => put_number(out, "again", Some(*one)),
        more => {
            let more = more.iter().map(|figure| Value::from(figure.number()));
            put(out, "again", more.collect::<Vec<_>>());
        }
    }
}

fn write_score(entry: &ScoreEntry, out: &mut Map<String, Value>) {
    put(out, "score", entry.id.name());
    put(out, "items", entry.items.clone());
    put_some(out, "variant", entry.variant.as_ref().map(Text::as_str));
}

fn write_event(event: &CareEvent, out: &mut Map<String, Value>) {
    put(out, "event", event.kind.name());
    put_some(out, "note", event.note.as_ref().map(Text::as_str));
}

fn write_amendment(amendment: &Amendment, out: &mut Map<String, Value>) {
    match amendment {
        Amendment::Withdrawn => put(out, "amendment", "withdrawn"),
        Amendment::Dose(dose) => {
            put(out, "amendment", "dose");
            write_dose(dose, out);
        }
        Amendment::Score(score) => {
            put(out, "amendment", "score");
            write_score(score, out);
        }
        Amendment::Event(event) => {
            put(out, "amendment", "event");
            write_event(event, out);
        }
    }
}

fn put(out: &mut Map<String, Value>, key: &str, value: impl Into<Value>) {
    out.insert(key.to_owned(), value.into());
}

fn put_some(out: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        put(out, key, value);
    }
}

fn put_number(out: &mut Map<String, Value>, key: &str, value: Option<Number>) {
    if let Some(value) = value {
        put(out, key, value.number());
    }
}
