//! The cuff readings that count, the baseline, and the gate line by line.

use chairside_alarm::Baseline;
use chairside_care::{Gate, GateItem, Stage, Standing, Treatment};
use chairside_model::Metric;
use serde_json::json;

use super::html::Html;
use super::shown::Shown;

/// What is measured now of this patient, and how old it is.
pub(super) fn readings(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let Some(chart) = treatment.chart() else {
        return;
    };
    h.part("readings", "readings", |h| {
        h.text("h2", &[], lang.t("Measured"));
        let pressures: Vec<_> = chart.pressures(shown.now).take(3).collect();
        h.tag("dl", &[], |h| {
            for (place, one) in pressures.iter().enumerate() {
                let label = if place == 0 {
                    lang.t("Last cuff reading")
                } else {
                    lang.t("The one before")
                };
                let value = format!("{}/{} mmHg", one.systolic, one.diastolic);
                fact(
                    h,
                    label,
                    &value,
                    &format!("{}, {}", shown.time(one.taken), shown.ago(one.taken)),
                );
            }
            if pressures.is_empty() {
                fact(
                    h,
                    lang.t("Last cuff reading"),
                    lang.t("none that counts"),
                    "",
                );
            }
            for (label, metric, unit) in [
                ("SpO2", Metric::SpO2, "%"),
                ("Breaths", Metric::RespirationRate, "/min"),
            ] {
                if let Some(one) = chart.numeric(shown.now, metric) {
                    fact(
                        h,
                        lang.t(label),
                        &format!("{} {unit}", lang.number(one.value.number())),
                        "",
                    );
                }
            }
            if let Some(rate) = chart.heart_rate(shown.now) {
                fact(
                    h,
                    lang.t("Heart rate"),
                    &format!("{} /min", lang.number(rate.value.number())),
                    "",
                );
            }
        });
        if let Some(baseline) = treatment.baseline() {
            let words = baseline_words(shown, baseline);
            h.text(
                "p",
                &[("class", "baseline")],
                &lang.fill("Baseline: {}", &[&words]),
            );
        }
        if matches!(treatment.stage(), Stage::Baseline | Stage::Ready) {
            take(h, shown, treatment);
        }
    });
}

fn fact(h: &mut Html, label: &str, value: &str, detail: &str) {
    h.tag("div", &[], |h| {
        h.text("dt", &[], label);
        h.tag("dd", &[], |h| {
            h.words(value);
            if !detail.is_empty() {
                h.text("span", &[("class", "detail")], detail);
            }
        });
    });
}

fn baseline_words(shown: &Shown<'_>, baseline: &Baseline) -> String {
    let lang = shown.lang;
    let mut said = Vec::new();
    if let Some(pressure) = baseline.pressure {
        let (systolic, diastolic) = (pressure.systolic.number(), pressure.diastolic.number());
        said.push(format!(
            "{}/{} mmHg",
            lang.number(systolic),
            lang.number(diastolic)
        ));
    }
    for (label, value, unit) in [
        ("Heart rate", baseline.heart_rate, "/min"),
        ("SpO2", baseline.spo2, "%"),
        ("Breaths", baseline.respiration_rate, "/min"),
    ] {
        if let Some(value) = value {
            said.push(format!(
                "{} {} {unit}",
                lang.t(label),
                lang.number(value.number())
            ));
        }
    }
    if said.is_empty() {
        lang.t("nothing was measured").to_owned()
    } else {
        said.join(", ")
    }
}

/// What is still missing of the two readings, and taking the baseline.
fn take(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let apart = treatment.protocol().parts().gate.readings_apart;
    let chart = treatment.chart();
    let there = chart.is_some_and(|chart| chart.pair(shown.now, apart).is_some());
    if !there {
        let apart = shown.minutes(apart);
        let so_far = chart.map_or(0, |chart| chart.pressures(shown.now).count());
        let words = if so_far == 0 {
            lang.fill(
                "Two cuff readings {} apart are needed; there is none yet.",
                &[&apart],
            )
        } else {
            lang.fill(
                "Two cuff readings {} apart are needed; the second is still missing.",
                &[&apart],
            )
        };
        h.text("p", &[("class", "missing")], &words);
    }
    let session = treatment.session().to_string();
    let action = json!({ "action": "take_baseline" });
    let again = treatment.baseline().is_some();
    h.form("take-baseline", Some(&session), &action, |h| {
        let words = if again {
            "Take the baseline again"
        } else {
            "Take the baseline"
        };
        h.text(
            "button",
            if again { &[] } else { &[("class", "next")] },
            lang.t(words),
        );
    });
}

/// Ready, or not ready, because.
pub(super) fn gate(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let Some(gate) = treatment.gate(shown.now) else {
        return;
    };
    h.part("gate", "gate", |h| {
        let heading = if gate.is_ready() { "Ready" } else { "Not ready, because" };
        h.text("h2", &[], lang.t(heading));
        lines(h, shown, &gate);
        let needs_note = gate.unmet().any(|line| line.standing == Standing::Note);
        if needs_note {
            h.text("p", &[], lang.t("Where a clinician's note will do, a clinician gives it as the reason of the step."));
        }
    });
}

/// What is not met first, in words; what is met below it, closed.
fn lines(h: &mut Html, shown: &Shown<'_>, gate: &Gate) {
    let lang = shown.lang;
    h.tag("ul", &[("class", "lines")], |h| {
        for line in gate.unmet() {
            h.tag(
                "li",
                &[
                    ("data-standing", line.standing.name()),
                    ("data-item", line.item.name()),
                ],
                |h| {
                    h.text("b", &[], lang.standing(line.standing));
                    h.text("span", &[], &because(shown, &line.item, &line.because));
                },
            );
        }
    });
    let met: Vec<_> = gate
        .lines
        .iter()
        .filter(|line| line.standing == Standing::Met)
        .collect();
    h.opens(
        "gate-met",
        &lang.fill("{} met", &[&met.len().to_string()]),
        |h| {
            h.tag("ul", &[("class", "lines")], |h| {
                for line in met {
                    h.tag(
                        "li",
                        &[("data-standing", "met"), ("data-item", line.item.name())],
                        |h| {
                            h.text("b", &[], lang.standing(line.standing));
                            h.text("span", &[], &because(shown, &line.item, &line.because));
                        },
                    );
                }
            });
        },
    );
}

/// What was found. The question of an item is the clinic's own and stays as it is.
fn because(shown: &Shown<'_>, item: &GateItem, because: &str) -> String {
    let lang = shown.lang;
    match (item, because.split_once(": ")) {
        (GateItem::Screening(_), Some((label, said))) => format!("{label}: {}", lang.said(said)),
        _ => lang.said(because),
    }
}
