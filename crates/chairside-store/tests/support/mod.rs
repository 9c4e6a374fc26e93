//! Records as a clinic makes them, for the tests and the benchmark of this crate.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, OperatorAction, Priority, SignalPresence, Transition};
use chairside_model::{
    BedId, DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading, SampleArray, Value,
};
use chairside_station::{Entry, Record};
use chairside_store::{ActionRow, StorePlan};
use chrono::DateTime;

/// A clinic of so many beds with one device each.
pub(crate) fn plan(directory: &Path, beds: u16) -> StorePlan {
    StorePlan {
        directory: directory.to_owned(),
        site: "clinic-a".to_owned(),
        beds: (1..=beds)
            .map(|bed| (BedId(bed), bed.to_string()))
            .collect::<BTreeMap<_, _>>(),
        devices: (1..=beds)
            .map(|device| (DeviceId(device), format!("monitor-{device}")))
            .collect(),
        clock_zero: DateTime::from_timestamp(1_790_000_000, 0).expect("a time"),
    }
}

/// A saturation.
pub(crate) fn numeric(sequence: u64, bed: u16, at: MonoTime) -> Record {
    let reading = Reading::Numeric(Numeric {
        metric: Metric::SpO2,
        measured: Measured::Valid(Value::whole(90 + i32::from(bed % 10))),
        taken: at,
    });
    observed(sequence, bed, at, reading)
}

/// A quarter of a second of a curve at 125 Hz.
pub(crate) fn waveform(sequence: u64, bed: u16, at: MonoTime) -> Record {
    let samples = (0..31).map(|sample| (sample * 37) % 100 + i32::from(bed));
    let reading = Reading::Waveform(SampleArray {
        metric: Metric::Pleth,
        sample_period: Duration::from_millis(8),
        scale: 1.0,
        samples: samples.collect(),
    });
    observed(sequence, bed, at, reading)
}

/// An alarm that begins.
pub(crate) fn alarm(sequence: u64, bed: u16, at: MonoTime) -> Record {
    let transition = Transition {
        at,
        id: AlarmId::Spo2Low,
        occurrence: Occurrence(sequence),
        priority: Priority::Medium,
        present: true,
        signal: SignalPresence::On,
        call: 1,
        superseded: false,
        since: at,
        mode: None,
        evidence: "SpO2 88 % below 90 % for 10 s".to_owned(),
    };
    let entry = Entry::Alarm {
        bed: BedId(bed),
        transition,
    };
    Record {
        sequence,
        at,
        entry,
    }
}

/// Somebody acknowledges.
pub(crate) fn acknowledge(request: u64) -> ActionRow {
    ActionRow {
        at: MonoTime::from_millis(request),
        bed: BedId(1),
        action: OperatorAction::Acknowledge(Occurrence(request)).into(),
        by: "mn".to_owned(),
        station: Some("desk".to_owned()),
        reason: None,
        request: request.to_string(),
    }
}

fn observed(sequence: u64, bed: u16, at: MonoTime, reading: Reading) -> Record {
    let observation = Observation {
        device: DeviceId(bed),
        received: at,
        reading,
    };
    let entry = Entry::Observed {
        bed: BedId(bed),
        observation,
    };
    Record {
        sequence,
        at,
        entry,
    }
}
