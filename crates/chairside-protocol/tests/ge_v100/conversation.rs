//! Who speaks when: what is asked, again, and no longer.

use std::time::Duration;

use chairside_model::MonoTime;
use chairside_protocol::{Discard, Finding, LineInput};

use super::{Bench, CUFF, RATE, SATURATION, TEMPERATURE};

/// What a monitor answers; a part that it lacks is never answered.
struct Monitor {
    bench: Bench,
    /// Seconds since the opening at which a frame arrived.
    frames: Vec<f64>,
    /// The same of each kind: NA, OA, RA, TC.
    answers: [Vec<f64>; 4],
    opened: MonoTime,
}

const KINDS: [(&str, &[u8]); 4] = [
    ("NA", CUFF),
    ("OA", SATURATION),
    ("RA", RATE),
    ("TC", TEMPERATURE),
];

impl Monitor {
    fn new() -> Self {
        let bench = Bench::opened();
        Self {
            opened: bench.now,
            bench,
            frames: Vec::new(),
            answers: Default::default(),
        }
    }

    fn elapsed(&self) -> f64 {
        self.bench.now.saturating_since(self.opened).as_secs_f64()
    }

    /// Answers for so long; `reply` may change or withhold each reply.
    fn answer_until(
        &mut self,
        seconds: f64,
        mut reply: impl FnMut(f64, usize, &[u8]) -> Option<Vec<u8>>,
    ) {
        while self.elapsed() < seconds {
            let asked = self.bench.asked();
            let kind = KINDS
                .iter()
                .position(|(letters, _)| asked.contains(letters));
            let answer =
                kind.and_then(|kind| Some((kind, reply(self.elapsed(), kind, KINDS[kind].1)?)));
            let Some((kind, answer)) = answer else {
                self.bench.wait();
                continue;
            };
            self.bench.now = self.bench.now + Duration::from_millis(30);
            if self.bench.findings(&answer).contains(&Finding::Frame) {
                self.frames.push(self.elapsed());
                self.answers[kind].push(self.elapsed());
            }
        }
    }

    fn longest(times: &[f64]) -> f64 {
        let steps = times.windows(2).map(|pair| pair[1] - pair[0]);
        steps.fold(0.0, f64::max)
    }
}

#[test]
fn a_monitor_that_lacks_parts_is_heard_at_least_every_three_seconds() {
    for missing in 0..8_usize {
        let has = |kind: usize| kind == 0 || missing & (1 << (kind - 1)) == 0;
        let mut monitor = Monitor::new();
        monitor.answer_until(300.0, |_, kind, reply| has(kind).then(|| reply.to_vec()));
        let longest = Monitor::longest(&monitor.frames);
        assert!(longest < 3.0, "without {missing:03b}: {longest} s");
        for kind in (0..3).filter(|kind| has(*kind)) {
            let times = &monitor.answers[kind];
            let longest = Monitor::longest(times);
            assert!(
                longest <= 5.0 && times.len() > 270,
                "without {missing:03b}, {kind}: {longest} s, {}",
                times.len()
            );
        }
    }
}

#[test]
fn a_part_that_answers_again_is_read_again() {
    let mut monitor = Monitor::new();
    let silent = 20.0..150.0;
    monitor.answer_until(300.0, |at, kind, reply| {
        (kind != 1 || !silent.contains(&at)).then(|| reply.to_vec())
    });
    let again = monitor.answers[1].iter().find(|at| **at > silent.end);
    let again = *again.expect("it is read again");
    assert!(again <= silent.end + 61.0, "{again}");
    let after = monitor.answers[1].iter().filter(|at| **at > again).count();
    assert!(after > 80, "once a second: {after}");
}

#[test]
fn a_short_silence_of_one_part_costs_it_a_few_seconds() {
    let mut monitor = Monitor::new();
    let silent = 20.0..22.5;
    monitor.answer_until(60.0, |at, kind, reply| {
        (kind != 1 || !silent.contains(&at)).then(|| reply.to_vec())
    });
    assert!(Monitor::longest(&monitor.answers[1]) < 9.0);
}

#[test]
fn a_line_that_was_silent_is_asked_for_everything_when_it_speaks_again() {
    let mut monitor = Monitor::new();
    let silent = 20.0..400.0;
    monitor.answer_until(460.0, |at, _, reply| {
        (!silent.contains(&at)).then(|| reply.to_vec())
    });
    for kind in 0..3 {
        let again = monitor.answers[kind].iter().find(|at| **at > silent.end);
        assert!(
            again.is_some_and(|at| *at < silent.end + 8.0),
            "{kind}: {again:?}"
        );
    }
}

#[test]
fn a_reply_that_lost_a_byte_leaves_no_gap() {
    for lost in 0..SATURATION.len() {
        let mut monitor = Monitor::new();
        let mut spoiled = false;
        monitor.answer_until(30.0, |at, kind, reply| {
            let mut reply = reply.to_vec();
            if kind == 1 && at > 8.0 && !std::mem::replace(&mut spoiled, true) {
                reply.remove(lost);
            }
            Some(reply)
        });
        let longest = Monitor::longest(&monitor.answers[1]);
        assert!(
            longest < 2.2,
            "byte {lost}: {longest} s between two saturations"
        );
    }
}

