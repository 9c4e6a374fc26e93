use std::time::Duration;

use chairside_alarm::{
    AudioCause, AudioChange, Priority, Suspension, SuspensionChange, SuspensionEnd, SuspensionKind,
};

use chairside_care::{CareAction, CareEntry, Stage, Text};
use chairside_model::Patient;

use super::*;

const BED: BedId = BedId(1);

fn sound(station: u32, sound: Sound) -> Entry {
    let change = AudioChange {
        at: MonoTime::ZERO,
        station: format!("display {station}").into(),
        sound,
        cause: AudioCause::Person,
        by: "mn".into(),
        reason: None,
    };
    Entry::Audio { bed: BED, change }
}

fn off(ended: Option<SuspensionEnd>) -> Entry {
    let suspension = Suspension {
        id: AlarmId::Spo2Low,
        kind: SuspensionKind::RuleOff,
        since: MonoTime::ZERO,
        until: MonoTime::from_secs(60),
        by: "mn".into(),
        reason: "as agreed".into(),
    };
    let change = SuspensionChange {
        at: MonoTime::ZERO,
        suspension,
        ended,
    };
    Entry::Suspension { bed: BED, change }
}

#[test]
fn nothing_is_kept_of_what_is_over_whatever_displays_call_themselves() {
    let mut kept = Kept::new(BED, MonoTime::ZERO);
    let until = MonoTime::ZERO + Duration::from_mins(1);
    for station in 0..1000 {
        let paused = Sound::Paused { until, covers: 0 };
        kept.told(MonoTime::ZERO, &[sound(station, paused)]);
        assert_eq!(kept.told.len(), 1);
        kept.told(MonoTime::ZERO, &[sound(station, Sound::On)]);
    }
    kept.told(MonoTime::ZERO, &[off(None)]);
    assert_eq!(kept.told.len(), 1);
    let flood = Entry::Flood {
        bed: BED,
        flood: None,
    };
    kept.told(MonoTime::ZERO, &[off(Some(SuspensionEnd::Time)), flood]);
    assert!(kept.told.is_empty());
}

fn did(number: EntryNumber, action: CareAction) -> Entry {
    of(7, number, action)
}

fn of(session: u64, number: EntryNumber, action: CareAction) -> Entry {
    let entry = CareEntry {
        session: SessionId(session),
        number,
        action,
        by: "mn".into(),
        station: None,
        reason: None,
        passed_over: Vec::new(),
        request: None,
    };
    let entry = Box::new(entry);
    Entry::Care { bed: BED, entry }
}

/// The next machine folds them again, as after a restart.
#[test]
fn all_of_a_treatment_is_kept_in_its_order_until_the_next_one_opens() {
    let mut kept = Kept::new(BED, MonoTime::ZERO);
    let baseline = || CareAction::TakeBaseline;
    for (second, entry) in (1..).zip([
        did(
            1,
            CareAction::Step {
                to: Stage::Screening,
            },
        ),
        did(2, baseline()),
        did(3, baseline()),
    ]) {
        kept.told(MonoTime::from_secs(second), &[entry]);
    }
    // Also when alarms and limits are all forgotten.
    for kept in [&kept, &kept.forgetful(MonoTime::from_secs(9))] {
        let mut records: Vec<_> = kept.told.values().collect();
        records.sort_unstable_by_key(|record| record.sequence);
        let times: Vec<_> = records.iter().map(|record| record.at).collect();
        assert_eq!(times, [1, 2, 3].map(MonoTime::from_secs));
    }
    let over = did(4, CareAction::Step { to: Stage::Aborted });
    kept.told(MonoTime::from_secs(4), &[over]);
    assert_eq!(kept.told.len(), 4, "late entries can be made of it");
    kept.told(MonoTime::from_secs(5), &[of(8, 1, plan())]);
    kept.told(MonoTime::from_secs(6), &[of(9, 1, plan())]);
    assert_eq!(sessions(&kept), [7, 8, 9]);
    // One that nobody came to is gone when it is called off, and the last one with the next.
    let aborted = CareAction::Step { to: Stage::Aborted };
    kept.told(MonoTime::from_secs(7), &[of(9, 2, aborted)]);
    assert_eq!(sessions(&kept), [7, 8]);
    let opens = CareAction::Step {
        to: Stage::Screening,
    };
    kept.told(MonoTime::from_secs(8), &[of(8, 2, opens)]);
    assert_eq!(sessions(&kept), [8]);
}

fn plan() -> CareAction {
    CareAction::Schedule {
        patient: Patient::default(),
        name: None,
        protocol: Text::new("iv").unwrap(),
    }
}

/// Of what sessions anything is kept.
fn sessions(kept: &Kept) -> Vec<u64> {
    let sessions = kept.told.keys().filter_map(|about| match about {
        About::Care(session, _) => Some(session.0),
        _ => None,
    });
    let mut sessions: Vec<_> = sessions.collect();
    sessions.dedup();
    sessions
}

fn told_of_alarm(second: u64, present: bool, signal: SignalPresence) -> Entry {
    let transition = Transition {
        at: MonoTime::from_secs(second),
        id: AlarmId::Spo2VeryLow,
        occurrence: Occurrence(1),
        priority: Priority::High,
        present,
        signal,
        call: 1,
        superseded: false,
        since: MonoTime::from_secs(10),
        mode: None,
        evidence: "SpO2 86 %".to_owned(),
    };
    Entry::Alarm {
        bed: BED,
        transition,
    }
}

/// When it was acknowledged later is not when the patient was well again.
#[test]
fn when_a_high_alarm_was_over_is_kept_beside_how_it_stands() {
    let mut kept = Kept::new(BED, MonoTime::ZERO);
    for (second, present, signal) in [
        (10, true, SignalPresence::On),
        (30, false, SignalPresence::Latched),
        (90, false, SignalPresence::Off),
    ] {
        let entry = told_of_alarm(second, present, signal);
        kept.told(MonoTime::from_secs(second), &[entry]);
    }
    for kept in [&kept, &kept.forgetful(MonoTime::from_secs(99))] {
        let over = &kept.told[&About::HighOver(AlarmId::Spo2VeryLow)];
        assert_eq!(over.at, MonoTime::from_secs(30));
        assert_eq!(over.entry, told_of_alarm(30, false, SignalPresence::Off));
    }
}
