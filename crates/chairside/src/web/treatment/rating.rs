//! Of what people are reminded, and rating: a number is chosen, and entered. No alarm: a reminder
//! has no sound and none of an alarm's colours.

use chairside_care::{
    AldreteVariant, Check, Prompt, PromptState, ScoreEntry, ScoreId, Stage, Treatment,
};
use serde_json::{Value as Json, json};

use super::html::Html;
use super::plan::field;
use super::shown::Shown;

/// More numbers than this are typed and not chosen.
const CHOICES_MAX: i16 = 12;

/// What is due, each with what enters it, and what comes next.
pub(super) fn prompts(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    let prompts = treatment.prompts(shown.now);
    let is_ahead = |one: &&Prompt| one.state(shown.now) == PromptState::Ahead;
    let (ahead, due): (Vec<_>, Vec<_>) = prompts.iter().partition(is_ahead);
    if due.is_empty() && ahead.is_empty() {
        return;
    }
    h.parts("prompts", |h| {
        h.text("h2", &[], lang.t("Due now"));
        for prompt in &due {
            one(h, shown, treatment, prompt);
        }
        if due.is_empty() || !ahead.is_empty() {
            h.part("ahead", "ahead", |h| {
                if due.is_empty() {
                    h.text("p", &[], lang.t("Nothing is due."));
                }
                if !ahead.is_empty() {
                    let next = ahead.iter().map(|one| {
                        let at = shown.time(one.due);
                        format!("{} {at}", lang.check(one.check))
                    });
                    let next: Vec<_> = next.collect();
                    h.text("p", &[], &lang.fill("Next: {}", &[&next.join(", ")]));
                }
            });
        }
    });
}

fn one(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment, prompt: &Prompt) {
    let lang = shown.lang;
    let name = prompt.check.name();
    h.part(&format!("due-{name}"), "due", |h| {
        h.text("h3", &[], lang.check(prompt.check));
        let for_minutes = shown.minutes(shown.now.saturating_since(prompt.due));
        let words = match prompt.state(shown.now) {
            PromptState::Overdue => "overdue, for {}",
            PromptState::Due | PromptState::Ahead => "due for {}",
        };
        let mut since = lang.fill(words, &[&for_minutes]);
        if let Some(done) = prompt.done {
            since = format!("{since} · {}", lang.fill("last {}", &[&shown.time(done)]));
        }
        let state = match prompt.state(shown.now) {
            PromptState::Overdue => "overdue",
            PromptState::Due | PromptState::Ahead => "due",
        };
        h.text("p", &[("class", "since"), ("data-prompt", state)], &since);
        match prompt.check {
            Check::Score(id) => form(h, shown, treatment, id, "due"),
            check @ (Check::Look | Check::IvSite | Check::CallPrescriber) => {
                checked(h, shown, treatment, check);
            }
        }
    });
}

fn checked(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment, check: Check) {
    let name = check.name();
    let session = treatment.session().to_string();
    let action = json!({ "action": "check", "check": name });
    h.form(&format!("check-{name}"), Some(&session), &action, |h| {
        h.text("button", &[], shown.lang.t("Done"));
    });
}

/// Every instrument, for whoever rates without being reminded.
pub(super) fn all(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    let lang = shown.lang;
    h.part("ratings", "ratings", |h| {
        h.text("h2", &[], lang.t("Ratings"));
        h.tag("dl", &[], |h| {
            for id in ScoreId::ALL {
                let latest = ScoreEntry::latest(treatment.ratings(), id, shown.now);
                if let Some(latest) = latest {
                    h.tag("div", &[], |h| {
                        h.text("dt", &[], lang.score(id));
                        h.tag("dd", &[], |h| {
                            h.words(&words(shown, latest));
                            h.text("span", &[("class", "detail")], &shown.ago(latest.at));
                        });
                    });
                }
            }
        });
        let stage = treatment.stage();
        if stage != Stage::Scheduled {
            h.opens("rate", lang.t("Rate something"), |h| {
                for id in ScoreId::ALL {
                    h.opens(&format!("rate-{}", id.name()), lang.score(id), |h| {
                        form(h, shown, treatment, id, "rate");
                    });
                }
            });
        }
    });
}

