use std::time::Duration;

use chairside_alarm::{
    AudioCause, AudioChange, Suspension, SuspensionChange, SuspensionEnd, SuspensionKind,
};

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
