//! A driver and a simulated device, joined without a line and without waiting.

use std::time::Duration;

use chairside_model::MonoTime;
use chairside_protocol::{Driver, DriverEvent, DriverOutput, LineInput};
use chairside_simulators::device::Simulator;
use chairside_simulators::patient::Patient;

/// How long bytes are under way. On a real line it is longer the more there are; what matters
/// here is that an answer is never there before its question.
const UNDER_WAY: Duration = Duration::from_millis(7);

/// Who sent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The device.
    Device,
    /// Us.
    Host,
}

/// Bytes that arrived at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When they arrived at the service, or left it; since the line was opened.
    pub at: Duration,
    /// Who sent them.
    pub from: From,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Lets the two talk for `length` from the opening of the line and returns what was said.
pub fn talk(
    driver: &mut dyn Driver,
    simulator: &mut dyn Simulator,
    patient: &dyn Patient,
    length: Duration,
) -> Vec<Said> {
    let mut said = Vec::new();
    let mut out = DriverOutput::default();
    let mut to_device: Vec<(Duration, Vec<u8>)> = Vec::new();
    let mut to_host: Vec<(Duration, Vec<u8>)> = Vec::new();
    driver.handle(MonoTime::ZERO, LineInput::Opened, &mut out);
    let mut now = Duration::ZERO;
    loop {
        if !out.transmit.is_empty() {
            let bytes = std::mem::take(&mut out.transmit);
            said.push(Said {
                at: now,
                from: From::Host,
                bytes: bytes.clone(),
            });
            to_device.push((now + UNDER_WAY, bytes));
        }
        out.events.clear();
        let next = [
            to_device.first().map(|(at, _)| *at),
            to_host.first().map(|(at, _)| *at),
            simulator.next_deadline(),
            driver.next_deadline().map(MonoTime::since_start),
        ];
        let Some(next) = next.into_iter().flatten().min() else {
            break;
        };
        now = now.max(whole_microseconds(next));
        if now > length {
            break;
        }
        if to_host.first().is_some_and(|(at, _)| *at <= now) {
            let (_, bytes) = to_host.remove(0);
            let input = LineInput::Received(&bytes);
            driver.handle(MonoTime::from_start(now), input, &mut out);
            said.push(Said {
                at: now,
                from: From::Device,
                bytes,
            });
        } else if driver
            .next_deadline()
            .is_some_and(|due| due.since_start() <= now)
        {
            driver.handle(MonoTime::from_start(now), LineInput::Tick, &mut out);
        } else {
            let due = to_device.first().is_some_and(|(at, _)| *at <= now);
            let received = if due {
                to_device.remove(0).1
            } else {
                Vec::new()
            };
            let mut line = Vec::new();
            simulator.handle(now, &received, &patient.at(now), &mut line);
            if !line.is_empty() {
                to_host.push((now + UNDER_WAY, line));
            }
        }
    }
    said
}

/// Rounds up to what a capture can say, so that it can be replayed exactly.
fn whole_microseconds(at: Duration) -> Duration {
    let micros = at.as_nanos().div_ceil(1000);
    Duration::from_micros(u64::try_from(micros).expect("stories are short"))
}

/// What a driver did with the device's side of a conversation.
#[derive(Debug, Default, PartialEq)]
pub struct Replayed {
    /// What it found, and when.
    pub events: Vec<(Duration, DriverEvent)>,
    /// What it sent, and when.
    pub sent: Vec<Said>,
}

/// Gives a fresh driver the device's side of a conversation, with a tick whenever it wants one.
pub fn replay(driver: &mut dyn Driver, said: &[Said]) -> Replayed {
    let mut replayed = Replayed::default();
    let mut now = MonoTime::ZERO;
    step(driver, now, LineInput::Opened, &mut replayed);
    for said in said.iter().filter(|said| said.from == From::Device) {
        let at = MonoTime::from_start(said.at);
        while let Some(due) = driver.next_deadline().filter(|due| *due < at) {
            now = now.max(due);
            step(driver, now, LineInput::Tick, &mut replayed);
        }
        now = now.max(at);
        step(driver, now, LineInput::Received(&said.bytes), &mut replayed);
    }
    replayed
}

fn step(driver: &mut dyn Driver, now: MonoTime, input: LineInput<'_>, replayed: &mut Replayed) {
    let mut out = DriverOutput::default();
    driver.handle(now, input, &mut out);
    let at = now.since_start();
    if !out.transmit.is_empty() {
        replayed.sent.push(Said {
            at,
            from: From::Host,
            bytes: out.transmit,
        });
    }
    replayed
        .events
        .extend(out.events.into_iter().map(|event| (at, event)));
}
