//! What sessions add to the clinic's ledger.

use std::time::Duration;

use chairside_alarm::{AlarmId, SignalPresence};
use chairside_care::{
    CareAction, CareEvent, Counted, EventKind, Fact, Ledger, LedgerEntry, ScoreId, SessionFacts,
    Stage, course,
};
use chairside_model::{Cuff, Patient, Reading, Value};

use crate::clinic::{Notes, alarm, minute, pressure, rated, session, spo2, valid};

#[test]
fn the_ledger_counts_sessions_and_the_time_to_an_intervention() {
    let mut notes = Notes::default();
    for _ in 0..8 {
        notes.note(minute(0), CareAction::TakeBaseline);
    }
    let airway = CareEvent {
        at: minute(42),
        kind: EventKind::Airway,
        note: None,
    };
    let facts = session(vec![
        pressure(minute(12), minute(12), 128),
        pressure(minute(46), minute(46), 150),
        pressure(minute(58), minute(58), 145),
        alarm(minute(41), 3, SignalPresence::On),
        notes.note(minute(43), CareAction::Event(airway)),
    ]);
    let entry = LedgerEntry::of(&facts);
    assert_eq!(entry.rise(), Some(Value::whole(22)));
    assert_eq!(entry.ended, Some(Stage::Discharged));
    let mut quiet = LedgerEntry::of(&session(Vec::new()));
    quiet.patient = Patient::new(Some("M. K."), None).unwrap();
    let mut open = entry.clone();
    open.ended = None;
    let entries = [entry.clone(), quiet.clone(), quiet, open];
    let ledger = Ledger::of(&entries);
    assert_eq!(ledger.sessions, 3, "an open one does not count");
    assert_eq!((ledger.open, ledger.untreated), (1, 0));
    assert_eq!(ledger.unprompted, 0, "an alarm stood");
    let rate = ledger.rates[&Counted::Event(EventKind::Airway)];
    assert_eq!((rate.count, rate.of), (1, 3));
    assert!(rate.low < 333.0 && rate.high > 334.0);
    assert_eq!(
        ledger.rates[&Counted::Transfer].count,
        0,
        "also what never happened"
    );
    assert_eq!(
        ledger.median_until_intervention(),
        Some(Duration::from_mins(1))
    );
    // Initials alone are not a patient.
    let of_patient = course(&entry.patient, &entries).count();
    assert_eq!(of_patient, 2);
    assert_eq!(course(&entries[1].patient, &entries).count(), 0);
}

fn determined(at: i64, systolic: i32, diastolic: i32) -> Fact {
    let Fact::Observed(mut told) = pressure(minute(at), minute(at), systolic) else {
        unreachable!("a pressure is a reading");
    };
    if let Reading::Cuff(Cuff::Completed(reading)) = &mut told.reading {
        reading.diastolic = Some(Value::whole(diastolic));
    }
    Fact::Observed(told)
}

#[test]
fn of_pressures_that_are_as_high_the_first_that_is_high_in_both_is_the_highest() {
    let after = [
        (20, 188, 95),
        (30, 188, 102),
        (40, 188, 102),
        (50, 170, 102),
    ];
    let after = after.map(|(at, systolic, diastolic)| determined(at, systolic, diastolic));
    let entry = LedgerEntry::of(&session(after.into()));
    let taken = [entry.highest, entry.highest_diastolic].map(|one| one.unwrap().taken);
    assert_eq!(taken, [minute(30); 2]);
}

