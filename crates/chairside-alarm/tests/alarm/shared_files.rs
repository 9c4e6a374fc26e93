//! Real patients: the engine against the rules as they are written.

mod recording;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chairside_alarm::{AirwayMode, AlarmId, Transition};
use chairside_shared_files::find;

use crate::adult;
use crate::naive::Edge;
use recording::Recording;

/// Returns the beginnings and ends of the alarms that the naive evaluation knows of.
fn edges(told: &[Transition]) -> BTreeSet<Edge> {
    let others = [
        AlarmId::NibpHigh,
        AlarmId::NibpVeryHigh,
        AlarmId::NibpRise,
        AlarmId::NibpLow,
        AlarmId::NibpVeryLow,
        AlarmId::Spo2Fall,
        AlarmId::Apnea,
        AlarmId::AirwayObstruction,
        AlarmId::AirwayPartial,
    ];
    let limits = adult::parts().thresholds;
    let mut present: BTreeMap<AlarmId, bool> = BTreeMap::new();
    told.iter()
        .filter(|told| limits.iter().any(|rule| rule.id == told.id) || others.contains(&told.id))
        .filter(|told| present.insert(told.id, told.present).unwrap_or(false) != told.present)
        .map(|told| (told.at.since_start().as_secs(), told.id, told.present))
        .collect()
}

/// Returns the mode of each obstruction, in order.
fn modes(told: &[Transition]) -> Vec<AirwayMode> {
    let mut episodes: BTreeMap<u64, AirwayMode> = BTreeMap::new();
    for told in told {
        if let Some(mode) = told.mode {
            episodes.insert(told.occurrence.0, mode);
        }
    }
    episodes.into_values().collect()
}

/// Returns the series of a folder, by name; curves and annotations have a second word before the
/// extension.
fn series(folder: &Path) -> Vec<(String, PathBuf)> {
    let files = fs::read_dir(folder).expect("the folder can be read");
    let mut series: Vec<(String, PathBuf)> = files
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .map(|path| {
            let stem = path.file_stem().expect("a name").to_string_lossy();
            (stem.into_owned(), path)
        })
        .filter(|(name, _)| !name.contains('.'))
        .collect();
    series.sort();
    series
}

/// Compares the engine with the naive evaluation on every recording; returns how many onsets there
/// were of each alarm.
fn compare(folder: &Path, with_curve: bool) -> BTreeMap<AlarmId, usize> {
    let mut onsets = BTreeMap::new();
    for (name, path) in series(folder) {
        let recording = Recording::read(&path, with_curve);
        let (expected, expected_modes) = recording.naively();
        let told = recording.run();
        assert_eq!(edges(&told), expected, "{name}");
        assert_eq!(modes(&told), expected_modes, "{name}");
        for (_, id, _) in expected.iter().filter(|(.., begins)| *begins) {
            *onsets.entry(*id).or_insert(0) += 1;
        }
    }
    onsets
}

#[test]
fn every_episode_of_the_recordings_begins_and_ends_at_the_second_that_the_rules_say() {
    let Some(folder) = find("recordings") else {
        return;
    };
    let (numbers, curve) = (compare(&folder, false), compare(&folder, true));
    for id in [
        AlarmId::Spo2Low,
        AlarmId::Spo2Fall,
        AlarmId::HrLow,
        AlarmId::RrLow,
        AlarmId::NibpHigh,
    ] {
        assert!(numbers.contains_key(&id), "the recordings hold {id}");
    }
    // What is held and counted anew hides pauses of breathing that the curve shows.
    let apnoeas = |onsets: &BTreeMap<AlarmId, usize>| onsets.get(&AlarmId::Apnea).copied();
    assert!(apnoeas(&curve) > apnoeas(&numbers), "{numbers:?} {curve:?}");
}
