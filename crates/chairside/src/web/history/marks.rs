//! What a time line marks of the session that is open: phases, doses and what happened.

use chairside_model::BedId;
use chairside_store::{Event, Happened};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::query::Span;
use crate::web::Web;
use crate::web::treatment::{Lang, marks};
use crate::web::wire::Time;

/// Something that a time line marks, in few words.
#[derive(Debug, Serialize)]
pub(super) struct Mark {
    at: Time,
    words: String,
}

/// Returns what a time line marks of the session that is open, the oldest first: its phases as the
/// record has them, its doses and events as the session stands, with every correction. None where
/// nobody can tell how it stands: the service is ending.
pub(super) async fn marks_of(
    web: &Web,
    bed: BedId,
    lang: Lang,
    span: Span,
    happened: &[Happened],
) -> Option<Vec<Mark>> {
    let care = web.care(bed).await?;
    let treated = care.treatment().map(|one| marks(one, lang));
    let treated = treated.into_iter().flatten();
    let treated = treated.map(|(at, words)| (web.clock.wall(at), words));
    let phases = phases(happened).map(|(at, phase)| (at, lang.t(phase).to_owned()));
    let mut marks: Vec<_> = phases.chain(treated).collect();
    marks.retain(|(at, _)| (span.from..=span.to).contains(at));
    marks.sort_by_key(|(at, _)| *at);
    let marks = marks.into_iter().map(|(at, words)| Mark {
        at: Time(at),
        words,
    });
    Some(marks.collect())
}

/// Returns the phases since a session last opened or closed: those before are of another patient.
fn phases(happened: &[Happened]) -> impl Iterator<Item = (DateTime<Utc>, &str)> {
    let of_session = |one: &Happened| matches!(one.what, Event::Session { .. });
    let first = happened.iter().rposition(of_session).unwrap_or(0);
    happened
        .iter()
        .skip(first)
        .filter_map(|one| match &one.what {
            Event::Phase(phase) => Some((one.at, phase.as_str())),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happened(events: &[(i64, Event)]) -> Vec<Happened> {
        let events = events.iter().cloned();
        events
            .map(|(second, what)| Happened {
                at: DateTime::from_timestamp(second, 0).unwrap(),
                what,
            })
            .collect()
    }

    fn phase(name: &str) -> Event {
        Event::Phase(name.to_owned())
    }

    fn told(events: &[(i64, Event)]) -> Vec<(i64, String)> {
        let events = happened(events);
        let phases = phases(&events);
        phases
            .map(|(at, phase)| (at.timestamp(), phase.to_owned()))
            .collect()
    }

    #[test]
    fn phases_are_those_of_the_session_that_opened_last() {
        let open = |open| Event::Session { open };
        let dose = Event::Dose { running: true };
        let two = [
            (0, open(true)),
            (10, phase("dosing")),
            (20, open(false)),
            (30, open(true)),
            (40, phase("dosing")),
            (41, dose),
            (50, phase("recovery")),
        ];
        let last = [(40, "dosing".to_owned()), (50, "recovery".to_owned())];
        assert_eq!(told(&two), last);
        assert!(told(&two[..3]).is_empty());
        assert_eq!(
            told(&two[4..]),
            last,
            "a session that opened before the time that is asked about"
        );
        assert!(told(&[]).is_empty());
    }
}
