//! Charts: what a bed's monitors say, in a notation a nurse can follow, and the alarms that
//! follow from it.
//!
//! ```text
//! spo2   97x3 91x11 95       a word a second: SpO2 97 three times, then 91 eleven times, ...
//! cuff   @30 124/78/93       at 30 s a cuff reading: systolic/diastolic/mean
//! nurse  @14 ack SPO2_LOW    at 14 s somebody acknowledges it
//! ```
//!
//! Lines of series: `spo2`, `pulse` and `pi` (the oximeter, device 1), `hr` (the ECG, device 2),
//! `etco2`, `rr` and `co2` (the capnograph, device 4; `co2` is its curve, a sample a second, mmHg),
//! `effort` (a belt, device 5). Words: a number; `?85` a number that the device doubts; `off` probe
//! off; `unplugged` no probe; `search` looking for the pulse; `warm` warming up; `none` no reading;
//! `_` a frame that does not mention it; `.` no frame; `#` bytes without a frame. `91x3` is
//! `91 91 91`; `98..92x4` goes straight from 98 to 92 in four words, `98 96 94 92`; `[38 0]x2` is
//! `38 0 38 0`.
//!
//! `cuff` (device 3, its frames come every second unless `silent`): `measuring`, `failed`, `cancelled`,
//! `124/78/93` with `-` for a part that is missing (`124/78/93~600` was taken 600 s ago),
//! `silent`, `back`.
//!
//! `nurse`: `ack ID`, `ack-if ID` (when it stands), `try` and an action (when it can be done), `ack-last`
//! (whatever was told last, standing or not); `pause ID 120` and `resume ID` (the alarm, seconds),
//! `off ID 600` and `on ID` (the rule); `quiet desk 120` (the sound of the bed at the desk is paused),
//! `mute desk 600` (it is off), `loud desk`. There are two stations, `desk` and `hall`. `session`: `dose`, `dose-ends`,
//! `baseline 124/78`, `same-limb`,
//! `other-limb`, `opens`, `closes`, `record-stops`, `record-goes-on`. A baseline may also be `spo2=98`, `hr=84`,
//! `rr=14` or `etco2=38`, several of them together.
//!
//! Calls: `call` (the patient's), `help` and `help ID` (over an alarm that stands), `decline ID`.
//! Limits: `nurse @14 set threshold.HR_HIGH.trip 130`, `session @20 phase dosing`, `session @90 ends`.
//!
//! `device` (what is said about devices and the service, before the readings of its second): `id 1 B7` (device 1 says that it is B7),
//! `confirm` (a person says that the devices that answer now belong here), `heard` and `unheard` (a display that can
//! be heard, or none), `undelivered`, `delivered`, `bed-fails`, `bed-rests`.
//!
//! `every 5s` is the period of the series, `slow 2 20s` that of device 2, whatever its words; `until 60s` makes the chart longer than its series.

#![expect(clippy::panic, reason = "a chart that cannot be read fails its test")]

mod bed;
mod people;
mod restart;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{
    AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Flood, Priority, ProfileParts, SessionLimits,
    Sources, SuspensionChange, Transition,
};
use chairside_model::{DeviceId, Metric, MonoTime};

use crate::adult;
use bed::Bed;
pub(crate) use people::by_nurse;
pub(crate) use restart::Outage;
use words::{Word, number, reading};

const OXIMETER: DeviceId = DeviceId(1);
const ECG: DeviceId = DeviceId(2);
const CUFF: DeviceId = DeviceId(3);
const CAPNOGRAPH: DeviceId = DeviceId(4);
const BELT: DeviceId = DeviceId(5);

/// Runs the chart with the adult limits and compares the alarms, one a line:
/// `13s ** SPO2_LOW present/on`.
#[track_caller]
pub(crate) fn check(chart: &str, expected: &str) {
    compare(&Chart::read(chart).run(adult::parts()), expected);
}

/// The same with other limits.
#[track_caller]
pub(crate) fn check_with(change: impl FnOnce(&mut ProfileParts), chart: &str, expected: &str) {
    let mut parts = adult::parts();
    change(&mut parts);
    compare(&Chart::read(chart).run(parts), expected);
}

