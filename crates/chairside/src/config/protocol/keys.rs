//! Keys of a protocol that may be left out.

use std::time::Duration;

use chairside_alarm::Bounds;
use chairside_care::{Blocks, Circulation, DischargeItem, Drug, Route, Stage, Text};
use chairside_model::Value as Number;
use serde_json::Value;

use crate::config::file::{Section, shown};
use crate::config::mistake::Mistakes;
use crate::near::no_such;

/// Takes numbers and times where they are written; where one is not, what is there stays.
pub(super) struct Keys<'a> {
    section: &'a mut Section,
    mistakes: &'a mut Mistakes,
}

impl<'a> Keys<'a> {
    pub(super) const fn of(section: &'a mut Section, mistakes: &'a mut Mistakes) -> Self {
        Self { section, mistakes }
    }

    pub(super) fn seconds(&mut self, key: &'static str, time: &mut Duration) {
        let read = self.section.optional_seconds(key, self.mistakes);
        *time = read.unwrap_or(*time);
    }

    pub(super) fn number(&mut self, key: &'static str, number: &mut Number) {
        if self.section.has(key) {
            let read = self.section.number(key, self.mistakes);
            *number = read.unwrap_or(*number);
        }
    }

    pub(super) fn optional_number(&mut self, key: &'static str) -> Option<Number> {
        let has = self.section.has(key);
        has.then(|| self.section.number(key, self.mistakes))?
    }

    pub(super) fn whole<N: TryFrom<i64>>(&mut self, key: &'static str, number: &mut N) {
        let Some(value) = self.section.take(key) else {
            return;
        };
        match value.as_i64().map(N::try_from) {
            Some(Ok(read)) => *number = read,
            Some(Err(_)) | None => self.unfit(key, &value, "a small whole number"),
        }
    }

    pub(super) fn truth(&mut self, key: &'static str, truth: &mut bool) {
        let read = self.section.optional_truth(key, self.mistakes);
        *truth = read.unwrap_or(*truth);
    }

    pub(super) fn bounds(&mut self, key: &'static str, bounds: &mut Bounds) {
        let Some(value) = self.section.take(key) else {
            return;
        };
        let number = |value: &Value| value.as_f64().and_then(Number::finite);
        let pair = match value.as_array().map(Vec::as_slice) {
            Some([least, most]) => number(least).zip(number(most)),
            _ => None,
        };
        match pair {
            Some((least, most)) => *bounds = Bounds { least, most },
            None => self.unfit(key, &value, "a list of two numbers, the least and the most"),
        }
    }

    fn unfit(&mut self, key: &str, value: &Value, what: &str) {
        let why = format!("{} is not {what}", shown(value));
        self.mistakes.add(self.section.key(key), why);
    }
}

/// Takes a text that must be there, as people see it.
pub(super) fn text(
    section: &mut Section,
    key: &'static str,
    mistakes: &mut Mistakes,
) -> Option<Text> {
    let read = section.text(key, mistakes)?;
    match Text::new(&read) {
        Ok(text) => Some(text),
        Err(error) => {
            let why = format!("{} cannot be used: {error}", shown(&Value::from(read)));
            mistakes.add(section.key(key), why);
            None
        }
    }
}

/// The words that a key can have.
pub(super) struct Words<T: 'static> {
    what: &'static str,
    all: &'static [T],
    name: fn(T) -> &'static str,
}

pub(super) const DRUGS: Words<Drug> = Words {
    what: "drug",
    all: &Drug::ALL,
    name: Drug::name,
};

pub(super) const ROUTES: Words<Route> = Words {
    what: "route",
    all: &Route::ALL,
    name: Route::name,
};

pub(super) const STAGES: Words<Stage> = Words {
    what: "stage",
    all: &Stage::ALL,
    name: Stage::name,
};

pub(super) const DISCHARGE_ITEMS: Words<DischargeItem> = Words {
    what: "answer",
    all: &DischargeItem::ALL,
    name: DischargeItem::name,
};

pub(super) const BLOCKS: Words<Blocks> = Words {
    what: "answer that blocks",
    all: &Blocks::ALL,
    name: Blocks::name,
};

pub(super) const CIRCULATIONS: Words<Circulation> = Words {
    what: "unit of the circulation",
    all: &[Circulation::Percent, Circulation::MillimetreOfMercury],
    name: |circulation| match circulation {
        Circulation::Percent => "percent",
        Circulation::MillimetreOfMercury => "mmhg",
    },
};

impl<T: Copy> Words<T> {
    /// Returns what a word stands for, or notes a mistake.
    pub(super) fn read(
        &self,
        text: &str,
        key: impl Into<String>,
        mistakes: &mut Mistakes,
    ) -> Option<T> {
        let mut all = self.all.iter().copied();
        let found = all.find(|one| (self.name)(*one) == text);
        if found.is_none() {
            let names = self.all.iter().map(|one| (self.name)(*one));
            mistakes.add(key, no_such(text, self.what, names));
        }
        found
    }

    /// Returns what each word of a list stands for, with a mistake for each that stands for none.
    pub(super) fn list(
        &self,
        section: &mut Section,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Vec<T> {
        let path = section.key(key);
        let texts = section.texts(key, mistakes).unwrap_or_default();
        let read = texts.iter();
        read.filter_map(|text| self.read(text, &path, mistakes))
            .collect()
    }
}

/// Takes a word that may be absent.
pub(super) fn word<T: Copy>(
    section: &mut Section,
    key: &'static str,
    words: &Words<T>,
    mistakes: &mut Mistakes,
) -> Option<T> {
    let text = section.optional_text(key, mistakes)?;
    words.read(&text, section.key(key), mistakes)
}
