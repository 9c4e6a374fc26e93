//! What is asked before the dose, the emergency kit, and the weight.

use chairside_care::{Blocks, Said, ScreeningItem, Text, Treatment};
use serde_json::json;

use super::html::Html;
use super::plan::field;
use super::shown::Shown;

/// The questions, the kit and the weight; closed where the stage is about something else.
pub(super) fn parts(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment, is_now: bool) {
    let lang = shown.lang;
    let items = &treatment.protocol().parts().screening;
    let open = items
        .iter()
        .filter(|item| treatment.answer(&item.name).is_none());
    let open = open.count().to_string();
    weight(h, shown, treatment);
    if is_now {
        list(h, shown, treatment);
    } else {
        let summary = lang.fill("Screening and kit: {} not answered", &[&open]);
        h.part("asked", "asked", |h| {
            h.opens("asked-open", &summary, |h| list(h, shown, treatment));
        });
    }
}

fn list(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let items = &treatment.protocol().parts().screening;
    for (is_kit, heading) in [(false, "Screening"), (true, "Emergency kit")] {
        let of_kind = items.iter().filter(|item| item.kit == is_kit);
        let of_kind: Vec<_> = of_kind.collect();
        if of_kind.is_empty() {
            continue;
        }
        let id = if is_kit { "kit" } else { "screening" };
        h.parts(id, |h| {
            h.text("h2", &[], lang.t(heading));
            for item in of_kind {
                asked(h, shown, treatment, item);
            }
        });
    }
}

/// A question, its answer so far, and the three answers.
fn asked(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment, item: &ScreeningItem) {
    let lang = shown.lang;
    let name = item.name.as_str();
    let answer = treatment.answer(&item.name);
    let blocks = item.blocks_on.map(Blocks::said);
    h.part(&format!("item-{name}"), "item", |h| {
        let heading = format!("label-{name}");
        h.tag("h3", &[("id", &heading)], |h| h.words(item.label.as_str()));
        let session = treatment.session().to_string();
        let action = json!({ "action": "screen", "item": name });
        h.form(&format!("screen-{name}"), Some(&session), &action, |h| {
            let group = [
                ("class", "answers"),
                ("role", "group"),
                ("aria-labelledby", &*heading),
            ];
            h.tag("div", &group, |h| {
                for said in Said::ALL {
                    let is_it = answer.is_some_and(|answer| answer.said == said);
                    let pressed = if is_it { "true" } else { "false" };
                    let stops = blocks == Some(said) || (blocks.is_some() && said == Said::Unknown);
                    let attributes = [
                        ("name", "answer"),
                        ("value", said.name()),
                        ("aria-pressed", pressed),
                        ("class", if stops && is_it { "stops" } else { "" }),
                    ];
                    h.text("button", &attributes, lang.answer(said));
                }
            });
            let note = answer.and_then(|answer| answer.note.as_ref());
            let note = note.map_or("", Text::as_str);
            let attributes = [
                ("name", "note"),
                ("autocomplete", "off"),
                ("maxlength", "200"),
                ("value", note),
            ];
            let summary = if note.is_empty() {
                lang.t("Note").to_owned()
            } else {
                format!("{}: {note}", lang.t("Note"))
            };
            h.opens(&format!("note-{name}"), &summary, |h| {
                field(h, lang.t("Note, sent with the answer"), &attributes);
            });
        });
    });
}

fn weight(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    h.part("weight", "weight", |h| {
        h.text("h2", &[], shown.lang.t("Weight"));
        h.text("p", &[("class", "value")], &known_weight(shown, treatment));
        weigh(h, shown, treatment);
    });
}

/// The weight once the dose has begun: it can still be said, or said again.
pub(super) fn weight_late(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let known = known_weight(shown, treatment);
    let summary = format!("{}: {known}", shown.lang.t("Weight"));
    h.part("weight", "weight", |h| {
        h.opens("weight-open", &summary, |h| weigh(h, shown, treatment));
    });
}

fn known_weight(shown: &Shown<'_>, treatment: &Treatment) -> String {
    let lang = shown.lang;
    treatment.weight().map_or_else(
        || lang.t("not known: mg/kg cannot be worked out").to_owned(),
        |weight| format!("{} kg", lang.number(weight.number())),
    )
}

fn weigh(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let session = treatment.session().to_string();
    let action = json!({ "action": "weigh" });
    h.form("weigh", Some(&session), &action, |h| {
        let attributes = [
            ("name", "weight_kg"),
            ("data-as", "number"),
            ("inputmode", "decimal"),
            ("autocomplete", "off"),
            ("required", ""),
        ];
        field(h, lang.t("Weight, kg"), &attributes);
        h.text("button", &[], lang.t("Enter"));
    });
}
