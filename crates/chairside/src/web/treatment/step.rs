//! The steps from here, each with what it needs, and the ways out.

use chairside_care::{Stage, Treatment};
use serde_json::{Value as Json, json};

use super::html::Html;
use super::lang::Lang;
use super::plan::field;
use super::shown::Shown;

/// The step onward as a large button, the others below it, the ways out closed.
pub(super) fn part(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let session = treatment.session().to_string();
    h.part("steps", "steps", |h| {
        h.text("h2", &[], lang.t("Next step"));
        for to in treatment.stage().leads_to() {
            match to {
                Stage::Transferred | Stage::Aborted => {}
                to => one(h, shown, treatment, *to),
            }
        }
        h.tag("div", &[("class", "ways-out")], |h| {
            for (to, summary, words) in [
                (
                    Stage::Transferred,
                    "Hand over to somebody who does more",
                    "Transfer",
                ),
                (Stage::Aborted, "End before its time", "Abort"),
            ] {
                let action = json!({ "action": "step", "to": to.name() });
                let id = format!("step-{}", to.name());
                h.opens(&format!("{id}-open"), lang.t(summary), |h| {
                    reasoned(h, lang, (&id, &session), &action, lang.t(words));
                });
            }
        });
    });
}

fn one(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment, to: Stage) {
    let lang = shown.lang;
    let session = treatment.session().to_string();
    let action = json!({ "action": "step", "to": to.name() });
    let id = format!("step-{}", to.name());
    let onward = to > treatment.stage();
    h.form(&id, Some(&session), &action, |h| {
        let class = if onward { "next" } else { "back" };
        h.text(
            "button",
            &[("class", class)],
            lang.t(words(treatment.stage(), to)),
        );
        if let Some(needs) = needs(shown, treatment, to) {
            h.text("p", &[("class", "needs")], &needs);
        }
    });
}

const fn words(from: Stage, to: Stage) -> &'static str {
    match to {
        Stage::Screening => "Back to the screening",
        Stage::Baseline => "To the baseline",
        Stage::Ready => "Ready for the dose",
        Stage::Dosing => match from {
            Stage::Ready => "To the dose",
            _ => "Back to the dose: a second one",
        },
        Stage::Peak => match from {
            Stage::Recovery => "Back to the peak",
            _ => "To the peak",
        },
        Stage::Recovery => "To the recovery",
        Stage::Discharged => "The patient leaves",
        Stage::Scheduled | Stage::Transferred | Stage::Aborted => "",
    }
}

/// Returns what a step needs, and is not there.
fn needs(shown: &Shown<'_>, treatment: &Treatment, to: Stage) -> Option<String> {
    let lang = shown.lang;
    let leaves_the_dose = matches!(to, Stage::Peak | Stage::Recovery | Stage::Discharged);
    if leaves_the_dose && treatment.dose_log().infusion(shown.now).is_some() {
        return Some(lang.t("Needs: the infusion logged as stopped").to_owned());
    }
    let count = unmet(shown, treatment, to);
    (count > 0).then(|| lang.fill("Needs what is not met above: {}", &[&count.to_string()]))
}

/// Returns how much of the gate or of the checklist is not met, where the step asks for it.
fn unmet(shown: &Shown<'_>, treatment: &Treatment, to: Stage) -> usize {
    match (treatment.stage(), to) {
        (Stage::Ready, Stage::Dosing) => treatment.undecided(shown.now),
        (Stage::Baseline, Stage::Ready) => treatment
            .gate(shown.now)
            .map_or(0, |gate| gate.unmet().count()),
        (Stage::Recovery, Stage::Discharged) => {
            let discharge = treatment.discharge(shown.now);
            discharge.map_or(0, |discharge| discharge.unmet().count())
        }
        _ => 0,
    }
}

/// Puts a form that needs a reason.
pub(super) fn reasoned(
    h: &mut Html,
    lang: Lang,
    (id, session): (&str, &str),
    action: &Json,
    words: &str,
) {
    h.form(id, Some(session), action, |h| {
        reason(h, lang);
        h.text("button", &[("class", "out")], words);
    });
}

/// Puts the field for a reason, without which nothing is sent.
pub(super) fn reason(h: &mut Html, lang: Lang) {
    let attributes = [
        ("name", "reason"),
        ("required", ""),
        ("autocomplete", "off"),
        ("maxlength", "400"),
    ];
    field(h, lang.t("Reason"), &attributes);
}
