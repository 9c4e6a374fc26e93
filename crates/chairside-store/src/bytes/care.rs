//! The bytes of what people do in a treatment session.

use super::{Reader, Writer};
use crate::row::{CareFact, WantedCare};

/// One whose request is not known by anything has the form of before requests were kept.
pub(super) fn write_care(fact: &CareFact<'_>, out: &mut Writer<'_>) {
    let tag = if fact.request.is_some() { 29 } else { 26 };
    out.tagged_texts(tag, &[&fact.session, &fact.action, &fact.what, &fact.by]);
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
    if let Some(request) = &fact.request {
        out.text(request);
    }
}

pub(super) fn read_care(from: &mut Reader<'_>, has_request: bool) -> Option<CareFact<'static>> {
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
        request: if has_request {
            Some(from.text()?)
        } else {
            None
        },
    })
}

/// Writes what a person wanted to do in a treatment session.
pub(crate) fn write_wanted_care(care: &WantedCare, out: &mut Writer<'_>) {
    out.text(&care.what);
    out.option(care.happened, Writer::time);
}
