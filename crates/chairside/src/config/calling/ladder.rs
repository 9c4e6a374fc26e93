//! Whom a ladder calls, rung by rung.

use std::collections::BTreeSet;
use std::time::Duration;

use chairside_escalation::{Duty, Ladder, Person, Rung, Who};

use super::duty::first_gap;
use super::{Mistakes, Reader, STAFF, Section, known, name};

/// How soon the last rung may be climbed again: sooner, and a person who runs to the bed is called
/// on the way.
const REPEAT_MIN: Duration = Duration::from_secs(30);

/// What stands for whoever is on duty.
const DUTY: &str = "duty:";

/// What stands for everybody there is.
const EVERYONE: &str = "everyone";

impl Reader {
    /// Takes duties and ladders, once all people are known.
    pub(in crate::config) fn ladders(&mut self, file: &mut Section, mistakes: &mut Mistakes) {
        let before = mistakes.count();
        for mut section in file.sections("duty", mistakes) {
            let name = name(&mut section, mistakes);
            let duty = self.duty(&mut section, mistakes);
            if let Some(name) = name {
                let place = self.calling.duties.len();
                if self.duties.insert(name.clone(), place).is_some() {
                    mistakes.add(section.key("name"), format!("{name:?} is there twice"));
                }
                self.calling.duties.push(duty);
                self.calling.duty_names.push(name);
            }
            section.finish(mistakes);
        }
        for mut section in file.sections("ladder", mistakes) {
            let name = name(&mut section, mistakes);
            let ladder = self.ladder(&mut section, mistakes);
            // With less than what was written somebody may seem to be missing who is not.
            if let Some(ladder) = ladder.as_ref().filter(|_| mistakes.count() == before) {
                self.is_never_left(ladder, section.path(), mistakes);
            }
            if let (Some(name), Some(ladder)) = (name, ladder) {
                if self.calling.ladders.iter().any(|(known, _)| *known == name) {
                    mistakes.add(section.key("name"), format!("{name:?} is there twice"));
                }
                self.calling.ladders.push((name, ladder));
            }
            section.finish(mistakes);
        }
    }

    /// Takes which ladder a bed has: the first where it does not say.
    pub(in crate::config) fn of_bed(
        &self,
        bed: &mut Section,
        mistakes: &mut Mistakes,
    ) -> Option<Ladder> {
        let ladders = &self.calling.ladders;
        if !bed.has("ladder") {
            return ladders.first().map(|(_, ladder)| ladder.clone());
        }
        let name = bed.text("ladder", mistakes)?;
        let by_name = ladders.iter().cloned().collect();
        known(&by_name, &name, "ladder", &bed.key("ladder"), mistakes)
    }

    fn ladder(&self, section: &mut Section, mistakes: &mut Mistakes) -> Option<Ladder> {
        let repeat_after = section.seconds("repeat_s", mistakes);
        if repeat_after.is_some_and(|after| after < REPEAT_MIN) {
            let why = format!("shorter than {} s", REPEAT_MIN.as_secs());
            mistakes.add(section.key("repeat_s"), why);
        }
        let mut rungs: Vec<Rung> = Vec::new();
        for section in section.sections("rung", mistakes) {
            let path = section.path().to_owned();
            let Some(rung) = self.rung(section, mistakes) else {
                continue;
            };
            // A rung that is not climbed for a medium alarm is no rung for it.
            let medium_below = rungs.iter().rev().find_map(|rung| rung.medium_after);
            for (key, below, after) in [
                (
                    "high_after_s",
                    rungs.last().map(|rung| rung.high_after),
                    Some(rung.high_after),
                ),
                ("medium_after_s", medium_below, rung.medium_after),
            ] {
                if below.zip(after).is_some_and(|(below, after)| after < below) {
                    let why = "earlier than the rung below";
                    mistakes.add(format!("{path}.{key}"), why);
                }
            }
            rungs.push(rung);
        }
        if rungs.is_empty() {
            mistakes.add(section.key("rung"), "missing: nobody would be called");
            return None;
        }
        Some(Ladder {
            rungs,
            repeat_after: repeat_after?,
        })
    }

