//! What the page says, in the languages of the dashboard.
//!
//! Beds and alarms are called as in the message that led here.

use axum::http::{HeaderMap, header};
use chairside_alarm::Priority;

use super::super::action::Kind;

/// What the page says in one language.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) called: &'static str,
    pub(super) over: &'static str,
    pub(super) answered: &'static str,
    pub(super) test: &'static str,
    pub(super) since: &'static str,
    pub(super) accept: &'static str,
    pub(super) decline: &'static str,
    pub(super) received: &'static str,
    pub(super) accepted: &'static str,
    pub(super) declined: &'static str,
    pub(super) your_answer: &'static str,
    pub(super) back: &'static str,
    pub(super) not_done: &'static str,
    pub(super) works: &'static str,
    pub(super) no_test: &'static str,
    pub(super) not_now: &'static str,
    pub(super) no_such_answer: &'static str,
    pub(super) expired: &'static str,
    pub(super) closed: &'static str,
    pub(super) unknown: &'static str,
    too_late: Option<&'static str>,
    priorities: [&'static str; 3],
}

const ENGLISH: Words = Words {
    lang: "en",
    called: "You are called",
    over: "Over: you need not come",
    answered: "Answered: you need not come",
    test: "A test of the way to you",
    since: "since",
    accept: "I'm coming",
    decline: "Not me",
    received: "Received",
    accepted: "you are coming; every screen says so",
    declined: "you are not coming; others are called",
    your_answer: "Your answer",
    back: "Back to the message",
    not_done: "not done",
    works: "Thank you: the way to you works.",
    no_test: "There is no such test any more.",
    not_now: "The service cannot take it now. Please try again.",
    no_such_answer: "This message has no such answer.",
    expired: "This message is older than 15 minutes and cannot be answered any more. Please look at \
              a screen.",
    closed: "Somebody tried to guess this address, so it is closed. Please answer at a screen.",
    unknown: "There is no message with this address.",
    too_late: None,
    priorities: ["low", "medium", "high"],
};

const GERMAN: Words = Words {
    lang: "de",
    called: "Sie werden gerufen",
    over: "Vorbei: Sie brauchen nicht zu kommen",
    answered: "Beantwortet: Sie brauchen nicht zu kommen",
    test: "Ein Test des Weges zu Ihnen",
    since: "seit",
    accept: "Ich komme",
    decline: "Ich nicht",
    received: "Angekommen",
    accepted: "Sie kommen; jeder Bildschirm sagt es",
    declined: "Sie kommen nicht; andere werden gerufen",
    your_answer: "Ihre Antwort",
    back: "Zurück zur Nachricht",
    not_done: "nicht getan",
    works: "Danke: der Weg zu Ihnen geht.",
    no_test: "Diesen Test gibt es nicht mehr.",
    not_now: "Der Dienst kann es gerade nicht annehmen. Bitte noch einmal versuchen.",
    no_such_answer: "Diese Nachricht hat keine solche Antwort.",
    expired: "Diese Nachricht ist älter als 15 Minuten und kann nicht mehr beantwortet werden. Bitte \
              auf einen Bildschirm schauen.",
    closed: "Jemand hat versucht, diese Adresse zu erraten; sie ist gesperrt. Bitte an einem \
             Bildschirm antworten.",
    unknown: "Unter dieser Adresse gibt es keine Nachricht.",
    too_late: Some(
        "der Alarm ist vorbei, oder das Bett hat seither wieder gerufen, oder es kommt schon \
         jemand, der mehr gesehen hat",
    ),
    priorities: ["niedrig", "mittel", "hoch"],
};

impl Words {
    /// Returns the words that a telephone asks for first of those that there are; else the English
    /// ones (RFC 9110, section 12.5.4).
    pub(super) fn asked_for(headers: &HeaderMap) -> &'static Self {
        let asked = headers.get(header::ACCEPT_LANGUAGE);
        let asked = asked.and_then(|value| value.to_str().ok());
        let mut wanted: Vec<_> = asked.into_iter().flat_map(wishes).collect();
        wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let known = wanted.into_iter().find_map(|(_, language)| match language {
            "en" => Some(&ENGLISH),
            "de" => Some(&GERMAN),
            _ => None,
        });
        known.unwrap_or(&ENGLISH)
    }

    pub(super) const fn priority(&self, priority: Priority) -> &'static str {
        match priority {
            Priority::Low => self.priorities[0],
            Priority::Medium => self.priorities[1],
            Priority::High => self.priorities[2],
        }
    }

    /// Says why nothing was done: what the service says, where it speaks the language.
    pub(super) fn why(&self, kind: Kind, said: Option<String>) -> String {
        match (kind, self.too_late) {
            (Kind::TooLate, Some(words)) => words.to_owned(),
            (Kind::NotNow, Some(_)) => self.not_now.to_owned(),
            _ => said.unwrap_or_default(),
        }
    }
}

/// The languages of a list, each with its weight in thousandths; what is weighed as 0, or as
/// nothing that can be read, is not wanted.
fn wishes(list: &str) -> impl Iterator<Item = (u16, &str)> {
    list.split(',').filter_map(|wish| {
        let (tag, weight) = wish.split_once(";q=").unwrap_or((wish, "1"));
        let language = tag.trim().split('-').next()?;
        let weight: f32 = weight.trim().parse().ok()?;
        // At most three digits are written.
        let thousandths = (1..=1000)
            .rev()
            .find(|part| f32::from(*part) <= weight * 1000.0)?;
        Some((thousandths, language))
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_telephone_gets_the_language_that_it_wants_most_of_those_there_are() {
        let lang = |asked: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(asked) = asked {
                headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(asked));
            }
            Words::asked_for(&headers).lang
        };
        for (asked, expected) in [
            (None, "en"),
            (Some("de-AT,de;q=0.9,en;q=0.8"), "de"),
            (Some("en-GB,en;q=0.9,de;q=0.8"), "en"),
            (Some("fr-FR,fr;q=0.9,de;q=0.7,en;q=0.5"), "de"),
            (Some("en;q=0.3, de;q=0.31, fr"), "de"),
            (Some("de;q=0"), "en"),
            (Some("de;q=x"), "en"),
            (Some("fr"), "en"),
            (Some(""), "en"),
        ] {
            assert_eq!(lang(asked), expected, "{asked:?}");
        }
    }
}
