//! The words that stand for things in JSON, in the record and in the configuration: what was
//! written with one is read back as the same thing, for years.

use std::collections::BTreeSet;
use std::fmt::Debug;

use chairside_alarm::{
    AirwayMode, AlarmId, AlarmKind, AudioCause, LimitCause, Phase, Priority, Role, SignalPresence,
    Sound, SuspensionEnd, SuspensionKind,
};
use chairside_model::MonoTime;

/// Asserts that each thing has its word, and that the word leads back to it and to nothing else.
#[track_caller]
fn leads_back<T: Copy + Debug + PartialEq>(
    words: &[(T, &str)],
    name: impl Fn(T) -> &'static str,
    from_name: impl Fn(&str) -> Option<T>,
) {
    for (thing, word) in words {
        assert_eq!(name(*thing), *word);
        assert_eq!(from_name(word), Some(*thing), "{word}");
    }
    assert_eq!(from_name(""), None);
    assert_eq!(from_name("Nothing of the kind"), None);
}

#[test]
fn each_word_of_the_record_leads_back_to_what_it_was_written_for() {
    leads_back(
        &[
            (Priority::Low, "low"),
            (Priority::Medium, "medium"),
            (Priority::High, "high"),
        ],
        Priority::name,
        Priority::from_name,
    );
    leads_back(
        &[(Role::Nurse, "nurse"), (Role::Clinician, "clinician")],
        Role::name,
        Role::from_name,
    );
    leads_back(
        &[
            (Phase::Baseline, "baseline"),
            (Phase::Dosing, "dosing"),
            (Phase::Recovery, "recovery"),
        ],
        Phase::name,
        Phase::from_name,
    );
    leads_back(
        &[
            (SuspensionKind::AlarmPaused, "alarm_paused"),
            (SuspensionKind::RuleOff, "rule_off"),
        ],
        SuspensionKind::name,
        SuspensionKind::from_name,
    );
    leads_back(
        &[
            (SuspensionEnd::Person, "person"),
            (SuspensionEnd::Time, "time"),
            (SuspensionEnd::Worse, "worse"),
            (SuspensionEnd::Restart, "restart"),
            (SuspensionEnd::Session, "session"),
        ],
        SuspensionEnd::name,
        SuspensionEnd::from_name,
    );
    leads_back(
        &[
            (AudioCause::Person, "person"),
            (AudioCause::Time, "time"),
            (AudioCause::Session, "session"),
            (AudioCause::Reminder, "reminder"),
        ],
        AudioCause::name,
        AudioCause::from_name,
    );
    leads_back(
        &[
            (SignalPresence::Off, "off"),
            (SignalPresence::On, "on"),
            (SignalPresence::Latched, "latched"),
            (SignalPresence::Acknowledged, "acknowledged"),
            (SignalPresence::Paused, "paused"),
        ],
        SignalPresence::name,
        SignalPresence::from_name,
    );
    leads_back(
        &[
            (AirwayMode::Co2AndEffort, "co2+effort"),
            (AirwayMode::Co2, "co2"),
            (AirwayMode::Spo2Only, "spo2_only"),
        ],
        AirwayMode::name,
        AirwayMode::from_name,
    );
    for cause in LimitCause::ALL {
        assert_eq!(LimitCause::from_name(cause.name()), Some(cause));
    }
    assert_eq!(LimitCause::from_name("chance"), None);
}

#[test]
fn each_alarm_has_a_word_of_its_own_that_leads_back_to_it() {
    let words: BTreeSet<&str> = AlarmId::ALL.iter().map(|id| id.name()).collect();
    assert_eq!(words.len(), AlarmId::ALL.len());
    for id in AlarmId::ALL {
        assert_eq!(AlarmId::from_name(id.name()), Some(*id));
        assert_eq!(id.to_string(), id.name());
    }
    assert_eq!(AlarmId::from_name("SPO2_ODD"), None);
}

#[test]
fn what_is_only_told_has_its_words_too() {
    assert_eq!(AlarmKind::Physiological.name(), "physiological");
    assert_eq!(AlarmKind::Technical.name(), "technical");
    let until = MonoTime::ZERO;
    let sounds = [
        Sound::On,
        Sound::Paused { until, covers: 1 },
        Sound::Off {
            until,
            reminder: until,
        },
    ];
    assert_eq!(sounds.map(Sound::name), ["on", "paused", "off"]);
}
