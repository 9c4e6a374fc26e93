//! Every channel to people fails in each way in which its other side can: it refuses, sends one
//! elsewhere, breaks off, hangs, or answers when nobody waits for it any more. Each time the next
//! rung is climbed in its time, that is an alarm, and whoever is told twice can know it (issue 6).
//!
//! A clinic for each way of failing. Each of its beds calls mn by a channel of its own, and then
//! ak, a minute later unless that channel fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::time::Duration;

use chairside_channel_peers::Browser;
use chairside_e2e::clinic::{Calls, Clinic, Planned, device};
use chairside_e2e::http;
use chairside_e2e::postbox::Postbox;
use chairside_e2e::receiver::{Manner, Receiver, Request};
use chairside_store::{AttemptRow, OutboxRow, RungRow};
use tempfile::TempDir;

use crate::ladder::{crisis, kept};
use crate::{AT_ONCE, SOON};

/// The channels of a clinic, and the bed that calls by each.
const CHANNELS: [(&str, &str); 6] = [
    ("1", "mail"),
    ("2", "webhook"),
    ("3", "sms"),
    ("4", "voice"),
    ("5", "phones"),
    ("6", "browsers"),
];

/// Whoever is called has not been reached when no channel has taken the message for so long.
const REACHED_WITHIN: Duration = Duration::from_secs(10);

/// The other sides of all channels, and what takes the calls of the next rung.
struct OtherSides {
    mail: Postbox,
    /// By the name of its channel.
    http: BTreeMap<&'static str, Receiver>,
    browser: Browser,
    next: Receiver,
    /// Keys and secrets.
    folder: TempDir,
}

impl OtherSides {
    async fn open(over_http: Manner, mail: Manner) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        fs::write(folder.path().join("webhook.secret"), secret).unwrap();
        let mut http = BTreeMap::new();
        for (_, channel) in CHANNELS.into_iter().filter(|(_, name)| *name != "mail") {
            http.insert(channel, Receiver::open(over_http.clone()).await);
        }
        Self {
            mail: Postbox::mail(mail).await,
            http,
            browser: Browser::subscribed(),
            next: Receiver::open(Manner::Take).await,
            folder,
        }
    }

    /// What of a channel is its own in the configuration.
    fn settings(&self, channel: &str) -> String {
        let file = |name: &str| self.folder.path().join(name).display().to_string();
        let url = |path: &str| format!("url = \"http://{}{path}\"\n", self.http[channel].address());
        match channel {
            "mail" => format!(
                "kind = \"mail\"\nhost = \"127.0.0.1\"\nport = {}\nprotection = \"none\"\n\
                 unprotected_hosts = [\"127.0.0.1\"]\nfrom = \"chairside@clinic.example\"\n",
                self.mail.port()
            ),
            "webhook" => format!(
                "kind = \"webhook\"\n{}secret_files = [{:?}]\n",
                url("/alarms"),
                file("webhook.secret")
            ),
            "sms" => format!(
                "kind = \"gateway\"\n{}form = {{ To = \"{{to}}\", Body = \"{{text}}\", Id = \"{{key}}\" }}\n",
                url("/Messages.json")
            ),
            "voice" => format!(
                "kind = \"gateway\"\n{}form = {{ To = \"{{to}}\", Id = \"{{key}}\", \
                 Twiml = \"<Response><Say>{{text_xml}}</Say></Response>\" }}\n",
                url("/Calls.json")
            ),
            "phones" => format!("kind = \"ntfy\"\n{}", url("")),
            _ => format!(
                "kind = \"push\"\nsubject = \"mailto:it@clinic.example\"\nkey_file = {:?}\n",
                file("push.key")
            ),
        }
    }

    fn address(&self, channel: &str) -> String {
        match channel {
            "mail" => "mn@clinic.example".to_owned(),
            "sms" | "voice" => "+43660555".to_owned(),
            "browsers" => {
                let endpoint = format!("http://{}/push", self.http[channel].address());
                self.browser.subscription(&endpoint)
            }
            _ => "mn".to_owned(),
        }
    }

    /// The bed that calls by a channel has a ladder of the channel's name; ak gets its calls by
    /// telephone, under a topic of that name too.
    fn calls(&self) -> Calls {
        let mut calls = Calls {
            channels: "[notify]\nlisted_hosts = [\"127.0.0.1\"]\n\
                       answer_url = \"http://127.0.0.1:9\"\n"
                .to_owned(),
            ladder_of: CHANNELS.into_iter().collect(),
            ..Calls::default()
        };
        let contact = |channel: &str, address: &str| {
            format!("[[staff.contact]]\nchannel = \"{channel}\"\naddress = '{address}'\n")
        };
        for (_, channel) in CHANNELS {
            let next = format!("after-{channel}");
            write!(
                calls.channels,
                "[[channel]]\nname = \"{channel}\"\n{}\
                 [[channel]]\nname = \"{next}\"\nkind = \"ntfy\"\nurl = \"http://{}\"\n",
                self.settings(channel),
                self.next.address()
            )
            .unwrap();
            calls.mn += &contact(channel, &self.address(channel));
            calls.ak += &contact(&next, channel);
            write!(
                calls.ladders,
                "[[ladder]]\nname = \"{channel}\"\nrepeat_s = 60\n\
                 [[ladder.rung]]\nhigh_after_s = 0\ncall = [\"mn\"]\nby = [\"{channel}\"]\n\
                 [[ladder.rung]]\nhigh_after_s = 60\ncall = [\"ak\"]\nby = [\"{next}\"]\n"
            )
            .unwrap();
        }
        calls
    }

    /// To which address each thing came that came by a channel.
    fn addressed(&self, channel: &str) -> BTreeSet<String> {
        if channel == "mail" {
            let came = self.mail.texts().into_iter();
            return came
                .map(|text| text.lines().next().unwrap().to_owned())
                .collect();
        }
        let requests = self.http[channel].requests().into_iter();
        let address = |request: Request| match channel {
            "webhook" => request.json()["data"]["to"].as_str().unwrap().to_owned(),
            "phones" => request.json()["topic"].as_str().unwrap().to_owned(),
            "browsers" => request.path,
            _ => {
                let mut fields = request.body.split('&');
                let to = fields.find_map(|field| field.strip_prefix("To="));
                to.unwrap().to_owned()
            }
        };
        requests.map(address).collect()
    }

    /// What came by a channel, in words in which two are the same that a receiver can know to be
    /// the same.
    fn came(&self, channel: &str) -> Vec<String> {
        if channel == "mail" {
            return self.mail.texts();
        }
        let requests = self.http[channel].requests().into_iter();
        let read = requests.map(|request| match channel {
            "webhook" => format!("{:?} {}", request.header("webhook-id"), request.body),
            // Each attempt has a key of its own.
            "browsers" => {
                let read = self.browser.decrypt(&request.bytes);
                String::from_utf8(read).unwrap()
            }
            _ => request.body,
        });
        read.collect()
    }
}

