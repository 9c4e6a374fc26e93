//! What happened: one tap each, and a note where it says nothing without one.

use chairside_care::{EventKind, Treatment};
use serde_json::json;

use super::dose::earlier;
use super::html::Html;
use super::plan::field;
use super::shown::Shown;

/// The bar of what can happen.
pub(super) fn part(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let session = treatment.session().to_string();
    h.part("events", "events", |h| {
        h.text("h2", &[], lang.t("It happened"));
        h.tag("div", &[("class", "taps")], |h| {
            for kind in EventKind::ALL.into_iter().filter(|kind| !kind.needs_note()) {
                let action = json!({ "action": "event", "event": kind.name() });
                h.form(
                    &format!("event-{}", kind.name()),
                    Some(&session),
                    &action,
                    |h| {
                        h.text("button", &[], lang.event(kind));
                    },
                );
            }
        });
        for kind in EventKind::ALL.into_iter().filter(|kind| kind.needs_note()) {
            let action = json!({ "action": "event", "event": kind.name() });
            let id = format!("event-{}", kind.name());
            h.opens(&format!("{id}-open"), lang.event(kind), |h| {
                h.form(&id, Some(&session), &action, |h| {
                    let label = match kind {
                        EventKind::DrugGiven => "Which drug, how much, which way",
                        EventKind::Intervention => "What was done, and who came",
                        _ => "What",
                    };
                    let attributes = [
                        ("name", "note"),
                        ("required", ""),
                        ("autocomplete", "off"),
                        ("maxlength", "200"),
                    ];
                    field(h, lang.t(label), &attributes);
                    earlier(h, shown);
                    h.text("button", &[], lang.t("Enter"));
                });
            });
        }
    });
}
