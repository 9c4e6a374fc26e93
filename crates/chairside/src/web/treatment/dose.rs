//! What was given so far, the infusion that runs, and entering what is given.
//!
//! What the clinic's protocol plans stands beside a field as its plan. No amount is filled in and
//! none is worked out from a weight: that would be a dose that somebody takes for right.

use chairside_care::{
    Dose, DoseBounds, Drug, Expected, Infusion, InfusionState, Route, Stage, Treatment,
};
use chairside_model::Value;
use serde_json::json;

use super::html::Html;
use super::plan::field;
use super::shown::Shown;

/// What was given, what runs, and the forms.
pub(super) fn parts(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    given(h, shown, treatment);
    infusion(h, shown, treatment);
    forms(h, shown, treatment);
}

/// The totals, in mg and in mg/kg.
fn given(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    h.part("given", "given", |h| {
        h.text("h2", &[], lang.t("Given so far"));
        let totals = treatment.dose_log().totals(shown.now, treatment.weight());
        if totals.is_empty() {
            h.text("p", &[], lang.t("Nothing was logged."));
        }
        h.tag("dl", &[], |h| {
            for total in totals {
                h.tag("div", &[], |h| {
                    let what = format!("{}, {}", lang.drug(total.drug), lang.route(total.route));
                    h.text("dt", &[], &what);
                    let mut amounts = vec![format!("{} mg", rounded(shown, total.amount.number()))];
                    amounts.push(total.per_kg.map_or_else(
                        || lang.t("mg/kg: no weight is known").to_owned(),
                        |per_kg| format!("{} mg/kg", rounded(shown, per_kg.number())),
                    ));
                    if let Some(volume) = total.volume {
                        amounts.push(format!("{} mL", rounded(shown, volume.number())));
                    }
                    h.text("dd", &[], &amounts.join(" · "));
                });
            }
        });
    });
}

/// A running infusion gives a little in each second: two decimals are as much as can be read.
fn rounded(shown: &Shown<'_>, number: f64) -> String {
    shown.lang.number((number * 100.0).round() / 100.0)
}

fn infusion(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let Some(infusion) = treatment.dose_log().infusion(shown.now) else {
        return;
    };
    let session = treatment.session().to_string();
    h.part("infusion", "infusion", |h| {
        h.text("h2", &[], lang.t("The infusion"));
        let rate = lang.number(infusion.rate.number());
        let held = infusion.state == InfusionState::Paused;
        let state = if held {
            "is held, at {} mg/min before"
        } else {
            "runs at {} mg/min"
        };
        let what = format!(
            "{} {}",
            lang.drug(infusion.drug),
            lang.fill(state, &[&rate])
        );
        h.text("p", &[("class", "value")], &what);
        let given = rounded(shown, infusion.given(shown.now).number());
        let given = match infusion.planned {
            Some(planned) => lang.fill(
                "{} mg of {} mg planned",
                &[&given, &lang.number(planned.number())],
            ),
            None => lang.fill("{} mg so far", &[&given]),
        };
        let began = infusion
            .stretches
            .first()
            .map(|first| shown.ago(first.from));
        let said = [Some(given), began]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>();
        h.text("p", &[], &said.join(", "));
        reached(h, shown, &infusion);
        h.tag("div", &[("class", "taps")], |h| {
            let taps: &[_] = if held {
                &[("resume", "Goes on"), ("stop", "Was stopped")]
            } else {
                &[("pause", "Was held"), ("stop", "Was stopped")]
            };
            for (dose, words) in taps {
                let action = json!({ "action": "dose", "dose": dose });
                h.form(&format!("dose-{dose}"), Some(&session), &action, |h| {
                    earlier(h, shown);
                    h.text("button", &[], lang.t(words));
                });
            }
        });
        if !held {
            h.form(
                "dose-rate",
                Some(&session),
                &json!({ "action": "dose", "dose": "rate" }),
                |h| {
                    figure(h, shown, NEW_RATE);
                    earlier(h, shown);
                    h.text("button", &[], lang.t("Rate was changed"));
                },
            );
        }
    });
}

