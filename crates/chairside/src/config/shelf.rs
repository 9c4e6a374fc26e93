//! A folder of named files beside the clinic's file, and the files of that kind that are built in.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::file::{Section, parse_toml, read_toml};
use super::mistake::Mistakes;
use crate::near::did_you_mean;

/// A file that is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BuiltIn {
    pub(super) name: &'static str,
    /// What mistakes in it are told of.
    pub(super) file: &'static str,
    pub(super) toml: &'static str,
}

/// Where a file of the shelf is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    File(PathBuf),
    BuiltIn(BuiltIn),
}

impl Place {
    pub(super) fn file(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::BuiltIn(built_in) => Path::new(built_in.file),
        }
    }

    pub(super) fn tree(&self, mistakes: &mut Mistakes) -> Option<Section> {
        match self {
            Self::File(path) => read_toml(path, mistakes),
            Self::BuiltIn(built_in) => parse_toml(built_in.toml, mistakes),
        }
    }
}

/// Files of one kind, found by their names.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    pub(super) folder: PathBuf,
    /// What one of them is called: "alarm profile".
    pub(super) what: &'static str,
    pub(super) built_in: &'static [BuiltIn],
}

impl Shelf {
    /// Returns where the file of that name is. One in the folder comes before one that is built
    /// in.
    pub(super) fn find(&self, name: &str) -> Option<Place> {
        // A name is not a path: nothing outside of the folder is read.
        if name.contains(['/', '\\', '\0']) {
            return None;
        }
        let path = self.folder.join(format!("{name}.toml"));
        if path.is_file() {
            Some(Place::File(path))
        } else {
            self.built_in(name)
        }
    }

    /// Returns the file of that name that is built in.
    pub(super) fn built_in(&self, name: &str) -> Option<Place> {
        let mut built_in = self.built_in.iter();
        let found = built_in.find(|built_in| built_in.name == name)?;
        Some(Place::BuiltIn(*found))
    }

    /// Returns the names of the files in the folder.
    pub(super) fn names(&self) -> Vec<String> {
        // A folder that is not there has none.
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
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

    /// Says that there is none of that name, which there are, and which was meant.
    pub(super) fn no_such(&self, name: &str) -> String {
        let (what, folder) = (self.what, self.folder.display());
        let mut names = self.names();
        let meant = self.meant(name, &names);
        for BuiltIn { name, .. } in self.built_in {
            if !names.iter().any(|known| known == name) {
                names.push(format!("{name} (built in)"));
            }
        }
        let names = names.join(", ");
        format!("{name:?} is no {what} in {folder}; there are: {names}{meant}")
    }

    /// Returns which was meant, of some of the folder's and those that are built in.
    pub(super) fn meant(&self, name: &str, names: &[String]) -> String {
        let known = names.iter().map(String::as_str);
        let built_in = self.built_in.iter().map(|built_in| built_in.name);
        let known: BTreeSet<&str> = known.chain(built_in).collect();
        did_you_mean(name, known)
    }
}
