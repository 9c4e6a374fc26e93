//! What the clinic requires before a patient leaves, line by line, and what only a person answers.

use chairside_care::{
    CareAction, Discharge, DischargeItem, DischargeLine, DischargeNeed, Said, Standing, Treatment,
};
use serde_json::json;

use super::html::Html;
use super::shown::Shown;

/// The checklist, which says what it finds, and nothing of whether it is right to go home.
pub(super) fn part(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let Some(discharge) = treatment.discharge(shown.now) else {
        return;
    };
    h.part("discharge", "discharge", |h| {
        let heading = if discharge.is_ready() {
            "The clinic's criteria are met"
        } else {
            "Not ready to leave, because"
        };
        h.text("h2", &[], lang.t(heading));
        h.tag("ul", &[("class", "lines")], |h| {
            for one in discharge.unmet() {
                line(h, shown, one);
            }
        });
        let met: Vec<_> = discharge
            .lines
            .iter()
            .filter(|one| one.standing == Standing::Met)
            .collect();
        h.opens(
            "discharge-met",
            &lang.fill("{} met", &[&met.len().to_string()]),
            |h| {
                h.tag("ul", &[("class", "lines")], |h| {
                    for one in met {
                        line(h, shown, one);
                    }
                });
            },
        );
    });
    answers(h, shown, treatment, &discharge);
}

fn line(h: &mut Html, shown: &Shown<'_>, line: &DischargeLine) {
    let lang = shown.lang;
    let attributes = [
        ("data-standing", line.standing.name()),
        ("data-need", line.need.name()),
    ];
    h.tag("li", &attributes, |h| {
        h.text("b", &[], lang.standing(line.standing));
        let mut words = format!("{}: {}", lang.t(line.need.label()), lang.said(&line.found));
        if let Some(age) = line.age {
            words = format!("{words}, {}", lang.fill("{} old", &[&shown.minutes(age)]));
        }
        h.tag("span", &[], |h| {
            h.words(&words);
            let required = lang.fill("required: {}", &[&lang.said(&line.required)]);
            h.text("span", &[("class", "detail")], &required);
        });
    });
}

/// What only a person answers; that the patient is back to themselves can be said wherever.
fn answers(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment, discharge: &Discharge) {
    let lang = shown.lang;
    let session = treatment.session().to_string();
    h.parts("leaving", |h| {
        h.text("h2", &[], lang.t("Answered by a person"));
        for item in DischargeItem::ALL {
            let line = discharge
                .lines
                .iter()
                .find(|line| line.need == DischargeNeed::Answer(item));
            if line.is_none() && item != DischargeItem::BackToSelf {
                continue;
            }
            let name = item.name();
            let said = said(treatment, item);
            h.part(&format!("leave-{name}"), "item", |h| {
                let heading = format!("label-{name}");
                h.text("h3", &[("id", &heading)], lang.item(item));
                let action = json!({ "action": "discharge", "item": name });
                h.form(&format!("discharge-{name}"), Some(&session), &action, |h| {
                    let group = [
                        ("class", "answers"),
                        ("role", "group"),
                        ("aria-labelledby", &*heading),
                    ];
                    h.tag("div", &group, |h| {
                        for one in Said::ALL {
                            let pressed = if said == Some(one) { "true" } else { "false" };
                            let attributes = [
                                ("name", "answer"),
                                ("value", one.name()),
                                ("aria-pressed", pressed),
                            ];
                            h.text("button", &attributes, lang.answer(one));
                        }
                    });
                });
            });
        }
    });
}

/// Returns the last answer.
fn said(treatment: &Treatment, item: DischargeItem) -> Option<Said> {
    let mut actions = treatment
        .log()
        .iter()
        .rev()
        .map(|logged| &logged.entry.action);
    actions.find_map(|action| match action {
        CareAction::Discharge { item: of, answer } if *of == item => Some(answer.said),
        _ => None,
    })
}
