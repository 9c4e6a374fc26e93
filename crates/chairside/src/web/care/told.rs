//! The treatment sessions of a bed as they stand: the answer of `GET /api/v1/beds/BED/care`,
//! written out in `docs/http.md`.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::Baseline;
use chairside_care::{
    Amendment, Care, CareAction, Discharge, DoseTotal, EntryNumber, Gate, Infusion, InfusionState,
    Logged, Prompt, PromptCause, PromptState, ScoreEntry, Stage, Treatment,
};
use chairside_model::{MonoTime, PatientName, Value as Number};
use chairside_store::{PATIENT_NAME, happened, write_action};
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::number;
use crate::web::wire::Time;

/// Tells the sessions of a bed, with patients' names if `names` says so.
pub(super) fn sessions(bed: &str, care: &Care, names: bool, clock: &Clock) -> Value {
    let now = clock.now();
    let told = |one: &Treatment| session(one, names, now, clock);
    let scheduled = care.scheduled();
    json!({
        "bed": bed,
        "now": Time(clock.wall(now)),
        "open": care.treatment().map(told),
        "scheduled": scheduled.into_iter().map(told).collect::<Vec<_>>(),
        "ended": care.ended().map(told),
    })
}

fn session(one: &Treatment, names: bool, now: MonoTime, clock: &Clock) -> Value {
    let time = |at: MonoTime| Time(clock.wall(at));
    let stages = one.stages().iter();
    let stages = stages.map(|(at, stage)| json!({ "stage": stage.name(), "at": time(*at) }));
    let leads_to = one.stage().leads_to().iter().map(|stage| stage.name());
    let prompts = one.prompts(now);
    let prompts = prompts
        .iter()
        .map(|prompt| self::prompt(prompt, now, &time));
    let ratings = one.ratings();
    let ratings = ratings.map(|(number, entry)| rating(number, entry, &time));
    json!({
        "session": one.session().to_string(),
        "protocol": one.protocol().name(),
        "title": one.protocol().parts().title.as_str(),
        "patient": patient(one, names),
        "stage": one.stage().name(),
        "since": time(one.since()),
        "opened": one.opened().map(time),
        "ended": one.ended().map(time),
        "stages": stages.collect::<Vec<_>>(),
        "leads_to": leads_to.collect::<Vec<_>>(),
        "weight_kg": maybe(one.weight()),
        "baseline": one.baseline().map(baseline),
        "cuff_interval_s": is_open(one).then(|| one.cuff_interval(now).as_secs()),
        "gate": one.gate(now).as_ref().map(gate),
        "prompts": prompts.collect::<Vec<_>>(),
        "doses": doses(one, now, &time),
        "ratings": ratings.collect::<Vec<_>>(),
        "discharge": one.discharge(now).as_ref().map(discharge),
        "log": log(one, &time),
    })
}

fn patient(one: &Treatment, names: bool) -> Value {
    let patient = one.patient();
    let mut told = json!({ "initials": patient.initials(), "number": patient.number() });
    if names {
        told[PATIENT_NAME] = json!(one.patient_name().map(PatientName::as_str));
    }
    told
}

fn is_open(one: &Treatment) -> bool {
    one.stage() != Stage::Scheduled && !one.stage().is_over()
}

/// A number, or that there is none: null is never 0.
fn maybe(value: Option<Number>) -> Value {
    json!(value.map(|value| number::Number(value.number())))
}

fn baseline(baseline: &Baseline) -> Value {
    let pressure = baseline.pressure;
    json!({
        "systolic_mmhg": maybe(pressure.map(|pressure| pressure.systolic)),
        "diastolic_mmhg": maybe(pressure.map(|pressure| pressure.diastolic)),
        "heart_rate_per_min": maybe(baseline.heart_rate),
        "spo2_percent": maybe(baseline.spo2),
        "respiration_rate_per_min": maybe(baseline.respiration_rate),
        "etco2_mmhg": maybe(baseline.etco2),
    })
}