    /// The last rung is climbed until somebody answers: when it calls nobody, nobody is called any
    /// more.
    fn is_never_left(&self, ladder: &Ladder, path: &str, mistakes: &mut Mistakes) {
        let duty_of = |who: &Who| match who {
            Who::Duty(duty) => self.calling.duties.get(*duty),
            Who::Person(_) | Who::Everyone => None,
        };
        let Some(last) = ladder.rungs.last() else {
            return;
        };
        let duties: Option<Vec<&Duty>> = last.who.iter().map(duty_of).collect();
        if let Some(gap) = duties.and_then(|duties| first_gap(&duties)) {
            let why = format!(
                "calls nobody from {gap}: whoever is on duty then, or `otherwise`, is missing, and \
                 this is the last rung"
            );
            mistakes.add(format!("{path}.rung[{}].call", ladder.rungs.len()), why);
        }
    }

    fn rung(&self, mut section: Section, mistakes: &mut Mistakes) -> Option<Rung> {
        let high_after = section.seconds("high_after_s", mistakes);
        let medium_after = section.optional_seconds("medium_after_s", mistakes);
        let key = section.key("call");
        let names = section.texts("call", mistakes);
        let by = if section.has("by") {
            let key = section.key("by");
            let names = section.texts("by", mistakes)?;
            let by = names
                .iter()
                .filter_map(|name| known(&self.channels, name, "channel", &key, mistakes));
            Some(by.collect::<BTreeSet<_>>())
        } else {
            None
        };
        section.finish(mistakes);
        let names = names?;
        if names.is_empty() {
            mistakes.add(&key, "empty: nobody would be called");
        }
        let who: Vec<Who> = names
            .iter()
            .filter_map(|name| self.who(name, &key, mistakes))
            .collect();
        let rung = Rung {
            high_after: high_after?,
            medium_after,
            who,
            by,
        };
        self.is_reachable(&rung, &names, &key, mistakes);
        Some(rung)
    }

    fn who(&self, name: &str, key: &str, mistakes: &mut Mistakes) -> Option<Who> {
        if name == EVERYONE {
            return Some(Who::Everyone);
        }
        if let Some(duty) = name.strip_prefix(DUTY) {
            return known(&self.duties, duty, "duty", key, mistakes).map(Who::Duty);
        }
        known(&self.people, name, STAFF, key, mistakes).map(Who::Person)
    }

    /// Whoever is named must have a way that the rung uses, or the name deceives.
    fn is_reachable(&self, rung: &Rung, names: &[String], key: &str, mistakes: &mut Mistakes) {
        let reached = |person: Person| {
            let contacts = self.calling.people.get(usize::from(person.0));
            contacts.into_iter().flatten().any(|contact| {
                let by = rung.by.as_ref();
                by.is_none_or(|by| by.contains(&contact.channel))
            })
        };
        let id_of = |person: Person| {
            let mut people = self.people.iter();
            let found = people.find(|(_, known)| **known == person);
            found.map_or("?", |(id, _)| id)
        };
        for (who, name) in rung.who.iter().zip(names) {
            let unreached: Vec<_> = match who {
                Who::Person(person) => vec![*person],
                Who::Duty(duty) => self.ever_on_duty(*duty),
                Who::Everyone => {
                    let all: Vec<_> = self.people.values().copied().collect();
                    if all.iter().any(|person| reached(*person)) {
                        continue;
                    }
                    all
                }
            };
            let mut unreached: Vec<_> = unreached
                .into_iter()
                .filter(|person| !reached(*person))
                .map(id_of)
                .collect();
            unreached.sort_unstable();
            unreached.dedup();
            if !unreached.is_empty() {
                let why = format!(
                    "{name:?} calls {}, who cannot be reached by a channel of this rung: \
                     [[staff.contact]] is missing",
                    unreached.join(", ")
                );
                mistakes.add(key, why);
            }
        }
    }

    pub(super) fn ever_on_duty(&self, duty: usize) -> Vec<Person> {
        let duty = self.calling.duties.get(duty).cloned().unwrap_or_default();
        let shifts = duty.shifts.into_iter().flat_map(|shift| shift.people);
        shifts.chain(duty.otherwise).collect()
    }
}
