//! The action of a treatment session, read from JSON: each field that is wrong is named.

use chairside_care::{
    Again, Amendment, CareAction, CareEvent, Check, DischargeItem, Dose, DoseEntry, Drug,
    EventKind, ItemAnswer, Route, Said, ScoreEntry, ScoreId, Stage, Text,
};
use chairside_model::{MonoTime, Patient, PatientError, PatientName, Value as Number};
use serde_json::{Map, Value};

use super::PATIENT_NAME;

/// A field of an action that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct CareFieldError {
    /// Which.
    pub field: String,
    /// What is wrong with it.
    pub why: String,
}

type Read<T> = Result<T, CareFieldError>;

/// Reads an action from its JSON, which happened at `at` where it is one of those that say when.
///
/// # Errors
///
/// Which field is missing, is no such thing, or belongs to no action of that word.
pub fn read_action(from: &Map<String, Value>, at: Option<MonoTime>) -> Read<CareAction> {
    let mut fields = Fields {
        from,
        read: Vec::new(),
    };
    let action = fields.action(at)?;
    fields.nothing_else()?;
    Ok(action)
}

/// The fields of an action, and which of them have been read.
struct Fields<'a> {
    from: &'a Map<String, Value>,
    read: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    fn action(&mut self, at: Option<MonoTime>) -> Read<CareAction> {
        Ok(match self.text("action")? {
            "schedule" => CareAction::Schedule {
                patient: self.patient()?,
                name: self.patient_name()?,
                protocol: self.written("protocol")?,
            },
            "step" => CareAction::Step {
                to: self.named("to", Stage::from_name)?,
            },
            "screen" => CareAction::Screen {
                item: self.written("item")?,
                answer: self.answer()?,
            },
            "weigh" => CareAction::Weigh {
                weight: self.number("weight_kg")?,
            },
            "take_baseline" => CareAction::TakeBaseline,
            "dose" => CareAction::Dose(self.dose(at)?),
            "score" => CareAction::Score(self.score(at)?),
            "check" => CareAction::Check {
                check: self.named("check", Check::from_name)?,
            },
            "event" => CareAction::Event(self.event(at)?),
            "discharge" => CareAction::Discharge {
                item: self.named("item", DischargeItem::from_name)?,
                answer: self.answer()?,
            },
            "amend" => CareAction::Amend {
                entry: self.entry()?,
                amendment: self.amendment(at)?,
            },
            other => return Err(unknown("action", other)),
        })
    }

    fn patient(&mut self) -> Read<Patient> {
        let (initials, number) = (self.maybe_text("initials")?, self.maybe_text("number")?);
        Patient::new(initials, number).map_err(of_patient)
    }

    fn patient_name(&mut self) -> Read<Option<PatientName>> {
        PatientName::said(self.maybe_text(PATIENT_NAME)?).map_err(of_patient)
    }

    fn answer(&mut self) -> Read<ItemAnswer> {
        Ok(ItemAnswer {
            said: self.named("answer", Said::from_name)?,
            note: self.maybe_written("note")?,
        })
    }

    fn dose(&mut self, at: Option<MonoTime>) -> Read<DoseEntry> {
        let dose = match self.text("dose")? {
            "bolus" => Dose::Bolus {
                drug: self.named("drug", Drug::from_name)?,
                route: self.named("route", Route::from_name)?,
                amount: self.number("amount_mg")?,
                concentration: self.maybe_number("concentration_mg_per_ml")?,
            },
            "start" => Dose::Start {
                drug: self.named("drug", Drug::from_name)?,
                rate: self.number("rate_mg_per_min")?,
                concentration: self.maybe_number("concentration_mg_per_ml")?,
                planned: self.maybe_number("planned_mg")?,
            },
            "rate" => Dose::Rate {
                rate: self.number("rate_mg_per_min")?,
            },
            "pause" => Dose::Pause,
            "resume" => Dose::Resume,
            "stop" => Dose::Stop,
            other => return Err(unknown("dose", other)),
        };
        Ok(DoseEntry {
            at: known(at)?,
            dose,
            again: self.again()?,
        })
    }

    /// A figure, or a list of figures.
    fn again(&mut self) -> Read<Option<Again>> {
        let figures = match self.value("again") {
            None => return Ok(None),
            Some(Value::Array(figures)) => figures.iter().collect(),
            Some(figure) => vec![figure],
        };
        let figures = figures.into_iter();
        let figures = figures.map(|figure| figure.as_f64().and_then(Number::finite));
        let figures: Option<Vec<_>> = figures.collect();
        let wrong = || wrong("again", "it is neither a number nor a list of numbers");
        Again::new(figures.ok_or_else(wrong)?).map_or_else(|| Err(wrong()), |again| Ok(Some(again)))
    }

    fn score(&mut self, at: Option<MonoTime>) -> Read<ScoreEntry> {
        let id = self.named("score", ScoreId::from_name)?;
        let Some(items) = self.value("items") else {
            return Err(missing("items"));
        };
        let item = |item: &Value| match item {
            Value::Null => Some(None),
            other => Some(Some(i16::try_from(other.as_i64()?).ok()?)),
        };
        let items = items.as_array();
        let items = items.and_then(|items| items.iter().map(item).collect());
        Ok(ScoreEntry {
            at: known(at)?,
            id,
            items: items.ok_or_else(|| {
                let why = "it is a list of whole numbers, null where an item was not rated";
                wrong("items", why)
            })?,
            variant: self.maybe_written("variant")?,
        })
    }

    fn event(&mut self, at: Option<MonoTime>) -> Read<CareEvent> {
        Ok(CareEvent {
            at: known(at)?,
            kind: self.named("event", EventKind::from_name)?,
            note: self.maybe_written("note")?,
        })
    }

    fn entry(&mut self) -> Read<u32> {
        let Some(entry) = self.value("entry") else {
            return Err(missing("entry"));
        };
        let number = entry.as_u64().and_then(|entry| u32::try_from(entry).ok());
        number.ok_or_else(|| wrong("entry", "it is the number of an entry"))
    }

    fn amendment(&mut self, at: Option<MonoTime>) -> Read<Amendment> {
        Ok(match self.text("amendment")? {
            "withdrawn" => Amendment::Withdrawn,
            "dose" => Amendment::Dose(self.dose(at)?),
            "score" => Amendment::Score(self.score(at)?),
            "event" => Amendment::Event(self.event(at)?),
            other => return Err(unknown("amendment", other)),
        })
    }

    /// Returns a field; null is as if it were not there.
    fn value(&mut self, field: &'static str) -> Option<&'a Value> {
        self.read.push(field);
        self.from.get(field).filter(|value| !value.is_null())
    }

    fn maybe_text(&mut self, field: &'static str) -> Read<Option<&'a str>> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        let text = value.as_str();
        text.map(Some).ok_or_else(|| wrong(field, "it is no text"))
    }

    fn text(&mut self, field: &'static str) -> Read<&'a str> {
        self.maybe_text(field)?.ok_or_else(|| missing(field))
    }

    fn named<T>(&mut self, field: &'static str, from_name: fn(&str) -> Option<T>) -> Read<T> {
        let name = self.text(field)?;
        from_name(name).ok_or_else(|| unknown(field, name))
    }

    fn maybe_written(&mut self, field: &'static str) -> Read<Option<Text>> {
        let Some(text) = self.maybe_text(field)? else {
            return Ok(None);
        };
        let text = Text::new(text).map_err(|error| wrong(field, error.to_string()))?;
        Ok(Some(text))
    }

    fn written(&mut self, field: &'static str) -> Read<Text> {
        self.maybe_written(field)?.ok_or_else(|| missing(field))
    }

    fn maybe_number(&mut self, field: &'static str) -> Read<Option<Number>> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        let number = value.as_f64().and_then(Number::finite);
        number
            .map(Some)
            .ok_or_else(|| wrong(field, "it is no number"))
    }

    fn number(&mut self, field: &'static str) -> Read<Number> {
        self.maybe_number(field)?.ok_or_else(|| missing(field))
    }

    /// A field that nobody reads was meant for something: a misspelt one, or one of another action.
    fn nothing_else(&self) -> Read<()> {
        let mut names = self.from.keys();
        let other = names.find(|name| !self.read.contains(&name.as_str()));
        other.map_or(Ok(()), |name| {
            Err(wrong(name, "this action has no such field"))
        })
    }
}

fn of_patient(error: PatientError) -> CareFieldError {
    let field = match error {
        PatientError::Initials => "initials",
        PatientError::Number => "number",
        PatientError::Name => PATIENT_NAME,
    };
    wrong(field, error.to_string())
}

fn known(at: Option<MonoTime>) -> Read<MonoTime> {
    at.ok_or_else(|| missing("at"))
}

fn missing(field: &str) -> CareFieldError {
    wrong(field, "it is missing")
}

fn unknown(field: &str, word: &str) -> CareFieldError {
    wrong(field, format!("there is no {word:?}"))
}

fn wrong(field: &str, why: impl Into<String>) -> CareFieldError {
    CareFieldError {
        field: field.to_owned(),
        why: why.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::care::write_action;

    fn read(json: &str) -> Result<CareAction, String> {
        let Value::Object(fields) = serde_json::from_str(json).unwrap() else {
            panic!("{json} is no object");
        };
        let at = Some(MonoTime::from_secs(7));
        read_action(&fields, at).map_err(|error| error.to_string())
    }

    #[test]
    fn an_action_has_these_words_in_the_record_and_over_http() {
        let cases = [
            r#"{"action":"schedule","initials":"M. K.","number":"12","protocol":"iv"}"#,
            r#"{"action":"schedule","name":"Maria Klein","number":"12","protocol":"iv"}"#,
            r#"{"action":"step","to":"screening"}"#,
            r#"{"action":"screen","answer":"unknown","item":"fasting","note":"asked twice"}"#,
            r#"{"action":"weigh","weight_kg":82.5}"#,
            r#"{"action":"take_baseline"}"#,
            r#"{"action":"dose","amount_mg":40.0,"concentration_mg_per_ml":50.0,"dose":"bolus","drug":"ketamine","route":"intramuscular"}"#,
            r#"{"action":"dose","dose":"start","drug":"ketamine","planned_mg":41.0,"rate_mg_per_min":1.025}"#,
            r#"{"action":"dose","again":10.0,"dose":"rate","rate_mg_per_min":10.0}"#,
            r#"{"action":"dose","dose":"stop"}"#,
            r#"{"action":"score","items":[2,null,0],"score":"cadss6"}"#,
            r#"{"action":"check","check":"iv_site"}"#,
            r#"{"action":"event","event":"drug_given","note":"ondansetron 4 mg"}"#,
            r#"{"action":"discharge","answer":"yes","item":"escort"}"#,
            r#"{"action":"amend","amendment":"withdrawn","entry":4}"#,
            r#"{"action":"amend","amendment":"event","entry":4,"event":"vomiting"}"#,
        ];
        for json in cases {
            let action = read(json).unwrap();
            let written = serde_json::to_string(&write_action(&action)).unwrap();
            assert_eq!(written, json);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (json, why) in [
            (r"{}", "action: it is missing"),
            (r#"{"action":"cure"}"#, r#"action: there is no "cure""#),
            (
                r#"{"action":"step","to":"home"}"#,
                r#"to: there is no "home""#,
            ),
            (r#"{"action":"weigh"}"#, "weight_kg: it is missing"),
            (
                r#"{"action":"weigh","weight_kg":"80"}"#,
                "weight_kg: it is no number",
            ),
            (
                r#"{"action":"weigh","weight_lb":180}"#,
                "weight_kg: it is missing",
            ),
            (
                r#"{"action":"dose","dose":"stop","amount_mg":4}"#,
                "amount_mg: this action has no such field",
            ),
            (
                r#"{"action":"event","event":"note","note":" "}"#,
                "note: it says nothing",
            ),
            (
                r#"{"action":"score","score":"moaas","items":[2.5]}"#,
                "items: it is a list of whole numbers, null where an item was not rated",
            ),
            (
                r#"{"action":"schedule","initials":"Maria","protocol":"iv"}"#,
                "initials: initials are one to four letters with dots, hyphens and spaces, and no \
                 name",
            ),
            (
                r#"{"action":"schedule","name":"Maria\nKlein","protocol":"iv"}"#,
                "name: a patient's name is one line of at most 80 bytes",
            ),
            (
                r#"{"action":"amend","entry":-1,"amendment":"withdrawn"}"#,
                "entry: it is the number of an entry",
            ),
        ] {
            assert_eq!(read(json), Err(why.to_owned()), "{json}");
        }
        let dose = serde_json::json!({"action": "dose", "dose": "stop"});
        let dose = read_action(dose.as_object().unwrap(), None).unwrap_err();
        assert_eq!(dose.to_string(), "at: it is missing");
    }
}
