//! What a file says, read key by key so that every mistake in it is found in one go.
//!
//! Deriving the reader with serde would end at the first wrong type and at the first unknown
//! key. Here each key is taken from its section by name and type; what nobody took is unknown.
//! TOML and JSON become the same tree, for the rules of an alarm profile come in both.

use std::fs;
use std::path::Path;
use std::time::Duration;

use chairside_model::Value as Finite;
use serde_json::{Map, Number, Value};

use super::mistake::Mistakes;
use crate::near::did_you_mean;

/// The longest time any key can mean, seconds: a day.
const SECONDS_MAX: f64 = 86_400.0;

/// Characters of a value that are shown in a mistake.
const SHOWN_MAX: usize = 60;

/// Reads a TOML file into a tree; a mistake when it is not there or not TOML.
pub(crate) fn read_toml(path: &Path, mistakes: &mut Mistakes) -> Option<Section> {
    match fs::read_to_string(path) {
        Ok(text) => parse_toml(&text, mistakes),
        Err(error) => {
            mistakes.add("", format!("cannot be read: {error}"));
            None
        }
    }
}

/// Makes a tree of TOML text.
pub(crate) fn parse_toml(text: &str, mistakes: &mut Mistakes) -> Option<Section> {
    match text.parse::<toml::Table>() {
        Ok(table) => Some(Section::new(String::new(), map_of(table))),
        Err(error) => {
            let place = error.span().map_or_else(String::new, |span| {
                let before = text.get(..span.start).unwrap_or(text);
                let line = before.matches('\n').count() + 1;
                format!("line {line}: ")
            });
            // One line, whatever the parser has to say.
            let message = error.message().replace('\n', "; ");
            mistakes.add("", format!("not TOML: {place}{message}"));
            None
        }
    }
}

fn map_of(table: toml::Table) -> Map<String, Value> {
    table
        .into_iter()
        .map(|(key, value)| (key, tree_of(value)))
        .collect()
}

fn tree_of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        // An infinite number or NaN becomes a text, and is refused where a number is wanted.
        toml::Value::Float(number) => Number::from_f64(number)
            .map_or_else(|| Value::String(number.to_string()), Value::Number),
        toml::Value::Boolean(is) => Value::Bool(is),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(tree_of).collect()),
        toml::Value::Table(table) => Value::Object(map_of(table)),
    }
}

/// Returns a value as a person would recognise it in the file.
pub(crate) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// One table of the file, from which keys are taken until none is left.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    path: String,
    left: Map<String, Value>,
    known: Vec<&'static str>,
}

impl Section {
    pub(crate) const fn new(path: String, content: Map<String, Value>) -> Self {
        Self {
            path,
            left: content,
            known: Vec::new(),
        }
    }

    pub(crate) fn of(path: String, value: Value, mistakes: &mut Mistakes) -> Option<Self> {
        match value {
            Value::Object(content) => Some(Self::new(path, content)),
            other => {
                mistakes.add(path, format!("{} is not a table", shown(&other)));
                None
            }
        }
    }

    /// Returns where the section stands in the file; empty for the file itself.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Returns the section under another name, for one of a list that has a better one than its
    /// number.
    pub(crate) fn called(mut self, path: String) -> Self {
        self.path = path;
        self
    }