/// That the planned amount was reached: until somebody logs that it stopped, it is taken to run.
fn reached(h: &mut Html, shown: &Shown<'_>, infusion: &Infusion) {
    let reached = infusion.planned_reached().filter(|at| *at <= shown.now);
    let Some(at) = reached else {
        return;
    };
    let words = shown.lang.fill(
        "The planned amount was reached at {}, {}: log when it stopped.",
        &[&shown.time(at), &shown.ago(at)],
    );
    h.text(
        "p",
        &[("class", "since"), ("data-prompt", "overdue")],
        &words,
    );
}

/// A form for each way in which something is given: that of the protocol is open.
fn forms(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let runs = treatment.dose_log().infusion(shown.now).is_some();
    let protocol = treatment.protocol().parts();
    h.part("give", "give", |h| {
        h.text("h2", &[], lang.t("Enter what was given"));
        let words = |summary: &str, route| {
            let words = lang.t(summary);
            if protocol.route == Some(route) {
                lang.fill("{} (this protocol)", &[words])
            } else {
                words.to_owned()
            }
        };
        if treatment.stage() == Stage::Dosing && !runs {
            let summary = words("Infusion was started", Route::Intravenous);
            h.opens("give-infusion", &summary, |h| start(h, shown, treatment));
        }
        for route in Route::ALL {
            let summary = match route {
                Route::Intravenous => "Push into the vein",
                Route::Intramuscular => "Into the muscle",
                Route::Intranasal => "Spray",
                Route::Oral => "Swallowed",
                Route::Sublingual => "Under the tongue",
            };
            let summary = words(summary, route);
            h.opens(&format!("give-{}", route.name()), &summary, |h| {
                bolus(h, shown, treatment, route);
            });
        }
    });
}

fn bolus(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment, route: Route) {
    let lang = shown.lang;
    let session = treatment.session().to_string();
    let action = json!({ "action": "dose", "dose": "bolus", "route": route.name() });
    let id = format!("bolus-{}", route.name());
    h.form(&id, Some(&session), &action, |h| {
        drugs(h, shown, treatment.protocol().parts().drug);
        figure(h, shown, AMOUNT);
        plans(h, shown, treatment, route, false);
        if is_from_syringe(route) {
            figure(h, shown, SYRINGE);
        }
        earlier(h, shown);
        h.text("button", &[], lang.t("It was given"));
    });
}

fn start(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let session = treatment.session().to_string();
    let action = json!({ "action": "dose", "dose": "start" });
    h.form("start", Some(&session), &action, |h| {
        drugs(h, shown, treatment.protocol().parts().drug);
        figure(h, shown, RATE);
        figure(h, shown, PLANNED);
        plans(h, shown, treatment, Route::Intravenous, true);
        figure(h, shown, BAG);
        earlier(h, shown);
        h.text("button", &[], lang.t("It was started"));
    });
}

/// The drug of the protocol is chosen, or that of what is corrected; without one nobody chooses for
/// the person.
fn drugs(h: &mut Html, shown: &Shown<'_>, chosen: Option<Drug>) {
    let lang = shown.lang;
    h.tag("fieldset", &[("class", "drugs")], |h| {
        h.text("legend", &[], lang.t("Drug"));
        for drug in Drug::ALL {
            h.tag("label", &[("class", "choice")], |h| {
                let mut attributes = vec![
                    ("type", "radio"),
                    ("name", "drug"),
                    ("value", drug.name()),
                    ("required", ""),
                ];
                if chosen == Some(drug) {
                    attributes.push(("checked", ""));
                }
                h.void("input", &attributes);
                h.text("span", &[], lang.drug(drug));
            });
        }
    });
}

/// What the clinic's protocol plans, as its plan.
fn plans(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment, route: Route, is_infusion: bool) {
    let lang = shown.lang;
    let parts = treatment.protocol().parts();
    for bounds in parts.doses.iter().filter(|one| one.route == route) {
        let said = planned(shown, bounds, is_infusion);
        if said.is_empty() {
            continue;
        }
        let drug = lang.drug(bounds.drug);
        let mut words = lang.fill(
            "The clinic's protocol plans {}: {}",
            &[drug, &said.join(", ")],
        );
        if bounds.per_kg.is_some() {
            let weight = match treatment.weight() {
                Some(weight) => lang.fill("weight {} kg", &[&lang.number(weight.number())]),
                None => lang.t("no weight is known").to_owned(),
            };
            words = format!("{words} ({weight})");
        }
        h.text("p", &[("class", "planned-dose")], &words);
    }
}

