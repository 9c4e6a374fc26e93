//! The bytes of limits and of what else the session sets.

use super::{Reader, Writer};
use crate::row::{BaselineFact, LimitFact, WantedLimit, WantedSession};

pub(super) fn write_limit(fact: &LimitFact<'_>, out: &mut Writer<'_>) {
    out.tagged_texts(18, &[&fact.key, &fact.cause]);
    out.f64(fact.old);
    out.f64(fact.new);
}

pub(super) fn read_limit(from: &mut Reader<'_>) -> Option<LimitFact<'static>> {
    Some(LimitFact {
        key: from.text()?,
        cause: from.text()?,
        old: from.f64()?,
        new: from.f64()?,
    })
}

pub(super) fn write_baseline(fact: &BaselineFact, out: &mut Writer<'_>) {
    out.u8(20);
    for value in [
        fact.heart_rate,
        fact.spo2,
        fact.respiration_rate,
        fact.etco2,
    ] {
        out.option(value, Writer::f64);
    }
    out.option(fact.pressure, |out, (systolic, diastolic)| {
        out.f64(systolic);
        out.f64(diastolic);
    });
}

pub(super) fn read_baseline(from: &mut Reader<'_>) -> Option<BaselineFact> {
    Some(BaselineFact {
        heart_rate: from.option(Reader::f64)?,
        spo2: from.option(Reader::f64)?,
        respiration_rate: from.option(Reader::f64)?,
        etco2: from.option(Reader::f64)?,
        pressure: from.option(|from| from.f64().zip(from.f64()))?,
    })
}

/// Writes which limit an action is about.
pub(crate) fn write_wanted(limit: &WantedLimit<'_>, out: &mut Writer<'_>) {
    out.text(&limit.key);
    out.f64(limit.expected);
    out.f64(limit.new);
}

pub(super) fn read_wanted(from: &mut Reader<'_>) -> Option<WantedLimit<'static>> {
    Some(WantedLimit {
        key: from.text()?,
        expected: from.f64()?,
        new: from.f64()?,
    })
}

pub(crate) fn write_wanted_session(session: &WantedSession<'_>, out: &mut Writer<'_>) {
    out.text(&session.id);
    for text in [&session.initials, &session.number] {
        out.option(text.as_deref(), Writer::text);
    }
}

pub(super) fn read_wanted_session(from: &mut Reader<'_>) -> Option<WantedSession<'static>> {
    Some(WantedSession {
        id: from.text()?,
        initials: from.option(Reader::text)?,
        number: from.option(Reader::text)?,
    })
}