/// What mn's address looks like where it comes to.
fn arrives_at(channel: &str) -> &'static str {
    match channel {
        "mail" => "RCPT TO:<mn@clinic.example>",
        "sms" | "voice" => "%2B43660555",
        "browsers" => "/push",
        _ => "mn",
    }
}

/// What the record of a closed clinic has of one channel of [`CHANNELS`].
struct Kept<'a> {
    rungs: Vec<&'a RungRow>,
    /// The messages to mn.
    keys: BTreeSet<&'a str>,
    /// Who got a message about the bed, by what.
    people: BTreeSet<(&'a str, &'a str)>,
    attempts: Vec<&'a AttemptRow>,
    /// When ak's telephone had taken the call.
    next_taken: Duration,
}

impl<'a> Kept<'a> {
    fn of(rows: &'a [OutboxRow], bed: &str, channel: &str) -> Self {
        let rungs = rows.iter().filter_map(|row| match row {
            OutboxRow::Rung(rung) if rung.rung.bed == bed => Some(rung),
            _ => None,
        });
        let keys_by = |by: &str| -> BTreeSet<&str> {
            let keys = rows.iter().filter_map(|row| match row {
                OutboxRow::Delivery(made) if made.channel == by => Some(&*made.key),
                _ => None,
            });
            keys.collect()
        };
        let people = rows.iter().filter_map(|row| match row {
            OutboxRow::Delivery(made) if made.parts.iter().any(|part| part.bed == bed) => {
                Some((&*made.person, &*made.channel))
            }
            _ => None,
        });
        let people = people.collect();
        let (keys, next) = (keys_by(channel), keys_by(&format!("after-{channel}")));
        let attempts = rows.iter().filter_map(|row| match row {
            OutboxRow::Attempt(tried) if keys.contains(&*tried.key) => Some(tried),
            _ => None,
        });
        let taken = rows.iter().find_map(|row| match row {
            OutboxRow::End(end) if next.contains(&*end.key) && end.ended == "taken" => Some(end.at),
            _ => None,
        });
        let rungs: Vec<&RungRow> = rungs.collect();
        let taken = taken.unwrap_or_else(|| panic!("{channel}: ak's call was not taken"));
        Self {
            next_taken: taken.saturating_since(rungs[0].at),
            attempts: attempts.collect(),
            rungs,
            keys,
            people,
        }
    }
}

