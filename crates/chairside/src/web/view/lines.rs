//! The line to each device of a bed: whether it is up, since when, and how good it is.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use chairside_model::MonoTime;
use chairside_protocol::Discard;
use chairside_station::LinkState;
use chrono::{DateTime, Utc};

use super::bed_info::{BedInfo, DeviceInfo};
use crate::clock::wall;
use crate::web::wire;

/// The quality of a line is told of the time up to now.
const RECENT: Duration = Duration::from_mins(1);

/// What happens within this time of the recent past is counted together.
const STEP: Duration = Duration::from_secs(5);

/// So long after the last bytes that could not be read a line is no longer garbled but silent.
const GARBLED_FOR: Duration = Duration::from_secs(10);

/// One line.
#[derive(Debug, Default)]
pub(super) struct Line {
    state: Option<(LinkState, MonoTime)>,
    /// When a reading last came, whatever it said.
    heard: Option<MonoTime>,
    /// What the device calls itself.
    identity: Option<String>,
    discarded: BTreeMap<Discard, u64>,
    /// When bytes were last discarded.
    discarded_at: Option<MonoTime>,
    recent: VecDeque<Step>,
}

/// What came within one step of the recent past.
#[derive(Debug)]
struct Step {
    began: MonoTime,
    readings: u64,
    discarded: BTreeMap<Discard, u64>,
}

impl Line {
    pub(super) fn link(&self) -> LinkState {
        self.state
            .map_or(LinkState::Disconnected, |(state, _)| state)
    }

    pub(super) fn turned(&mut self, state: LinkState, at: MonoTime) {
        self.state = Some((state, at));
    }

    pub(super) fn identified(&mut self, text: &str) {
        self.identity = Some(text.to_owned());
    }

    pub(super) fn read(&mut self, at: MonoTime) {
        self.heard = Some(at);
        self.step(at).readings += 1;
    }

    pub(super) fn discarded(&mut self, bytes: u64, why: Discard, at: MonoTime) {
        *self.discarded.entry(why).or_default() += bytes;
        self.discarded_at = Some(at);
        *self.step(at).discarded.entry(why).or_default() += bytes;
    }

    /// Says what arrives. A wrong speed and a cable that is loose need different hands.
    fn arriving(&self, now: MonoTime) -> &'static str {
        let garbled_until = self.discarded_at.map(|at| at + GARBLED_FOR);
        match self.link() {
            LinkState::Connected => "frames",
            LinkState::Connecting if garbled_until.is_some_and(|end| now < end) => "garbled",
            LinkState::Connecting | LinkState::Disconnected => "nothing",
        }
    }

    /// Returns the device as a snapshot has it.
    pub(super) fn device(&self, info: &DeviceInfo) -> wire::Device {
        wire::Device {
            device: info.name.clone(),
            driver: info.driver.name,
            link: self.link().name(),
            can_start_cuff: info.driver.can_start_cuff,
            discarded: by_name(&self.discarded),
        }
    }

    /// Returns all that is known of the line as it is `now`.
    pub(super) fn message(
        &self,
        bed: &BedInfo,
        info: &DeviceInfo,
        now: MonoTime,
        zero: DateTime<Utc>,
    ) -> wire::DeviceLine {
        let time = |at| wire::Time(wall(zero, at));
        let steps = self.recent.iter().filter(|step| step.is_recent(now));
        let mut discarded = BTreeMap::new();
        let mut readings = 0;
        for step in steps {
            readings += step.readings;
            for (why, bytes) in &step.discarded {
                *discarded.entry(*why).or_default() += bytes;
            }
        }
        wire::DeviceLine {
            bed: bed.id.clone(),
            bed_name: bed.name.clone(),
            device: info.name.clone(),
            driver: info.driver.name,
            family: info.driver.family,
            maturity: info.driver.maturity.name(),
            port: info.port.clone(),
            baud: info.baud,
            identity: self.identity.clone(),
            link: self.link().name(),
            since: self.state.map(|(_, at)| time(at)),
            arriving: self.arriving(now),
            heard: self.heard.map(time),
            readings_last_minute: readings,
            discarded_last_minute: by_name(&discarded),
            discarded: by_name(&self.discarded),
        }
    }

    /// Returns the step that `at` falls into.
    fn step(&mut self, at: MonoTime) -> &mut Step {
        let is_new = self
            .recent
            .back()
            .is_none_or(|step| at.saturating_since(step.began) >= STEP);
        if is_new {
            while self.recent.front().is_some_and(|step| !step.is_recent(at)) {
                self.recent.pop_front();
            }
            self.recent.push_back(Step {
                began: at,
                readings: 0,
                discarded: BTreeMap::new(),
            });
        }
        self.recent.back_mut().expect("there is one by now")
    }
}

