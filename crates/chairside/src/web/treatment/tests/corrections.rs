//! Correcting what was entered: what holds stands in the form, and what is sent is made of it.

use std::time::Duration;

use chairside_care::{
    Amendment, CareAction, CareEvent, Dose, DoseEntry, Drug, EntryNumber, EventKind, Stage,
};
use chairside_model::Value;
use serde_json::{Value as Json, json};

use super::super::page;
use super::super::testing::{Bed, text};
use super::{Lang, form};

fn last_entry(bed: &Bed) -> EntryNumber {
    let log = bed.care.treatment().unwrap().log();
    log.last().unwrap().entry.number
}

/// Returns what stands in quotation marks after the name of an attribute.
fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let found = tag.split_once(&format!(" {name}=\""));
    found.map_or("", |(_, rest)| rest.split('"').next().unwrap())
}

/// Returns what a form always says.
fn action(form: &str) -> Json {
    let action = attribute(form, "data-action").replace("&quot;", "\"");
    serde_json::from_str(&action).unwrap()
}

/// Returns the fields of a form with what stands in them; of a choice, what is chosen.
fn filled(form: &str) -> Vec<(&str, &str)> {
    let inputs = form.split("<input").skip(1);
    let inputs = inputs.map(|rest| rest.split('>').next().unwrap());
    let said = inputs.filter(|input| !input.contains("radio") || input.contains("checked"));
    said.map(|input| (attribute(input, "name"), attribute(input, "value")))
        .collect()
}

#[test]
fn a_correction_is_made_of_what_holds_and_not_of_what_was_entered_first() {
    let mut bed = Bed::at(Stage::Dosing);
    bed.does(bed.infusion());
    let entry = last_entry(&bed);
    let began = bed.now;
    bed.wait(10 * 60);
    let id = format!("amend-{entry}");
    let page = bed.page();
    let first = form(&page, &id);
    assert_eq!(
        filled(first),
        [
            ("drug", "ketamine"),
            ("rate_mg_per_min", "1"),
            ("planned_mg", "35"),
            ("concentration_mg_per_ml", ""),
            ("at", ""),
            ("reason", ""),
        ]
    );
    let at = bed.shown(Lang::English).instant(began);
    assert_eq!(
        action(first),
        json!({"action": "amend", "entry": entry, "amendment": "dose",
            "dose": "start", "at": at}),
        "what has a field can be left empty"
    );

    let earlier = began.saturating_sub(Duration::from_secs(5));
    let right = DoseEntry {
        at: earlier,
        dose: Dose::Start {
            drug: Drug::Esketamine,
            rate: Value::finite(0.43755).unwrap(),
            concentration: Some(Value::whole(2)),
            planned: None,
        },
        again: None,
    };
    let amend = |entry, amendment| CareAction::Amend { entry, amendment };
    bed.passes_over(&amend(entry, Amendment::Dose(right)));
    let page = bed.page();
    let second = form(&page, &id);
    assert_eq!(
        filled(second)[..4],
        [
            ("drug", "esketamine"),
            ("rate_mg_per_min", "0.43755"),
            ("planned_mg", ""),
            ("concentration_mg_per_ml", "2"),
        ]
    );
    let at = bed.shown(Lang::English).instant(earlier);
    assert_eq!(action(second)["at"], at, "as it was corrected");
    let german = page::page(&bed.shown(Lang::German));
    assert_eq!(
        filled(form(&german, &id))[1],
        ("rate_mg_per_min", "0,43755")
    );

    bed.does(amend(entry, Amendment::Withdrawn));
    let page = bed.page();
    assert_eq!(filled(form(&page, &id)), filled(second), "to bring it back");
}

#[test]
fn a_note_is_corrected_from_what_was_noted_last() {
    let mut bed = Bed::at(Stage::Dosing);
    let noted = |at, note| CareEvent {
        at,
        kind: EventKind::Note,
        note: Some(text(note)),
    };
    let (at, earlier) = (bed.now, bed.now.saturating_sub(Duration::from_secs(5)));
    bed.does(CareAction::Event(noted(at, "slept badly")));
    let entry = last_entry(&bed);
    bed.does(CareAction::Amend {
        entry,
        amendment: Amendment::Event(noted(earlier, "slept well")),
    });
    let page = bed.page();
    let form = form(&page, &format!("amend-{entry}"));
    assert_eq!(filled(form)[0], ("note", "slept well"));
    assert_eq!(
        action(form)["at"],
        bed.shown(Lang::English).instant(earlier)
    );
}
