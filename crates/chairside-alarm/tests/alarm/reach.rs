//! Whether the alarms reach people: nobody hears them, or they are not delivered.

use chairside_alarm::{
    AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Audience, Delivery, Sources, Transition,
    Unheard, WhyUnheard,
};
use chairside_model::MonoTime;

use crate::adult;
use crate::chart::{check, check_with};

#[test]
fn nobody_who_hears_the_alarms_is_told_after_fifteen_seconds_of_an_open_session() {
    check(
        "session @0 opens
         device  @5 heard @20 unheard @50 heard
         until   60s",
        "35s *** NO_STATION present/on
         50s *** NO_STATION absent/off",
    );
    check(
        "session @10 opens\n until 40s",
        "25s *** NO_STATION present/on",
    );
    check(
        "session @10 opens
         device  @0 heard @20 unheard @34 heard
         until   60s",
        "",
    );
}

#[test]
fn nobody_need_hear_anything_while_no_session_is_open() {
    check("device @0 heard @20 unheard\n until 60s", "");
    check(
        "session @0 opens @40 closes @60 opens
         until   80s",
        "15s *** NO_STATION present/on
         40s *** NO_STATION absent/off
         75s *** NO_STATION present/on",
    );
}

#[test]
fn an_alarm_that_reached_nobody_is_told_after_ten_seconds_until_it_is_delivered() {
    check(
        "device @3 undelivered @30 delivered",
        "13s ** DELIVERY_FAILED present/on
         30s ** DELIVERY_FAILED absent/off",
    );
    check("device @3 undelivered @12 delivered\n until 30s", "");
}

#[test]
fn what_is_good_only_for_a_moment_ends_nothing_where_a_hold_is_asked_for() {
    check_with(
        |parts| {
            let rule = parts.technical.no_station.as_mut().expect("it is on");
            rule.clear_hold = std::time::Duration::from_secs(3);
        },
        "session @0 opens
         device  @0 unheard @20 heard @22 unheard @30 heard
         until   40s",
        "15s *** NO_STATION present/on
         33s *** NO_STATION absent/off",
    );
}

