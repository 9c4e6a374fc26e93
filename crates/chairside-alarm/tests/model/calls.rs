//! People's calls: each stands from when somebody calls until somebody acknowledges it, and nothing
//! else begins or ends one.

use std::collections::BTreeMap;

use chairside_alarm::{AlarmId, Occurrence, OperatorAction};

use crate::program::{Record, Run};

pub(crate) fn a_call_stands_until_it_is_answered_and_no_longer(run: &Run) -> Result<(), String> {
    let mut standing: BTreeMap<AlarmId, Option<Occurrence>> = BTreeMap::new();
    for record in &run.records {
        let before = standing.clone();
        match done(record) {
            Some(OperatorAction::Call) => _ = standing.entry(AlarmId::PatientCall).or_default(),
            Some(OperatorAction::Help(_)) => _ = standing.entry(AlarmId::HelpWanted).or_default(),
            Some(OperatorAction::Acknowledge(seen)) => {
                standing.retain(|_, occurrence| *occurrence != Some(seen));
            }
            _ => {}
        }
        let stand = record.standing.iter().filter(|told| told.id.is_call());
        for told in stand.clone() {
            let Some(occurrence) = standing.get_mut(&told.id) else {
                return Err(format!("{} stands at {}", told.id, record.at));
            };
            let same = *occurrence.get_or_insert(told.occurrence) == told.occurrence;
            // One that stands is never told again, whoever else calls.
            let is_told = record.told.iter().any(|one| one.id == told.id);
            let is_new = !before.contains_key(&told.id);
            if !same || !told.present || is_told != is_new {
                return Err(format!("{told:?} at {}", record.at));
            }
        }
        if stand.count() != standing.len() {
            return Err(format!("not all of {standing:?} stand at {}", record.at));
        }
    }
    Ok(())
}

/// Returns what somebody did, if it was not refused.
fn done(record: &Record) -> Option<OperatorAction> {
    let (_, action, said) = record.person.as_ref()?;
    said.is_ok().then_some(*action)
}
