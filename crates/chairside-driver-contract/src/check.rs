//! The promises that are about more than one finding.

use std::hint::black_box;

use chairside_model::{CuffOrder, CuffRefusal, MonoTime};
use chairside_protocol::{Driver, DriverEvent, DriverInfo, DriverOutput, LineInput};

use crate::script::{Happening, Script, Step};
use crate::sound::Soundness;

/// Bytes that the service reads at once at most.
pub const READ_MAX: usize = 4096;

/// What a driver may keep, bytes: a frame of the longest kind, and what it needs to go on.
pub const KEPT_MAX: u64 = 128 << 10;

/// Whoever keeps no more of two reads than this keeps no bytes.
const LITTLE: u64 = READ_MAX as u64;

/// Bytes of a stream that does leave a trace: so many that nobody could keep them.
const LONG: usize = 1 << 20;

/// What a driver and its findings for one read of [`READ_MAX`] bytes may take at most, bytes.
pub const MEMORY_MAX: u64 = 1 << 20;

/// Findings for each byte at most, and a few for a frame that was nearly complete.
const FINDINGS_PER_BYTE_MAX: usize = 4;
const FINDINGS_MORE_MAX: usize = 1000;

/// A moment has fewer ticks than this: a question is given up, and another one asked.
const TICKS_AT_ONCE_MAX: usize = 8;

/// What starts a cuff, in any protocol of which that is known. No driver may ever send any of it by
/// itself.
pub const STARTS: [&[u8]; 2] = [
    // GE V100 and DINAMAP: `NC0`.
    b" NC0!E\r",
    // SunTech's modules.
    &[0x3A, 0x20, 0xA6],
];

/// When a script begins. Long after the start, for a device may speak of what was long ago.
const BEGINS: MonoTime = MonoTime::from_secs(10_000);

/// Checks every promise of [the crate](crate) on this script, but for the memory.
///
/// # Panics
///
/// When the driver breaks a promise.
pub fn check(info: &DriverInfo, script: &Script) {
    let whole = run(info, script, &[]);
    let findings_max = script.stream.len() * FINDINGS_PER_BYTE_MAX + FINDINGS_MORE_MAX;
    assert!(
        whole.events.len() <= findings_max,
        "{} findings in {} bytes",
        whole.events.len(),
        script.stream.len()
    );
    for pieces in [&script.pieces[..], &[1]] {
        let cut = run(info, script, pieces);
        assert_eq!(
            cut.events, whole.events,
            "cut into pieces of {pieces:?}, and whole"
        );
        assert_eq!(
            cut.sent, whole.sent,
            "sent when cut into pieces of {pieces:?}, and whole"
        );
    }
}

/// Returns what a driver finds on a line that nobody opened, in these bytes, and checks that it
/// can be true.
///
/// # Panics
///
/// When it cannot be.
#[must_use]
pub fn findings(info: &DriverInfo, stream: &[u8]) -> Vec<DriverEvent> {
    run(info, &Script::of_stream(stream), &[]).events
}

/// Checks that a driver that is fed with this stream, which never ends, in reads as long as the
/// service's, takes bounded memory.
///
/// # Panics
///
/// When it keeps more than [`KEPT_MAX`], or takes more than [`MEMORY_MAX`] for one read.
pub fn memory<Stream: Iterator<Item = u8>>(info: &DriverInfo, stream: impl Fn() -> Stream) {
    // Most streams leave no trace, and need not be long.
    if fed(info, stream().take(2 * READ_MAX)).kept > LITTLE {
        let Memory { kept, most } = fed(info, stream().take(LONG));
        assert!(kept <= KEPT_MAX, "{} keeps {kept} bytes", info.name);
        assert!(most <= MEMORY_MAX, "{} took {most} bytes", info.name);
    }
}

/// What a driver takes of memory, bytes.
struct Memory {
    kept: u64,
    most: u64,
}

fn fed(info: &DriverInfo, mut stream: impl Iterator<Item = u8>) -> Memory {
    let mut driver = None;
    let mut read = Vec::with_capacity(READ_MAX);
    let used = allocation_counter::measure(|| {
        let mut out = DriverOutput::default();
        let driver = driver.insert((info.build)());
        driver.handle(BEGINS, LineInput::Opened, &mut out);
        loop {
            read.clear();
            read.extend(stream.by_ref().take(READ_MAX));
            if read.is_empty() {
                break;
            }
            out.clear();
            driver.handle(BEGINS, LineInput::Received(&read), &mut out);
            black_box(&out);
        }
    });
    Memory {
        // What was there before is freed by nobody.
        kept: u64::try_from(used.bytes_current).unwrap_or(0),
        most: used.bytes_max,
    }
}

/// What came of a script.
#[derive(Debug, PartialEq)]
struct Run {
    events: Vec<DriverEvent>,
    /// What was sent, and after how many happenings.
    sent: Vec<(usize, u8)>,
}

