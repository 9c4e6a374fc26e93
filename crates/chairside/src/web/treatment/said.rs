//! What somebody did, in words.

use chairside_care::{Amendment, CareAction, Dose, ItemAnswer, Text};
use chairside_model::Value;

use super::lang::Lang;
use super::rating;
use super::shown::Shown;

/// Says what an entry is.
pub(super) fn action_words(shown: &Shown<'_>, action: &CareAction) -> String {
    let lang = shown.lang;
    match action {
        CareAction::Schedule { protocol, .. } => lang.fill("planned by {}", &[protocol.as_str()]),
        CareAction::Step { to } => lang.fill("step: {}", &[lang.stage(*to)]),
        CareAction::Screen { item, answer } => {
            let treatment = shown.treatment();
            let known = treatment.and_then(|one| one.protocol().item(item));
            let label = known.map_or(item.as_str(), |item| item.label.as_str());
            format!("{label}: {}", answered(shown, answer))
        }
        CareAction::Weigh { weight } => lang.fill("weight {} kg", &[&number(lang, *weight)]),
        CareAction::TakeBaseline => lang.t("the values of now are the baseline").to_owned(),
        CareAction::Dose(entry) => dose_words(lang, &entry.dose),
        CareAction::Score(score) => {
            format!("{}: {}", lang.score(score.id), rating::words(shown, score))
        }
        CareAction::Check { check } => lang.fill("done: {}", &[lang.check(*check)]),
        CareAction::Event(event) => noted(lang.event(event.kind), event.note.as_ref()),
        CareAction::Discharge { item, answer } => {
            format!("{}: {}", lang.item(*item), answered(shown, answer))
        }
        CareAction::Amend { entry, amendment } => {
            let instead = match amendment {
                Amendment::Withdrawn => lang.t("withdrawn").to_owned(),
                Amendment::Dose(dose) => dose_words(lang, &dose.dose),
                Amendment::Score(score) => rating::words(shown, score),
                Amendment::Event(event) => noted(lang.event(event.kind), event.note.as_ref()),
            };
            lang.fill("entry {} corrected: {}", &[&entry.to_string(), &instead])
        }
    }
}

fn answered(shown: &Shown<'_>, answer: &ItemAnswer) -> String {
    noted(shown.lang.answer(answer.said), answer.note.as_ref())
}

/// Adds what was noted.
pub(super) fn noted(words: &str, note: Option<&Text>) -> String {
    match note {
        Some(note) => format!("{words} ({})", note.as_str()),
        None => words.to_owned(),
    }
}

fn number(lang: Lang, value: Value) -> String {
    lang.number(value.number())
}

/// Says what was given, or what became of an infusion.
pub(super) fn dose_words(lang: Lang, dose: &Dose) -> String {
    let of = |concentration: &Option<Value>| match concentration {
        Some(of) => lang.fill(", {} mg/mL", &[&number(lang, *of)]),
        None => String::new(),
    };
    match dose {
        Dose::Bolus {
            drug,
            route,
            amount,
            concentration,
        } => {
            let amount = number(lang, *amount);
            format!(
                "{} {amount} mg {}{}",
                lang.drug(*drug),
                lang.route(*route),
                of(concentration)
            )
        }
        Dose::Start {
            drug,
            rate,
            concentration,
            planned,
        } => {
            let began = [lang.drug(*drug), &number(lang, *rate)];
            let began = lang.fill("infusion of {} begun at {} mg/min", &began);
            let planned = match planned {
                Some(all) => lang.fill(", {} mg planned", &[&number(lang, *all)]),
                None => String::new(),
            };
            format!("{began}{}{planned}", of(concentration))
        }
        Dose::Rate { rate } => lang.fill("infusion changed to {} mg/min", &[&number(lang, *rate)]),
        Dose::Pause => lang.t("infusion held").to_owned(),
        Dose::Resume => lang.t("infusion goes on").to_owned(),
        Dose::Stop => lang.t("infusion stopped").to_owned(),
    }
}
