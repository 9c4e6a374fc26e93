//! Rows as bytes: what the journal holds and what the audit chain is computed over.
//!
//! Whole numbers are little-endian and as long as their type, numbers with a fraction are their
//! IEEE 754 bits, text is its length in four bytes and then UTF-8, what may be missing has a
//! byte 1 or 0 in front. The first byte is the version, and the byte before a fact says which one
//! it is: a new form gets a new number, and the old ones stay as they are, for the chain is
//! computed over them.

use std::borrow::Cow;
use std::time::Duration;

use chairside_model::MonoTime;

use crate::row::{Fact, Row, Source, mono, nanoseconds};
use crate::samples;

pub(crate) mod care;
mod people;
pub(crate) mod session;

/// The version of this form.
pub(crate) const VERSION: u8 = 1;

/// Appends the row's bytes.
pub(crate) fn write_row(row: &Row<'_>, out: &mut Vec<u8>) {
    let mut out = Writer(out);
    out.u8(VERSION);
    out.u64(row.number);
    out.time(row.at);
    out.option(row.bed.as_deref(), Writer::text);
    write_fact(&row.fact, &mut out);
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each kind of row, a line for each of its fields"
)]
fn write_fact(fact: &Fact<'_>, out: &mut Writer<'_>) {
    match fact {
        Fact::Numeric {
            source,
            metric,
            validity,
            value,
            reason,
            taken,
        } => {
            out.u8(1);
            out.source(source);
            out.text(metric);
            out.text(validity);
            out.option(*value, Writer::f64);
            out.option(reason.as_deref(), Writer::text);
            out.time(*taken);
        }
        Fact::Cuff {
            source,
            state,
            systolic,
            diastolic,
            mean,
            taken,
            failure,
        } => {
            out.u8(2);
            out.source(source);
            out.text(state);
            for pressure in [*systolic, *diastolic, *mean] {
                out.option(pressure, Writer::f64);
            }
            out.option(*taken, Writer::time);
            out.option(failure.as_deref(), Writer::text);
        }
        Fact::Waveform {
            source,
            metric,
            sample_period,
            scale,
            samples,
        } => {
            out.u8(3);
            out.source(source);
            out.text(metric);
            out.i64(nanoseconds(*sample_period));
            out.f64(*scale);
            out.bytes(&samples::pack(samples));
        }
        Fact::Alarm {
            changed,
            id,
            occurrence,
            priority,
            present,
            signal,
            superseded,
            since,
            evidence,
            call,
            mode,
        } => {
            out.u8(if call.is_some() { 12 } else { 4 });
            out.time(*changed);
            out.text(id);
            out.u64(*occurrence);
            out.text(priority);
            out.bool(*present);
            out.text(signal);
            out.bool(*superseded);
            out.time(*since);
            out.text(evidence);
            if let Some(call) = call {
                out.u64(*call);
                out.option(mode.as_deref(), Writer::text);
            }
        }
        Fact::Link { device, state } => out.tagged_texts(5, &[device, state]),
        Fact::Discarded { device, bytes, why } => {
            out.tagged_texts(6, &[device, why]);
            out.u64(*bytes);
        }
        Fact::DeviceAlarm {
            device,
            priority,
            text,
        } => out.tagged_texts(7, &[device, priority, text]),
        Fact::Identity { device, text } => out.tagged_texts(8, &[device, text]),
        Fact::Operator(operator) => people::write_operator(operator, out),
        Fact::Care(care) => care::write_care(care, out),
        Fact::Ordered {
            device,
            order,
            answer,
        } => out.tagged_texts(23, &[device, order, answer]),
        Fact::Dosing { running } => out.tagged_bool(10, *running),
        Fact::Recording { running } => out.tagged_bool(11, *running),
        Fact::Suspension(suspension) => people::write_suspension(suspension, out),
        Fact::Audio(audio) => people::write_audio(audio, out),
        Fact::Flood(flood) => people::write_flood(flood.as_ref(), out),
        Fact::Limit(limit) => session::write_limit(limit, out),
        Fact::Phase { phase } => out.tagged_texts(19, &[phase]),
        Fact::Baseline(baseline) => session::write_baseline(baseline, out),
        Fact::CuffSameLimb { same } => out.tagged_bool(21, *same),
        Fact::Simulated(simulated) => out.tagged_bool(27, *simulated),
        Fact::Trained { by, did } => out.tagged_texts(28, &[by, did]),
        Fact::Session { open } => out.tagged_bool(22, *open),
    }
}

