//! What people do in a treatment session, as it lies on disk.

use std::borrow::Cow;

use chairside_care::{CareAction, CareEntry};
use chairside_model::{MonoTime, SessionId};
use serde_json::{Map, Value};

use crate::care::{self, CareFieldError};

/// An entry of a treatment session.
#[derive(Clone, Debug, PartialEq)]
pub struct CareFact<'a> {
    /// Which session.
    pub session: Cow<'a, str>,
    /// Its number within the session, from 1.
    pub entry: u32,
    /// `schedule`, `step`, `dose`, ...
    pub action: Cow<'a, str>,
    /// When it happened, where a person said so.
    pub happened: Option<MonoTime>,
    /// The action's other fields, as JSON.
    pub what: Cow<'a, str>,
    /// The person, by id.
    pub by: Cow<'a, str>,
    /// Where it was done, as the display calls itself.
    pub station: Option<Cow<'a, str>>,
    /// Why, in the person's words.
    pub reason: Option<Cow<'a, str>>,
    /// What was not met and was passed over, in words.
    pub passed_over: Vec<Cow<'a, str>>,
    /// What the request that made it is known by when it comes again.
    pub request: Option<Cow<'a, str>>,
}

/// What a person wanted to do in a treatment session.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedCare {
    /// When it happened, where the person said so.
    pub happened: Option<MonoTime>,
    /// The action with all of its fields, as JSON.
    pub what: String,
}

impl<'a> CareFact<'a> {
    pub(crate) fn of(entry: &'a CareEntry) -> Self {
        let mut what = care::write_action(&entry.action);
        what.remove(ACTION);
        Self {
            session: entry.session.to_string().into(),
            entry: entry.number,
            action: care::action_name(&entry.action).into(),
            happened: care::happened(&entry.action),
            what: Value::Object(what).to_string().into(),
            by: Cow::Borrowed(&entry.by),
            station: entry.station.as_deref().map(Cow::Borrowed),
            reason: entry.reason.as_deref().map(Cow::Borrowed),
            passed_over: entry
                .passed_over
                .iter()
                .map(|one| (&**one).into())
                .collect(),
            request: entry.request.as_deref().map(Cow::Borrowed),
        }
    }

    /// Returns the entry, whose time is `happened`: that of the row, or the same on another clock.
    ///
    /// # Errors
    ///
    /// Which field of it is none that this version knows.
    pub fn entry_at(&self, happened: Option<MonoTime>) -> Result<CareEntry, CareFieldError> {
        let wrong = |field: &str, why: &str| CareFieldError {
            field: field.to_owned(),
            why: why.to_owned(),
        };
        let mut fields: Map<String, Value> =
            serde_json::from_str(&self.what).map_err(|error| wrong("what", &error.to_string()))?;
        fields.insert(ACTION.to_owned(), (&*self.action).into());
        let session = SessionId::from_name(&self.session);
        Ok(CareEntry {
            session: session.ok_or_else(|| wrong("session", "it names none"))?,
            number: self.entry,
            action: care::read_action(&fields, happened)?,
            by: (&*self.by).into(),
            station: self.station.as_deref().map(Into::into),
            reason: self.reason.as_deref().map(Into::into),
            passed_over: self.passed_over.iter().map(|one| (&**one).into()).collect(),
            request: self.request.as_deref().map(Into::into),
        })
    }
}

impl WantedCare {
    pub(crate) fn of(action: &CareAction) -> Self {
        Self {
            happened: care::happened(action),
            what: Value::Object(care::write_action(action)).to_string(),
        }
    }
}

/// The action's word, which has a column of its own.
const ACTION: &str = "action";
