use chairside_alarm::{
    AlarmId, AudioCause, AudioChange, Flood, LimitKey, Occurrence, OperatorAction, Phase, Priority,
    SignalPresence, Sound, Suspension, SuspensionChange, SuspensionEnd, SuspensionKind, Transition,
};

use chairside_model::{
    Cuff, CuffFailure, CuffReading, Measured, Numeric, Observation, Patient, Reading, SessionId,
    Unavailable, Value,
};
use chairside_protocol::driver_named;
use chairside_station::{BedPlan, DevicePlan};
use serde_json::Value as Json;

use super::*;
use crate::config::profile::adult_ketamine;

mod expiry;
mod people;

const BED: BedId = BedId(1);
const MONITOR: DeviceId = DeviceId(1);
const OXIMETER: DeviceId = DeviceId(12);

/// One bed with a V100 called "roll stand" and a Nonin called "clip", and all that was told of it.
struct Clinic {
    view: View,
    limits: SessionLimits,
    sequence: u64,
}

impl Clinic {
    fn new() -> Self {
        let drivers = [
            (MONITOR, "roll stand", "ge-v100"),
            (OXIMETER, "clip", "nonin"),
        ]
        .map(|(id, name, driver)| (id, name, driver_named(driver).unwrap()));
        let plan = BedPlan {
            protocols: Vec::new(),
            devices: drivers
                .iter()
                .map(|(id, _, driver)| DevicePlan::on_line(*id, driver))
                .collect(),
            profile: adult_ketamine(),
        };
        let devices = drivers
            .into_iter()
            .map(|(id, name, driver)| {
                let info = DeviceInfo {
                    name: name.to_owned(),
                    driver,
                    port: format!("/dev/{driver}", driver = driver.name),
                    baud: Some(driver.line.baud),
                };
                (id, info)
            })
            .collect();
        let info = BedInfo::new("1".into(), "Room 1".into(), devices, &plan);
        let started = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        Self {
            view: View::new(started, BTreeMap::from([(BED, info)])),
            limits: SessionLimits::new(plan.profile),
            sequence: 0,
        }
    }

    /// Lets something happen and returns what clients are told of it.
    fn tell(&mut self, at_s: u64, entry: Entry) -> Vec<Json> {
        self.sequence += 1;
        let record = Record {
            sequence: self.sequence,
            at: MonoTime::from_secs(at_s),
            entry,
        };
        let mut messages = Vec::new();
        let limits = |_| Some(&self.limits);
        self.view.fold(&[record], limits, &mut messages);
        messages
            .iter()
            .map(|message| serde_json::to_value(message).unwrap())
            .collect()
    }

    fn read(&mut self, at_s: u64, device: DeviceId, reading: Reading) -> Vec<Json> {
        let observation = Observation {
            device,
            received: MonoTime::from_secs(at_s),
            reading,
        };
        self.tell(
            at_s,
            Entry::Observed {
                bed: BED,
                observation,
            },
        )
    }

    /// Returns the metrics that a client is shown which comes now.
    fn shown(&self, at_s: u64) -> Vec<&'static str> {
        let beds = self.view.beds(MonoTime::from_secs(at_s));
        beds[0]
            .observations
            .iter()
            .map(|seen| seen.metric)
            .collect()
    }

    fn alarm(&mut self, at_s: u64, transition: Transition) -> Json {
        let told = self.tell(
            at_s,
            Entry::Alarm {
                bed: BED,
                transition,
            },
        );
        assert_eq!(told.len(), 1, "the full set, once");
        told.into_iter().next().unwrap()
    }
}

fn saturation(at_s: u64, measured: Measured) -> Reading {
    Reading::Numeric(Numeric {
        metric: Metric::SpO2,
        measured,
        taken: MonoTime::from_secs(at_s),
    })
}

fn pressures(taken_s: u64, systolic: i32, diastolic: Option<i32>) -> Reading {
    Reading::Cuff(Cuff::Completed(CuffReading {
        systolic: Some(Value::whole(systolic)),
        diastolic: diastolic.map(Value::whole),
        mean: None,
        taken: MonoTime::from_secs(taken_s),
    }))
}

fn transition(id: AlarmId, occurrence: u64, priority: Priority) -> Transition {
    Transition {
        at: MonoTime::from_secs(5),
        id,
        occurrence: Occurrence(occurrence),
        priority,
        present: true,
        signal: SignalPresence::On,
        call: 1,
        superseded: false,
        since: MonoTime::from_secs(occurrence),
        mode: None,
        evidence: "nothing from device 1, device 12 and device 123 for 10 s".into(),
    }
}

