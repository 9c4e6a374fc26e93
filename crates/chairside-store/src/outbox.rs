//! The outbox: whom an alarm called who was not at a screen, and what became of it. Everything
//! about it that touches the database is here (`docs/adr/0024-being-heard.md`).
//!
//! People, channels and beds are written as they are named in the configuration; what stands for
//! them in one run of the service means nothing in the next.

use chairside_model::MonoTime;

use crate::bytes::Writer;
use crate::entry::Shift;

mod table;
#[cfg(test)]
mod tests;

pub(crate) use table::insert;

/// A step on the way of an alarm to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboxRow {
    /// A rung was climbed.
    Rung(RungRow),
    /// A message was made; it is tried after this.
    Delivery(DeliveryRow),
    /// It was tried.
    Attempt(AttemptRow),
    /// It ended.
    End(EndRow),
    /// The person says that it came: of a test, or by answering a call from the telephone.
    Received(ReceivedRow),
}

/// A rung of a bed's ladder that was climbed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RungRow {
    /// When.
    pub at: MonoTime,
    /// Which.
    pub rung: RungName,
    /// How urgent the calls were for which it was climbed.
    pub priority: String,
    /// What made it due.
    pub why: String,
    /// Whom it called, by what: people and channels by name.
    pub ways: Vec<(String, String)>,
}

/// One climb of one rung.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RungName {
    /// The bed, by its configured id.
    pub bed: String,
    /// The first of the bed's calls that the climb is about.
    pub first_call: u64,
    /// The rung, 1 for the first.
    pub rung: u32,
    /// How often it had been climbed again before.
    pub round: u32,
}

/// A message to one person by one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// When it was made.
    pub at: MonoTime,
    /// What it is known by, over restarts.
    pub key: String,
    /// Who gets it, by id.
    pub person: String,
    /// By what, by name.
    pub channel: String,
    /// What for.
    pub purpose: String,
    /// How urgent.
    pub priority: String,
    /// What it is about, the most urgent first.
    pub parts: Vec<PartRow>,
    /// The rungs that asked for it.
    pub rungs: Vec<RungName>,
}

/// An alarm that a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartRow {
    /// The bed, by its configured id.
    pub bed: String,
    /// The alarm's id.
    pub alarm: String,
    /// Which episode of it.
    pub occurrence: u64,
    /// How urgent.
    pub priority: String,
    /// The last of the bed's calls that it made.
    pub call: u64,
    /// When its condition began.
    pub since: MonoTime,
    /// Whether it is of what was simulated.
    pub simulated: bool,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRow {
    /// When that was known.
    pub at: MonoTime,
    /// Of which message.
    pub key: String,
    /// The attempt, from 1.
    pub number: u32,
    /// `taken`, `failed` or `refused`.
    pub outcome: String,
    /// Why not, in words.
    pub why: Option<String>,
}

/// How a message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndRow {
    /// When.
    pub at: MonoTime,
    /// Which.
    pub key: String,
    /// `taken`, `refused` or `not_needed`.
    pub ended: String,
}

/// That a person has received a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedRow {
    /// When they said so.
    pub at: MonoTime,
    /// Which message.
    pub key: String,
}

/// What earlier runs left of the outbox, on this run's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    /// The rungs that were climbed, in order.
    pub rungs: Vec<RungRow>,
    /// The messages, in order.
    pub deliveries: Vec<Sent>,
}

/// A message of an earlier run, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message.
    pub delivery: DeliveryRow,
    /// The attempts whose outcome is known, in order.
    pub attempts: Vec<AttemptRow>,
    /// How it ended, if it did, and when.
    pub ended: Option<(MonoTime, String)>,
    /// When the person said that it came, if they did.
    pub received: Option<MonoTime>,
}

impl Sent {
    /// Returns the number of the last attempt whose outcome is known; 0 before the first.
    #[must_use]
    pub fn tried(&self) -> u32 {
        let numbers = self.attempts.iter().map(|tried| tried.number);
        numbers.max().unwrap_or(0)
    }
}

impl OutboxRow {
    const fn at(&self) -> MonoTime {
        match self {
            Self::Rung(row) => row.at,
            Self::Delivery(row) => row.at,
            Self::Attempt(row) => row.at,
            Self::End(row) => row.at,
            Self::Received(row) => row.at,
        }
    }
}

/// Writes what the audit chain is computed over.
pub(crate) fn write(row: &OutboxRow, out: &mut Writer<'_>) {
    let name = |name: &RungName, out: &mut Writer<'_>| {
        out.text(&name.bed);
        out.u64(name.first_call);
        out.u32(name.rung);
        out.u32(name.round);
    };
    let texts = |texts: &[&str], out: &mut Writer<'_>| texts.iter().for_each(|text| out.text(text));
    match row {
        OutboxRow::Rung(row) => {
            out.u8(1);
            out.time(row.at);
            name(&row.rung, out);
            texts(&[&row.priority, &row.why], out);
            out.u64(row.ways.len() as u64);
            for (person, channel) in &row.ways {
                texts(&[person, channel], out);
            }
        }
        OutboxRow::Delivery(row) => {
            out.u8(2);
            out.time(row.at);
            texts(
                &[
                    &row.key,
                    &row.person,
                    &row.channel,
                    &row.purpose,
                    &row.priority,
                ],
                out,
            );
            out.u64(row.parts.len() as u64);
            for part in &row.parts {
                texts(&[&part.bed, &part.alarm, &part.priority], out);
                out.u64(part.occurrence);
                out.u64(part.call);
                out.time(part.since);
            }
            out.u64(row.rungs.len() as u64);
            for rung in &row.rungs {
                name(rung, out);
            }
            // What is not simulated has the bytes that it had before that was written.
            for (place, _) in (1_u64..).zip(&row.parts).filter(|(_, part)| part.simulated) {
                out.u64(place);
            }
        }
        OutboxRow::Attempt(row) => {
            out.u8(3);
            out.time(row.at);
            texts(&[&row.key, &row.outcome], out);
            out.u32(row.number);
            out.option(row.why.as_deref(), Writer::text);
        }
        OutboxRow::End(row) => {
            out.u8(4);
            out.time(row.at);
            texts(&[&row.key, &row.ended], out);
        }
        OutboxRow::Received(row) => {
            out.u8(5);
            out.time(row.at);
            out.text(&row.key);
        }
    }
}

impl OutboxRow {
    fn on_the_clock_of(mut self, shift: Shift) -> Self {
        match &mut self {
            Self::Rung(row) => row.at = shift.apply(row.at),
            Self::Delivery(row) => {
                row.at = shift.apply(row.at);
                for part in &mut row.parts {
                    part.since = shift.apply(part.since);
                }
            }
            Self::Attempt(row) => row.at = shift.apply(row.at),
            Self::End(row) => row.at = shift.apply(row.at),
            Self::Received(row) => row.at = shift.apply(row.at),
        }
        self
    }
}