/// Lets every channel fail in a way; it is tried again where that may pass.
async fn fail(over_http: Manner, mail: Manner, passes: bool) {
    let mut sides = OtherSides::open(over_http, mail).await;
    let planned: Vec<Planned> = CHANNELS
        .iter()
        .map(|(bed, _)| device(bed, "ge-v100", crisis()))
        .collect();
    let clinic = Clinic::open_calling(&planned, &sides.calls()).await;
    let mut client = clinic.client().await;
    for (bed, channel) in CHANNELS {
        let failed = client.alarm(2 * SOON, bed, "DELIVERY_FAILED", |_| true);
        let evidence = failed.await["evidence"].to_string();
        let way = format!("not reached: mn by {channel}");
        assert!(evidence.contains(&way), "{channel}: {evidence}");
    }
    let next = sides.next.until(CHANNELS.len(), AT_ONCE);
    let next = client.reading_until(next).await;
    let taken = http::get_until(clinic.address(), "/api/v1/calling", AT_ONCE, |state| {
        let mut under_way = state["under_way"].as_array().unwrap().iter();
        under_way.all(|message| message["person"] == "mn")
    });
    client.reading_until(taken).await;
    let closed = clinic.close().await;

    let mut topics = crate::ladder::topics(&next);
    topics.sort();
    let mut expected = CHANNELS.map(|(_, channel)| channel);
    expected.sort_unstable();
    assert_eq!(topics, expected, "ak, once for each, and nobody else");
    let rows = kept(&closed);
    for (bed, channel) in CHANNELS {
        let kept = Kept::of(&rows, bed, channel);
        let climbed = kept.rungs.iter().map(|row| (row.rung.rung, &*row.why));
        let climbed: Vec<_> = climbed.collect();
        assert_eq!(climbed, [(1, "time"), (2, "unreached")], "{channel}");
        let after = format!("after-{channel}");
        let of_each = kept.rungs.iter().map(|row| &row.ways[..]);
        let of_each: Vec<_> = of_each.collect();
        let ways = [("mn", channel), ("ak", &*after)];
        let called = ways.map(|(person, by)| [(person.to_owned(), by.to_owned())]);
        assert_eq!(of_each, called, "each rung calls its people");
        assert_eq!(kept.people, BTreeSet::from(ways), "and nobody else");
        let address = BTreeSet::from([arrives_at(channel).to_owned()]);
        assert_eq!(sides.addressed(channel), address, "{channel}");
        let bound = if passes {
            REACHED_WITHIN..REACHED_WITHIN + AT_ONCE
        } else {
            Duration::ZERO..AT_ONCE
        };
        let took = kept.next_taken;
        assert!(bound.contains(&took), "{channel}: {took:?} of {bound:?}");

        assert_eq!(kept.keys.len(), 1, "{channel}: one message to mn");
        let outcome = if passes { "failed" } else { "refused" };
        let outcomes: BTreeSet<&str> = kept.attempts.iter().map(|row| &*row.outcome).collect();
        assert_eq!(outcomes, BTreeSet::from([outcome]), "{channel}: {rows:?}");
        assert!(kept.attempts.iter().all(|row| row.why.is_some()));
        let came = sides.came(channel);
        assert_eq!(came.len() > 1, passes, "{channel}: {came:?}");
        let distinct: BTreeSet<&String> = came.iter().collect();
        assert_eq!(distinct.len(), 1, "{channel}: {distinct:?}");
        // Where the other side had the message and not only the recipient, it had its key.
        if channel != "mail" || came[0].contains("Message-ID") {
            let key = kept.keys.first().unwrap();
            assert!(came[0].contains(key), "{channel}: {key}: {}", came[0]);
        }
    }
    closed
        .log
        .assert_clean_but_for(&["A message was not taken."]);
}

#[tokio::test]
async fn by_whatever_channel_a_refusal_calls_the_next_person_at_once() {
    fail(Manner::Refuse(403), Manner::Refuse(550), false).await;
}

#[tokio::test]
async fn by_whatever_channel_nobody_is_followed_elsewhere_and_the_next_person_is_called_at_once() {
    let elsewhere = Receiver::open(Manner::Take).await;
    let url = format!("http://{}/", elsewhere.address());
    let mailbox = "mn@elsewhere.example".to_owned();
    fail(Manner::Elsewhere(url), Manner::Elsewhere(mailbox), false).await;
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn by_whatever_channel_one_that_hangs_calls_the_next_person_after_ten_seconds() {
    fail(Manner::Hang, Manner::Hang, true).await;
}

/// It has the message each time, and we know of it never: the same key says so.
#[tokio::test]
async fn by_whatever_channel_an_answer_after_the_cut_off_calls_the_next_person_and_twice_is_told() {
    // An attempt ends after five seconds.
    let late = Manner::Late(Duration::from_secs(7));
    fail(late.clone(), late, true).await;
}

#[tokio::test]
async fn by_whatever_channel_one_that_breaks_off_calls_the_next_person_after_ten_seconds() {
    fail(Manner::Close, Manner::Close, true).await;
}

#[tokio::test]
async fn by_whatever_channel_one_that_is_not_able_now_calls_the_next_person_after_ten_seconds() {
    fail(Manner::Refuse(503), Manner::Refuse(451), true).await;
}