#[test]
fn a_value_is_shown_until_it_expires_and_no_longer() {
    let mut clinic = Clinic::new();
    let told = clinic.read(
        10,
        MONITOR,
        saturation(10, Measured::Valid(Value::whole(97))),
    );
    assert_eq!(told[0]["expires_in_ms"], 10_000);
    assert_eq!(told[0]["device"], "roll stand");
    assert_eq!(clinic.shown(19), ["SpO2"]);
    assert_eq!(clinic.shown(20), [""; 0]);
}

#[test]
fn a_value_that_is_gone_takes_the_place_of_the_last_one() {
    let mut clinic = Clinic::new();
    clinic.read(
        10,
        MONITOR,
        saturation(10, Measured::Valid(Value::whole(97))),
    );
    let none = Measured::Unavailable(Unavailable::SensorOff);
    let told = clinic.read(11, MONITOR, saturation(11, none));
    assert_eq!(told[0].get("value"), None);
    assert_eq!(told[0]["reason"], "SensorOff");
    let bed = serde_json::to_value(&clinic.view.beds(MonoTime::from_secs(12))[0]).unwrap();
    assert_eq!(bed["observations"][0]["validity"], "unavailable");
}

#[test]
fn a_second_oximeter_is_recorded_and_not_shown_as_if_it_were_the_first() {
    let mut clinic = Clinic::new();
    let told = clinic.read(
        10,
        OXIMETER,
        saturation(10, Measured::Valid(Value::whole(80))),
    );
    assert_eq!(told, [Json::Null; 0]);
    assert_eq!(clinic.shown(10), [""; 0]);
}

#[test]
fn a_pressure_that_a_reading_leaves_out_is_not_the_last_ones() {
    let mut clinic = Clinic::new();
    clinic.read(10, MONITOR, pressures(10, 118, Some(76)));
    assert_eq!(clinic.shown(11), ["NibpSystolic", "NibpDiastolic"]);
    clinic.read(300, MONITOR, pressures(300, 140, None));
    assert_eq!(clinic.shown(301), ["NibpSystolic"]);
}

#[test]
fn a_cuff_reading_ages_from_its_end_and_not_from_its_arrival() {
    let mut clinic = Clinic::new();
    // The default interval is ten minutes; a reading is worth one and a half of them.
    let told = clinic.read(400, MONITOR, pressures(100, 118, Some(76)));
    assert_eq!(told[0]["expires_in_ms"], 600_000);
    assert_eq!(clinic.shown(999).len(), 2);
    assert_eq!(clinic.shown(1000).len(), 0);
}

#[test]
fn a_failed_cuff_is_told_and_leaves_the_reading_before_it_to_age() {
    let mut clinic = Clinic::new();
    clinic.read(10, MONITOR, pressures(10, 118, Some(76)));
    let failed = Reading::Cuff(Cuff::Failed(CuffFailure::PumpUp));
    let told = clinic.read(20, MONITOR, failed);
    assert_eq!(told[0]["state"], "failed");
    assert_eq!(clinic.shown(21).len(), 2);
}

#[test]
fn a_cancelled_cuff_no_longer_measures_and_leaves_the_reading_before_it() {
    let mut clinic = Clinic::new();
    clinic.read(10, MONITOR, pressures(10, 118, Some(76)));
    let told = clinic.read(20, MONITOR, Reading::Cuff(Cuff::Measuring));
    assert_eq!(told[0]["state"], "measuring");
    let told = clinic.read(25, MONITOR, Reading::Cuff(Cuff::Cancelled));
    assert_eq!(told[0]["state"], "idle");
    assert_eq!(clinic.shown(26).len(), 2);
}

