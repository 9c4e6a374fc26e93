use std::time::Duration;

use chairside_alarm::{
    AudioCause, AudioChange, Suspension, SuspensionChange, SuspensionEnd, SuspensionKind,
};

use chairside_care::Stage;

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
    let entry = CareEntry {
        session: SessionId(7),
        number,
        action,
        by: "mn".into(),
        station: None,
        reason: None,
        passed_over: Vec::new(),
    };
    let entry = Box::new(entry);
    Entry::Care { bed: BED, entry }
}

/// The next machine folds them again, as after a restart.
#[test]
fn all_of_a_treatment_is_kept_in_its_order_until_it_is_over() {
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
    assert!(kept.told.is_empty());
}