/// Returns the row of [`write_row`]'s bytes, or nothing when they are not exactly one.
pub(crate) fn read_row(bytes: &[u8]) -> Option<Row<'static>> {
    let mut from = Reader(bytes);
    if from.u8()? != VERSION {
        return None;
    }
    let row = Row {
        number: from.u64()?,
        at: from.time()?,
        bed: from.option(Reader::text)?,
        fact: read_fact(&mut from)?,
    };
    from.0.is_empty().then_some(row)
}

// Fields are read in the order in which they are written here, which is that of `write_row`.
fn read_fact(from: &mut Reader<'_>) -> Option<Fact<'static>> {
    let fact = match from.u8()? {
        1 => Fact::Numeric {
            source: from.source()?,
            metric: from.text()?,
            validity: from.text()?,
            value: from.option(Reader::f64)?,
            reason: from.option(Reader::text)?,
            taken: from.time()?,
        },
        2 => Fact::Cuff {
            source: from.source()?,
            state: from.text()?,
            systolic: from.option(Reader::f64)?,
            diastolic: from.option(Reader::f64)?,
            mean: from.option(Reader::f64)?,
            taken: from.option(Reader::time)?,
            failure: from.option(Reader::text)?,
        },
        3 => Fact::Waveform {
            source: from.source()?,
            metric: from.text()?,
            sample_period: Duration::from_nanos(u64::try_from(from.i64()?).ok()?),
            scale: from.f64()?,
            samples: Cow::Owned(samples::unpack(from.bytes()?)?),
        },
        4 => read_alarm(from, false)?,
        5 => Fact::Link {
            device: from.text()?,
            state: from.text()?,
        },
        6 => Fact::Discarded {
            device: from.text()?,
            why: from.text()?,
            bytes: from.u64()?,
        },
        7 => Fact::DeviceAlarm {
            device: from.text()?,
            priority: from.text()?,
            text: from.text()?,
        },
        8 => Fact::Identity {
            device: from.text()?,
            text: from.text()?,
        },
        9 => Fact::Operator(people::read_operator(from, false)?),
        10 => Fact::Dosing {
            running: from.bool()?,
        },
        11 => Fact::Recording {
            running: from.bool()?,
        },
        12 => read_alarm(from, true)?,
        13 => Fact::Operator(people::read_operator(from, true)?),
        14 => Fact::Suspension(people::read_suspension(from)?),
        15 => Fact::Audio(people::read_audio(from)?),
        16 => Fact::Flood(from.option(people::read_flood)?),
        17 => Fact::Operator(people::read_limit_operator(from)?),
        18 => Fact::Limit(session::read_limit(from)?),
        19 => Fact::Phase {
            phase: from.text()?,
        },
        20 => Fact::Baseline(session::read_baseline(from)?),
        21 => Fact::CuffSameLimb { same: from.bool()? },
        22 => Fact::Session { open: from.bool()? },
        23 => Fact::Ordered {
            device: from.text()?,
            order: from.text()?,
            answer: from.text()?,
        },
        24 => Fact::Operator(people::read_session_operator(from)?),
        25 => Fact::Operator(people::read_answering_operator(from)?),
        26 => Fact::Care(care::read_care(from, false)?),
        27 => Fact::Simulated(from.bool()?),
        29 => Fact::Care(care::read_care(from, true)?),
        28 => Fact::Trained {
            by: from.text()?,
            did: from.text()?,
        },
        _ => return None,
    };
    Some(fact)
}

fn read_alarm(from: &mut Reader<'_>, has_call: bool) -> Option<Fact<'static>> {
    Some(Fact::Alarm {
        changed: from.time()?,
        id: from.text()?,
        occurrence: from.u64()?,
        priority: from.text()?,
        present: from.bool()?,
        signal: from.text()?,
        superseded: from.bool()?,
        since: from.time()?,
        evidence: from.text()?,
        call: if has_call { Some(from.u64()?) } else { None },
        mode: if has_call {
            from.option(Reader::text)?
        } else {
            None
        },
    })
}

/// Appends values in this module's form.
#[derive(Debug)]
pub(crate) struct Writer<'a>(pub(crate) &'a mut Vec<u8>);

impl Writer<'_> {
    pub(crate) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn i64(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn f64(&mut self, value: f64) {
        self.0.extend_from_slice(&value.to_bits().to_le_bytes());
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.u8(u8::from(value));
    }

    pub(crate) fn time(&mut self, value: MonoTime) {
        self.i64(nanoseconds(value.since_start()));
    }

    /// What is longer than four gigabytes is cut; nothing here comes near.
    pub(crate) fn bytes(&mut self, value: &[u8]) {
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_le_bytes());
        self.0.extend(value.iter().take(length as usize));
    }

    pub(crate) fn text(&mut self, value: &str) {
        self.bytes(value.as_bytes());
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.bool(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn source(&mut self, source: &Source<'_>) {
        self.text(&source.device);
        self.time(source.received);
    }

    fn tagged_bool(&mut self, tag: u8, value: bool) {
        self.u8(tag);
        self.bool(value);
    }

    fn tagged_texts(&mut self, tag: u8, texts: &[&str]) {
        self.u8(tag);
        for text in texts {
            self.text(text);
        }
    }
}

/// Takes values in this module's form off the front; nothing when they are not there.
#[derive(Debug)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    fn f64(&mut self) -> Option<f64> {
        self.array().map(u64::from_le_bytes).map(f64::from_bits)
    }

    fn bool(&mut self) -> Option<bool> {
        match self.u8()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn time(&mut self) -> Option<MonoTime> {
        let nanoseconds = self.i64()?;
        (nanoseconds >= 0).then(|| mono(nanoseconds))
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(crate) fn text(&mut self) -> Option<Cow<'static, str>> {
        let text = std::str::from_utf8(self.bytes()?).ok()?;
        Some(Cow::Owned(text.to_owned()))
    }

    #[expect(
        clippy::option_option,
        reason = "the outer one is whether it can be read, the inner one what it says"
    )]
    fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.bool()? {
            read(self).map(Some)
        } else {
            Some(None)
        }
    }

    fn source(&mut self) -> Option<Source<'static>> {
        Some(Source {
            device: self.text()?,
            received: self.time()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{any_records, names};

    proptest! {
        #[test]
        fn every_record_comes_back_from_its_bytes(records in any_records()) {
            let names = names();
            for record in &records {
                let row = Row::of(record, &names);
                let mut bytes = Vec::new();
                write_row(&row, &mut bytes);
                prop_assert_eq!(read_row(&bytes), Some(row));
            }
        }

        #[test]
        fn bytes_that_are_cut_off_or_go_on_are_no_row(records in any_records()) {
            let names = names();
            for record in &records {
                let mut bytes = Vec::new();
                write_row(&Row::of(record, &names), &mut bytes);
                for cut in 0..bytes.len() {
                    prop_assert_eq!(read_row(&bytes[..cut]), None);
                }
                bytes.push(0);
                prop_assert_eq!(read_row(&bytes), None);
            }
        }

        #[test]
        fn any_bytes_are_a_row_or_nothing(mut bytes in proptest::collection::vec(any::<u8>(), 1..200)) {
            bytes[0] = VERSION;
            let _ = read_row(&bytes);
        }
    }
}