    /// Returns the full name of one of its keys.
    pub(crate) fn key(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// Returns the keys that nobody has taken yet.
    pub(crate) fn left(&self) -> impl Iterator<Item = &str> {
        self.left.keys().map(String::as_str)
    }

    /// Returns what nobody has taken yet.
    pub(crate) fn into_left(self) -> Map<String, Value> {
        self.left
    }

    /// Tells whether the key is there and has not been taken.
    pub(crate) fn has(&mut self, key: &'static str) -> bool {
        self.known.push(key);
        self.left.contains_key(key)
    }

    /// Returns the texts of a key that may be absent, one or a list, without taking it.
    pub(crate) fn peek(&self, key: &str) -> Vec<&str> {
        match self.left.get(key) {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Takes a key that may be absent.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.left.remove(key)
    }

    /// Takes a key that must be there.
    pub(crate) fn required(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<Value> {
        let value = self.take(key);
        if value.is_none() {
            mistakes.add(self.key(key), "missing");
        }
        value
    }

    /// Takes a text that must be there and must say something.
    pub(crate) fn text(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<String> {
        let value = self.required(key, mistakes)?;
        self.as_text(key, value, mistakes)
    }

    /// Takes a text that may be absent.
    pub(crate) fn optional_text(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Option<String> {
        self.has(key).then(|| self.text(key, mistakes))?
    }

    /// Takes a yes or no that may be absent.
    pub(crate) fn optional_truth(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Option<bool> {
        let value = self.take(key)?;
        let truth = value.as_bool();
        if truth.is_none() {
            let why = format!("{} is neither true nor false", shown(&value));
            mistakes.add(self.key(key), why);
        }
        truth
    }

    /// Takes a list of texts that must be there.
    pub(crate) fn texts(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Option<Vec<String>> {
        let value = self.required(key, mistakes)?;
        texts(&self.key(key), value, mistakes)
    }

    /// Takes a number that must be there.
    pub(crate) fn number(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<Finite> {
        let value = self.required(key, mistakes)?;
        let number = value.as_f64().and_then(Finite::finite);
        if number.is_none() {
            mistakes.add(self.key(key), format!("{} is not a number", shown(&value)));
        }
        number
    }

    /// Takes a time in seconds that must be there.
    pub(crate) fn seconds(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Option<Duration> {
        let value = self.required(key, mistakes)?;
        self.as_seconds(key, &value, mistakes)
    }

    /// Takes a time in seconds that may be absent.
    pub(crate) fn optional_seconds(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Option<Duration> {
        let value = self.take(key)?;
        self.as_seconds(key, &value, mistakes)
    }

    /// Takes two times in seconds that must be there, as a list.
    pub(crate) fn pair_of_seconds(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Option<(Duration, Duration)> {
        let value = self.required(key, mistakes)?;
        let Some([first, second]) = value.as_array().map(Vec::as_slice) else {
            let why = format!("{} is not a list of two times", shown(&value));
            mistakes.add(self.key(key), why);
            return None;
        };
        let first = self.as_seconds(key, first, mistakes);
        let second = self.as_seconds(key, second, mistakes);
        first.zip(second)
    }

    /// Takes a whole number, from nought, that must be there.
    pub(crate) fn count(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<usize> {
        let value = self.required(key, mistakes)?;
        let count = value.as_u64().and_then(|count| usize::try_from(count).ok());
        if count.is_none() {
            let why = format!("{} is not a whole number", shown(&value));
            mistakes.add(self.key(key), why);
        }
        count
    }

    /// Takes a table that must be there.
    pub(crate) fn section(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<Self> {
        let value = self.required(key, mistakes)?;
        Self::of(self.key(key), value, mistakes)
    }

    /// Takes a table that may be absent.
    pub(crate) fn optional_section(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        let value = self.take(key)?;
        Self::of(self.key(key), value, mistakes)
    }

    /// Takes a list of tables; absent is the same as empty. They are counted from 1.
    pub(crate) fn sections(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Vec<Self> {
        let path = self.key(key);
        let items = match self.take(key) {
            None => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(other) => {
                mistakes.add(
                    path.clone(),
                    format!("{} is not a list of tables", shown(&other)),
                );
                Vec::new()
            }
        };
        (1..)
            .zip(items)
            .filter_map(|(number, item): (usize, _)| {
                Self::of(format!("{path}[{number}]"), item, mistakes)
            })
            .collect()
    }

    /// Ends the reading: every key that nobody took is unknown.
    pub(crate) fn finish(mut self, mistakes: &mut Mistakes) {
        self.known.dedup();
        let there_are = self.known.join(", ");
        for (key, value) in &self.left {
            let (value, meant) = (shown(value), did_you_mean(key, self.known.iter().copied()));
            let why = format!("unknown key (value {value}); there are: {there_are}{meant}");
            mistakes.add(join(&self.path, key), why);
        }
    }

    fn as_seconds(&self, key: &str, value: &Value, mistakes: &mut Mistakes) -> Option<Duration> {
        match value.as_f64() {
            Some(seconds) if (0.0..=SECONDS_MAX).contains(&seconds) => {
                Some(Duration::from_secs_f64(seconds))
            }
            Some(_) | None => {
                let why = format!("{} is not a time from 0 to {SECONDS_MAX} s", shown(value));
                mistakes.add(self.key(key), why);
                None
            }
        }
    }

    fn as_text(&self, key: &str, value: Value, mistakes: &mut Mistakes) -> Option<String> {
        match value {
            Value::String(text) if text.trim().is_empty() => {
                mistakes.add(self.key(key), "empty");
                None
            }
            Value::String(text) => Some(text),
            other => {
                mistakes.add(self.key(key), format!("{} is not a text", shown(&other)));
                None
            }
        }
    }
}

/// Makes a list of texts of a value.
pub(crate) fn texts(key: &str, value: Value, mistakes: &mut Mistakes) -> Option<Vec<String>> {
    let Value::Array(items) = value else {
        mistakes.add(key, format!("{} is not a list of names", shown(&value)));
        return None;
    };
    let count = items.len();
    let texts: Vec<String> = items
        .into_iter()
        .filter_map(|item| match item {
            Value::String(text) => Some(text),
            other => {
                mistakes.add(key, format!("{} is not a name", shown(&other)));
                None
            }
        })
        .collect();
    (texts.len() == count).then_some(texts)
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
