//! The monitor's own alarms.

use std::borrow::Cow;

use chairside_protocol::capnostream20::message::{
    Co2Alarms, Message, Numerics, SlowStatus, SpO2Alarms,
};
use chairside_protocol::{DeviceAlarmPriority, Finding, LineInput};

use super::{Bench, well};

/// Gives numerics with these alarms and returns the alarms told.
fn alarms(
    bench: &mut Bench,
    co2_alarms: Co2Alarms,
    spo2_alarms: SpO2Alarms,
    slow_status: SlowStatus,
) -> Vec<(DeviceAlarmPriority, Cow<'static, str>)> {
    bench
        .send(&Message::Numerics(Numerics {
            co2_alarms,
            spo2_alarms,
            slow_status,
            ..well()
        }))
        .into_iter()
        .filter_map(|finding| match finding {
            Finding::DeviceAlarm { priority, text } => Some((priority, text)),
            _ => None,
        })
        .collect()
}

#[test]
fn the_monitors_own_alarm_is_told_once_for_each_episode() {
    let mut bench = Bench::listening();
    let no_breath = [(DeviceAlarmPriority::High, "no breath".into())];
    let high = SlowStatus::HIGH_PRIORITY_ALARM;
    let (off, on) = (Co2Alarms::NONE, Co2Alarms::NO_BREATH);
    let mut told = |co2| alarms(&mut bench, co2, SpO2Alarms::NONE, high);
    assert_eq!(told(off), []);
    assert_eq!(told(on), no_breath);
    assert_eq!(told(on), []);
    assert_eq!(told(on.union(Co2Alarms::ETCO2_LOW)).len(), 1);
    assert_eq!(told(off), []);
    assert_eq!(told(on), no_breath);
    let mut told = |spo2| alarms(&mut bench, on, spo2, high);
    let slow = [(DeviceAlarmPriority::High, "pulse rate low".into())];
    assert_eq!(told(SpO2Alarms::PULSE_RATE_LOW), slow);
    assert_eq!(told(SpO2Alarms::PULSE_RATE_LOW), []);
}

#[test]
fn an_alarm_that_stands_when_the_line_opens_is_told() {
    let mut bench = Bench::opened();
    let spo2 = SpO2Alarms::SPO2_LOW;
    for _ in 0..2 {
        let told = alarms(&mut bench, Co2Alarms::NONE, spo2, SlowStatus::NONE);
        assert_eq!(told, [(DeviceAlarmPriority::Medium, "SpO2 low".into())]);
        bench.input(LineInput::Closed);
        bench.input(LineInput::Opened);
    }
}

#[test]
fn an_alarm_has_the_highest_priority_that_the_monitor_gives() {
    let low = SlowStatus::LOW_PRIORITY_ALARM;
    for (status, priority) in [
        (SlowStatus::NONE, DeviceAlarmPriority::Medium),
        (SlowStatus::ADVISORY, DeviceAlarmPriority::Medium),
        (low, DeviceAlarmPriority::Low),
        (
            low.union(SlowStatus::HIGH_PRIORITY_ALARM),
            DeviceAlarmPriority::High,
        ),
    ] {
        let mut bench = Bench::listening();
        let told = alarms(
            &mut bench,
            Co2Alarms::from_bits(0x3F),
            SpO2Alarms::from_bits(0x7F),
            status,
        );
        assert_eq!(told.len(), 6 + 5);
        assert!(told.iter().all(|(given, _)| *given == priority), "{told:?}");
    }
}
