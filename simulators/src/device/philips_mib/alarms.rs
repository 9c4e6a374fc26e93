//! The simulated monitor's own alarms, against its own limits.
//!
//! The codes of the alarms are made up: which ones a real monitor sends is not known.

use chairside_protocol::philips_mib::codes::kind;
use chairside_protocol::philips_mib::message::attribute::id;
use chairside_protocol::philips_mib::message::{
    AlarmEntry, AlarmInfo, AlarmState, alarm_type, class, group,
};

use super::reply::{Owned, Reply, about};
use crate::patient::{Missing, Signal, VitalSigns};

/// The alarm monitor, as an object.
const HANDLE: u16 = 0x0001;

/// Which side of its range a value is on.
const LOW: u16 = 2;
const HIGH: u16 = 4;
/// A sensor gives nothing.
const SENSOR: u16 = 6;

/// A number with limits.
struct Watched {
    kind: u16,
    label: &'static str,
    signal: fn(&VitalSigns) -> Signal,
    low: f64,
    high: f64,
}

/// The limits it was set to.
const WATCHED: [Watched; 4] = [
    Watched {
        kind: kind::HEART_RATE,
        label: "HR",
        signal: |vitals| vitals.heart_rate,
        low: 50.0,
        high: 120.0,
    },
    Watched {
        kind: kind::SPO2,
        label: "SpO\u{2082}",
        signal: |vitals| vitals.spo2,
        low: 90.0,
        high: 100.0,
    },
    Watched {
        kind: kind::ETCO2,
        label: "etCO\u{2082}",
        signal: |vitals| vitals.etco2,
        low: 15.0,
        high: 60.0,
    },
    Watched {
        kind: kind::RESPIRATION_RATE,
        label: "awRR",
        signal: |vitals| vitals.respiration_rate,
        low: 6.0,
        high: 30.0,
    },
];

/// An alarm and its text.
struct Raised {
    kind: u16,
    code: u16,
    alarm_type: u16,
    text: String,
}

/// Appends the alarms that stand, or what the object is.
pub(super) fn write(reply: &mut Reply, vitals: &VitalSigns) {
    if reply.group() == group::STATIC {
        let attributes = about(HANDLE, class::ALARMS, 0, "Alarms");
        reply.object(HANDLE, &attributes);
        return;
    }
    let attributes = [
        list(
            id::PATIENT_ALARMS,
            &WATCHED
                .iter()
                .filter_map(|one| one.limit(vitals))
                .collect::<Vec<_>>(),
        ),
        list(
            id::TECHNICAL_ALARMS,
            &WATCHED
                .iter()
                .filter_map(|one| one.sensor(vitals))
                .collect::<Vec<_>>(),
        ),
    ];
    reply.object(HANDLE, &attributes);
}

impl Watched {
    fn limit(&self, vitals: &VitalSigns) -> Option<Raised> {
        let value = (self.signal)(vitals).value()?.round();
        let (code, beyond) = if value < self.low {
            (LOW, format!("{value} < {}", self.low))
        } else if value > self.high {
            (HIGH, format!("{value} > {}", self.high))
        } else {
            return None;
        };
        Some(Raised {
            kind: self.kind,
            code,
            alarm_type: alarm_type::PATIENT_MEDIUM,
            text: format!("** {} {beyond}", self.label),
        })
    }

    fn sensor(&self, vitals: &VitalSigns) -> Option<Raised> {
        let Signal::Missing(missing) = (self.signal)(vitals) else {
            return None;
        };
        let why = match missing {
            Missing::ProbeOff => "SENSOR OFF",
            Missing::Searching => "SEARCHING",
            Missing::Motion => "NOISY SIGN",
            Missing::Occluded => "OCCLUSION",
            Missing::NoReading => "NO VALUE",
        };
        Some(Raised {
            kind: self.kind,
            code: SENSOR,
            alarm_type: alarm_type::TECHNICAL_LOW,
            text: format!("{} {why}", self.label),
        })
    }
}

fn list(id: u16, raised: &[Raised]) -> Owned {
    let texts: Vec<Vec<u8>> = raised
        .iter()
        .map(|alarm| {
            let units = alarm.text.encode_utf16().chain([0]);
            units.flat_map(u16::to_be_bytes).collect()
        })
        .collect();
    let entries: Vec<_> = raised
        .iter()
        .zip(&texts)
        .map(|(alarm, text)| AlarmEntry {
            source: alarm.kind,
            code: alarm.code,
            alarm_type: alarm.alarm_type,
            state: AlarmState::NONE,
            object: [0x00, 0x06, 0x00, 0x01, 0x00, 0x00],
            info: Some(AlarmInfo {
                instance: 0,
                text_number: 0,
                priority: 0,
                flags: 0,
                text: Some(text),
            }),
        })
        .collect();
    let mut value = Vec::new();
    AlarmEntry::emit_list(&entries, &mut value);
    (id, value)
}
