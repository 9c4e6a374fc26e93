//! What a protocol asks, expects of doses and reminds of.

use chairside_care::{
    Blocks, Check, DoseBounds, Drug, Expected, PromptPlan, PromptRule, Route, ScoreId,
    ScreeningItem, Text,
};

use super::keys::{BLOCKS, DRUGS, Keys, ROUTES, STAGES, text, word};
use crate::config::file::Section;
use crate::config::mistake::Mistakes;
use crate::near::no_such;

/// Reads what is asked before the dose. Where an item cannot be read, the kit is not judged.
pub(super) fn read_screening(tree: &mut Section, mistakes: &mut Mistakes) -> Vec<ScreeningItem> {
    let before = mistakes.count();
    let sections = tree.sections("screening", mistakes).into_iter();
    let items = sections.filter_map(|section| read_item(section, mistakes));
    let items: Vec<_> = items.collect();
    if mistakes.count() == before {
        items
    } else {
        stand_in().into_iter().collect()
    }
}

fn stand_in() -> Option<ScreeningItem> {
    let text = Text::new("unnamed").ok()?;
    Some(ScreeningItem {
        name: text.clone(),
        label: text,
        blocks_on: Some(Blocks::No),
        kit: true,
    })
}

fn read_item(mut section: Section, mistakes: &mut Mistakes) -> Option<ScreeningItem> {
    let name = text(&mut section, "name", mistakes);
    if let Some(name) = &name {
        let path = format!("screening.{}", name.as_str());
        section = section.called(path);
    }
    let label = text(&mut section, "label", mistakes);
    let blocks_on = word(&mut section, "blocks_on", &BLOCKS, mistakes);
    let kit = section.optional_truth("kit", mistakes);
    section.finish(mistakes);
    Some(ScreeningItem {
        name: name?,
        label: label?,
        blocks_on,
        kit: kit.unwrap_or(false),
    })
}

/// Reads what is expected of each drug that is given one way: `[dose.DRUG.ROUTE]`.
pub(super) fn read_doses(tree: &mut Section, mistakes: &mut Mistakes) -> Vec<DoseBounds> {
    let mut doses = Vec::new();
    let Some(drugs) = tree.optional_section("dose", mistakes) else {
        return doses;
    };
    for (name, content) in drugs.into_left() {
        let key = format!("dose.{name}");
        let drug = DRUGS.read(&name, &key, mistakes);
        let Some(routes) = Section::of(key, content, mistakes) else {
            continue;
        };
        let path = routes.path().to_owned();
        for (name, content) in routes.into_left() {
            let key = format!("{path}.{name}");
            let route = ROUTES.read(&name, &key, mistakes);
            let section = Section::of(key, content, mistakes);
            if let (Some(drug), Some(route), Some(section)) = (drug, route, section) {
                doses.extend(read_dose(section, (drug, route), mistakes));
            }
        }
    }
    doses
}

fn read_dose(
    mut section: Section,
    (drug, route): (Drug, Route),
    mistakes: &mut Mistakes,
) -> Option<DoseBounds> {
    let before = mistakes.count();
    let mut expected = |key| {
        let inner = section.optional_section(key, mistakes)?;
        read_expected(inner, mistakes)
    };
    let (amount, per_kg) = (expected("amount"), expected("per_kg"));
    let (rate, concentration) = (expected("rate"), expected("concentration"));
    let mut keys = Keys::of(&mut section, mistakes);
    let session_max = keys.optional_number("session_max");
    let session_max_per_kg = keys.optional_number("session_max_per_kg");
    section.finish(mistakes);
    (mistakes.count() == before).then_some(DoseBounds {
        drug,
        route,
        amount,
        per_kg,
        rate,
        concentration,
        session_max,
        session_max_per_kg,
    })
}

fn read_expected(mut section: Section, mistakes: &mut Mistakes) -> Option<Expected> {
    let least = section.number("least", mistakes);
    let plan = Keys::of(&mut section, mistakes).optional_number("plan");
    let most = section.number("most", mistakes);
    section.finish(mistakes);
    Some(Expected {
        least: least?,
        plan,
        most: most?,
    })
}

/// Reads of what people are reminded.
pub(super) fn read_prompts(section: &mut Section, plan: &mut PromptPlan, mistakes: &mut Mistakes) {
    if let Some(grace) = section.seconds("grace_s", mistakes) {
        plan.grace = grace;
    }
    let rules = section.sections("rule", mistakes).into_iter();
    let rules = rules.filter_map(|rule| read_rule(rule, mistakes));
    plan.rules = rules.collect();
}

fn read_rule(mut section: Section, mistakes: &mut Mistakes) -> Option<PromptRule> {
    let name = section.text("check", mistakes);
    let check = name.as_ref().and_then(|name| Check::from_name(name));
    match (&name, check) {
        (Some(name), Some(_)) => section = section.called(format!("prompt.{name}")),
        (Some(name), None) => {
            let scores = ScoreId::ALL.map(ScoreId::name);
            let others = [Check::Look, Check::IvSite, Check::CallPrescriber].map(Check::name);
            let names = scores.into_iter().chain(others);
            mistakes.add(section.key("check"), no_such(name, "check", names));
        }
        (None, _) => {}
    }
    let stages = STAGES.list(&mut section, "stages", mistakes);
    let first = section.seconds("first_s", mistakes);
    let every = section.optional_seconds("every_s", mistakes);
    section.finish(mistakes);
    Some(PromptRule {
        check: check?,
        stages,
        first: first?,
        every,
    })
}
