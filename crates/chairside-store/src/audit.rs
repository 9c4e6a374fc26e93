//! The hash chain over what must not be rewritten: runs, alarms, what people did, what is missing.
//!
//! Each link is SHA-256 over a fixed word, the row's `seq`, the link before, and the row's bytes;
//! the first link follows 32 zero bytes. Changing, removing or inserting any chained row breaks
//! every later link. A chain whose only copy lies in the same file proves nothing against the
//! file's owner: checkpoints that leave the machine are not built yet.

use sha2::{Digest, Sha256};

use crate::bytes::care::write_wanted_care;
use crate::bytes::session::{write_wanted, write_wanted_session};
use crate::bytes::{VERSION, Writer, write_row};
use crate::day_check::{self, DayCheck};
use crate::facts::{Gap, Intent, Run, ToldEarly};
use crate::outbox::{self, OutboxRow};
use crate::row::{Fact, Row};

/// One link of the chain.
pub(crate) type Link = [u8; 32];

/// What the first link follows.
pub(crate) const START: Link = [0; 32];

/// Sets these hashes apart from any other use of SHA-256.
const DOMAIN: &[u8] = b"chairside-audit-v1";

/// A row that is chained.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Audited<'a> {
    Record(&'a Row<'a>),
    Run(&'a Run),
    Intent(&'a Intent),
    Gap(&'a Gap),
    ToldEarly(&'a ToldEarly),
    DayCheck(&'a DayCheck),
    Outbox(&'a OutboxRow),
}

impl Audited<'_> {
    /// Returns the link of this row, the `seq`-th of the record, in a run.
    pub(crate) fn link(self, before: &Link, seq: i64, boot: &str) -> Link {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(seq.to_le_bytes());
        hash.update(before);
        hash.update(self.canonical(boot));
        hash.finalize().into()
    }

    fn canonical(self, boot: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut out = Writer(&mut bytes);
        out.u8(VERSION);
        out.text(boot);
        match self {
            Self::Record(row) => {
                out.u8(0);
                write_row(row, out.0);
            }
            Self::Run(run) => {
                out.u8(1);
                out.text(&run.site);
                out.i64(run.clock_zero_ns);
                out.text(&run.program);
            }
            Self::Intent(intent) => {
                let is_first_form =
                    intent.alarm.is_none() && intent.seconds.is_none() && intent.reason.is_none();
                let form = match (&intent.session, &intent.limit, intent.call) {
                    _ if intent.care.is_some() => 10,
                    (Some(_), _, _) => 8,
                    (None, Some(_), _) => 6,
                    (None, None, Some(_)) => 9,
                    (None, None, None) if is_first_form => 2,
                    (None, None, None) => 5,
                };
                out.u8(form);
                out.time(intent.at);
                out.u64(intent.occurrence);
                for text in [&intent.bed, &intent.action, &intent.by, &intent.request] {
                    out.text(text);
                }
                out.option(intent.station.as_deref(), Writer::text);
                if form != 2 {
                    out.option(intent.alarm.as_deref(), Writer::text);
                    out.option(intent.seconds, Writer::u32);
                    out.option(intent.reason.as_deref(), Writer::text);
                }
                if let Some(care) = &intent.care {
                    write_wanted_care(care, &mut out);
                }
                if let Some(session) = &intent.session {
                    write_wanted_session(session, &mut out);
                } else if let Some(limit) = &intent.limit {
                    write_wanted(limit, &mut out);
                } else if let Some(call) = intent.call {
                    out.u64(call);
                }
            }
            Self::Gap(gap) => {
                out.u8(3);
                for number in [gap.first, gap.last, gap.lost] {
                    out.u64(number);
                }
                out.text(gap.cause.name());
            }
            Self::ToldEarly(told) => {
                out.u8(4);
                out.u64(told.first);
                out.u64(told.last);
            }
            Self::DayCheck(check) => {
                out.u8(7);
                day_check::write(check, &mut out);
            }
            Self::Outbox(row) => {
                out.u8(16);
                outbox::write(row, &mut out);
            }
        }
        bytes
    }
}

/// Tells whether a record's row is chained. Readings are not: there are too many of them, and
/// the alarms carry the ones that mattered as their evidence.
pub(crate) const fn is_chained(fact: &Fact<'_>) -> bool {
    match fact {
        Fact::Alarm { .. }
        | Fact::Operator(_)
        | Fact::Care(_)
        | Fact::Ordered { .. }
        | Fact::Suspension(_)
        | Fact::Audio(_)
        | Fact::Flood(_)
        | Fact::Limit(_)
        | Fact::Phase { .. }
        | Fact::Baseline(_)
        | Fact::CuffSameLimb { .. }
        | Fact::Session { .. }
        | Fact::Simulated(_)
        | Fact::Trained { .. }
        | Fact::Dosing { .. }
        | Fact::Recording { .. }
        | Fact::Identity { .. }
        | Fact::Link { .. } => true,
        Fact::Numeric { .. }
        | Fact::Cuff { .. }
        | Fact::Waveform { .. }
        | Fact::Discarded { .. }
        | Fact::DeviceAlarm { .. } => false,
    }
}
