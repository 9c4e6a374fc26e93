//! The whole page: its head, and its parts in the order in which a session needs them.

use chairside_care::{Stage, Treatment};

use super::frame::Frame;
use super::html::Html;
use super::shown::Shown;
use super::{dose, entries, event, leave, plan, predicted, rating, ready, screening, step};

/// Returns the page.
pub(super) fn page(shown: &Shown<'_>) -> String {
    let title = shown.lang.fill("{}: session", &[shown.bed_name]);
    let frame = Frame {
        lang: shown.lang,
        title: &title,
        bed: shown.bed,
        to: "care",
        style: None,
        staff: shown.staff,
    };
    frame.around(|h| top(h, shown), |h| parts(h, shown))
}

/// Who it is, where the session stands, and since when.
fn top(h: &mut Html, shown: &Shown<'_>) {
    let lang = shown.lang;
    h.part("top", "top", |h| {
        h.text("h1", &[], shown.bed_name);
        if shown.simulated {
            h.text("p", &[("class", "simulated")], lang.t("SIMULATED"));
        }
        if shown.is_steered {
            let address = format!("/beds/{}/training", shown.bed);
            let attributes = [("href", &*address), ("target", "_blank")];
            h.tag("p", &[("class", "report")], |h| {
                h.text("a", &attributes, lang.t("The trainer's page"));
            });
        }
        if let Some((patient, since)) = &shown.without_protocol {
            // Of a treatment that was led here before nothing stands here any more: it is another
            // patient's.
            let words = lang.fill(
                "A session without a protocol is open ({}, since {}). It is led on the page of \
                 the bed: end it there to plan one by a protocol.",
                &[&shown.known_as(patient), &shown.time(*since)],
            );
            h.text("p", &[("class", "stage")], &words);
        } else if let Some(treatment) = shown.treatment() {
            about(h, shown, treatment);
        } else {
            h.text(
                "p",
                &[("class", "stage")],
                lang.t("No session is open here."),
            );
        }
    });
}

fn about(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    h.text("p", &[("class", "patient")], &shown.patient(treatment));
    if let Some(number) = treatment.patient().number() {
        let address = format!("/patients?number={number}&lang={}", lang.code());
        let attributes = [("href", &*address), ("target", "_blank")];
        h.tag("p", &[("class", "report")], |h| {
            h.text("a", &attributes, lang.t("This patient's sessions"));
        });
    }
    let title = treatment.protocol().parts().title.as_str();
    h.text("p", &[("class", "protocol")], title);
    h.tag("p", &[("class", "stage")], |h| {
        let stage = treatment.stage();
        h.text("strong", &[("data-stage", stage.name())], lang.stage(stage));
        let in_stage = shown.now.saturating_since(treatment.since());
        let mut facts = vec![lang.fill("for {}", &[&shown.minutes(in_stage)])];
        if let Some(opened) = treatment.opened() {
            let end = treatment.ended().unwrap_or(shown.now);
            let open = shown.minutes(end.saturating_since(opened));
            facts.push(lang.fill("session {}, since {}", &[&open, &shown.time(opened)]));
        }
        if !stage.is_over() {
            let every = shown.minutes(treatment.cuff_interval(shown.now));
            facts.push(lang.fill("cuff every {}", &[&every]));
        }
        h.text("span", &[], &facts.join(" · "));
    });
    stages(h, shown, treatment);
}

/// The way of a session, and how far it has come.
fn stages(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    const WAY: [Stage; 6] = [
        Stage::Screening,
        Stage::Baseline,
        Stage::Ready,
        Stage::Dosing,
        Stage::Peak,
        Stage::Recovery,
    ];
    h.tag("ol", &[("class", "way")], |h| {
        for stage in WAY {
            let was = treatment.stages().iter().any(|(_, one)| *one == stage);
            let attributes: &[_] = if treatment.stage() == stage {
                &[("aria-current", "step")]
            } else if was {
                &[("class", "was")]
            } else {
                &[]
            };
            h.text("li", attributes, shown.lang.stage(stage));
        }
    });
}

/// What is to be done now comes first; what was done, last.
fn parts(h: &mut Html, shown: &Shown<'_>) {
    let Some(treatment) = shown.care.treatment() else {
        plan::planned(h, shown);
        if shown.without_protocol.is_none() {
            plan::plan(h, shown);
            if let Some(ended) = shown.care.ended() {
                entries::ended(h, shown, ended);
            }
        }
        disclaimer(h, shown);
        return;
    };
    rating::prompts(h, shown, treatment);
    match treatment.stage() {
        Stage::Screening => {
            screening::parts(h, shown, treatment, true);
            step::part(h, shown, treatment);
            ready::readings(h, shown, treatment);
        }
        Stage::Baseline | Stage::Ready => {
            ready::readings(h, shown, treatment);
            ready::gate(h, shown, treatment);
            step::part(h, shown, treatment);
            screening::parts(h, shown, treatment, false);
        }
        Stage::Dosing | Stage::Peak => {
            dose::parts(h, shown, treatment);
            event::part(h, shown, treatment);
            step::part(h, shown, treatment);
            ready::readings(h, shown, treatment);
            predicted::part(h, shown, treatment);
        }
        Stage::Recovery => {
            leave::part(h, shown, treatment);
            step::part(h, shown, treatment);
            ready::readings(h, shown, treatment);
            predicted::part(h, shown, treatment);
            dose::parts(h, shown, treatment);
        }
        Stage::Scheduled | Stage::Discharged | Stage::Transferred | Stage::Aborted => {}
    }
    if !treatment.is_dosing() {
        event::part(h, shown, treatment);
    }
    rating::all(h, shown, treatment);
    if matches!(
        treatment.stage(),
        Stage::Dosing | Stage::Peak | Stage::Recovery
    ) {
        screening::weight_late(h, shown, treatment);
    }
    entries::part(h, shown, treatment);
    plan::planned(h, shown);
    h.tag("div", &[("id", "later")], |h| {
        h.opens("plan-later", shown.lang.t("Plan another session"), |h| {
            plan::plan(h, shown);
        });
    });
    disclaimer(h, shown);
}

fn disclaimer(h: &mut Html, shown: &Shown<'_>) {
    let words = shown.lang.t(
        "Chairside records what people do and reminds them. It suggests no dose and no drug, and \
         it never says that it is safe to go home.",
    );
    h.text("p", &[("id", "disclaimer")], words);
}
