//! A protocol's file: what the clinic does in one kind of session, as `docs/session.md` has it.
//!
//! The keys are those by which [`Protocol::new`] tells its mistakes, so that what does not fit
//! together is told where it stands in the file. A part that is left out, and a key of one, is as
//! `docs/session.md` says; what cannot be read is not judged with the rest, for it is not what
//! the page says.

mod keys;
mod lists;
mod plans;

use std::path::Path;

use chairside_alarm::AlarmProfile;
use chairside_care::{Drug, Protocol, ProtocolParts, Route, Text, weight_default};

use super::file::Section;
use super::mistake::{ConfigErrors, Mistakes};
use super::profile;
use super::shelf::{BuiltIn, Place, Shelf};
use crate::near::no_such;
use keys::{DRUGS, Keys, ROUTES, text, word};
use lists::{read_doses, read_prompts, read_screening};
use plans::{read_cuff, read_discharge, read_gate};

/// The folder of the protocols, beside the clinic's file.
const FOLDER: &str = "protocols";

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        name: "iv-ketamine",
        file: "(built in) protocols/iv-ketamine.toml",
        toml: include_str!("../../../../config/protocols/iv-ketamine.toml"),
    },
    BuiltIn {
        name: "im-ketamine",
        file: "(built in) protocols/im-ketamine.toml",
        toml: include_str!("../../../../config/protocols/im-ketamine.toml"),
    },
    BuiltIn {
        name: "esketamine-spray",
        file: "(built in) protocols/esketamine-spray.toml",
        toml: include_str!("../../../../config/protocols/esketamine-spray.toml"),
    },
];

/// Reads a protocol's file.
///
/// # Errors
///
/// Every mistake in it.
pub fn load(path: &Path) -> Result<Protocol, ConfigErrors> {
    read(&Place::File(path.to_owned()), None)
}

/// Returns the protocols that are built in, in the order of `docs/session.md`.
///
/// # Panics
///
/// Never: a test reads them.
#[must_use]
pub fn built_in() -> Vec<Protocol> {
    let read = |built_in: &BuiltIn| read(&Place::BuiltIn(*built_in), None);
    let read = BUILT_IN.iter().map(read);
    read.map(|read| read.expect("the files that are built in are read by a test"))
        .collect()
}

/// The protocols that a clinic has named, in its order.
#[derive(Debug)]
pub(super) struct Protocols {
    shelf: Shelf,
    /// Nothing for one whose file cannot be used.
    named: Vec<(String, Option<Protocol>)>,
}

impl Protocols {
    /// Those beside a clinic's file, in whose folder they have one of their own.
    pub(super) fn beside(folder: &Path) -> Self {
        Self {
            shelf: Shelf {
                folder: folder.join(FOLDER),
                what: "protocol",
                built_in: BUILT_IN,
            },
            named: Vec::new(),
        }
    }

    /// Takes which the clinic has; without the key it has none.
    pub(super) fn of_clinic(&mut self, file: &mut Section, mistakes: &mut Mistakes) {
        let (key, names) = (file.key("protocols"), names(file, mistakes));
        for name in names.into_iter().flatten() {
            let Some(place) = self.shelf.find(&name) else {
                mistakes.add(&key, self.shelf.no_such(&name));
                continue;
            };
            let protocol = read(&place, Some(&name));
            let protocol = protocol.map_err(|errors| mistakes.append(errors)).ok();
            self.named.push((name, protocol));
        }
    }

    /// Takes by which of the clinic's a bed goes: all of them where it says nothing.
    pub(super) fn of_bed(
        &self,
        bed: &mut Section,
        profile: Option<&AlarmProfile>,
        mistakes: &mut Mistakes,
    ) -> Vec<Protocol> {
        let key = bed.key("protocols");
        let chosen = match names(bed, mistakes) {
            None => self.all().cloned().collect(),
            Some(names) => self.chosen(&key, &names, mistakes),
        };
        for protocol in &chosen {
            // Else it would be found out when a session opens, and the bed go on by its profile.
            if let Some(Err(errors)) = profile.map(|profile| protocol.adjust(profile)) {
                let name = protocol.name();
                for error in errors {
                    let (limit, why) = (error.key, error.why);
                    let why = format!("{name:?} does not fit the bed's profile: {limit}: {why}");
                    mistakes.add(&key, why);
                }
            }
        }
        chosen
    }

