use chairside_escalation::{Channel, Contact, DrillFor, Duty, Person, Who};
use chrono::TimeZone as _;

use super::*;
use crate::notify::WayState;
use crate::web::page::Language;

const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> Time {
    Time(Utc.timestamp_opt(NOW + seconds, 0).unwrap())
}

fn contact() -> Contact {
    Contact {
        channel: Channel(0),
        address: "https://secret.example/mn".to_owned(),
    }
}

fn roster() -> Roster {
    let rung = Rung {
        high_after: Duration::from_secs(30),
        medium_after: None,
        who: vec![Who::Duty(0), Who::Person(Person(1)), Who::Everyone],
        by: None,
    };
    Roster {
        site: "clinic-a".to_owned(),
        people: vec![
            ("mn".to_owned(), "M. <b>N.</b>".to_owned()),
            ("ak".to_owned(), "A. K.".to_owned()),
        ],
        contacts: vec![vec![contact()], Vec::new()],
        channels: vec!["phones".to_owned()],
        duties: vec![(
            "nurses".to_owned(),
            Duty {
                shifts: Vec::new(),
                otherwise: vec![Person(0)],
            },
        )],
        ladders: vec![(
            "first".to_owned(),
            Ladder {
                rungs: vec![rung],
                repeat_after: Duration::from_mins(1),
            },
            vec!["Room 1".to_owned()],
        )],
        without_ladder: vec!["Room 2".to_owned()],
        drills: vec![Drill {
            channel: Channel(0),
            whom: DrillFor::Duty(0),
            days: [true; 7],
            at: 510,
            within: Duration::from_mins(10),
        }],
    }
}

fn test(made: i64, received: Option<i64>) -> TestState {
    TestState {
        key: "a-1".to_owned(),
        person: "mn".to_owned(),
        channel: "phones".to_owned(),
        drill: false,
        made_at: at(made),
        taken_at: Some(at(made)),
        received_at: received.map(at),
    }
}

fn state(tests: Vec<TestState>) -> CallingState {
    CallingState {
        channels: vec![ChannelState {
            channel: "phones".to_owned(),
            kind: "ntfy",
            public_key: None,
            health: Health::default(),
        }],
        ways: vec![WayState {
            person: "mn".to_owned(),
            channel: "phones".to_owned(),
            health: Health {
                taken_at: Some(at(-900)),
                failed_at: Some(at(-60)),
                failing_since: Some(at(-600)),
                failing: Some("<ntfy> answered 500".to_owned()),
            },
        }],
        tests,
        drills: vec![DrillState {
            channel: "phones".to_owned(),
            at: "08:30".to_owned(),
            sent_at: Some(at(-7200)),
            missed_since: Some(at(-6600)),
        }],
        followers: vec![FollowerState {
            follower: "alarm_manager",
            connected: false,
            failing: Some("manager.lan:2575 does not answer".to_owned()),
            waiting: 3,
            taken: 12,
            unread: 1,
            dropped: 0,
            untaken: std::collections::BTreeMap::new(),
        }],
        ..CallingState::default()
    }
}

/// The page, and whether it is asked for again.
fn shown(language: Language, state: &CallingState, told: &Told) -> (String, bool) {
    let sections = Sections {
        words: Words::of(language),
        roster: &roster(),
        state,
        now: at(0).0,
        by: "ak",
        wait_max: TimeDelta::minutes(2),
    };
    let figures = vec![(NaiveTime::MIN, OfShift::default())];
    (sections.all(told, Some(&figures)), sections.waits_for(told))
}

fn clock(seconds: i64) -> String {
    time(at(seconds))
}

#[test]
fn it_says_who_is_on_duty_how_each_way_is_and_who_is_called_when() {
    let state = state(vec![test(-300, Some(-290))]);
    let (page, asks_again) = shown(Language::English, &state, &Told::Nothing);
    assert!(!asks_again);
    for part in [
        "<dt>nurses</dt><dd>M. &lt;b&gt;N.&lt;/b&gt;</dd>",
        &format!("FAILING since {}", clock(-600)),
        "<span lang=\"en\">&lt;ntfy&gt; answered 500</span>",
        &format!("sent {}, received {}", clock(-300), clock(-290)),
        "<td colspan=\"4\">only by the screens</td>",
        "<option value=\"ak\" selected>A. K.</option>",
        "name=\"way\" value=\"mn/phones\"",
        "<td>30 s</td><td>–</td><td>on duty: nurses, A. K., everyone</td>",
        "Without a ladder, so that nobody is called: Room 2",
        &format!("MISSED since {}", clock(-6600)),
        "manager.lan:2575 does not answer",
        "from 00:00",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    for part in ["<b>", "secret.example", "<script"] {
        assert!(!page.contains(part), "{part}: {page}");
    }
}

#[test]
fn a_test_is_waited_for_until_somebody_has_received_it_or_for_two_minutes() {
    let told = Told::Test("a-1".to_owned());
    for (made, received, part, asks_again) in [
        (-5, None, "Waiting for this person", true),
        (-119, None, "Waiting for this person", true),
        (-120, None, "has not said that it came", false),
        (-5, Some(-1), "phones: received", false),
    ] {
        let state = state(vec![test(made, received)]);
        let (page, again) = shown(Language::English, &state, &told);
        assert!(page.contains(part), "{part}: {page}");
        assert_eq!(again, asks_again, "{part}");
        let button = page.contains("name=\"received\" value=\"a-1\"");
        assert_eq!(button, received.is_none(), "{page}");
    }
    let (page, again) = shown(Language::English, &state(Vec::new()), &told);
    assert!(page.contains("no such test any more") && !again, "{page}");
}

#[test]
fn in_german_only_reasons_of_the_service_are_english() {
    let told = Told::Problem("<b>".to_owned());
    let (page, _) = shown(Language::German, &state(Vec::new()), &told);
    assert!(page.contains("&lt;b&gt;"), "{page}");
    for part in ["FÄLLT AUS seit", "Jetzt im Dienst", "VERSÄUMT seit"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    for english in ["since", "on duty", "Rung", "half within", "Send"] {
        assert!(!page.contains(english), "{english}: {page}");
    }
}
