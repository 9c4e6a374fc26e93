//! Which messages can be answered from a telephone, and by whom.
//!
//! A token says of itself whether it is ours; what the message was about is kept here for as long
//! as it can be answered, and is found again in the record after a restart.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chairside_escalation::{Delivery, Purpose};
use chairside_model::MonoTime;
use chairside_notify::answer::{AnswerKey, AnswerUrl};
use chairside_notify::{Message, SettingsError};
use tracing::warn;

use crate::config::Config;

/// A message can be answered for so long after it was made (`shared/interop.md`, section 6).
const GOOD_FOR: Duration = Duration::from_mins(15);

/// There is one line in the log for all wrong tokens of so long.
const LOGGED_EVERY: Duration = Duration::from_mins(1);

/// The file of the secret, in the folder of the record.
const SECRET: &str = "answer.key";

/// The messages that can be answered, seen from the loop that makes them and from those who answer
/// telephones. Without an address there is none.
#[derive(Clone, Debug, Default)]
pub struct Answers(Option<Arc<Shared>>);

#[derive(Debug)]
struct Shared {
    url: AnswerUrl,
    key: AnswerKey,
    open: Mutex<BTreeMap<String, Open>>,
    unknown: Mutex<Unknown>,
}

/// Tokens that were sent to us and that we have not made.
#[derive(Debug, Default)]
struct Unknown {
    count: u64,
    /// So many of them were logged, and when last.
    logged: u64,
    logged_at: Option<MonoTime>,
}

#[derive(Debug)]
struct Open {
    asked: Arc<Asked>,
    until: MonoTime,
}

/// A message that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// As it was sent.
    pub message: Message,
    /// Who got it, by id: the answer is in this person's name.
    pub person: String,
    /// By what, by name.
    pub channel: String,
    /// The last call of each bed that the message was about.
    pub calls: BTreeMap<String, u64>,
}

/// What a token opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// This message.
    Asked(Arc<Asked>),
    /// One that was made too long ago.
    Expired,
    /// Nothing: we did not make it.
    Unknown,
}

impl Asked {
    /// Returns the name on screen of one of its beds, and that it is simulated if it is.
    #[must_use]
    pub fn bed_name(&self, bed: &str) -> String {
        let mut parts = self.message.parts.iter();
        let part = parts.find(|part| part.bed == bed);
        part.map_or_else(|| "?".to_owned(), chairside_notify::Part::place)
    }
}

impl Answers {
    /// Reads the secret, or makes it, where the configuration says how telephones reach us.
    ///
    /// # Errors
    ///
    /// When the secret can be neither read nor made.
    pub(super) fn of(config: &Config) -> Result<Self, SettingsError> {
        let Some(url) = config.calling.answer_url.clone() else {
            return Ok(Self::default());
        };
        let key = AnswerKey::open(&config.service.data.join(SECRET))?;
        Ok(Self(Some(Arc::new(Shared {
            url,
            key,
            open: Mutex::default(),
            unknown: Mutex::default(),
        }))))
    }

    /// Gives a message the address where it can be answered, and keeps it for that long.
    pub(super) fn open(
        &self,
        now: MonoTime,
        delivery: &Delivery,
        (person, channel): (&str, &str),
        message: &mut Message,
    ) {
        let Some(shared) = &self.0 else { return };
        if matches!(delivery.purpose, Purpose::AllClear | Purpose::Answered) {
            return;
        }
        message.answer = Some(shared.url.with(&shared.key.token(&message.key)));
        let until = delivery.at + GOOD_FOR;
        let mut open = shared.lock();
        open.retain(|_, open| now < open.until);
        if until <= now {
            return;
        }
        let mut calls: BTreeMap<String, u64> = BTreeMap::new();
        // Both have the same parts in the same order.
        for (told, part) in message.parts.iter().zip(&delivery.parts) {
            let call = calls.entry(told.bed.clone()).or_default();
            *call = part.call.max(*call);
        }
        let asked = Arc::new(Asked {
            message: message.clone(),
            person: person.to_owned(),
            channel: channel.to_owned(),
            calls,
        });
        open.insert(message.key.clone(), Open { asked, until });
    }