#[test]
fn a_late_reply_tells_that_its_part_is_there() {
    let mut bench = Bench::opened();
    bench.input(LineInput::Received(CUFF));
    assert_eq!(bench.asked(), r" OA!3\r");
    bench.wait();
    assert_eq!(bench.asked(), r"\r OA!3\r");
    bench.wait();
    assert_eq!(bench.asked(), r"\r NA!2\r", "the oximeter is left alone");
    bench.input(LineInput::Received(SATURATION));
    bench.input(LineInput::Received(CUFF));
    assert_eq!(bench.asked(), r" OA!3\r");
}

#[test]
fn a_round_asks_one_thing_after_the_other_once_a_second() {
    let mut bench = Bench::opened();
    assert_eq!(bench.asked(), r"\r NA!2\r");
    bench.input(LineInput::Received(CUFF));
    assert_eq!(bench.asked(), r" OA!3\r");
    bench.input(LineInput::Received(SATURATION));
    assert_eq!(bench.asked(), r" RA!6\r");
    bench.input(LineInput::Received(RATE));
    assert_eq!(bench.asked(), r" TC!:\r");
    bench.input(LineInput::Received(TEMPERATURE));
    assert_eq!(bench.asked(), "");
    assert_eq!(bench.wait(), Duration::from_secs(1));
    assert_eq!(bench.asked(), r" NA!2\r");
}

#[test]
fn the_temperature_is_asked_for_every_ten_seconds() {
    let mut bench = Bench::opened();
    let begun = bench.now;
    let mut asked_at = Vec::new();
    while bench.now.saturating_since(begun) < Duration::from_secs(31) {
        for reply in [CUFF, SATURATION, RATE] {
            bench.input(LineInput::Received(reply));
        }
        if bench.asked() == r" TC!:\r" {
            asked_at.push(bench.now.saturating_since(begun).as_secs());
            bench.input(LineInput::Received(TEMPERATURE));
        }
        bench.wait();
    }
    assert_eq!(asked_at, [0, 10, 20, 30]);
}

#[test]
fn an_unanswered_question_is_put_again_after_a_second() {
    let mut bench = Bench::opened();
    assert_eq!(bench.wait(), Duration::from_secs(1));
    assert_eq!(bench.asked(), r"\r NA!2\r");
    assert_eq!(bench.wait(), Duration::from_secs(1));
    assert_eq!(
        bench.asked(),
        r"\r OA!3\r",
        "one part that is silent must not silence the others"
    );
}

#[test]
fn a_silent_monitor_is_asked_for_ever() {
    let mut bench = Bench::opened();
    for _ in 0..1000 {
        assert!(bench.wait() <= Duration::from_secs(1));
    }
    bench.wait();
    assert_ne!(bench.asked(), "");
}

#[test]
fn a_monitor_without_a_thermometer_is_left_alone_with_it_for_a_minute() {
    let mut bench = Bench::opened();
    let mut waits_for_temperature = 0;
    let begun = bench.now;
    while bench.now.saturating_since(begun) < Duration::from_secs(50) {
        for reply in [CUFF, SATURATION, RATE] {
            bench.input(LineInput::Received(reply));
        }
        if bench.asked() == r" TC!:\r" {
            waits_for_temperature += 1;
            assert_eq!(bench.wait(), Duration::from_secs(1));
        }
        bench.wait();
    }
    assert_eq!(waits_for_temperature, 1);
}

#[test]
fn a_damaged_reply_is_asked_for_again_soon() {
    let mut bench = Bench::opened();
    let mut damaged = CUFF.to_vec();
    damaged[12] ^= 0x01;
    let discarded = Finding::Discarded {
        bytes: damaged.len(),
        why: Discard::Checksum,
    };
    assert_eq!(bench.findings(&damaged), [discarded]);
    assert_eq!(
        bench.asked(),
        "",
        "the rest of the noise may still be on its way"
    );
    assert_eq!(bench.wait(), Duration::from_millis(250));
    assert_eq!(bench.asked(), r"\r NA!2\r");
}

#[test]
fn a_tick_that_comes_early_and_a_reply_nobody_asked_for_change_nothing() {
    let mut bench = Bench::opened();
    let deadline = bench.driver.next_deadline();
    bench.input(LineInput::Tick);
    assert_eq!(bench.asked(), "");
    bench.input(LineInput::Received(RATE));
    assert_eq!(bench.asked(), "");
    assert_eq!(bench.driver.next_deadline(), deadline);
}

#[test]
fn nothing_is_asked_while_the_line_is_closed() {
    let mut bench = Bench::opened();
    bench.input(LineInput::Closed);
    assert_eq!(bench.driver.next_deadline(), None);
    bench.input(LineInput::Tick);
    assert_eq!(bench.asked(), "");
}
