//! What the driver asks for, and when.

use chairside_protocol::ge_dri::framing::{Found, Framer};
use chairside_protocol::ge_dri::message::Request;

use super::*;

impl Bench {
    /// The line is open and the monitor sends.
    fn streaming() -> Self {
        let mut bench = Self::opened();
        bench.send(&well());
        bench.send(&well());
        bench
    }

    fn asked(&self) -> Vec<(u8, Request)> {
        let mut requests = Vec::new();
        Framer::default().push(&self.out.transmit, |_, found| match found {
            Found::Frame { record, .. } => {
                let (header, request) = Request::parse(record).expect("only requests are sent");
                requests.push((header.level, request));
            }
            Found::Discarded { .. } => unreachable!("{found:?}"),
        });
        requests
    }
}

/// The manual's least interval, and then the one that real monitors can give.
fn asked_with(level: u8) -> [(u8, Request); 2] {
    [5, 1].map(|interval_s| (level, Request::Displayed { interval_s }))
}

fn is_for_waves(request: &Request) -> bool {
    let Request::Waves(list) = request else {
        return false;
    };
    let waves: Vec<_> = list.waves().collect();
    assert_eq!(
        waves,
        [
            WaveKind::ECG_1,
            WaveKind::PLETH,
            WaveKind::CO2,
            WaveKind::RESP
        ]
    );
    true
}

#[test]
fn values_are_asked_for_and_when_they_come_waves_and_alarms() {
    let mut bench = Bench::opened();
    assert_eq!(bench.asked(), asked_with(0));
    bench.send(&well());
    let asked = bench.asked();
    assert!(is_for_waves(&asked[0].1));
    assert_eq!(asked[1..], [(0, Request::AlarmChanges)]);
    bench.send(&well());
    assert_eq!(bench.asked(), []);
}

#[test]
fn a_monitor_that_does_not_answer_is_asked_in_every_way_and_for_ever() {
    let mut bench = Bench::opened();
    for _ in 0..100 {
        for level in [9, 8, 7, 0] {
            assert_eq!(bench.wait(), Duration::from_secs(6));
            assert_eq!(bench.asked(), asked_with(level));
        }
    }
}

#[test]
fn what_was_answered_is_asked_again_after_a_silence() {
    let mut bench = Bench::opened();
    bench.wait();
    bench.send(&well());
    assert!(bench.asked().iter().all(|(level, _)| *level == 9));
    bench.send(&well());
    let silent = bench.now;
    bench.wait();
    assert_eq!(bench.now.saturating_since(silent), Duration::from_secs(10));
    assert_eq!(bench.asked(), asked_with(9));
}

#[test]
fn a_single_record_that_was_left_over_is_no_answer() {
    let mut bench = Bench::opened();
    bench.send(&well());
    assert_eq!(bench.wait(), Duration::from_secs(10));
    assert_eq!(bench.asked(), asked_with(9));
}

#[test]
fn waves_that_stop_are_asked_for_again_and_so_are_alarms() {
    let mut bench = Bench::streaming();
    let begun = bench.now;
    let record = waves_of(&[Samples {
        kind: WaveKind::PLETH,
        status: WaveStatus::NONE,
        samples: &[0],
    }]);
    let mut waves = Vec::new();
    let mut alarms = Vec::new();
    for second in 1..=130 {
        bench.now = begun + Duration::from_secs(second);
        bench.send(&well());
        if second <= 20 {
            bench.findings(&record);
        }
        bench.input(LineInput::Tick);
        for (_, request) in bench.asked() {
            if request == Request::AlarmChanges {
                alarms.push(second);
            } else {
                assert!(is_for_waves(&request), "{request:?}");
                waves.push(second);
            }
        }
    }
    assert_eq!(waves[..3], [30, 40, 50]);
    assert_eq!(alarms, [60, 120]);
}

#[test]
fn a_monitor_that_gives_alarms_is_asked_for_them_now_and_then() {
    let mut bench = Bench::streaming();
    let status = AlarmStatus {
        header: HEADER,
        sound_on: true,
        silence: 0,
        alarms: [Alarm::NONE; 5],
    };
    let mut bytes = Vec::new();
    status.emit(&mut bytes);
    bench.findings(&bytes);
    bench.now = bench.now + Duration::from_secs(9);
    bench.send(&well());
    assert_eq!(bench.wait(), Duration::from_secs(1));
    assert!(bench.asked().contains(&(0, Request::AlarmStatus)));
}

#[test]
fn nothing_but_what_the_monitor_shows_is_ever_asked_for() {
    let mut bench = Bench::opened();
    let mut asked = bench.asked();
    for round in 0..600_u32 {
        bench.input(match round % 7 {
            0 if round % 70 == 0 => LineInput::Opened,
            1..=3 if round % 100 < 70 => LineInput::Received(&[0x7E; 9]),
            _ => LineInput::Tick,
        });
        asked.append(&mut bench.asked());
        if round % 100 < 60 {
            bench.send(&well());
            asked.append(&mut bench.asked());
        }
        bench.now = bench.now + Duration::from_millis(u64::from(round % 3) * 2500);
    }
    assert!(asked.len() > 50);
    for (_, request) in asked {
        match request {
            Request::Displayed { interval_s } => assert!(interval_s > 0),
            Request::Waves(_) | Request::AlarmChanges | Request::AlarmStatus => {}
            Request::StopWaves | Request::StopAlarms => panic!("{request:?}"),
        }
    }
}

#[test]
fn a_tick_that_comes_early_changes_nothing_and_a_closed_line_is_left_alone() {
    let mut bench = Bench::streaming();
    let deadline = bench.driver.next_deadline();
    bench.input(LineInput::Tick);
    assert_eq!(bench.asked(), []);
    assert_eq!(bench.driver.next_deadline(), deadline);
    bench.input(LineInput::Closed);
    assert_eq!(bench.driver.next_deadline(), None);
    bench.input(LineInput::Tick);
    bench.send(&well());
    assert_eq!(bench.asked(), []);
}