fn run(info: &DriverInfo, script: &Script, pieces: &[usize]) -> Run {
    let mut line = Line {
        driver: (info.build)(),
        out: DriverOutput::default(),
        now: BEGINS,
        is_open: false,
        received: 0,
        happened: 0,
        ordered: Vec::new(),
        answered: Vec::new(),
        can_start_cuff: info.can_start_cuff,
        sound: Soundness::of(info),
        run: Run {
            events: Vec::new(),
            sent: Vec::new(),
        },
    };
    for step in script.steps(pieces) {
        line.happened += usize::from(matches!(step, Step::Happened(_)));
        match step {
            Step::Received(piece) => {
                line.received += piece.len();
                line.handle(LineInput::Received(piece));
            }
            Step::Happened(Happening::Opened) => {
                line.is_open = true;
                line.handle(LineInput::Opened);
                line.sound.assert_all_accounted(line.received);
            }
            Step::Happened(Happening::Closed) => line.close(),
            Step::Happened(Happening::Waited(time)) => line.wait_until(line.now + time),
            Step::Happened(Happening::Ordered(order)) => line.order(order),
        }
    }
    line.close();
    line.assert_nothing_but_orders_starts_a_cuff(&script.stream);
    line.run
}

/// A driver on a line.
struct Line {
    driver: Box<dyn Driver>,
    out: DriverOutput,
    now: MonoTime,
    is_open: bool,
    received: usize,
    happened: usize,
    /// What was ordered and taken.
    ordered: Vec<CuffOrder>,
    /// What was answered.
    answered: Vec<CuffOrder>,
    can_start_cuff: bool,
    sound: Soundness,
    run: Run,
}

impl Line {
    fn handle(&mut self, input: LineInput<'_>) {
        self.out.clear();
        self.driver.handle(self.now, input, &mut self.out);
        self.take_what_came();
    }

    fn order(&mut self, order: CuffOrder) {
        let checked = self.driver.check_order(order);
        if !self.can_start_cuff {
            assert_eq!(checked, Err(CuffRefusal::Unable), "it says that it cannot");
        }
        assert!(
            self.is_open || checked.is_err(),
            "{order:?} is taken on a line that is not open"
        );
        self.out.clear();
        self.driver.order(self.now, order, &mut self.out);
        if checked.is_ok() {
            self.ordered.push(order);
        } else {
            assert_eq!(self.out.transmit, [], "sent after {checked:?}");
        }
        self.take_what_came();
    }

    fn take_what_came(&mut self) {
        for event in &self.out.events {
            self.sound.take(event, self.now);
        }
        let answered = self.out.answers.iter().map(|(order, _)| *order);
        self.answered.extend(answered);
        let sent = &self.out.transmit;
        assert!(
            self.is_open || sent.is_empty(),
            "sent on a line that is not open: {sent:02x?}"
        );
        let happened = self.happened;
        self.run
            .sent
            .extend(sent.iter().map(|byte| (happened, *byte)));
        self.run.events.append(&mut self.out.events);
    }

    fn close(&mut self) {
        self.is_open = false;
        self.handle(LineInput::Closed);
        self.sound.assert_all_accounted(self.received);
    }

    fn wait_until(&mut self, end: MonoTime) {
        let mut ticks = 0;
        while let Some(due) = self.driver.next_deadline().filter(|due| *due <= end) {
            ticks = if due > self.now { 1 } else { ticks + 1 };
            assert!(
                ticks <= TICKS_AT_ONCE_MAX,
                "had {TICKS_AT_ONCE_MAX} ticks at {:?} and wants one more",
                self.now
            );
            self.now = self.now.max(due);
            self.handle(LineInput::Tick);
        }
        self.now = end;
        self.assert_early_tick_is_ignored();
    }

    /// Each order that was taken has its answer by now, and no more starts were sent than ordered.
    /// What the device itself sent may go back to it: HL7 names the sender in the answer.
    fn assert_nothing_but_orders_starts_a_cuff(&self, stream: &[u8]) {
        assert_eq!(self.answered, self.ordered, "answers, and orders");
        let starts = self.ordered.iter();
        let starts = starts.filter(|order| **order == CuffOrder::Start).count();
        let sent: Vec<u8> = self.run.sent.iter().map(|(_, byte)| *byte).collect();
        let is_echo = |start: &&&[u8]| stream.windows(start.len()).any(|bytes| bytes == **start);
        for start in STARTS.iter().filter(|start| !is_echo(start)) {
            let found = sent.windows(start.len()).filter(|bytes| bytes == start);
            let found = found.count();
            assert!(
                found <= starts,
                "started a cuff {found} times after {starts} orders to start: {start:02x?}"
            );
        }
    }

    fn assert_early_tick_is_ignored(&mut self) {
        let (due, found) = (self.driver.next_deadline(), self.run.events.len());
        let sent = self.run.sent.len();
        self.handle(LineInput::Tick);
        let same = (due, found, sent)
            == (
                self.driver.next_deadline(),
                self.run.events.len(),
                self.run.sent.len(),
            );
        assert!(same, "a tick before it was due was not ignored");
    }
}

#[cfg(test)]
mod tests;
