//! What the driver orders, and when.

use std::time::Duration;

use chairside_protocol::LineInput;
use chairside_protocol::capnostream20::framing::{Found, Framer};
use chairside_protocol::capnostream20::message::Command;

use super::{Bench, NUMERICS, SAMPLE, device_id};

impl Bench {
    fn streaming() -> Self {
        let mut bench = Self::opened();
        bench.send(&device_id());
        bench.input(LineInput::Received(SAMPLE));
        bench
    }

    fn ordered(&self) -> Vec<Command> {
        let mut commands = Vec::new();
        Framer::default().push(&self.out.transmit, |_, found| match found {
            Found::Frame { body, .. } => {
                commands.push(Command::parse(body).expect("only commands are sent"));
            }
            Found::Discarded { .. } => unreachable!("{found:?}"),
        });
        commands
    }
}

#[test]
fn the_monitor_is_enabled_asked_to_start_and_told_that_we_are_there() {
    let mut bench = Bench::opened();
    assert_eq!(bench.ordered(), [Command::Enable]);
    bench.send(&device_id());
    assert_eq!(bench.ordered(), [Command::StartRealTime]);
    bench.findings(SAMPLE);
    assert_eq!(bench.ordered(), []);
    let begun = bench.now;
    let mut told_at = Vec::new();
    while bench.now.saturating_since(begun) < Duration::from_secs(21) {
        bench.now = bench.now + Duration::from_millis(50);
        bench.findings(SAMPLE);
        bench.input(LineInput::Tick);
        if bench.ordered() == [Command::LinkActive] {
            told_at.push(bench.now.saturating_since(begun).as_secs());
        } else {
            assert_eq!(bench.ordered(), []);
        }
    }
    assert_eq!(told_at, [5, 10, 15, 20]);
}

#[test]
fn a_monitor_that_does_not_answer_is_enabled_for_ever() {
    let mut bench = Bench::opened();
    for _ in 0..1000 {
        assert_eq!(bench.wait(), Duration::from_millis(1500));
        assert_eq!(bench.ordered(), [Command::Enable]);
    }
}

#[test]
fn a_monitor_that_does_not_start_is_asked_thrice_and_then_enabled_again() {
    let mut bench = Bench::opened();
    bench.send(&device_id());
    for _ in 1..3 {
        assert_eq!(bench.wait(), Duration::from_millis(1500));
        assert_eq!(bench.ordered(), [Command::StartRealTime]);
    }
    bench.wait();
    assert_eq!(bench.ordered(), [Command::Enable]);
}

#[test]
fn a_monitor_that_falls_silent_is_enabled_again_after_three_seconds() {
    let mut bench = Bench::streaming();
    assert_eq!(bench.wait(), Duration::from_secs(3));
    assert_eq!(bench.ordered(), [Command::Enable]);
}

#[test]
fn our_own_sign_of_life_is_not_the_monitors() {
    let mut bench = Bench::streaming();
    for _ in 0..2 {
        bench.now = bench.now + Duration::from_millis(2250);
        bench.findings(SAMPLE);
    }
    assert_eq!(bench.wait(), Duration::from_millis(500));
    assert_eq!(bench.ordered(), [Command::LinkActive]);
    assert_eq!(bench.wait(), Duration::from_millis(2500));
    assert_eq!(bench.ordered(), [Command::Enable]);
}

#[test]
fn a_monitor_that_streams_and_does_not_say_who_it_is_is_kept_streaming() {
    let mut bench = Bench::opened();
    for _ in 1..3 {
        bench.findings(NUMERICS);
        bench.wait();
        assert_eq!(bench.ordered(), [Command::Enable]);
    }
    bench.findings(NUMERICS);
    bench.wait();
    assert_eq!(bench.ordered(), [Command::LinkActive]);
    for _ in 0..2 {
        bench.now = bench.now + Duration::from_secs(2);
        bench.findings(NUMERICS);
    }
    assert_eq!(bench.wait(), Duration::from_secs(1));
    assert_eq!(bench.ordered(), [Command::LinkActive]);
}

#[test]
fn nothing_that_changes_the_monitor_is_ever_ordered() {
    let mut bench = Bench::opened();
    let mut ordered = bench.ordered();
    for round in 0..400_u32 {
        bench.input(match round % 5 {
            0 => LineInput::Opened,
            1 => LineInput::Received(NUMERICS),
            2 => LineInput::Received(SAMPLE),
            _ => LineInput::Tick,
        });
        ordered.append(&mut bench.ordered());
        if round % 7 == 0 {
            bench.send(&device_id());
            ordered.append(&mut bench.ordered());
        }
        bench.now = bench.now + Duration::from_millis(u64::from(round % 3) * 2500);
    }
    assert!(ordered.len() > 100);
    assert!(ordered.iter().all(|command| matches!(
        command,
        Command::Enable | Command::StartRealTime | Command::LinkActive
    )));
}

#[test]
fn a_tick_that_comes_early_and_a_message_nobody_asked_for_change_nothing() {
    let mut bench = Bench::streaming();
    let deadline = bench.driver.next_deadline();
    bench.input(LineInput::Tick);
    assert_eq!(bench.ordered(), []);
    bench.send(&device_id());
    assert_eq!(bench.ordered(), []);
    assert_eq!(bench.driver.next_deadline(), deadline);
}

#[test]
fn nothing_is_ordered_while_the_line_is_closed() {
    let mut bench = Bench::streaming();
    bench.input(LineInput::Closed);
    assert_eq!(bench.driver.next_deadline(), None);
    bench.input(LineInput::Tick);
    bench.send(&device_id());
    bench.findings(NUMERICS);
    assert_eq!(bench.ordered(), []);
}
