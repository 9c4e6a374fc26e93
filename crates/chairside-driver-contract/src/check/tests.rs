//! A driver that keeps every promise, and one for each that is broken: each must be noticed.

use std::time::Duration;

use chairside_model::{CuffAnswer, Measured, Metric, Numeric, Reading, Value};
use chairside_protocol::{Begins, Discard, Finding, LineSettings, Maturity};

use super::*;

/// What a driver does wrongly.
const NOTHING: u8 = 0;
const PANICS: u8 = 1;
const FORGETS_A_BYTE: u8 = 2;
const TELLS_A_BYTE_TWICE: u8 = 3;
const MINDS_ITS_PIECES: u8 = 4;
const INVENTS: u8 = 5;
const KNOWS_THE_FUTURE: u8 = 6;
const SPEAKS_WITHOUT_A_LINE: u8 = 7;
const WANTS_TO_TICK_FOR_EVER: u8 = 8;
const OBEYS_EARLY_TICKS: u8 = 9;
const GROWS: u8 = 10;
const GIVES_WHAT_IT_DOES_NOT_LIST: u8 = 11;
const FORGETS_HALF_A_FRAME: u8 = 12;
const READS_NOISE: u8 = 13;
const STARTS_A_CUFF: u8 = 14;
const STARTS_IT_TWICE: u8 = 15;
const FORGETS_TO_ANSWER: u8 = 16;
const OBEYS_AGAINST_THE_CATALOGUE: u8 = 17;

/// Its frames are a `v` and a saturation.
#[derive(Debug, Default)]
struct Faulty<const FAULT: u8> {
    received: u64,
    has_begun: bool,
    is_open: bool,
    due: Option<MonoTime>,
    memory: Vec<u8>,
}

impl<const FAULT: u8> Driver for Faulty<FAULT> {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            LineInput::Opened => {
                self.is_open = true;
                if FAULT == STARTS_A_CUFF {
                    out.transmit.extend_from_slice(STARTS[0]);
                }
                self.due = Some(now + Duration::from_secs(1));
                self.void(out);
            }
            LineInput::Closed => {
                self.is_open = false;
                self.due = None;
                self.void(out);
                if FAULT == SPEAKS_WITHOUT_A_LINE {
                    out.transmit.push(b'?');
                }
            }
            LineInput::Tick => {
                let is_due = self.due.is_some_and(|due| due <= now);
                if is_due || FAULT == OBEYS_EARLY_TICKS && self.is_open {
                    out.transmit.push(b'?');
                    self.due = Some(now + Duration::from_secs(1));
                    if FAULT == WANTS_TO_TICK_FOR_EVER {
                        self.due = Some(now);
                    }
                }
            }
            LineInput::Received(bytes) => {
                if FAULT == MINDS_ITS_PIECES && bytes.len() == 1 {
                    self.has_begun = false;
                }
                if FAULT == GROWS {
                    self.memory.extend_from_slice(bytes);
                }
                for byte in bytes {
                    self.byte(now, *byte, out);
                }
            }
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        self.due
    }

    fn check_order(&self, _order: CuffOrder) -> Result<(), CuffRefusal> {
        if self.is_open {
            Ok(())
        } else {
            Err(CuffRefusal::NotConnected)
        }
    }

    fn order(&mut self, _now: MonoTime, order: CuffOrder, out: &mut DriverOutput) {
        if !self.is_open {
            return;
        }
        let times = if FAULT == STARTS_IT_TWICE { 2 } else { 1 };
        out.transmit.extend(STARTS[0].repeat(times));
        if FAULT != FORGETS_TO_ANSWER {
            out.answers.push((order, CuffAnswer::Done));
        }
    }
}

impl<const FAULT: u8> Faulty<FAULT> {
    fn byte(&mut self, now: MonoTime, byte: u8, out: &mut DriverOutput) {
        self.received += 1;
        assert!(FAULT != PANICS || byte != b'!', "a mistake");
        if std::mem::take(&mut self.has_begun) {
            out.push(self.received, Finding::Frame);
            out.push(self.received, Finding::Reading(reading::<FAULT>(now, byte)));
        } else if byte == b'v' {
            self.has_begun = true;
        } else if FAULT != FORGETS_A_BYTE {
            let bytes = if FAULT == TELLS_A_BYTE_TWICE { 2 } else { 1 };
            out.push(
                self.received,
                Finding::Discarded {
                    bytes,
                    why: Discard::BeforeStart,
                },
            );
            if FAULT == READS_NOISE {
                out.push(self.received, Finding::Reading(reading::<FAULT>(now, 97)));
            }
        }
    }