fn planned(shown: &Shown<'_>, bounds: &DoseBounds, is_infusion: bool) -> Vec<String> {
    let rate = bounds.rate.filter(|_| is_infusion);
    let figures = [
        (bounds.per_kg, "mg/kg"),
        (bounds.amount, "mg"),
        (rate, "mg/min"),
    ];
    let plan = |(expected, unit): (Option<Expected>, &str)| {
        let plan = expected?.plan?;
        Some(format!("{} {unit}", shown.lang.number(plan.number())))
    };
    figures.into_iter().filter_map(plan).collect()
}

/// A figure of a dose on the page.
#[derive(Clone, Copy, Debug)]
struct Figure {
    label: &'static str,
    name: &'static str,
    needed: bool,
}

const AMOUNT: Figure = Figure {
    label: "Amount, mg",
    name: "amount_mg",
    needed: true,
};
const SYRINGE: Figure = Figure {
    label: "Syringe, mg/mL",
    name: "concentration_mg_per_ml",
    needed: false,
};
const RATE: Figure = Figure {
    label: "Rate, mg/min",
    name: "rate_mg_per_min",
    needed: true,
};
const NEW_RATE: Figure = Figure {
    label: "New rate, mg/min",
    ..RATE
};
const PLANNED: Figure = Figure {
    label: "To be given in all, mg",
    name: "planned_mg",
    needed: false,
};
const BAG: Figure = Figure {
    label: "Bag, mg/mL",
    ..SYRINGE
};

/// Puts a field for a number; it is empty.
fn figure(h: &mut Html, shown: &Shown<'_>, figure: Figure) {
    filled(h, shown, figure, "");
}

/// Puts a field for a number as it holds.
fn held(h: &mut Html, shown: &Shown<'_>, figure: Figure, is: Option<Value>) {
    let text = is.map(|is| shown.lang.to_the_last_digit(is.number()));
    filled(h, shown, figure, text.as_deref().unwrap_or_default());
}

fn filled(h: &mut Html, shown: &Shown<'_>, figure: Figure, value: &str) {
    let mut attributes = vec![
        ("name", figure.name),
        ("data-as", "number"),
        ("inputmode", "decimal"),
        ("autocomplete", "off"),
    ];
    if figure.needed {
        attributes.push(("required", ""));
    }
    if !value.is_empty() {
        attributes.push(("value", value));
    }
    field(h, shown.lang.t(figure.label), &attributes);
}

/// Tells whether what is given that way comes out of a syringe.
const fn is_from_syringe(route: Route) -> bool {
    matches!(route, Route::Intravenous | Route::Intramuscular)
}

/// Puts a field for what happened a while ago.
pub(super) fn earlier(h: &mut Html, shown: &Shown<'_>) {
    let attributes = [
        ("name", "at"),
        ("data-as", "minutes-ago"),
        ("inputmode", "numeric"),
        ("autocomplete", "off"),
    ];
    field(h, shown.lang.t("Minutes ago (empty: now)"), &attributes);
}

/// Puts the fields of a dose as it holds: what is not changed is sent as it was, to the last digit.
pub(super) fn as_it_holds(h: &mut Html, shown: &Shown<'_>, dose: &Dose) {
    match *dose {
        Dose::Bolus {
            drug,
            route,
            amount,
            concentration,
        } => {
            drugs(h, shown, Some(drug));
            held(h, shown, AMOUNT, Some(amount));
            if is_from_syringe(route) || concentration.is_some() {
                held(h, shown, SYRINGE, concentration);
            }
        }
        Dose::Start {
            drug,
            rate,
            concentration,
            planned,
        } => {
            drugs(h, shown, Some(drug));
            held(h, shown, RATE, Some(rate));
            held(h, shown, PLANNED, planned);
            held(h, shown, BAG, concentration);
        }
        Dose::Rate { rate } => held(h, shown, NEW_RATE, Some(rate)),
        Dose::Pause | Dose::Resume | Dose::Stop => {}
    }
}