fn gate(gate: &Gate) -> Value {
    let lines = gate.lines.iter().map(|line| {
        json!({
            "item": line.item.name(),
            "standing": line.standing.name(),
            "because": line.because,
        })
    });
    json!({ "ready": gate.is_ready(), "lines": lines.collect::<Vec<_>>() })
}

fn prompt(prompt: &Prompt, now: MonoTime, time: &impl Fn(MonoTime) -> Time) -> Value {
    let state = match prompt.state(now) {
        PromptState::Ahead => "ahead",
        PromptState::Due => "due",
        PromptState::Overdue => "overdue",
    };
    let cause = match prompt.cause {
        PromptCause::Time => "time",
        PromptCause::Rating => "rating",
    };
    json!({
        "check": prompt.check.name(),
        "state": state,
        "due": time(prompt.due),
        "overdue": time(prompt.overdue),
        "done": prompt.done.map(time),
        "cause": cause,
    })
}

fn doses(one: &Treatment, now: MonoTime, time: &impl Fn(MonoTime) -> Time) -> Value {
    let log = one.dose_log();
    let totals = log.totals(now, one.weight());
    let infusion = log.infusion(now);
    json!({
        "totals": totals.iter().map(total).collect::<Vec<_>>(),
        "infusion": infusion.map(|running| self::infusion(&running, time)),
        "last_given": log.last_given(now).map(time),
    })
}

fn infusion(running: &Infusion, time: &impl Fn(MonoTime) -> Time) -> Value {
    let state = match running.state {
        InfusionState::Running => "running",
        InfusionState::Paused => "paused",
        InfusionState::Stopped => "stopped",
    };
    let started = running.stretches.first();
    json!({
        "entry": running.number,
        "drug": running.drug.name(),
        "state": state,
        "started": started.map(|stretch| time(stretch.from)),
        "rate_mg_per_min": maybe(Some(running.rate)),
        "concentration_mg_per_ml": maybe(running.concentration),
        "planned_mg": maybe(running.planned),
    })
}

fn total(total: &DoseTotal) -> Value {
    json!({
        "drug": total.drug.name(),
        "route": total.route.name(),
        "amount_mg": maybe(Some(total.amount)),
        "amount_mg_per_kg": maybe(total.per_kg),
        "volume_ml": maybe(total.volume),
    })
}

fn rating(number: EntryNumber, entry: &ScoreEntry, time: &impl Fn(MonoTime) -> Time) -> Value {
    json!({
        "entry": number,
        "score": entry.id.name(),
        "at": time(entry.at),
        "items": entry.items,
        "total": entry.total(),
    })
}

fn discharge(discharge: &Discharge) -> Value {
    let lines = discharge.lines.iter().map(|line| {
        json!({
            "item": line.need.name(),
            "label": line.need.label(),
            "standing": line.standing.name(),
            "found": line.found,
            "required": line.required,
            "age_s": line.age.as_ref().map(Duration::as_secs),
        })
    });
    json!({
        "met": discharge.is_ready(),
        "words": discharge.to_string(),
        "lines": lines.collect::<Vec<_>>(),
    })
}

/// Tells every entry as it was made, each with the last correction of it, and without the patient's
/// name, which stands in one place.
fn log(one: &Treatment, time: &impl Fn(MonoTime) -> Time) -> Vec<Value> {
    let mut corrected = BTreeMap::new();
    for logged in one.log() {
        if let CareAction::Amend { entry, amendment } = &logged.entry.action {
            let holds = (logged.entry.number, *amendment != Amendment::Withdrawn);
            corrected.insert(*entry, holds);
        }
    }
    let told = |logged: &Logged| {
        let entry = &logged.entry;
        let by = corrected.get(&entry.number);
        let mut action = write_action(&entry.action);
        action.remove(PATIENT_NAME);
        json!({
            "entry": entry.number,
            "at": time(logged.at),
            "by": entry.by,
            "station": entry.station,
            "reason": entry.reason,
            "passed_over": entry.passed_over,
            "happened": happened(&entry.action).map(time),
            "action": action,
            "corrected_by": by.map(|(number, _)| number),
            "withdrawn": by.is_some_and(|(_, holds)| !holds),
        })
    };
    one.log().iter().map(told).collect()
}