/// Says what was rated.
pub(super) fn words(shown: &Shown<'_>, entry: &ScoreEntry) -> String {
    let lang = shown.lang;
    match entry.total() {
        _ if entry.is_not_done() => lang.t("not done").to_owned(),
        None => lang.t("incomplete: no total").to_owned(),
        Some(1) if entry.id == ScoreId::Cssrs => lang.t("asked").to_owned(),
        Some(0) if entry.id == ScoreId::Cssrs => lang.t("not asked").to_owned(),
        Some(total) => {
            let range = entry.id.total_range();
            lang.fill(
                "{} of {} to {}",
                &[
                    &total.to_string(),
                    &range.start().to_string(),
                    &range.end().to_string(),
                ],
            )
        }
    }
}

fn form(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment, id: ScoreId, place: &str) {
    let action = json!({ "action": "score", "score": id.name() });
    let form = format!("{place}-{}-form", id.name());
    rate(h, shown, treatment, id, (&form, &action), |_| {});
    let none = json!({ "action": "score", "score": id.name(), "items": [] });
    let form = format!("{place}-{}-none", id.name());
    let session = treatment.session().to_string();
    h.form(&form, Some(&session), &none, |h| {
        h.text("button", &[("class", "quiet")], shown.lang.t("Not done"));
    });
}

/// Puts the form of an instrument: its items, `more`, and entering them.
pub(super) fn rate(
    h: &mut Html,
    shown: &Shown<'_>,
    treatment: &Treatment,
    id: ScoreId,
    (form, action): (&str, &Json),
    more: impl FnOnce(&mut Html),
) {
    let lang = shown.lang;
    let aldrete = treatment.protocol().parts().discharge.aldrete;
    let session = treatment.session().to_string();
    h.form(form, Some(&session), action, |h| {
        let items = id.item_numbers();
        if items.len() > 1 && id.item_label(0).is_none() {
            h.text(
                "p",
                &[("class", "detail")],
                lang.t("The items by their numbers, as on the clinic's own form."),
            );
        }
        for (place, number) in items.iter().enumerate() {
            item(h, shown, (id, aldrete), place, *number);
        }
        more(h);
        h.text("button", &[], &lang.fill("Enter {}", &[lang.score(id)]));
    });
}

fn item(
    h: &mut Html,
    shown: &Shown<'_>,
    (id, aldrete): (ScoreId, AldreteVariant),
    place: usize,
    number: u8,
) {
    let lang = shown.lang;
    let single = id.item_numbers().len() == 1;
    let label = match id.item_label(place) {
        Some(label) => lang.t(label).to_owned(),
        None if single => lang.score(id).to_owned(),
        None => lang.fill("Item {}", &[&number.to_string()]),
    };
    let name = format!("items.{place}");
    let (least, most) = id.range().into_inner();
    if most - least > CHOICES_MAX {
        let label = format!("{label}, {least}–{most} mm");
        let attributes = [
            ("name", &*name),
            ("data-as", "item"),
            ("inputmode", "numeric"),
            ("autocomplete", "off"),
            ("required", ""),
        ];
        field(h, &label, &attributes);
        return;
    }
    let anchors = id.anchors(place, aldrete);
    let class = if anchors.is_empty() {
        "figures"
    } else {
        "anchors"
    };
    h.tag("fieldset", &[("class", class)], |h| {
        h.text("legend", &[], &label);
        let of = |rating: i16| anchors.iter().find(|(one, _)| *one == rating);
        let mut ratings: Vec<_> = (least..=most).collect();
        // As the instrument has them: best or calmest first.
        ratings.sort_by_key(|rating| anchors.iter().position(|(one, _)| one == rating));
        for rating in ratings {
            let text = rating.to_string();
            h.tag("label", &[("class", "choice")], |h| {
                let attributes = [
                    ("type", "radio"),
                    ("name", &*name),
                    ("data-as", "item"),
                    ("value", &*text),
                ];
                let attributes: Vec<_> = attributes
                    .into_iter()
                    .chain(single.then_some(("required", "")))
                    .collect();
                h.void("input", &attributes);
                h.tag("span", &[], |h| {
                    h.text("b", &[], &text);
                    if let Some((_, meaning)) = of(rating) {
                        h.words(" ");
                        h.words(lang.t(meaning));
                    }
                });
            });
        }
    });
}