#[test]
fn alarms_are_told_as_the_full_set_worst_first_and_then_newest() {
    let mut clinic = Clinic::new();
    clinic.alarm(1, transition(AlarmId::HrHigh, 1, Priority::Medium));
    clinic.alarm(2, transition(AlarmId::NibpHigh, 2, Priority::Medium));
    let told = clinic.alarm(3, transition(AlarmId::Spo2VeryLow, 3, Priority::High));
    let active = told["active"].as_array().unwrap();
    let ids: Vec<_> = active
        .iter()
        .map(|alarm| alarm["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["SPO2_VERY_LOW", "NIBP_HIGH", "HR_HIGH"]);
    assert_eq!(told["version"], 3);
}

#[test]
fn an_acknowledged_alarm_says_by_whom_and_an_ended_one_is_gone() {
    let mut clinic = Clinic::new();
    let on = transition(AlarmId::HrHigh, 7, Priority::Medium);
    clinic.alarm(1, on.clone());
    let seen = Entry::Operator {
        bed: BED,
        action: OperatorAction::Acknowledge(Occurrence(7)),
        by: "mn".into(),
        station: None,
        reason: None,
    };
    clinic.tell(2, seen);
    let acknowledged = Transition {
        signal: SignalPresence::Acknowledged,
        ..on.clone()
    };
    assert_eq!(clinic.alarm(2, acknowledged)["active"][0]["by"], "mn");
    let over = Transition {
        present: false,
        signal: SignalPresence::Off,
        ..on.clone()
    };
    assert_eq!(clinic.alarm(3, over)["active"], Json::Array(Vec::new()));
    assert_eq!(clinic.alarm(4, on)["active"][0].get("by"), None);
}

#[test]
fn evidence_names_devices_as_people_do() {
    let mut clinic = Clinic::new();
    let lost = transition(AlarmId::DeviceLinkLost, 1, Priority::Medium);
    assert_eq!(
        clinic.alarm(10, lost)["active"][0]["evidence"],
        "nothing from roll stand, clip and device 123 for 10 s"
    );
}

#[test]
fn evidence_says_when_it_was_so_and_keeps_that_while_its_words_are_the_same() {
    let mut clinic = Clinic::new();
    let written_at = |clinic: &mut Clinic, at_s, occurrence, words: &str| {
        let told = Transition {
            at: MonoTime::from_secs(at_s),
            evidence: words.into(),
            ..transition(AlarmId::DeviceLinkLost, occurrence, Priority::High)
        };
        let alarms = clinic.alarm(at_s, told);
        let text = alarms["active"][0]["evidence_at"].as_str().unwrap();
        DateTime::parse_from_rfc3339(text).unwrap().timestamp()
    };
    let first = written_at(&mut clinic, 10, 1, "nothing for 10 s");
    assert_eq!(written_at(&mut clinic, 40, 1, "nothing for 10 s"), first);
    assert_eq!(
        written_at(&mut clinic, 62, 1, "nothing for 62 s"),
        first + 52
    );
    assert_eq!(
        written_at(&mut clinic, 90, 2, "nothing for 62 s"),
        first + 80
    );
}

#[test]
fn a_line_that_is_not_read_is_named() {
    let mut clinic = Clinic::new();
    let connected = Entry::Link {
        bed: BED,
        device: MONITOR,
        state: LinkState::Connected,
    };
    assert_eq!(clinic.tell(1, connected)[0]["state"], "connected");
    assert_eq!(clinic.view.links_down(), ["bed 1: clip is disconnected"]);
}

#[test]
fn the_first_limit_on_each_side_is_the_one_that_is_shown() {
    let clinic = Clinic::new();
    let bed = serde_json::to_string(&clinic.view.beds(MonoTime::ZERO)[0]).unwrap();
    assert!(bed.contains(r#""SpO2":{"low":92}"#), "{bed}");
    assert!(
        bed.contains(r#""PulseRate":{"low":50,"high":120}"#),
        "{bed}"
    );
    assert!(
        bed.contains(r#""NibpSystolic":{"low":90,"high":165}"#),
        "{bed}"
    );
}

#[test]
fn an_alarm_that_is_over_says_when_it_ended_whatever_changes_later() {
    let mut clinic = Clinic::new();
    let mut told = |at_s, present, signal| {
        let transition = Transition {
            at: MonoTime::from_secs(at_s),
            present,
            signal,
            ..transition(AlarmId::Spo2VeryLow, 7, Priority::High)
        };
        clinic.alarm(at_s, transition)["active"][0]["ended"].clone()
    };
    assert_eq!(told(15, true, SignalPresence::On), Json::Null);
    let ended = Json::from("2023-11-14T22:14:00.000Z");
    assert_eq!(told(40, false, SignalPresence::Latched), ended);
    assert_eq!(told(90, false, SignalPresence::Latched), ended);
    assert_eq!(
        told(95, true, SignalPresence::On),
        Json::Null,
        "it holds again"
    );
}

#[test]
fn a_bed_names_the_device_of_each_metric_and_no_metric_that_it_does_not_measure() {
    let bed = Clinic::new().view.beds(MonoTime::ZERO).remove(0);
    assert_eq!(bed.sources["SpO2"], "roll stand");
    assert_eq!(bed.sources["Pleth"], "clip");
    assert_eq!(bed.sources.get("EtCO2"), None);
}

fn paused(at_s: u64, ended: Option<SuspensionEnd>) -> Entry {
    let suspension = Suspension {
        id: AlarmId::HrHigh,
        kind: SuspensionKind::AlarmPaused,
        since: MonoTime::from_secs(10),
        until: MonoTime::from_secs(130),
        by: "mn".into(),
        reason: "coughing".into(),
    };
    let at = MonoTime::from_secs(at_s);
    Entry::Suspension {
        bed: BED,
        change: SuspensionChange {
            at,
            suspension,
            ended,
        },
    }
}

#[test]
fn a_paused_alarm_is_told_with_its_owner_and_what_is_left_until_it_ends() {
    let mut clinic = Clinic::new();
    let told = clinic.tell(10, paused(10, None));
    assert_eq!(
        told[0]["suspended"],
        serde_json::json!([{
            "id": "HR_HIGH", "kind": "alarm_paused", "until": "2023-11-14T22:15:30.000Z",
            "remaining_ms": 120_000, "by": "mn", "reason": "coughing",
        }])
    );
    let later = serde_json::to_value(clinic.view.alarms(MonoTime::from_secs(100))).unwrap();
    assert_eq!(later[0]["suspended"][0]["remaining_ms"], 30_000);
    let over = clinic.tell(130, paused(130, Some(SuspensionEnd::Time)));
    assert_eq!(over[0]["suspended"], serde_json::json!([]));
    assert_eq!(over[0]["version"], 2);
}

#[test]
fn the_sound_of_each_station_is_told_apart() {
    let mut clinic = Clinic::new();
    let change = |station: &str, sound: Sound| Entry::Audio {
        bed: BED,
        change: AudioChange {
            at: MonoTime::from_secs(10),
            station: station.into(),
            sound,
            cause: AudioCause::Person,
            by: "ak".into(),
            reason: None,
        },
    };
    let until = MonoTime::from_secs(130);
    clinic.tell(10, change("desk", Sound::Paused { until, covers: 7 }));
    let off = Sound::Off {
        until: MonoTime::from_secs(3_610),
        reminder: MonoTime::from_secs(190),
    };
    let told = clinic.tell(10, change("hall", off));
    let audio = &told[0]["audio"];
    assert_eq!(audio[0]["station"], "desk");
    assert_eq!(audio[0]["sound"], "paused");
    assert_eq!(audio[0]["covers"], 7);
    assert_eq!(audio[0]["remaining_ms"], 120_000);
    assert_eq!(audio[1]["sound"], "off");
    assert_eq!(audio[1]["reminder_in_ms"], 180_000);
    assert_eq!(audio[1].get("covers"), None);
    let heard = clinic.tell(20, change("desk", Sound::On));
    assert_eq!(heard[0]["audio"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_flood_stands_on_top_of_the_full_list_and_goes() {
    let mut clinic = Clinic::new();
    clinic.alarm(1, transition(AlarmId::HrHigh, 1, Priority::Medium));
    let seven = Flood {
        since: MonoTime::from_secs(1),
        count: 7,
        worst: AlarmId::HrHigh,
        priority: Priority::Medium,
        until: MonoTime::from_secs(121),
    };
    let flood = |flood| Entry::Flood { bed: BED, flood };
    let told = clinic.tell(2, flood(Some(seven)));
    assert_eq!(told[0]["flood"]["text"], "7 alarms, worst: HR_HIGH");
    assert_eq!(told[0]["active"].as_array().map(Vec::len), Some(1));
    assert_eq!(clinic.tell(121, flood(None))[0]["flood"], Json::Null);
}

#[test]
fn a_changed_limit_is_told_beside_its_default_with_who_chose_it_and_why() {
    let mut clinic = Clinic::new();
    let key = LimitKey::Trip(AlarmId::HrHigh);
    let (expected, new) = (Value::whole(120), Value::whole(135));
    let change = clinic.limits.set(key, expected, new).unwrap()[0];
    clinic.limits.limit_time(MonoTime::from_secs(60));
    let chosen = Entry::Operator {
        bed: BED,
        action: OperatorAction::SetLimit { key, expected, new },
        by: "mn".into(),
        station: None,
        reason: Some("tachycardic before".into()),
    };
    assert_eq!(clinic.tell(60, chosen), [] as [Json; 0]);
    let told = clinic.tell(60, Entry::Limit { bed: BED, change });
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["type"], "limits");
    assert_eq!(
        told[0]["changed"],
        serde_json::json!([{
            "key": "threshold.HR_HIGH.trip", "alarm": "HR_HIGH", "value": 135, "default": 120,
            "unit": "/min", "cause": "person", "by": "mn", "at": "2023-11-14T22:14:20.000Z",
            "reason": "tachycardic before",
        }])
    );
    let rate = &told[0]["limits"]["PulseRate"];
    assert_eq!(rate["high"], 135);
    assert_eq!(rate["high_default"], 120);
    assert_eq!(rate.get("low_default"), None);
    let snapshot = serde_json::to_value(clinic.view.beds(MonoTime::from_secs(61))).unwrap();
    assert_eq!(snapshot[0]["changed"], told[0]["changed"]);
    let left = |told: &Json| told["remaining_ms"].as_u64();
    assert_eq!(left(&told[0]), Some(43_200_000));
    assert_eq!(left(&snapshot[0]), Some(43_199_000));
    assert_eq!(snapshot[0]["nibp_interval_s"], 600);
}

#[test]
fn a_phase_brings_its_limits_and_the_end_of_the_session_takes_every_change_back() {
    let mut clinic = Clinic::new();
    clinic.limits.enter(Phase::Dosing);
    let phase = Phase::Dosing;
    let told = clinic.tell(60, Entry::Phase { bed: BED, phase });
    assert_eq!(told[0]["phase"], "dosing");
    assert_eq!(told[0]["changed"][0]["key"], "airway.APNEA.no_breath_s");
    assert_eq!(told[0]["changed"][0]["cause"], "phase");
    assert_eq!(told[0]["changed"][0].get("by"), None);
    let change = clinic.limits.end_session()[0];
    let told = clinic.tell(90, Entry::Limit { bed: BED, change });
    assert_eq!(told[0]["phase"], "baseline");
    assert_eq!(told[0]["changed"], serde_json::json!([]));
}

#[test]
fn every_limit_that_can_be_changed_says_its_bounds_and_when_it_means_little() {
    let clinic = Clinic::new();
    let limits = serde_json::to_value(clinic.view.limits(BED)).unwrap();
    let named = |name: &str| {
        let limits = limits.as_array().unwrap();
        limits.iter().find(|limit| limit["key"] == name).unwrap()
    };
    assert_eq!(
        *named("threshold.SPO2_LOW.trip"),
        serde_json::json!({
            "key": "threshold.SPO2_LOW.trip", "alarm": "SPO2_LOW", "value": 92, "default": 92,
            "unit": "%", "least": 88, "most": 95, "warn_below": 85,
        })
    );
    assert_eq!(named("threshold.SPO2_VERY_LOW.trip").get("least"), None);
    assert_eq!(named("nibp.interval_s")["unit"], "s");
}

#[test]
fn after_a_restart_what_people_set_is_shown_with_who_set_it() {
    let mut clinic = Clinic::new();
    let key = LimitKey::Trip(AlarmId::HrHigh);
    let (expected, new) = (Value::whole(120), Value::whole(135));
    let change = clinic.limits.set(key, expected, new).unwrap()[0];
    let chosen = Entry::Operator {
        bed: BED,
        action: OperatorAction::SetLimit { key, expected, new },
        by: "mn".into(),
        station: None,
        reason: Some("tachycardic before".into()),
    };
    let entries = [paused(10, None), chosen, Entry::Limit { bed: BED, change }];
    let records: Vec<Record> = (1..)
        .zip(entries)
        .map(|(sequence, entry)| Record {
            sequence,
            at: MonoTime::from_secs(10),
            entry,
        })
        .collect();
    clinic.view.resume(&records, |_| Some(&clinic.limits));
    let at = MonoTime::from_secs(40);
    let alarms = serde_json::to_value(clinic.view.alarms(at)).unwrap();
    assert_eq!(alarms[0]["suspended"][0]["by"], "mn");
    assert_eq!(alarms[0]["suspended"][0]["remaining_ms"], 90_000);
    let beds = serde_json::to_value(clinic.view.beds(at)).unwrap();
    assert_eq!(beds[0]["limits"]["PulseRate"]["high"], 135);
    assert_eq!(beds[0]["changed"][0]["reason"], "tachycardic before");
}
