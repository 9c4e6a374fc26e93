//! What the page says, in the languages of the dashboard.
//!
//! Beds and alarms are called as in the message that led here.

use axum::http::HeaderMap;
use chairside_alarm::Priority;

use super::super::action::Kind;
use super::super::page::Language;

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
    unknown: "Unter dieser Adresse gibt es keine Nachricht.",
    too_late: Some(
        "der Alarm ist vorbei, oder das Bett hat seither wieder gerufen, oder es kommt schon \
         jemand, der mehr gesehen hat",
    ),
    priorities: ["niedrig", "mittel", "hoch"],
};

impl Words {
    /// Returns the words in the language that a telephone asks for.
    pub(super) fn asked_for(headers: &HeaderMap) -> &'static Self {
        match Language::asked_for(headers) {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
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