    fn void(&mut self, out: &mut DriverOutput) {
        if std::mem::take(&mut self.has_begun) && FAULT != FORGETS_HALF_A_FRAME {
            out.push(
                self.received,
                Finding::Discarded {
                    bytes: 1,
                    why: Discard::BeforeStart,
                },
            );
        }
    }
}

fn reading<const FAULT: u8>(now: MonoTime, byte: u8) -> Reading {
    let value = Value::whole(byte);
    Reading::Numeric(Numeric {
        metric: if FAULT == GIVES_WHAT_IT_DOES_NOT_LIST {
            Metric::PulseRate
        } else {
            Metric::SpO2
        },
        measured: if FAULT == INVENTS || byte <= 100 {
            Measured::Valid(value)
        } else {
            Measured::plausible(Metric::SpO2, value.number())
        },
        taken: if FAULT == KNOWS_THE_FUTURE {
            now + Duration::from_secs(1)
        } else {
            now
        },
    })
}

const fn info<const FAULT: u8>() -> DriverInfo {
    DriverInfo {
        name: "faulty",
        family: "test",
        gives: &[Metric::SpO2],
        line: LineSettings::plain(9600),
        other_lines: &[],
        begins: Begins::Driver,
        can_start_cuff: FAULT != OBEYS_AGAINST_THE_CATALOGUE,
        maturity: Maturity::Experimental,
        nominal_period: Duration::from_secs(1),
        pace: None,
        build: || Box::new(Faulty::<FAULT>::default()),
    }
}

/// Noise, values of which one is impossible, half a frame, and a line that closes and opens.
fn held_against_the_promises<const FAULT: u8>() {
    let mut script = Script::of_stream(*b"!v\x61?v\x7Fv\x62v");
    script.pieces = vec![2];
    let wait = Happening::Waited(Duration::from_millis(2500));
    script.happenings = vec![
        (0, Happening::Opened),
        (1, Happening::Opened),
        (2, wait),
        (5, Happening::Ordered(CuffOrder::Start)),
        (9, Happening::Closed),
        (9, Happening::Ordered(CuffOrder::Start)),
        (9, Happening::Opened),
    ];
    check(&info::<FAULT>(), &script);
    memory(&info::<FAULT>(), || std::iter::repeat(b'v'));
}

#[test]
fn a_driver_that_keeps_its_promises_passes() {
    held_against_the_promises::<NOTHING>();
}

#[test]
fn each_broken_promise_is_noticed() {
    let broken = [
        held_against_the_promises::<PANICS> as fn(),
        held_against_the_promises::<FORGETS_A_BYTE>,
        held_against_the_promises::<TELLS_A_BYTE_TWICE>,
        held_against_the_promises::<MINDS_ITS_PIECES>,
        held_against_the_promises::<INVENTS>,
        held_against_the_promises::<KNOWS_THE_FUTURE>,
        held_against_the_promises::<SPEAKS_WITHOUT_A_LINE>,
        held_against_the_promises::<WANTS_TO_TICK_FOR_EVER>,
        held_against_the_promises::<OBEYS_EARLY_TICKS>,
        held_against_the_promises::<GROWS>,
        held_against_the_promises::<GIVES_WHAT_IT_DOES_NOT_LIST>,
        held_against_the_promises::<FORGETS_HALF_A_FRAME>,
        held_against_the_promises::<READS_NOISE>,
        held_against_the_promises::<STARTS_A_CUFF>,
        held_against_the_promises::<STARTS_IT_TWICE>,
        held_against_the_promises::<FORGETS_TO_ANSWER>,
        held_against_the_promises::<OBEYS_AGAINST_THE_CATALOGUE>,
    ];
    for (fault, held) in (1..).zip(broken) {
        let noticed = std::panic::catch_unwind(held).is_err();
        assert!(noticed, "fault {fault}");
    }
}
