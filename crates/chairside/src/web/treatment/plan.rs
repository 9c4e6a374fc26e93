//! The sessions that are planned at the bed, and planning another one.

use chairside_care::{Protocol, Treatment};
use serde_json::json;

use super::html::Html;
use super::shown::Shown;
use super::step::reasoned;

/// Who is to come, and that they are here.
pub(super) fn planned(h: &mut Html, shown: &Shown<'_>) {
    let planned = shown.care.scheduled();
    if planned.is_empty() {
        return;
    }
    h.part("planned", "planned", |h| {
        h.text("h2", &[], shown.lang.t("Planned here"));
        h.tag("ul", &[], |h| {
            for one in planned {
                h.tag("li", &[], |h| who(h, shown, one));
            }
        });
    });
}

fn who(h: &mut Html, shown: &Shown<'_>, one: &Treatment) {
    let lang = shown.lang;
    let session = one.session().to_string();
    h.text("strong", &[], &shown.patient(one));
    let title = one.protocol().parts().title.as_str();
    h.text("span", &[("class", "detail")], title);
    if shown.care.treatment().is_none() && shown.without_protocol.is_none() {
        let arrives = json!({ "action": "step", "to": "screening" });
        h.form(&format!("here-{session}"), Some(&session), &arrives, |h| {
            h.text(
                "button",
                &[("class", "next")],
                lang.t("The patient is here"),
            );
        });
    }
    h.opens(
        &format!("off-{session}"),
        lang.t("Does not take place"),
        |h| {
            let aborts = json!({ "action": "step", "to": "aborted" });
            reasoned(
                h,
                lang,
                (&format!("abort-{session}"), &session),
                &aborts,
                lang.t("Take it off the list"),
            );
        },
    );
}

/// The form that plans a session.
pub(super) fn plan(h: &mut Html, shown: &Shown<'_>) {
    let lang = shown.lang;
    h.part("plan", "plan", |h| {
        h.text("h2", &[], lang.t("Plan a session"));
        let protocols: Vec<_> = shown.care.protocols().collect();
        if protocols.is_empty() {
            h.text("p", &[], lang.t("The clinic has no protocol: without one a session is begun on the page of the bed."));
            return;
        }
        h.form("schedule", None, &json!({ "action": "schedule" }), |h| {
            let initials = [("name", "initials"), ("autocomplete", "off"), ("maxlength", "16")];
            field(h, lang.t("Initials, never a name"), &initials);
            let number = [("name", "number"), ("autocomplete", "off"), ("maxlength", "16")];
            field(h, lang.t("Number of the clinic's"), &number);
            if shown.patients.names {
                let name = [("name", "name"), ("autocomplete", "off"), ("maxlength", "80")];
                field(h, lang.t("Name: on this page and the report alone"), &name);
            }
            h.tag("fieldset", &[], |h| {
                h.text("legend", &[], lang.t("Protocol"));
                for protocol in protocols {
                    choice(h, protocol);
                }
            });
            h.text("button", &[], lang.t("Plan it"));
        });
    });
}

fn choice(h: &mut Html, protocol: &Protocol) {
    h.tag("label", &[("class", "choice")], |h| {
        let attributes = [
            ("type", "radio"),
            ("name", "protocol"),
            ("value", protocol.name()),
            ("required", ""),
        ];
        h.void("input", &attributes);
        h.text("span", &[], protocol.parts().title.as_str());
    });
}

/// Puts a field with its label.
pub(super) fn field(h: &mut Html, label: &str, attributes: &[(&str, &str)]) {
    h.tag("label", &[("class", "field")], |h| {
        h.text("span", &[], label);
        h.void("input", attributes);
    });
}