    /// Returns whom a message that can be answered was for, and by what.
    pub(super) fn way(&self, key: &str) -> Option<(String, String)> {
        let open = self.0.as_ref()?.lock();
        let asked = &open.get(key)?.asked;
        Some((asked.person.clone(), asked.channel.clone()))
    }

    /// Returns what a token opens.
    #[must_use]
    pub fn find(&self, token: &str, now: MonoTime) -> Found {
        let Some(shared) = &self.0 else {
            return Found::Unknown;
        };
        // Wrong ones close nothing: nobody guesses 256 bits, and whoever sends any number of them
        // must not keep the person from answering.
        let Some(key) = shared.key.key_of(token) else {
            // Nobody waits for the log with the lock in hand.
            let requests = lock(&shared.unknown).note(now);
            if let Some(requests) = requests {
                // No token is logged, for it may be nearly right.
                warn!(
                    requests,
                    "An answer was asked for with a token that is not ours."
                );
            }
            return Found::Unknown;
        };
        match shared.lock().get(key) {
            Some(open) if now < open.until => Found::Asked(Arc::clone(&open.asked)),
            // It is ours, and is kept for as long as it can be answered.
            Some(_) | None => Found::Expired,
        }
    }

    /// Counts the requests with a token that we have not made.
    #[must_use]
    pub fn unknown(&self) -> u64 {
        let shared = self.0.as_ref();
        shared.map_or(0, |shared| lock(&shared.unknown).count)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Open>> {
        lock(&self.open)
    }
}

impl Unknown {
    /// Counts one, and returns how many are to be logged: all since the last line, unless that was
    /// just now, for whoever sends any number of them must not fill the disk.
    fn note(&mut self, now: MonoTime) -> Option<u64> {
        self.count += 1;
        let logged_at = self.logged_at;
        if logged_at.is_some_and(|at| now.saturating_since(at) < LOGGED_EVERY) {
            return None;
        }
        self.logged_at = Some(now);
        let logged = std::mem::replace(&mut self.logged, self.count);
        Some(self.count - logged)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is written as a whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use chairside_alarm::{AlarmId, Occurrence, Priority};
    use chairside_escalation::{Channel, DeliveryId, Part, Person};
    use chairside_model::BedId;

    use super::*;

    const MADE: MonoTime = MonoTime::from_secs(1_000);

    fn answers(folder: &Path) -> Answers {
        Answers(Some(Arc::new(Shared {
            url: AnswerUrl::parse("https://chairside.clinic.example", &[]).unwrap(),
            key: AnswerKey::open(&folder.join(SECRET)).unwrap(),
            open: Mutex::default(),
            unknown: Mutex::default(),
        })))
    }

    fn delivery(purpose: Purpose) -> Delivery {
        let part = |call, alarm| Part {
            bed: BedId(1),
            alarm,
            occurrence: Occurrence(call),
            priority: Priority::High,
            call,
            since: MADE,
            simulated: false,
        };
        Delivery {
            id: DeliveryId(1),
            at: MADE,
            person: Person(0),
            channel: Channel(0),
            purpose,
            priority: Priority::High,
            parts: vec![part(12, AlarmId::HrHigh), part(9, AlarmId::Spo2VeryLow)],
            called_as: Vec::new(),
        }
    }

    /// Makes a message answerable, and returns its token.
    fn opened(answers: &Answers, now: MonoTime, delivery: &Delivery, key: &str) -> Option<String> {
        let part = |part: &Part| chairside_notify::Part {
            bed: "left".to_owned(),
            bed_name: "Room 1".to_owned(),
            simulated: false,
            alarm: part.alarm.name(),
            occurrence: part.occurrence.0,
            priority: part.priority,
            since: chrono::DateTime::UNIX_EPOCH,
        };
        let mut message = Message {
            key: key.to_owned(),
            at: chrono::DateTime::UNIX_EPOCH,
            site: "clinic-a".to_owned(),
            purpose: chairside_notify::Purpose::Call,
            priority: Priority::High,
            parts: delivery.parts.iter().map(part).collect(),
            answer: None,
        };
        answers.open(now, delivery, ("mn", "phones"), &mut message);
        let address = message.answer?;
        let token = address.strip_prefix("https://chairside.clinic.example/answer/");
        token.map(str::to_owned)
    }

    #[test]
    fn a_call_can_be_answered_by_whom_it_was_for_up_to_its_last_call_of_each_bed() {
        let folder = tempfile::tempdir().unwrap();
        let answers = answers(folder.path());
        let token = opened(&answers, MADE, &delivery(Purpose::Call), "a-1").unwrap();
        let Found::Asked(asked) = answers.find(&token, MADE) else {
            panic!("it is open");
        };
        assert_eq!(asked.person, "mn");
        let way = Some(("mn".to_owned(), "phones".to_owned()));
        assert_eq!((answers.way("a-1"), answers.way("a-2")), (way, None));
        assert_eq!(asked.calls, BTreeMap::from([("left".to_owned(), 12)]));
        assert_eq!(asked.bed_name("left"), "Room 1");
        let over = delivery(Purpose::AllClear);
        assert_eq!(
            opened(&answers, MADE, &over, "a-2"),
            None,
            "nothing to answer"
        );
    }

    #[test]
    fn an_answer_is_taken_for_15_minutes_and_then_never_again() {
        let folder = tempfile::tempdir().unwrap();
        let one = answers(folder.path());
        let call = delivery(Purpose::Call);
        let token = opened(&one, MADE, &call, "a-1").unwrap();
        let at = |seconds| MADE + Duration::from_secs(seconds);
        assert!(matches!(one.find(&token, at(899)), Found::Asked(_)));
        assert_eq!(one.find(&token, at(900)), Found::Expired);
        // Whatever comes later does not open it again, nor is it kept.
        opened(
            &one,
            at(2_000),
            &Delivery {
                at: at(2_000),
                ..call.clone()
            },
            "a-2",
        );
        assert_eq!(one.find(&token, at(2_000)), Found::Expired);
        assert_eq!(one.0.as_ref().unwrap().lock().len(), 1);
        // A restart finds it on record: the same address, for what is left of its time.
        for (seconds, open) in [(899, true), (900, false)] {
            let next = answers(folder.path());
            let again = opened(&next, at(seconds), &call, "a-1");
            assert_eq!(again.as_ref(), Some(&token));
            let found = next.find(&token, at(seconds));
            assert_eq!(matches!(found, Found::Asked(_)), open, "{found:?}");
        }
    }

    #[test]
    fn whoever_guesses_opens_nothing_and_keeps_nobody_from_answering() {
        let folder = tempfile::tempdir().unwrap();
        let answers = answers(folder.path());
        let token = opened(&answers, MADE, &delivery(Purpose::Call), "a-1").unwrap();
        for _ in 0..1_000 {
            assert_eq!(answers.find("a-1.AAAA", MADE), Found::Unknown);
            assert_eq!(answers.find("a-9.AAAA", MADE), Found::Unknown);
        }
        assert!(matches!(answers.find(&token, MADE), Found::Asked(_)));
        assert_eq!(answers.unknown(), 2_000, "a right one is none");
        assert_eq!(Answers::default().find(&token, MADE), Found::Unknown);
        assert_eq!(Answers::default().unknown(), 0, "nothing can be answered");
    }

    #[test]
    fn wrong_tokens_have_one_line_in_a_minute_and_all_are_counted() {
        let mut unknown = Unknown::default();
        let logged = (0..130).filter_map(|second| unknown.note(MADE + Duration::from_secs(second)));
        assert_eq!(logged.collect::<Vec<_>>(), [1, 60, 60]);
        assert_eq!(unknown.count, 130);
    }
}
