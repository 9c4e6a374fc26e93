//! The alarm profiles there are: those beside the clinic's file, and those that are built in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chairside_alarm::AlarmProfile;
use serde_json::{Map, Value};

use super::file::Section;
use super::mistake::{ConfigErrors, Mistakes};
use super::profile;
use super::shelf::{BuiltIn, Place, Shelf};

/// The folder of the profiles, beside the clinic's file.
pub(crate) const FOLDER: &str = "alarm-profiles";

/// The name of the profile that holds where nothing else is said.
pub(crate) const ADULT_KETAMINE: &str = "adult-ketamine";

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        name: ADULT_KETAMINE,
        file: "(built in) alarm-profiles/adult-ketamine.toml",
        toml: include_str!("../../../../config/alarm-profiles/adult-ketamine.toml"),
    },
    BuiltIn {
        name: "adult-ketamine-personal",
        file: "(built in) alarm-profiles/adult-ketamine-personal.toml",
        toml: include_str!("../../../../config/alarm-profiles/adult-ketamine-personal.toml"),
    },
];

const fn shelf(folder: PathBuf) -> Shelf {
    Shelf {
        folder,
        what: "alarm profile",
        built_in: BUILT_IN,
    }
}

/// The profiles beside one clinic's file. Each is read once.
#[derive(Debug)]
pub(crate) struct Library {
    shelf: Shelf,
    read: BTreeMap<String, Option<AlarmProfile>>,
}

impl Library {
    pub(crate) const fn in_folder(folder: PathBuf) -> Self {
        Self {
            shelf: shelf(folder),
            read: BTreeMap::new(),
        }
    }

    /// Returns the profile with that name. What is wrong inside of its file is noted once,
    /// however many beds name it.
    pub(crate) fn profile(
        &mut self,
        name: &str,
        key: &str,
        mistakes: &mut Mistakes,
    ) -> Option<AlarmProfile> {
        if let Some(profile) = self.read.get(name) {
            return profile.clone();
        }
        let Some(place) = self.shelf.find(name) else {
            mistakes.add(key, self.shelf.no_such(name));
            return None;
        };
        let profile = match read(&self.shelf, place, Some(name)) {
            Ok(profile) => Some(profile),
            Err(errors) => {
                mistakes.append(errors);
                None
            }
        };
        self.read.insert(name.to_owned(), profile.clone());
        profile
    }
}

/// Reads a profile's file by its path.
pub(crate) fn read_file(path: &Path) -> Result<AlarmProfile, ConfigErrors> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    read(&shelf(folder), Place::File(path.to_owned()), None)
}

/// Reads the profile of that name as it is built in, if it is.
pub(crate) fn built_in(name: &str) -> Option<Result<AlarmProfile, ConfigErrors>> {
    let shelf = shelf(PathBuf::from(FOLDER));
    let place = shelf.built_in(name)?;
    Some(read(&shelf, place, None))
}

fn read(shelf: &Shelf, place: Place, called: Option<&str>) -> Result<AlarmProfile, ConfigErrors> {
    let mut mistakes = Mistakes::in_file(place.file());
    let mut chain = vec![place];
    let profile = whole_tree(shelf, &mut chain, &mut mistakes)
        .and_then(|tree| profile::of_clinic(tree, called, &mut mistakes));
    mistakes.unless_any(profile)
}

/// Reads the last place of the chain and puts it over what it extends.
fn whole_tree(shelf: &Shelf, chain: &mut Vec<Place>, mistakes: &mut Mistakes) -> Option<Section> {
    let mut tree = chain.last()?.tree(mistakes)?;
    if !tree.has("extends") {
        return Some(tree);
    }
    let base = tree.text("extends", mistakes)?;
    let Some(place) = shelf.find(&base) else {
        let mut names = shelf.names();
        // What would extend itself is not meant.
        let extending = |name: &str| shelf.find(name).is_some_and(|place| chain.contains(&place));
        names.retain(|name| !extending(name));
        let meant = shelf.meant(&base, &names);
        let folder = shelf.folder.display();
        let why = format!("{base:?} is no alarm profile in {folder}{meant}");
        mistakes.add("extends", why);
        return None;
    };
    if chain.contains(&place) {
        mistakes.add("extends", format!("{base:?} extends this profile itself"));
        return None;
    }
    let mut inside = Mistakes::in_file(place.file());
    chain.push(place);
    let base = whole_tree(shelf, chain, &mut inside);
    match inside.unless_any(base) {
        Ok(base) => {
            let mut merged = base.into_left();
            // Each profile says its own name.
            merged.remove("name");
            put_over(&mut merged, tree.into_left());
            Some(Section::new(String::new(), merged))
        }
        Err(errors) => {
            mistakes.append(errors);
            None
        }
    }
}

/// Puts one tree over another: tables key by key, the rules of a list by their `id`, and
/// everything else as a whole.
fn put_over(base: &mut Map<String, Value>, over: Map<String, Value>) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Object(base)), Value::Object(over)) => put_over(base, over),
            (Some(Value::Array(base)), Value::Array(over)) if key == "threshold" => {
                put_rules_over(base, over);
            }
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn put_rules_over(base: &mut Vec<Value>, over: Vec<Value>) {
    for rule in over {
        let same = base
            .iter_mut()
            .find(|other| other.get("id").is_some() && other.get("id") == rule.get("id"));
        match (same, rule) {
            (Some(Value::Object(base)), Value::Object(rule)) => put_over(base, rule),
            (_, rule) => base.push(rule),
        }
    }
}
