//! All recordings, evaluated and run.

use std::io;
use std::path::Path;

use chairside::config::profile::adult_ketamine;
use chairside_alarm::{AlarmId, AlarmKind, Priority};

use crate::compare::Comparison;
use crate::engine::{Played, Raised};
use crate::naive::{self, Rules};
use crate::recording::{Recording, series};

/// A recording with what the rules call for and what the engine raises.
pub(crate) struct Record {
    pub(crate) recording: Recording,
    pub(crate) played: Played,
    /// Breaths seen on the CO2 curve where there is one.
    pub(crate) compared: Comparison,
    /// The same recording by its numbers alone, where it has a curve.
    pub(crate) by_numbers: Option<Comparison>,
}

impl Record {
    fn new(path: &Path) -> io::Result<Self> {
        let recording = Recording::read(path, true)?;
        let played = Played::read(path, true)?;
        let by_numbers = if recording.has.curve {
            let numbers = Recording::read(path, false)?;
            Some(compared(&numbers, &Played::read(path, false)?))
        } else {
            None
        };
        Ok(Self {
            compared: compared(&recording, &played),
            recording,
            played,
            by_numbers,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.recording.name
    }

    /// Returns the episodes that the engine raised, in order of time.
    pub(crate) fn raised(&self) -> Vec<&Raised> {
        self.compared.raised()
    }
}

fn compared(recording: &Recording, played: &Played) -> Comparison {
    let called = naive::evaluate(recording, &Rules::of_the_page());
    let raised = played.run(adult_ketamine(), recording.pressure_baseline());
    Comparison::new(called, raised)
}

/// Reads and runs every recording of a folder.
pub(crate) fn records(folder: &Path) -> io::Result<Vec<Record>> {
    let paths = series(folder)?;
    paths.iter().map(|path| Record::new(path)).collect()
}

/// Everything in which the engine is not as the rules say, in words.
pub(crate) fn differences(records: &[Record]) -> Vec<String> {
    let of = |record: &Record| {
        let told = |how: &str, comparison: &Comparison| {
            let differences = comparison.differences().into_iter();
            let name = record.name().to_owned();
            let how = how.to_owned();
            differences.map(move |difference| format!("{name}{how}: {difference}"))
        };
        let numbers = record.by_numbers.as_ref();
        let numbers = numbers
            .into_iter()
            .flat_map(|it| told(", numbers alone", it));
        told("", &record.compared)
            .chain(numbers)
            .collect::<Vec<String>>()
    };
    records.iter().flat_map(of).collect()
}

/// Tells whether an alarm asks people to come.
pub(crate) fn calls(raised: &Raised) -> bool {
    raised.priority >= Priority::Medium
}

/// Tells whether an alarm is about the patient.
pub(crate) fn is_physiological(id: &str) -> bool {
    let id = AlarmId::from_name(id).expect("the engine knows its alarms");
    id.kind() == AlarmKind::Physiological
}
