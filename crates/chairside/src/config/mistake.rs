//! What is wrong with a file: all of it, not just the first.

use std::fmt;
use std::path::{Path, PathBuf};

/// One mistake in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub file: PathBuf,
    /// The key as a person finds it in the file: `bed[2].device[1].driver`. Empty when the file
    /// as a whole cannot be used.
    pub key: String,
    /// What is wrong, with the value, in words.
    pub why: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.why)
    }
}

/// Every mistake that was found, in the order of the file; never empty. Shown one a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(Vec<Mistake>);

impl ConfigErrors {
    /// Returns the mistakes.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// The mistakes found so far, and the file that is being read.
#[derive(Debug)]
pub(crate) struct Mistakes {
    file: PathBuf,
    found: Vec<Mistake>,
}

impl Mistakes {
    pub(crate) fn in_file(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            found: Vec::new(),
        }
    }

    /// Notes a mistake at `key`.
    pub(crate) fn add(&mut self, key: impl Into<String>, why: impl Into<String>) {
        self.found.push(Mistake {
            file: self.file.clone(),
            key: key.into(),
            why: why.into(),
        });
    }

    /// Adds what was wrong in another file.
    pub(crate) fn append(&mut self, others: ConfigErrors) {
        self.found.extend(others.0);
    }

    pub(crate) fn count(&self) -> usize {
        self.found.len()
    }

    /// Returns `good` if nothing was wrong.
    ///
    /// `good` is there unless a mistake was noted on the way to it.
    pub(crate) fn unless_any<T>(self, good: Option<T>) -> Result<T, ConfigErrors> {
        match good {
            Some(good) if self.found.is_empty() => Ok(good),
            Some(_) | None => {
                debug_assert!(
                    !self.found.is_empty(),
                    "nothing is missing without a mistake"
                );
                Err(ConfigErrors(self.found))
            }
        }
    }
}
