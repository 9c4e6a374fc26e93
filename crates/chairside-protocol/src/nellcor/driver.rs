//! The driver: lines, readings, and the two words that may be needed to have the lines come.

use std::time::Duration;

use chairside_model::MonoTime;

use super::layouts::Layouts;
use super::message::{Heading, Message};
use super::readings::Readings;
use crate::text_lines::{Found, TextFramer};
use crate::{Discard, Driver, DriverOutput, Finding, LineInput};

/// Bytes of a line at most; four times as many as the longest known line has.
const CAPACITY: usize = 512;

/// Silence after which the oximeter may have seen an XOFF in some noise: three lines.
const SILENT_AFTER: Duration = Duration::from_secs(6);

/// Has an oximeter that was told to stop go on. Without an XOFF before it, it does nothing.
const XON: u8 = 0x11;

/// Leaves the interactive menu: the answer 0, "Exit".
const EXIT: &[u8] = b"0\r\n";

/// From one such answer to the next, at least.
const EXIT_PERIOD: Duration = Duration::from_secs(5);

/// Reads what the oximeter prints by itself.
#[derive(Debug, Default)]
pub(super) struct NellcorDriver {
    framer: TextFramer<Message, CAPACITY>,
    printout: Printout,
    layouts: Layouts,
    readings: Readings,
    /// When the line is silent for too long; nothing while it is closed.
    silent_at: Option<MonoTime>,
    left_menu: Option<MonoTime>,
}

/// What is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Printout {
    /// The values of now.
    #[default]
    Now,
    /// The heading of the values of now, after its first line.
    Heading,
    /// The trend memory: its lines are of the past and look alike.
    Trend,
}

impl Driver for NellcorDriver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            LineInput::Opened => {
                self.begin_anew(out);
                self.silent_at = Some(now + SILENT_AFTER);
            }
            LineInput::Received(bytes) => self.receive(now, bytes, out),
            LineInput::Closed => {
                self.begin_anew(out);
                self.silent_at = None;
            }
            LineInput::Tick => {
                if self.silent_at.is_some_and(|silent_at| silent_at <= now) {
                    out.transmit.push(XON);
                    self.silent_at = Some(now + SILENT_AFTER);
                }
            }
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        self.silent_at
    }
}

impl NellcorDriver {
    fn receive(&mut self, now: MonoTime, bytes: &[u8], out: &mut DriverOutput) {
        let Self {
            framer,
            printout,
            layouts,
            readings,
            silent_at,
            left_menu,
        } = self;
        if let Some(silent_at) = silent_at {
            *silent_at = now + SILENT_AFTER;
        }
        framer.push(bytes, |offset, found| match found {
            Found::Message { message, length } => match message {
                Message::Measurement(..) if *printout == Printout::Trend => {
                    out.discard(offset, length, Discard::Unknown);
                }
                Message::Measurement(measurement, layout) if layouts.is_known(layout) => {
                    *printout = Printout::Now;
                    readings.take(now, offset, &measurement, out);
                }
                Message::Measurement(..) => out.discard(offset, length, Discard::Malformed),
                Message::Heading(heading) => {
                    out.push_with(offset, || Finding::Frame);
                    *printout = printout.after(heading);
                    let lately = left_menu.is_some_and(|left| now < left + EXIT_PERIOD);
                    if heading == Heading::Menu && silent_at.is_some() && !lately {
                        out.transmit.extend_from_slice(EXIT);
                        *left_menu = Some(now);
                    }
                }
            },
            Found::Discarded { bytes, why } => out.discard(offset, bytes, why),
        });
    }

    fn begin_anew(&mut self, out: &mut DriverOutput) {
        out.void(self.framer.reset());
        self.printout = Printout::default();
        self.layouts = Layouts::default();
        self.readings = Readings::default();
        self.left_menu = None;
    }
}

impl Printout {
    /// Returns what is printed behind this line.
    const fn after(self, heading: Heading) -> Self {
        match (heading, self) {
            (Heading::Trend, _) | (Heading::TrendColumns, Self::Now | Self::Trend) => Self::Trend,
            // The columns of now, of which the last word was lost.
            (Heading::TrendColumns, Self::Heading) | (Heading::Columns | Heading::End, _) => {
                Self::Now
            }
            (Heading::Model, _) => Self::Heading,
            (Heading::Mode | Heading::Menu, same) => same,
        }
    }
}
