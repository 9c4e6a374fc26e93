//! Who speaks when.

use std::time::Duration;

use chairside_protocol::LineInput;
use chairside_protocol::philips_mib::framing::{Found, Framer};
use chairside_protocol::philips_mib::message::{
    Association, HostMessage, Message, PollKind, PollProfile, PollRequest, class, group,
};

use super::{Bench, answer, emitted, event};

const NOON: [u8; 8] = [0x20, 0x26, 0x11, 0x26, 0x12, 0x00, 0x00, 0x00];
const SECOND: Duration = Duration::from_secs(1);

/// Returns what the driver sent with the last input, in short.
fn sent(bench: &mut Bench) -> Vec<String> {
    let bytes = std::mem::take(&mut bench.out.transmit);
    let mut sent = Vec::new();
    Framer::default().push(&bytes, |_, found| {
        let Found::Frame { data, .. } = found else {
            unreachable!("{found:?}");
        };
        sent.push(
            match HostMessage::parse(data).expect("the driver knows what it says") {
                HostMessage::Association(Association::Request(_)) => "request".to_owned(),
                HostMessage::Association(other) => format!("{other:?}").to_lowercase(),
                HostMessage::EventResult(result) => format!("confirm {}", result.relative_time),
                HostMessage::Poll(PollRequest {
                    class, group, kind, ..
                }) => match kind {
                    PollKind::ExtendedFor(ticks) => {
                        format!("poll {class:04X} {group:04X} for {} s", ticks / 8000)
                    }
                    PollKind::Single => format!("poll {class:04X} {group:04X}"),
                    PollKind::ExtendedOnce => unreachable!("the driver does not"),
                },
            },
        );
    });
    sent
}

fn polls() -> Vec<String> {
    [
        (class::NUMERICS, group::ALL),
        (class::ALARMS, group::ALARMS),
        (class::CURVES, group::ALL),
    ]
    .map(|(class, group)| format!("poll {class:04X} {group:04X} for 30 s"))
    .into()
}

fn hear(bench: &mut Bench, message: &Message<'_>) {
    bench.input(LineInput::Received(&emitted(message)));
}

fn hear_association(bench: &mut Bench, association: Association) {
    hear(bench, &Message::Association(association));
}

fn granted() -> Association {
    Association::Accept(Some(PollProfile {
        period: 4000,
        receive_max: 996,
        transmit_max: 996,
        options: 0x6000_0000,
        extensions: PollProfile::NUMBERS_AND_CURVES,
    }))
}

/// A driver whose request is out.
fn requested() -> Bench {
    let mut bench = Bench::listening();
    bench.input(LineInput::Opened);
    assert_eq!(
        sent(&mut bench),
        ["abort"],
        "what another program may have left"
    );
    assert_eq!(bench.wait(), Duration::from_millis(250));
    assert_eq!(sent(&mut bench), ["request"]);
    bench
}

/// A driver that polls.
fn polling() -> Bench {
    let mut bench = requested();
    hear_association(&mut bench, granted());
    assert_eq!(sent(&mut bench), Vec::<String>::new());
    bench.input(LineInput::Received(&event(NOON, 7777)));
    let mut expected = vec!["confirm 7777".to_owned()];
    expected.extend(polls());
    assert_eq!(sent(&mut bench), expected);
    bench
}

fn hear_numbers(bench: &mut Bench) {
    bench.input(LineInput::Received(&answer(class::NUMERICS, 8000, &[])));
}

#[test]
fn an_association_is_made_and_everything_is_polled() {
    polling();
}

#[test]
fn a_driver_that_only_listens_says_nothing() {
    let mut bench = Bench::listening();
    hear_association(&mut bench, granted());
    bench.input(LineInput::Received(&event(NOON, 0)));
    hear_numbers(&mut bench);
    assert_eq!(sent(&mut bench), Vec::<String>::new());
    assert_eq!(bench.driver.next_deadline(), None);
}

#[test]
fn the_association_is_kept_alive_and_the_polls_are_renewed_before_they_end() {
    let mut bench = polling();
    let begun = bench.now;
    let (mut alive, mut renewed) = (Vec::new(), Vec::new());
    let mut heard = begun;
    while bench.now < begun + Duration::from_mins(2) {
        // Its numbers come every second.
        let next = bench.driver.next_deadline().unwrap();
        if heard + SECOND < next {
            heard = heard + SECOND;
            bench.now = heard;
            hear_numbers(&mut bench);
            continue;
        }
        bench.wait();
        let sent = sent(&mut bench);
        if sent == polls() {
            renewed.push(bench.now);
        } else {
            assert_eq!(sent, ["poll 0036 0811"]);
        }
        alive.push(bench.now);
    }
    let gaps = |times: &[chairside_model::MonoTime]| {
        let gaps = times
            .windows(2)
            .map(|pair| pair[1].saturating_since(pair[0]));
        gaps.max().unwrap()
    };
    assert!(
        gaps(&alive) <= Duration::from_secs(3),
        "the monitor waits 10 s"
    );
    assert!(
        gaps(&renewed) <= Duration::from_secs(15),
        "the polls last 30 s"
    );
    assert!(renewed[0] <= begun + Duration::from_secs(15));
}