/// Runs the chart and returns the evidence of the first onset of that alarm.
#[track_caller]
pub(crate) fn evidence(chart: &str, id: AlarmId) -> String {
    let told = Chart::read(chart).run(adult::parts());
    let onset = told.into_iter().find(|told| told.id == id && told.present);
    onset.expect("the alarm is raised").evidence
}

/// Runs the chart and returns what was told, in order.
pub(crate) fn run(chart: &str) -> Vec<Transition> {
    Chart::read(chart).run(adult::parts())
}

/// Runs the chart and compares what is heard at each station, one change a line:
/// `13s desk: SPO2_LOW`.
#[track_caller]
pub(crate) fn check_heard(chart: &str, expected: &str) {
    let heard = Chart::read(chart).story(adult::parts(), 0).heard;
    let expected: Vec<&str> = expected.lines().map(str::trim).collect();
    assert_eq!(heard, expected, "\n{}\n", heard.join("\n"));
}

#[track_caller]
fn compare(told: &[Transition], expected: &str) {
    let expected = expected.lines().map(str::trim);
    let expected: Vec<&str> = expected.filter(|line| !line.is_empty()).collect();
    let told: Vec<String> = told.iter().map(in_words).collect();
    assert_eq!(told, expected, "\n{}\n", told.join("\n"));
}

pub(crate) fn in_words(told: &Transition) -> String {
    let stars = match told.priority {
        Priority::High => "***",
        Priority::Medium => "**",
        Priority::Low => "*",
    };
    let present = if told.present { "present" } else { "absent" };
    let mut text = format!(
        "{}s {stars} {} {present}/{}",
        told.at.since_start().as_secs_f64(),
        told.id,
        told.signal.name()
    );
    if told.superseded {
        text.push_str(" superseded");
    }
    if let Some(mode) = told.mode {
        text.push(' ');
        text.push_str(mode.name());
    }
    text
}

/// What came of a chart.
#[derive(Debug, PartialEq)]
pub(crate) struct Story {
    pub(crate) told: Vec<Transition>,
    /// Each change of what is heard at a station: `12s desk: SPO2_LOW`.
    pub(crate) heard: Vec<String>,
    pub(crate) suspensions: Vec<SuspensionChange>,
    pub(crate) floods: Vec<(MonoTime, Option<Flood>)>,
}

#[derive(Debug, Default)]
pub(crate) struct Chart {
    series: BTreeMap<Metric, Vec<Word>>,
    events: Vec<(u64, String)>,
    /// What is said before the readings of its second.
    before: Vec<(u64, String)>,
    has_cuff: bool,
    period: u64,
    slow: BTreeMap<DeviceId, u64>,
    until: u64,
}