    fn chosen(&self, key: &str, names: &[String], mistakes: &mut Mistakes) -> Vec<Protocol> {
        let mut chosen = Vec::new();
        for name in names {
            if let Some((_, protocol)) = self.named.iter().find(|(known, _)| known == name) {
                chosen.extend(protocol.clone());
            } else {
                let there_are = self.named.iter().map(|(name, _)| name.as_str());
                mistakes.add(key, no_such(name, "protocol of the clinic", there_are));
            }
        }
        chosen
    }

    fn all(&self) -> impl Iterator<Item = &Protocol> {
        self.named
            .iter()
            .filter_map(|(_, protocol)| protocol.as_ref())
    }

    pub(super) fn finish(self) -> Vec<Protocol> {
        let named = self.named.into_iter();
        named.filter_map(|(_, protocol)| protocol).collect()
    }
}

/// Takes a list of names that may be absent, each once.
fn names(section: &mut Section, mistakes: &mut Mistakes) -> Option<Vec<String>> {
    if !section.has("protocols") {
        return None;
    }
    let key = section.key("protocols");
    let mut once: Vec<String> = Vec::new();
    for name in section.texts("protocols", mistakes).unwrap_or_default() {
        if once.contains(&name) {
            mistakes.add(&key, format!("{name:?} is there twice"));
        } else {
            once.push(name);
        }
    }
    Some(once)
}

fn read(place: &Place, called: Option<&str>) -> Result<Protocol, ConfigErrors> {
    let mut mistakes = Mistakes::in_file(place.file());
    let protocol = place
        .tree(&mut mistakes)
        .and_then(|tree| of_tree(tree, called, &mut mistakes));
    mistakes.unless_any(protocol)
}

/// Reads the whole tree. `called` is the name it was asked for by.
fn of_tree(mut tree: Section, called: Option<&str>, mistakes: &mut Mistakes) -> Option<Protocol> {
    let name = text(&mut tree, "name", mistakes);
    if let (Some(name), Some(called)) = (&name, called)
        && name.as_str() != called
    {
        let name = name.as_str();
        let why = format!("{name:?} is not the name of the file, {called:?}");
        mistakes.add("name", why);
    }
    let title = text(&mut tree, "title", mistakes);
    let (drug, route) = read_planned(&mut tree, mistakes);
    let mut weight = weight_default();
    Keys::of(&mut tree, mistakes).bounds("weight", &mut weight);
    let cuff = part(&mut tree, "cuff", mistakes, read_cuff);
    let gate = part(&mut tree, "gate", mistakes, read_gate);
    let discharge = part(&mut tree, "discharge", mistakes, read_discharge);
    let prompts = part(&mut tree, "prompt", mistakes, read_prompts);
    let doses = read_doses(&mut tree, mistakes);
    let limits = tree.optional_section("limits", mistakes);
    let limits = limits.map(|section| profile::read_phases(section, mistakes));
    let screening = read_screening(&mut tree, mistakes);
    tree.finish(mistakes);
    let parts = ProtocolParts {
        name: name.clone().or_else(stand_in)?,
        title: title.clone().or_else(stand_in)?,
        drug,
        route,
        cuff,
        limits: limits.unwrap_or_default(),
        screening,
        gate,
        doses,
        prompts,
        discharge,
        weight,
    };
    let made = Protocol::new(parts);
    let made = made.map_err(|told| {
        for mistake in told {
            mistakes.add(mistake.key, mistake.why);
        }
    });
    // A stand-in is judged, not used.
    made.ok().filter(|_| name.is_some() && title.is_some())
}

/// What stands for a name that could not be read, while the rest is judged.
fn stand_in() -> Option<Text> {
    Text::new("unnamed").ok()
}

/// Takes what is given and which way. Where one cannot be read, neither is judged.
fn read_planned(tree: &mut Section, mistakes: &mut Mistakes) -> (Option<Drug>, Option<Route>) {
    let before = mistakes.count();
    let drug = word(tree, "drug", &DRUGS, mistakes);
    let route = word(tree, "route", &ROUTES, mistakes);
    if mistakes.count() == before {
        (drug, route)
    } else {
        (None, None)
    }
}

/// Reads a part that may be absent. One in which something could not be read is as if it were.
fn part<P: Default>(
    tree: &mut Section,
    key: &'static str,
    mistakes: &mut Mistakes,
    read: fn(&mut Section, &mut P, &mut Mistakes),
) -> P {
    let before = mistakes.count();
    let mut plan = P::default();
    if let Some(mut section) = tree.optional_section(key, mistakes) {
        read(&mut section, &mut plan, mistakes);
        section.finish(mistakes);
    }
    if mistakes.count() == before {
        plan
    } else {
        P::default()
    }
}