#[test]
fn a_request_that_is_not_answered_is_put_again() {
    let mut bench = requested();
    for _ in 0..5 {
        assert_eq!(bench.wait(), Duration::from_secs(3));
        assert_eq!(sent(&mut bench), ["abort"]);
        assert_eq!(bench.wait(), Duration::from_millis(250));
        assert_eq!(sent(&mut bench), ["request"]);
    }
}

#[test]
fn a_monitor_that_refuses_or_aborts_is_left_alone_for_ten_seconds() {
    for ended in [Association::Refuse, Association::Abort] {
        let mut bench = requested();
        hear_association(&mut bench, ended);
        assert_eq!(sent(&mut bench), Vec::<String>::new(), "{ended:?}");
        assert_eq!(bench.wait(), Duration::from_secs(10), "{ended:?}");
        assert_eq!(sent(&mut bench), ["abort"]);
        bench.wait();
        assert_eq!(sent(&mut bench), ["request"]);
    }
    for ended in [
        Association::Abort,
        Association::Release,
        Association::Released,
    ] {
        let mut bench = polling();
        hear_association(&mut bench, ended);
        assert_eq!(bench.wait(), Duration::from_secs(10), "{ended:?}");
        assert_eq!(sent(&mut bench), ["abort"]);
    }
}

#[test]
fn a_monitor_that_falls_silent_is_released_and_asked_again() {
    let mut bench = polling();
    assert_eq!(bench.wait(), Duration::from_secs(3));
    assert_eq!(sent(&mut bench), ["poll 0036 0811"]);
    assert_eq!(bench.wait(), Duration::from_secs(2));
    assert_eq!(sent(&mut bench), ["release"]);
    let mut answered = bench.now;
    answered = answered + Duration::from_millis(20);
    bench.now = answered;
    hear_association(&mut bench, Association::Released);
    assert_eq!(
        sent(&mut bench),
        ["request"],
        "as soon as the monitor has released"
    );

    let mut bench = polling();
    bench.wait();
    bench.wait();
    assert_eq!(sent(&mut bench), ["release"]);
    assert_eq!(bench.wait(), SECOND);
    assert_eq!(sent(&mut bench), ["request"], "or when it does not say so");
}

#[test]
fn numbers_that_stay_away_while_the_monitor_speaks_are_polled_again() {
    let mut bench = polling();
    let begun = bench.now;
    let mut polled = Vec::new();
    while bench.now < begun + Duration::from_secs(13) {
        bench.now = bench.now + SECOND;
        bench.input(LineInput::Received(&answer(class::CURVES, 8000, &[])));
        bench.input(LineInput::Tick);
        if sent(&mut bench) == polls() {
            polled.push(bench.now.saturating_since(begun).as_secs());
        }
    }
    assert_eq!(polled, [5, 10]);
}

#[test]
fn a_monitor_that_has_not_heard_the_confirmation_gets_it_again() {
    let mut bench = polling();
    bench.input(LineInput::Received(&event(NOON, 8888)));
    assert_eq!(sent(&mut bench), ["confirm 8888"]);
}

#[test]
fn a_monitor_that_grants_and_then_does_not_come_is_asked_again() {
    let mut bench = requested();
    hear_association(&mut bench, granted());
    assert_eq!(bench.wait(), Duration::from_secs(10));
    assert_eq!(sent(&mut bench), ["abort"]);
}

#[test]
fn something_refused_is_a_sign_of_life_and_no_end() {
    let mut bench = polling();
    bench.now = bench.now + Duration::from_secs(2);
    hear(&mut bench, &Message::Refused { invoke: 4, why: 9 });
    assert_eq!(bench.wait(), SECOND);
    assert_eq!(sent(&mut bench), ["poll 0036 0811"]);
    // Five seconds after it was heard, and not after the beginning.
    while sent(&mut bench) != ["release"] {
        bench.wait();
    }
}

#[test]
fn a_closed_line_is_left_alone() {
    let mut bench = polling();
    bench.input(LineInput::Closed);
    assert_eq!(bench.driver.next_deadline(), None);
    bench.input(LineInput::Tick);
    assert_eq!(sent(&mut bench), Vec::<String>::new());
}

#[test]
fn an_early_tick_does_nothing() {
    let mut bench = requested();
    bench.input(LineInput::Tick);
    assert_eq!(sent(&mut bench), Vec::<String>::new());
}
