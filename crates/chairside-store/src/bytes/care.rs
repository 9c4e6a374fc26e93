//! The bytes of what people do in a treatment session.

use super::{Reader, Writer};
use crate::row::{CareFact, WantedCare};

pub(super) fn write_care(fact: &CareFact<'_>, out: &mut Writer<'_>) {
    out.tagged_texts(26, &[&fact.session, &fact.action, &fact.what, &fact.by]);
    out.u32(fact.entry);
    out.option(fact.happened, Writer::time);
    for text in [&fact.station, &fact.reason] {
        out.option(text.as_deref(), Writer::text);
    }
    let count = u32::try_from(fact.passed_over.len()).unwrap_or(u32::MAX);
    out.u32(count);
    for text in fact.passed_over.iter().take(count as usize) {
        out.text(text);
    }
}

pub(super) fn read_care(from: &mut Reader<'_>) -> Option<CareFact<'static>> {
    Some(CareFact {
        session: from.text()?,
        action: from.text()?,
        what: from.text()?,
        by: from.text()?,
        entry: from.u32()?,
        happened: from.option(Reader::time)?,
        station: from.option(Reader::text)?,
        reason: from.option(Reader::text)?,
        passed_over: (0..from.u32()?)
            .map(|_| from.text())
            .collect::<Option<_>>()?,
    })
}

/// Writes what a person wanted to do in a treatment session.
pub(crate) fn write_wanted_care(care: &WantedCare, out: &mut Writer<'_>) {
    out.text(&care.what);
    out.option(care.happened, Writer::time);
}
