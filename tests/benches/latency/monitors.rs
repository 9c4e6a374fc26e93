//! Monitors that know when they have written a frame that decides.
//!
//! Beside each simulated device runs a driver of its own: what it reads in the bytes that were
//! just written is what the service will read in them.

use std::path::PathBuf;
use std::time::Duration;

use chairside_e2e::clinic::Planned;
use chairside_e2e::devices;
use chairside_e2e::story::Story;
use chairside_model::{Cuff, Metric, MonoTime, Reading};
use chairside_protocol::{Driver, DriverOutput, Finding, LineInput, driver_named};
use chairside_simulators::clock::Clock;
use chairside_simulators::device::Simulator;
use chairside_simulators::line::{DeviceEnd, Host, Link};
use chairside_simulators::patient::Patient;
use tokio::task::JoinSet;
use tokio::time::timeout_at;

use crate::Due;

/// `SPO2_LOW` is due this long after the first low saturation.
const SPO2_DELAY: Duration = Duration::from_secs(10);

/// The alarm limits that the stories cross.
const SPO2_LIMIT: f64 = 92.0;
const VERY_HIGH: f64 = 180.0;

/// A cuff gives a very high pressure and then a good one, a reading each so many seconds.
const CUFF_EVERY_S: u64 = 5;

/// A saturation falls, and is good again long enough for the alarm to end, in so many seconds.
const DIP_EVERY_S: u64 = 26;
const DIP_S: u64 = 12;

/// A host that has not come yet is looked for this often.
const LOOK: Duration = Duration::from_millis(20);

pub(crate) async fn run(
    clock: Clock,
    end: Duration,
    links: PathBuf,
    planned: Vec<Planned>,
) -> Vec<Due> {
    let mut monitors = JoinSet::new();
    for (number, planned) in (0..).zip(planned) {
        let link = links.join(format!("tty-{}", planned.name()));
        let monitor = Monitor::new(clock, planned, number, &link);
        monitors.spawn(monitor.run(end));
    }
    monitors.join_all().await.into_iter().flatten().collect()
}

#[derive(Debug)]
struct Monitor {
    clock: Clock,
    began: Duration,
    planned: Planned,
    story: Story,
    simulator: Box<dyn Simulator>,
    shadow: Box<dyn Driver>,
    end: DeviceEnd,
    _link: Link,
    low_since: Option<Duration>,
    due: Vec<Due>,
}

impl Monitor {
    fn new(clock: Clock, planned: Planned, number: u64, link: &std::path::Path) -> Self {
        let end = DeviceEnd::open().expect("a pseudo-terminal");
        let link = Link::create(link, end.path()).expect("a link");
        let mut shadow = (driver_named(planned.driver).expect("a driver").build)();
        shadow.handle(
            MonoTime::ZERO,
            LineInput::Opened,
            &mut DriverOutput::default(),
        );
        Self {
            clock,
            began: clock.now(),
            simulator: devices::simulator(planned.driver),
            planned,
            // Spread, so that beds do not alarm together.
            story: story(number),
            shadow,
            end,
            _link: link,
            low_since: None,
            due: Vec::new(),
        }
    }

    async fn run(mut self, end: Duration) -> Vec<Due> {
        let mut buffer = [0; 256];
        let mut host = false;
        while self.clock.now() < end {
            let now = self.clock.now().saturating_sub(self.began);
            let next = self.simulator.next_deadline().unwrap_or(now + LOOK);
            let next = if host { next } else { next.min(now + LOOK) };
            let mut received = 0;
            if host {
                let timer = self.clock.timer(self.began + next);
                match timeout_at(timer, self.end.receive(&mut buffer)).await {
                    Ok(Host::Present(bytes)) => received = bytes,
                    Ok(Host::Absent) => host = false,
                    Err(_elapsed) => {}
                }
            } else {
                tokio::time::sleep_until(self.clock.timer(self.began + next)).await;
                if let Host::Present(bytes) = self.end.look(&mut buffer) {
                    host = true;
                    received = bytes;
                }
            }
            self.turn(&buffer[..received], host);
        }
        // What is due only after the end was not waited for.
        self.due.retain(|due| due.at < end);
        self.due
    }

    fn turn(&mut self, received: &[u8], host: bool) {
        let now = self.clock.now().saturating_sub(self.began);
        let mut line = Vec::new();
        let due = self.simulator.next_deadline().is_some_and(|at| at <= now);
        if due || !received.is_empty() {
            let vitals = self.story.at(now);
            self.simulator.handle(now, received, &vitals, &mut line);
        }
        if !host || line.is_empty() {
            return;
        }
        let sent = self.end.send(&line);
        let written = self.clock.now();
        assert_eq!(sent, line.len(), "the service reads");
        self.note(written, &line);
    }

    /// Notes what the bytes that were just written make due.
    fn note(&mut self, written: Duration, line: &[u8]) {
        let mut out = DriverOutput::default();
        let now = MonoTime::from_start(written.saturating_sub(self.began));
        self.shadow.handle(now, LineInput::Received(line), &mut out);
        for event in out.events {
            match event.finding {
                Finding::Reading(Reading::Cuff(Cuff::Completed(reading))) => {
                    let high = |value: chairside_model::Value| value.number() >= VERY_HIGH;
                    if reading.systolic.is_some_and(high) {
                        self.push("NIBP_VERY_HIGH", written);
                    }
                }
                Finding::Reading(Reading::Numeric(numeric)) if numeric.metric == Metric::SpO2 => {
                    let value = numeric.measured.valid().map(chairside_model::Value::number);
                    let low = value.is_some_and(|value| value < SPO2_LIMIT);
                    // Only the oximeter's saturation is judged.
                    if low && self.low_since.is_none() && self.planned.driver == "nonin" {
                        self.push("SPO2_LOW", written + SPO2_DELAY);
                    }
                    self.low_since = low.then(|| self.low_since.unwrap_or(written));
                }
                _ => {}
            }
        }
    }

    fn push(&mut self, id: &'static str, at: Duration) {
        let bed = self.planned.bed;
        self.due.push(Due { bed, id, at });
    }
}

fn story(number: u64) -> Story {
    let mut story = Story::well();
    let mut high = true;
    for at in (4 + number % 5..600).step_by(usize::try_from(CUFF_EVERY_S).expect("small")) {
        story = if high {
            story.cuff(at, 204.0, 118.0)
        } else {
            story.cuff(at, 124.0, 72.0)
        };
        high = !high;
    }
    for at in (6 + number..600).step_by(usize::try_from(DIP_EVERY_S).expect("small")) {
        story = story.spo2(at, 91.0).spo2(at + DIP_S, 97.0);
    }
    story
}