#[test]
fn an_entry_has_the_highest_of_each_pressure_the_lowest_saturation_and_the_time_until_discharge() {
    let mut notes = Notes::default();
    for _ in 0..8 {
        notes.note(minute(0), CareAction::TakeBaseline);
    }
    let turned = CareEvent {
        at: minute(50),
        kind: EventKind::Position,
        note: None,
    };
    let entry = LedgerEntry::of(&session(vec![
        determined(12, 128, 80),
        spo2(minute(13), valid(88)),
        notes.note(minute(14), rated(minute(14), ScoreId::Moaas, 3)),
        spo2(minute(30), valid(94)),
        notes.note(minute(40), rated(minute(40), ScoreId::Moaas, 4)),
        notes.note(minute(41), rated(minute(41), ScoreId::VasPain, 20)),
        spo2(minute(44), valid(91)),
        spo2(minute(45), valid(91)),
        determined(46, 150, 85),
        notes.note(minute(51), CareAction::Event(turned)),
        determined(56, 140, 92),
    ]));
    let highest = entry.highest.unwrap();
    assert_eq!(
        (highest.taken, highest.diastolic),
        (minute(46), Value::whole(85))
    );
    assert_eq!(entry.highest_diastolic.unwrap().taken, minute(56));
    assert_eq!(
        (entry.rise(), entry.diastolic_rise()),
        (Some(Value::whole(22)), Some(Value::whole(12)))
    );
    let lowest = entry.lowest_saturation.unwrap();
    assert_eq!(
        (lowest.value, lowest.taken),
        (Value::whole(91), minute(44)),
        "88 was before the dose"
    );
    assert_eq!(
        entry.worst(ScoreId::Moaas),
        Some((minute(40), 4)),
        "3 was before the dose"
    );
    assert_eq!(entry.worst(ScoreId::VasPain), Some((minute(41), 20)));
    assert_eq!(entry.worst(ScoreId::Ponv), None, "nobody rated it");
    assert_eq!(entry.until_discharge, Some(Duration::from_mins(125)));
    assert_eq!(
        (entry.unprompted, entry.until_intervention.len()),
        (1, 0),
        "no alarm stood"
    );

    let nothing = LedgerEntry::of(&without_a_dose());
    assert_eq!(
        (
            nothing.before,
            nothing.highest,
            nothing.lowest_saturation,
            nothing.until_discharge
        ),
        (None, None, None, None),
        "before and after what was never given"
    );
    assert!(!nothing.is_treated());
    let ledger = Ledger::of(&[nothing, entry]);
    assert_eq!(
        (ledger.sessions, ledger.untreated, ledger.unprompted),
        (1, 1, 1)
    );
}

/// A session in which a device measured and nothing was given.
fn without_a_dose() -> SessionFacts {
    let mut facts = session(vec![
        pressure(minute(12), minute(12), 128),
        pressure(minute(46), minute(46), 150),
        spo2(minute(30), valid(91)),
    ]);
    facts.facts.retain(|fact| {
        !matches!(fact, Fact::Care { entry, .. } if matches!(entry.action, CareAction::Dose(_)))
    });
    facts
}

/// An airway manoeuvre at a minute.
fn airway(notes: &mut Notes, at: i64) -> Fact {
    let event = CareEvent {
        at: minute(at),
        kind: EventKind::Airway,
        note: None,
    };
    notes.note(minute(at), CareAction::Event(event))
}

#[test]
fn an_alarm_of_a_device_is_no_beginning_of_the_time_to_an_intervention() {
    let mut notes = Notes::default();
    for _ in 0..8 {
        notes.note(minute(0), CareAction::TakeBaseline);
    }
    let mut lost = alarm(minute(20), 2, SignalPresence::On);
    if let Fact::Alarm(told) = &mut lost {
        told.id = AlarmId::DeviceLinkLost;
    }
    let facts = vec![
        lost,
        airway(&mut notes, 30),
        alarm(minute(41), 3, SignalPresence::On),
        airway(&mut notes, 43),
    ];
    let entry = LedgerEntry::of(&session(facts));
    assert_eq!(entry.until_intervention, [Duration::from_mins(2)]);
    assert_eq!(entry.unprompted, 1, "the cable was out, no more");
}

#[test]
fn a_pressure_of_longer_than_half_an_hour_before_the_dose_is_none_before_it() {
    // Taken at the first minute; the dose is given at another one.
    let before = |dosed: i64| {
        let mut facts = session(vec![pressure(minute(1), minute(1), 128)]);
        for fact in &mut facts.facts {
            if let Fact::Care { at, entry } = fact
                && let CareAction::Dose(dose) = &mut entry.action
            {
                (*at, dose.at) = (minute(dosed), minute(dosed));
            }
        }
        facts.facts.sort_by_key(Fact::at);
        LedgerEntry::of(&facts).before.map(|one| one.systolic)
    };
    assert_eq!(before(31), Some(Value::whole(128)));
    assert_eq!(before(32), None);
}
