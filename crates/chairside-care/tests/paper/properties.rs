//! A pressure of before the session, of another patient or device, or too old is in no paper.

use std::collections::BTreeSet;

use std::time::Duration;

use chairside_care::{Cell, Fact, FlowSheet, LedgerEntry, RemsFound, RemsWorksheet, SheetLine};
use chairside_model::{Measured, Metric, MonoTime, Observation};
use proptest::prelude::*;

use crate::clinic::{
    CUFF, ENDED, Notes, OPENED, OTHER_SESSION, minute, pressure, session, spo2, spray,
};

/// A cuff reading: when it is told, and how long before that it was taken.
#[derive(Clone, Debug)]
struct Told {
    at_s: i64,
    age_s: i64,
}

fn told() -> impl Strategy<Value = Told> {
    let at = -60 * 60..(ENDED + 60) * 60;
    (at, 0_i64..3600).prop_map(|(at_s, age_s)| Told { at_s, age_s })
}

fn second(second: i64) -> MonoTime {
    MonoTime::from_secs(u64::try_from(100_000 + second).unwrap())
}

/// Each reading has a systolic pressure of its own, by which it is known wherever it turns up.
fn facts(all: &[Told], swapped: (i64, i64)) -> Vec<Fact> {
    let (gone, back) = swapped;
    let device = |at_s, belongs| Fact::Device {
        at: second(at_s),
        device: CUFF,
        belongs,
    };
    // A device is told before what it says at the same moment.
    let mut facts = vec![device(gone, false), device(back, true)];
    facts.extend((100..).zip(all).map(|(systolic, told)| {
        let taken = second(told.at_s - told.age_s);
        pressure(second(told.at_s), taken, systolic)
    }));
    facts
}

/// Returns the readings that are this patient's: begun in the session, told in it, by its device.
fn of_the_patient(all: &[Told], (gone, back): (i64, i64)) -> BTreeSet<i64> {
    let is_of = |told: &Told| {
        let taken = told.at_s - told.age_s;
        let end = ENDED * 60;
        let is_swapped = (gone..back).contains(&told.at_s);
        let since = if told.at_s >= back { back } else { 0 };
        (0..=end).contains(&told.at_s) && !is_swapped && taken - 10 >= since
    };
    let known = (100_i64..).zip(all);
    known
        .filter(|(_, told)| is_of(told))
        .map(|(systolic, _)| systolic)
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "pressures are small whole numbers"
)]
fn known(systolic: chairside_model::Value) -> i64 {
    systolic.number() as i64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn only_what_was_measured_of_this_patient_in_this_session_is_on_paper(
        all in proptest::collection::vec(told(), 1..40),
        gone in 0_i64..ENDED * 60,
        away in 1_i64..3600,
    ) {
        let swapped = (gone, gone + away);
        let mine = of_the_patient(&all, swapped);
        let facts = session(facts(&all, swapped));
        for row in FlowSheet::of(&facts).rows {
            let SheetLine::Values { cells, .. } = row.line else { continue };
            for cell in cells {
                let Cell::Value { metric, value, taken, .. } = cell else { continue };
                prop_assert!(taken >= OPENED && taken <= row.at);
                prop_assert!(row.at.saturating_since(taken) <= Duration::from_mins(18), "expired");
                if metric == Metric::NibpSystolic {
                    prop_assert!(mine.contains(&known(value)), "{value} of {mine:?}");
                }
            }
        }
        for line in RemsWorksheet::of(&facts).lines {
            if let RemsFound::Pressure(one) = line.found {
                prop_assert!(mine.contains(&known(one.systolic)), "{line:?}");
                prop_assert!(one.taken >= OPENED && one.taken <= facts.end());
            }
        }
        let entry = LedgerEntry::of(&facts);
        for one in [entry.before, entry.highest].into_iter().flatten() {
            prop_assert!(mine.contains(&known(one.systolic)), "{one:?}");
        }
    }

    #[test]
    fn a_doubted_or_missing_saturation_is_on_no_paper(
        at in proptest::collection::vec((0_i64..ENDED * 60, any::<bool>()), 1..40),
    ) {
        let doubted = at.iter().map(|(at_s, is_off)| {
            let value = chairside_model::Value::whole(55);
            let measured = if *is_off { crate::clinic::OFF } else { Measured::Questionable(value) };
            spo2(second(*at_s), measured)
        });
        let facts = session(doubted.collect());
        for row in FlowSheet::of(&facts).rows {
            if let SheetLine::Values { cells, .. } = row.line {
                prop_assert!(cells.iter().all(|cell| *cell == Cell::None));
            }
        }
        for line in RemsWorksheet::of(&facts).lines {
            prop_assert!(!matches!(line.found, RemsFound::Measured(_)), "{line:?}");
        }
    }
}

/// What people entered in another session, whose numbers are the same, is in none of its papers.
#[test]
fn another_sessions_entries_are_not_this_ones() {
    let mut other = Notes::default();
    let foreign = other.of(OTHER_SESSION, minute(20), spray(minute(20), 84));
    let with = FlowSheet::of(&session(vec![foreign.clone()]));
    assert_eq!(with, FlowSheet::of(&session(Vec::new())));
    let mut facts = session(vec![foreign]);
    facts.session = chairside_model::SessionId(9);
    let rems = RemsWorksheet::of(&facts);
    assert!(
        rems.lines
            .iter()
            .all(|line| matches!(line.found, RemsFound::Blank(_)))
    );
}

/// An observation of after the end is of whoever lies there then.
#[test]
fn what_is_told_after_the_end_is_nobodys() {
    let late = minute(ENDED) + Duration::from_secs(30);
    let facts = session(vec![pressure(late, minute(ENDED - 1), 177)]);
    assert!(facts.pressures().is_empty());
    let is_late = |fact: &Fact| matches!(fact, Fact::Observed(Observation { received, .. }) if *received == late);
    assert!(facts.facts.iter().any(is_late));
}