impl Chart {
    pub(crate) fn read(text: &str) -> Self {
        let mut chart = Self {
            period: 1,
            ..Self::default()
        };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (name, words) = line.split_once(' ').expect("a line has a name and words");
            match name {
                "spo2" => chart.series(Metric::SpO2, words),
                "pulse" => chart.series(Metric::PulseRate, words),
                "hr" => chart.series(Metric::HeartRate, words),
                "pi" => chart.series(Metric::PerfusionIndex, words),
                "rr" => chart.series(Metric::RespirationRate, words),
                "etco2" => chart.series(Metric::EtCO2, words),
                "co2" => chart.series(Metric::Co2, words),
                "effort" => chart.series(Metric::EffortRate, words),
                "every" => chart.period = number(words.trim().trim_end_matches('s')),
                "slow" => {
                    let (device, period) = words.split_once(' ').expect("slow, device, period");
                    let device = u16::try_from(number(device)).expect("a small number");
                    chart
                        .slow
                        .insert(DeviceId(device), number(period.trim_end_matches('s')));
                }
                "until" => chart.until = number(words.trim().trim_end_matches('s')),
                "cuff" | "nurse" | "session" | "device" => {
                    chart.has_cuff |= name == "cuff";
                    for event in words
                        .split('@')
                        .map(str::trim)
                        .filter(|event| !event.is_empty())
                    {
                        let (at, what) = event.split_once(' ').expect("@when what");
                        let events = if name == "device" {
                            &mut chart.before
                        } else {
                            &mut chart.events
                        };
                        events.push((number(at), what.to_owned()));
                    }
                }
                other => panic!("no such line: {other}"),
            }
        }
        let longest = chart.series.values().map(Vec::len).max().unwrap_or(0) as u64;
        let events = chart.events.iter().chain(&chart.before);
        let last = events.map(|(at, _)| *at).max().unwrap_or(0);
        let end = (longest.saturating_sub(1) * chart.period).max(last);
        chart.until = chart.until.max(end);
        chart
    }

    /// Returns every transition, in order.
    pub(crate) fn run(&self, parts: ProfileParts) -> Vec<Transition> {
        self.run_with_more_ticks(parts, 0)
    }

    /// The same with so many ticks a second more than the engine asks for.
    pub(crate) fn run_with_more_ticks(&self, parts: ProfileParts, more: u64) -> Vec<Transition> {
        self.story(parts, more).told
    }

    /// Returns all that came of it.
    pub(crate) fn story(&self, parts: ProfileParts, more: u64) -> Story {
        let profile = AlarmProfile::new(parts).expect("limits do not contradict each other");
        let limits = SessionLimits::new(profile);
        let in_force = limits.in_force().clone();
        let engine = AlarmEngine::new(in_force, self.sources(), MonoTime::ZERO);
        let mut bed = Bed::new(engine, limits);
        for second in 0..=self.until {
            for part in (1..more).filter(|_| second > 0) {
                let now = MonoTime::from_millis((second - 1) * 1000 + part * 1000 / more);
                bed.advance(now);
                bed.input(now, AlarmInput::Tick);
            }
            bed.advance(MonoTime::from_secs(second));
            if more > 0 {
                // Before anything else of that second: what was due is due without it.
                if !bed.is_due(MonoTime::from_secs(second)) {
                    bed.input(MonoTime::from_secs(second), AlarmInput::Tick);
                }
            }
            self.second(second, &mut bed);
            bed.settle(MonoTime::from_secs(second));
        }
        bed.story()
    }

    /// Returns how long the chart is, in seconds.
    pub(crate) const fn seconds(&self) -> u64 {
        self.until
    }

    fn second(&self, second: u64, bed: &mut Bed) {
        let now = MonoTime::from_secs(second);
        for (_, what) in self.before.iter().filter(|(at, _)| *at == second) {
            bed.event(now, what);
        }
        if second.is_multiple_of(self.period) {
            let place = usize::try_from(second / self.period).expect("charts are short");
            for device in [OXIMETER, ECG, CAPNOGRAPH, BELT] {
                let words = self
                    .series
                    .iter()
                    .filter(|(metric, _)| source(**metric) == device);
                let said: Vec<(Metric, Word)> = words
                    .filter_map(|(metric, words)| Some((*metric, *words.get(place)?)))
                    .filter(|(_, word)| *word != Word::Silent)
                    .collect();
                if !said.is_empty() {
                    bed.input(now, AlarmInput::Heard(device));
                }
                if said.iter().any(|(_, word)| *word != Word::Bytes) {
                    bed.input(now, AlarmInput::Frame(device));
                }
                for (metric, word) in said {
                    if let Word::Said(measured) = word
                        && let Some(reading) = reading(metric, measured, now)
                    {
                        bed.observe(now, device, reading);
                    }
                }
            }
        }
        for (_, what) in self.events.iter().filter(|(at, _)| *at == second) {
            bed.event(now, what);
        }
        if self.has_cuff && !bed.cuff_silent {
            bed.input(now, AlarmInput::Frame(CUFF));
        }
    }

    pub(crate) fn sources(&self) -> Sources {
        let mut sources = Sources::default();
        for metric in self.series.keys() {
            let device = source(*metric);
            let period = self.slow.get(&device).unwrap_or(&self.period);
            sources.metrics.insert(*metric, device);
            sources.devices.insert(device, Duration::from_secs(*period));
        }
        if self.has_cuff {
            sources.devices.insert(CUFF, Duration::from_secs(1));
            for metric in [
                Metric::NibpSystolic,
                Metric::NibpDiastolic,
                Metric::NibpMean,
            ] {
                sources.metrics.insert(metric, CUFF);
            }
        }
        sources
    }

    fn series(&mut self, metric: Metric, words: &str) {
        self.series.insert(metric, words::series(words));
    }
}

fn source(metric: Metric) -> DeviceId {
    match metric {
        Metric::HeartRate => ECG,
        Metric::EtCO2 | Metric::RespirationRate | Metric::Co2 => CAPNOGRAPH,
        Metric::EffortRate => BELT,
        _ => OXIMETER,
    }
}
