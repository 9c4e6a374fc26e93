//! A protocol of the clinic: `GET /api/v1/protocols`, written out in `docs/http.md`.

use std::time::Duration;

use chairside_alarm::Bounds;
use chairside_care::{
    Blocks, CuffPlan, DischargePlan, DoseBounds, Expected, GatePlan, PromptRule, Protocol,
};
use chairside_model::Value as Number;
use serde_json::{Map, Value, json};

use crate::number;

/// Tells everything of a protocol, and at which beds a session can go by it.
pub(super) fn told(protocol: &Protocol, beds: &[String]) -> Value {
    let parts = protocol.parts();
    let screening = parts.screening.iter().map(|item| {
        json!({
            "item": item.name.as_str(),
            "label": item.label.as_str(),
            "blocks_on": item.blocks_on.map(Blocks::name),
            "kit": item.kit,
        })
    });
    let limits = parts.limits.iter().map(|(phase, limits)| {
        let limits = limits.iter();
        let limits = limits.map(|(key, value)| (key.name().to_owned(), exact(*value)));
        let limits: Map<String, Value> = limits.collect();
        (phase.name().to_owned(), Value::from(limits))
    });
    json!({
        "protocol": protocol.name(),
        "title": parts.title.as_str(),
        "beds": beds,
        "drug": parts.drug.map(chairside_care::Drug::name),
        "route": parts.route.map(chairside_care::Route::name),
        "weight_kg": bounds(&parts.weight),
        "cuff": cuff(&parts.cuff),
        "limits": limits.collect::<Map<_, _>>(),
        "screening": screening.collect::<Vec<_>>(),
        "gate": gate(&parts.gate),
        "doses": parts.doses.iter().map(doses).collect::<Vec<_>>(),
        "prompts": parts.prompts.rules.iter().map(prompt).collect::<Vec<_>>(),
        "prompt_grace_s": parts.prompts.grace.as_secs(),
        "discharge": discharge(&parts.discharge),
    })
}

fn exact(value: Number) -> Value {
    json!(number::Number(value.number()))
}

fn maybe(value: Option<Number>) -> Value {
    value.map_or(Value::Null, exact)
}

fn bounds(bounds: &Bounds) -> Value {
    json!({ "least": exact(bounds.least), "most": exact(bounds.most) })
}

fn cuff(cuff: &CuffPlan) -> Value {
    json!({
        "baseline_s": cuff.baseline.as_secs(),
        "dosing_s": cuff.dosing.as_secs(),
        "recovery_s": cuff.recovery.as_secs(),
        "late_s": cuff.late.as_secs(),
        "late_after_s": cuff.late_after.as_secs(),
        "close_s": cuff.close.as_secs(),
        "close_moaas": cuff.close_moaas,
        "close_after_alarm_s": cuff.close_after_alarm.as_secs(),
    })
}

fn gate(gate: &GatePlan) -> Value {
    json!({
        "readings_apart_s": gate.readings_apart.as_secs(),
        "systolic_note_mmhg": exact(gate.systolic_note),
        "diastolic_note_mmhg": exact(gate.diastolic_note),
        "systolic_block_mmhg": exact(gate.systolic_block),
        "diastolic_block_mmhg": exact(gate.diastolic_block),
        "heart_rate_per_min": bounds(&gate.heart_rate),
        "spo2_least_percent": exact(gate.spo2_least),
        "respiration_rate_per_min": bounds(&gate.respiration_rate),
        "probe_valid_s": gate.probe_valid.as_secs(),
    })
}

fn doses(doses: &DoseBounds) -> Value {
    let expected = |expected: &Expected| {
        json!({
            "least": exact(expected.least),
            "plan": maybe(expected.plan),
            "most": exact(expected.most),
        })
    };
    json!({
        "drug": doses.drug.name(),
        "route": doses.route.name(),
        "amount_mg": doses.amount.as_ref().map(expected),
        "amount_mg_per_kg": doses.per_kg.as_ref().map(expected),
        "rate_mg_per_min": doses.rate.as_ref().map(expected),
        "concentration_mg_per_ml": doses.concentration.as_ref().map(expected),
        "session_max_mg": maybe(doses.session_max),
        "session_max_mg_per_kg": maybe(doses.session_max_per_kg),
    })
}

fn prompt(rule: &PromptRule) -> Value {
    let stages = rule.stages.iter().map(|stage| stage.name());
    json!({
        "check": rule.check.name(),
        "stages": stages.collect::<Vec<_>>(),
        "first_s": rule.first.as_secs(),
        "every_s": rule.every.as_ref().map(Duration::as_secs),
    })
}

fn discharge(plan: &DischargePlan) -> Value {
    let answers = plan.answers.iter().map(|item| item.name());
    let minimum = &plan.minimum;
    json!({
        "aldrete": plan.aldrete.text(),
        "aldrete_pass": plan.aldrete.pass,
        "moaas_least": plan.moaas_least,
        "cadss6_above": plan.cadss6_above,
        "nausea_most": plan.nausea_most,
        "vitals_within_percent": exact(plan.vitals_within),
        "systolic_below_mmhg": exact(plan.systolic_below),
        "diastolic_below_mmhg": exact(plan.diastolic_below),
        "rise_most_mmhg": exact(plan.rise_most),
        "spo2_least_percent": exact(plan.spo2_least),
        "on_air_s": plan.on_air.as_secs(),
        "quiet_s": plan.quiet.as_secs(),
        "rating_counts_s": plan.rating_counts.as_secs(),
        "minimum_s": {
            "intravenous": minimum.intravenous.as_secs(),
            "intramuscular": minimum.intramuscular.as_secs(),
            "intranasal": minimum.intranasal.as_secs(),
            "oral": minimum.oral.as_secs(),
            "sublingual": minimum.sublingual.as_secs(),
            "esketamine": minimum.esketamine.as_secs(),
        },
        "answers": answers.collect::<Vec<_>>(),
        "suicide_risk": plan.suicide_risk,
    })
}