impl Step {
    fn is_recent(&self, now: MonoTime) -> bool {
        now.saturating_since(self.began) < RECENT
    }
}

fn by_name(discarded: &BTreeMap<Discard, u64>) -> BTreeMap<&'static str, u64> {
    discarded
        .iter()
        .map(|(why, bytes)| (why.name(), *bytes))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> MonoTime {
        MonoTime::from_secs(seconds)
    }

    /// What is told of the recent past: readings, and bytes with a wrong checksum.
    fn recent(line: &Line, now: MonoTime) -> (u64, Option<u64>) {
        let steps = || line.recent.iter().filter(|step| step.is_recent(now));
        let readings = steps().map(|step| step.readings).sum();
        let bytes = steps().filter_map(|step| step.discarded.get(&Discard::Checksum));
        (readings, bytes.copied().reduce(|all, more| all + more))
    }

    #[test]
    fn a_line_tells_of_the_last_minute_and_of_nothing_older() {
        let mut line = Line::default();
        for second in 0..=120 {
            line.read(at(second));
            if second == 66 {
                line.discarded(7, Discard::Checksum, at(second));
            }
        }
        assert_eq!(recent(&line, at(120)), (56, Some(7)));
        assert_eq!(recent(&line, at(125)), (51, None));
        assert_eq!(recent(&line, at(200)), (0, None));
        assert_eq!(line.discarded.get(&Discard::Checksum), Some(&7));
        assert_eq!(line.heard, Some(at(120)));
    }

    #[test]
    fn a_line_that_talks_all_day_keeps_a_minute_of_it() {
        let mut line = Line::default();
        for second in 0..86_400 {
            line.read(at(second));
            line.discarded(1, Discard::BeforeStart, at(second));
        }
        assert!(line.recent.len() <= 13, "{}", line.recent.len());
        assert_eq!(line.discarded.get(&Discard::BeforeStart), Some(&86_400));
    }

    #[test]
    fn a_line_whose_bytes_cannot_be_read_is_told_apart_from_a_silent_one() {
        let mut line = Line::default();
        assert_eq!(line.arriving(at(0)), "nothing");
        line.turned(LinkState::Connecting, at(1));
        assert_eq!(line.arriving(at(1)), "nothing");
        line.discarded(40, Discard::BeforeStart, at(3));
        assert_eq!(line.arriving(at(3)), "garbled");
        assert_eq!(line.arriving(at(12)), "garbled");
        assert_eq!(line.arriving(at(13)), "nothing");
        line.discarded(40, Discard::BeforeStart, at(20));
        line.turned(LinkState::Connected, at(21));
        assert_eq!(line.arriving(at(21)), "frames");
        line.turned(LinkState::Disconnected, at(22));
        assert_eq!(line.arriving(at(22)), "nothing");
    }

    #[test]
    fn a_line_that_nobody_has_looked_for_is_disconnected_and_has_no_since() {
        let line = Line::default();
        assert_eq!(line.link(), LinkState::Disconnected);
        assert_eq!(line.state, None);
    }
}