/// An engine whose session opened at the beginning, and what it has told.
fn told_of(inputs: &[(u64, AlarmInput<'_>)]) -> Vec<(u64, AlarmId, u64, String)> {
    let profile = AlarmProfile::new(adult::parts()).expect("limits do not contradict each other");
    let mut engine = AlarmEngine::new(profile, Sources::default(), MonoTime::ZERO);
    let mut told = Vec::new();
    for (second, input) in inputs {
        engine.handle(MonoTime::from_secs(*second), *input, &mut told);
    }
    let ours = [AlarmId::NoStation, AlarmId::DeliveryFailed];
    told.retain(|one| ours.contains(&one.id) && one.present);
    let in_words = |one: Transition| {
        (
            one.at.saturating_since(MonoTime::ZERO).as_secs(),
            one.id,
            one.call,
            one.evidence,
        )
    };
    told.into_iter().map(in_words).collect()
}

fn at(display: &str, why: WhyUnheard) -> Unheard {
    Unheard {
        display: display.into(),
        why,
    }
}

#[test]
fn nobody_hears_for_a_reason_that_is_kept_up_to_date_without_another_call() {
    let muted = [at("desk", WhyUnheard::Muted)];
    let silent = |second| [at("desk", WhyUnheard::Silent(MonoTime::from_secs(second)))];
    let (silent_first, silent_again) = (silent(18), silent(19));
    let gone = [at("desk", WhyUnheard::Gone(MonoTime::from_secs(18)))];
    let nobody = |why| AlarmInput::Audience(Audience::Nobody { since: None, why });
    let told = told_of(&[
        (0, AlarmInput::Session(true)),
        (0, nobody(&muted)),
        (15, AlarmInput::Tick),
        (16, nobody(&muted)),
        (25, nobody(&silent_first)),
        (26, nobody(&silent_again)),
        (30, nobody(&gone)),
        (31, nobody(&[])),
    ]);
    let unheard = "session open and no display that can be heard";
    let expected = [
        (15, format!("{unheard} for 15 s: desk is muted")),
        (
            25,
            format!("{unheard} for 25 s: desk has said nothing for 7 s"),
        ),
        (
            30,
            format!("{unheard} for 30 s: no display is connected; desk has been gone for 12 s"),
        ),
        (31, format!("{unheard} for 31 s: no display is connected")),
    ];
    let call = told[0].2;
    let expected = expected.map(|(second, words)| (second, AlarmId::NoStation, call, words));
    assert_eq!(told, expected);
}

#[test]
fn nobody_hears_from_when_a_display_was_last_known_to_be_heard_and_a_session_was_open() {
    let told_at = |opens: u64, since: Option<u64>| {
        let since = since.map(MonoTime::from_secs);
        let why = &[at("desk", WhyUnheard::Muted)];
        let ticks = [48, 49, 52, 55].map(|second| (second, AlarmInput::Tick));
        let inputs = [
            (0, AlarmInput::Audience(Audience::Heard)),
            (opens, AlarmInput::Session(true)),
            (40, AlarmInput::Audience(Audience::Nobody { since, why })),
        ];
        told_of(&[&inputs[..], &ticks].concat())[0].0
    };
    assert_eq!(told_at(10, Some(34)), 49);
    assert_eq!(told_at(37, Some(34)), 52, "from the session on");
    assert_eq!(told_at(10, None), 55, "from when it is said");
}

#[test]
fn each_display_that_is_not_heard_is_named_with_its_reason_but_for_very_many() {
    let why = [
        at("desk", WhyUnheard::Suspended),
        at("hall", WhyUnheard::Unconfirmed),
        at("room-1", WhyUnheard::Hidden),
    ];
    let words = |why: &[Unheard]| {
        let told = told_of(&[
            (0, AlarmInput::Session(true)),
            (
                0,
                AlarmInput::Audience(Audience::Nobody { since: None, why }),
            ),
            (15, AlarmInput::Tick),
        ]);
        told[0].3.clone()
    };
    let unheard = "session open and no display that can be heard for 15 s";
    let named = "desk plays nothing; nobody has confirmed the sound of hall; room-1 is hidden";
    assert_eq!(words(&why), format!("{unheard}: {named}"));
    let many = [
        &why[..],
        &[
            at("tablet", WhyUnheard::NotDrawn(None)),
            at("wall", WhyUnheard::NotDrawn(Some(MonoTime::from_secs(5)))),
        ],
    ]
    .concat();
    assert_eq!(words(&many), format!("{unheard}: {named}; and 2 more"));
    assert_eq!(
        words(&many[3..]),
        format!("{unheard}: tablet has drawn nothing; wall has drawn nothing for 10 s")
    );
}

#[test]
fn an_alarm_counts_as_not_delivered_from_when_it_was_sent_and_not_from_when_that_is_said() {
    let waits = |since, why| {
        AlarmInput::Delivered(Delivery::Waits {
            since: MonoTime::from_secs(since),
            why,
        })
    };
    let desk = "desk has not confirmed it";
    let told = told_of(&[
        (20, waits(17, desk)),
        (26, AlarmInput::Tick),
        (27, AlarmInput::Tick),
    ]);
    let words = "an alarm has not been delivered for 10 s: desk has not confirmed it".to_owned();
    let call = told[0].2;
    assert_eq!(told, [(27, AlarmId::DeliveryFailed, call, words)]);

    let told = told_of(&[
        (20, waits(17, desk)),
        // That one was confirmed, and another one waits.
        (24, waits(21, desk)),
        (30, AlarmInput::Tick),
    ]);
    assert_eq!(told, []);

    let other = "desk, hall have not confirmed it";
    let told = told_of(&[
        (40, waits(17, desk)),
        (40, AlarmInput::Tick),
        (45, waits(17, other)),
        (46, waits(17, other)),
    ]);
    let call = told[0].2;
    let told: Vec<_> = told
        .iter()
        .map(|(second, _, call, words)| (*second, *call, &**words))
        .collect();
    assert_eq!(
        told,
        [
            (
                40,
                call,
                "an alarm has not been delivered for 23 s: desk has not confirmed it"
            ),
            (
                45,
                call,
                "an alarm has not been delivered for 28 s: desk, hall have not confirmed it"
            ),
        ]
    );
}
