//! The bytes of what people set and what comes of it.

use super::session::{read_wanted, read_wanted_session, write_wanted, write_wanted_session};
use super::{Reader, Writer};
use crate::row::{AudioFact, FloodFact, OperatorFact, SuspensionFact};

/// Writes the first form where it says all that there is to say.
pub(super) fn write_operator(fact: &OperatorFact<'_>, out: &mut Writer<'_>) {
    let details = [&fact.alarm, &fact.station, &fact.reason];
    let is_first_form = fact.seconds.is_none() && details.iter().all(|text| text.is_none());
    let tag = match (&fact.session, &fact.limit, fact.call) {
        (Some(_), _, _) => 24,
        (None, Some(_), _) => 17,
        (None, None, Some(_)) => 25,
        (None, None, None) if is_first_form => 9,
        (None, None, None) => 13,
    };
    out.tagged_texts(tag, &[&fact.action, &fact.by]);
    out.u64(fact.occurrence);
    if tag != 9 {
        out.option(fact.seconds, Writer::u32);
        for text in details {
            out.option(text.as_deref(), Writer::text);
        }
    }
    if let Some(session) = &fact.session {
        write_wanted_session(session, out);
    } else if let Some(limit) = &fact.limit {
        write_wanted(limit, out);
    } else if let Some(call) = fact.call {
        out.u64(call);
    }
}

/// Reads the form of an action that answers calls of the bed.
pub(super) fn read_answering_operator(from: &mut Reader<'_>) -> Option<OperatorFact<'static>> {
    let mut fact = read_operator(from, true)?;
    fact.call = Some(from.u64()?);
    Some(fact)
}

/// Reads the form of an action that is about a session.
pub(super) fn read_session_operator(from: &mut Reader<'_>) -> Option<OperatorFact<'static>> {
    let mut fact = read_operator(from, true)?;
    fact.session = Some(read_wanted_session(from)?);
    Some(fact)
}

/// Reads the form of an action that is about a limit.
pub(super) fn read_limit_operator(from: &mut Reader<'_>) -> Option<OperatorFact<'static>> {
    let mut fact = read_operator(from, true)?;
    fact.limit = Some(read_wanted(from)?);
    Some(fact)
}

pub(super) fn read_operator(
    from: &mut Reader<'_>,
    has_details: bool,
) -> Option<OperatorFact<'static>> {
    let (action, by, occurrence) = (from.text()?, from.text()?, from.u64()?);
    let mut fact = OperatorFact {
        action,
        occurrence,
        by,
        alarm: None,
        seconds: None,
        station: None,
        reason: None,
        limit: None,
        session: None,
        call: None,
    };
    if has_details {
        fact.seconds = from.option(Reader::u32)?;
        for text in [&mut fact.alarm, &mut fact.station, &mut fact.reason] {
            *text = from.option(Reader::text)?;
        }
    }
    Some(fact)
}

pub(super) fn write_suspension(fact: &SuspensionFact<'_>, out: &mut Writer<'_>) {
    out.u8(14);
    out.time(fact.changed);
    out.text(&fact.id);
    out.text(&fact.kind);
    out.time(fact.since);
    out.time(fact.until);
    out.text(&fact.by);
    out.text(&fact.reason);
    out.option(fact.ended.as_deref(), Writer::text);
}

pub(super) fn read_suspension(from: &mut Reader<'_>) -> Option<SuspensionFact<'static>> {
    Some(SuspensionFact {
        changed: from.time()?,
        id: from.text()?,
        kind: from.text()?,
        since: from.time()?,
        until: from.time()?,
        by: from.text()?,
        reason: from.text()?,
        ended: from.option(Reader::text)?,
    })
}

pub(super) fn write_audio(fact: &AudioFact<'_>, out: &mut Writer<'_>) {
    out.u8(15);
    out.time(fact.changed);
    out.text(&fact.station);
    out.text(&fact.sound);
    out.option(fact.until, Writer::time);
    out.option(fact.covers, Writer::u64);
    out.option(fact.reminder, Writer::time);
    out.text(&fact.cause);
    out.text(&fact.by);
    out.option(fact.reason.as_deref(), Writer::text);
}

pub(super) fn read_audio(from: &mut Reader<'_>) -> Option<AudioFact<'static>> {
    Some(AudioFact {
        changed: from.time()?,
        station: from.text()?,
        sound: from.text()?,
        until: from.option(Reader::time)?,
        covers: from.option(Reader::u64)?,
        reminder: from.option(Reader::time)?,
        cause: from.text()?,
        by: from.text()?,
        reason: from.option(Reader::text)?,
    })
}

pub(super) fn write_flood(fact: Option<&FloodFact<'_>>, out: &mut Writer<'_>) {
    out.u8(16);
    out.option(fact, |out, fact| {
        out.u64(fact.alarms);
        out.time(fact.since);
        out.text(&fact.worst);
        out.text(&fact.priority);
        out.time(fact.until);
    });
}

pub(super) fn read_flood(from: &mut Reader<'_>) -> Option<FloodFact<'static>> {
    Some(FloodFact {
        alarms: from.u64()?,
        since: from.time()?,
        worst: from.text()?,
        priority: from.text()?,
        until: from.time()?,
    })
}
