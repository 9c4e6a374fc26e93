//! The alarm profiles there are: those beside the clinic's file, and those that are built in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chairside_alarm::AlarmProfile;
use serde_json::{Map, Value};

use super::file::{Section, parse_toml, read_toml};
use super::mistake::{ConfigErrors, Mistakes};
use super::profile;
use crate::near::did_you_mean;

/// The folder of the profiles, beside the clinic's file.
pub(crate) const FOLDER: &str = "alarm-profiles";

/// The name of the profile that holds where nothing else is said.
pub(crate) const ADULT_KETAMINE: &str = "adult-ketamine";

/// A profile that is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BuiltIn {
    name: &'static str,
    file: &'static str,
    toml: &'static str,
}

impl BuiltIn {
    fn named(name: &str) -> Option<Self> {
        BUILT_IN.into_iter().find(|built_in| built_in.name == name)
    }
}

const BUILT_IN: [BuiltIn; 2] = [
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

/// The profiles beside one clinic's file. Each is read once.
#[derive(Debug)]
pub(crate) struct Library {
    folder: PathBuf,
    read: BTreeMap<String, Option<AlarmProfile>>,
}

impl Library {
    pub(crate) const fn in_folder(folder: PathBuf) -> Self {
        Self {
            folder,
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
        let Some(place) = self.find(name) else {
            mistakes.add(key, self.no_such(name));
            return None;
        };
        let profile = match read(&self.folder, place, Some(name)) {
            Ok(profile) => Some(profile),
            Err(errors) => {
                mistakes.append(errors);
                None
            }
        };
        self.read.insert(name.to_owned(), profile.clone());
        profile
    }

    fn find(&self, name: &str) -> Option<Place> {
        find(&self.folder, name)
    }

    fn no_such(&self, name: &str) -> String {
        let folder = self.folder.display();
        let mut names = names_in(&self.folder);
        let meant = meant(name, &names);
        for BuiltIn { name, .. } in BUILT_IN {
            if !names.iter().any(|known| known == name) {
                names.push(format!("{name} (built in)"));
            }
        }
        format!(
            "{name:?} is no alarm profile in {folder}; there are: {}{meant}",
            names.join(", ")
        )
    }
}

/// Reads a profile's file by its path.
pub(crate) fn read_file(path: &Path) -> Result<AlarmProfile, ConfigErrors> {
    let folder = path.parent().unwrap_or(Path::new(""));
    read(folder, Place::File(path.to_owned()), None)
}

/// Reads the profile of that name as it is built in, if it is.
pub(crate) fn built_in(name: &str) -> Option<Result<AlarmProfile, ConfigErrors>> {
    let place = BuiltIn::named(name).map(Place::BuiltIn)?;
    Some(read(Path::new(FOLDER), place, None))
}

/// Returns which profile was meant, of those with a file and those that are built in.
fn meant(name: &str, names: &[String]) -> String {
    let known = names.iter().map(String::as_str);
    let known: BTreeSet<&str> = known
        .chain(BUILT_IN.map(|built_in| built_in.name))
        .collect();
    did_you_mean(name, known)
}

/// Where a profile is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    File(PathBuf),
    BuiltIn(BuiltIn),
}

impl Place {
    fn file(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::BuiltIn(built_in) => Path::new(built_in.file),
        }
    }

    fn tree(&self, mistakes: &mut Mistakes) -> Option<Section> {
        match self {
            Self::File(path) => read_toml(path, mistakes),
            Self::BuiltIn(built_in) => parse_toml(built_in.toml, mistakes),
        }
    }
}

/// A file with that name comes before one that is built in.
fn find(folder: &Path, name: &str) -> Option<Place> {
    // A name is not a path: nothing outside of the folder is read.
    if name.contains(['/', '\\', '\0']) {
        return None;
    }
    let path = folder.join(format!("{name}.toml"));
    if path.is_file() {
        Some(Place::File(path))
    } else {
        BuiltIn::named(name).map(Place::BuiltIn)
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    // A folder that is not there has no profiles.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let is_toml = path
                .extension()
                .is_some_and(|extension| extension == "toml");
            is_toml.then(|| path.file_stem()?.to_str().map(str::to_owned))?
        })
        .collect();
    names.sort_unstable();
    names
}

fn read(folder: &Path, place: Place, called: Option<&str>) -> Result<AlarmProfile, ConfigErrors> {
    let mut mistakes = Mistakes::in_file(place.file());
    let mut chain = vec![place];
    let profile = whole_tree(folder, &mut chain, &mut mistakes)
        .and_then(|tree| profile::of_clinic(tree, called, &mut mistakes));
    mistakes.unless_any(profile)
}

/// Reads the last place of the chain and puts it over what it extends.
fn whole_tree(folder: &Path, chain: &mut Vec<Place>, mistakes: &mut Mistakes) -> Option<Section> {
    let mut tree = chain.last()?.tree(mistakes)?;
    if !tree.has("extends") {
        return Some(tree);
    }
    let base = tree.text("extends", mistakes)?;
    let Some(place) = find(folder, &base) else {
        let mut names = names_in(folder);
        // What would extend itself is not meant.
        let extending = |name: &str| find(folder, name).is_some_and(|place| chain.contains(&place));
        names.retain(|name| !extending(name));
        let meant = meant(&base, &names);
        let folder = folder.display();
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
    let base = whole_tree(folder, chain, &mut inside);
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
