//! Alarms that go on from what was told, where no reading is on record that shows them.

use chairside_alarm::{
    AlarmEngine, AlarmId, AlarmProfile, Occurrence, Priority, Resumed, Resuming, SignalPresence,
    Sources, Transition,
};
use chairside_model::{DeviceId, Metric, MonoTime};

use crate::adult;

/// A bed that measures everything, of one device or of two.
fn sources(devices: u16) -> Sources {
    let mut sources = Sources {
        devices: (1..=devices)
            .map(|id| (DeviceId(id), adult::seconds(1)))
            .collect(),
        metrics: Metric::ALL.map(|metric| (metric, DeviceId(1))).into(),
    };
    if devices == 0 {
        sources.metrics.clear();
    }
    sources
}

fn told(at: u64, id: AlarmId, present: bool) -> Transition {
    Transition {
        at: MonoTime::from_secs(at),
        id,
        occurrence: Occurrence(7),
        priority: Priority::Medium,
        present,
        signal: if present {
            SignalPresence::On
        } else {
            SignalPresence::Off
        },
        call: 3,
        superseded: false,
        since: MonoTime::from_secs(1000),
        mode: None,
        evidence: "as it was".to_owned(),
    }
}

fn resumed(sources: Sources, told: &[Transition]) -> Resumed {
    let profile = AlarmProfile::new(adult::parts()).expect("the adult limits are accepted");
    let from = MonoTime::from_secs(1000);
    let mut resuming = Resuming::new(profile, sources, MonoTime::ZERO, from);
    for told in told {
        resuming.told(told.at, told);
    }
    resuming.finish(MonoTime::from_secs(1100), MonoTime::from_secs(1100))
}

fn stands(engine: &AlarmEngine, id: AlarmId) -> bool {
    engine
        .standing()
        .any(|standing| standing.id == id && standing.present)
}

/// The alarms that a bed with everything has rules for.
fn judged() -> impl Iterator<Item = AlarmId> {
    AlarmId::ALL.iter().copied()
}

#[test]
fn an_alarm_that_was_told_stands_again_and_one_that_ended_does_not() {
    for devices in [1, 2] {
        for id in judged() {
            let begun = told(1050, id, true);
            let on = resumed(sources(devices), std::slice::from_ref(&begun)).engine;
            assert!(stands(&on, id), "{id}");
            let over = resumed(sources(devices), &[begun, told(1060, id, false)]).engine;
            // Nobody has heard of the devices since: that goes on being so.
            let silent = matches!(id, AlarmId::DeviceLinkLost | AlarmId::NibpOverdue);
            assert!(!stands(&over, id) || silent, "{id}");
        }
    }
}

#[test]
fn an_alarm_that_the_bed_no_longer_judges_is_told_to_be_over() {
    let id = AlarmId::Spo2Low;
    let resumed = resumed(sources(0), &[told(1050, id, true)]);
    assert!(!stands(&resumed.engine, id));
    let ended: Vec<_> = resumed
        .told
        .iter()
        .map(|told| (told.id, told.present))
        .collect();
    assert_eq!(ended, [(id, false)]);
}
