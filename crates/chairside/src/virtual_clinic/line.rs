//! A serial line with a simulated device at its end.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use chairside_protocol::LineSettings;
use chairside_simulators::device::Simulator;
use chairside_simulators::patient::Patient;

/// A byte on the line: a start bit, eight data bits, a stop bit.
const BITS_PER_BYTE: u32 = 10;

/// The line, the device and the patient it measures.
#[derive(Debug)]
pub(super) struct VirtualLine {
    simulator: Box<dyn Simulator>,
    patient: Rc<dyn Patient>,
    to_device: Direction,
    to_host: Direction,
}

impl VirtualLine {
    pub(super) fn new(
        settings: LineSettings,
        simulator: Box<dyn Simulator>,
        patient: Rc<dyn Patient>,
    ) -> Self {
        let byte_time = Duration::from_secs(BITS_PER_BYTE.into()) / settings.baud;
        Self {
            simulator,
            patient,
            to_device: Direction::new(byte_time),
            to_host: Direction::new(byte_time),
        }
    }

    /// Returns when something happens on the line next.
    pub(super) fn next_moment(&self) -> Option<Duration> {
        [
            self.simulator.next_deadline(),
            self.to_device.next_arrival(),
            self.to_host.next_arrival(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Puts bytes of the host on the line.
    pub(super) fn transmit(&mut self, now: Duration, bytes: Vec<u8>) {
        self.to_device.send(now, bytes);
    }

    /// Does what is due and gives what reaches the host to `receive`.
    pub(super) fn step(&mut self, now: Duration, mut receive: impl FnMut(Vec<u8>)) {
        // A pulled cable loses what is on its way.
        let down = self.patient.link_down(now);
        while let Some(bytes) = self.to_device.arrived(now) {
            if !down {
                self.drive(now, &bytes, down);
            }
        }
        if self.simulator.next_deadline().is_some_and(|due| due <= now) {
            self.drive(now, &[], down);
            let next = self.simulator.next_deadline();
            assert!(
                next.is_none_or(|next| next > now),
                "what was due at {now:?} is done, and the device is due again at {next:?}"
            );
        }
        while let Some(bytes) = self.to_host.arrived(now) {
            if !down {
                receive(bytes);
            }
        }
    }

    fn drive(&mut self, now: Duration, received: &[u8], down: bool) {
        let vitals = self.patient.at(now);
        let mut sent = Vec::new();
        self.simulator.handle(now, received, &vitals, &mut sent);
        if !down {
            self.to_host.send(now, sent);
        }
    }
}

/// One direction of the line: bytes on their way, one after the other.
#[derive(Debug)]
struct Direction {
    byte_time: Duration,
    busy_until: Duration,
    on_the_way: VecDeque<(Duration, Vec<u8>)>,
}

impl Direction {
    const fn new(byte_time: Duration) -> Self {
        Self {
            byte_time,
            busy_until: Duration::ZERO,
            on_the_way: VecDeque::new(),
        }
    }

    fn send(&mut self, now: Duration, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let count = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.busy_until = self.busy_until.max(now) + self.byte_time * count;
        self.on_the_way.push_back((self.busy_until, bytes));
    }

    fn next_arrival(&self) -> Option<Duration> {
        self.on_the_way.front().map(|(arrives, _)| *arrives)
    }

    fn arrived(&mut self, now: Duration) -> Option<Vec<u8>> {
        self.next_arrival().filter(|arrives| *arrives <= now)?;
        self.on_the_way.pop_front().map(|(_, bytes)| bytes)
    }
}
