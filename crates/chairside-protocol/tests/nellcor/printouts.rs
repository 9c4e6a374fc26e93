//! Printouts that are not of now, the menu, and silence.

use super::{Bench, Duration, INFO, LineInput, check, shown};

const MODEL: &str =
    "NPB-290    VERSION 1.0.0.1    CRC: XXXX  SpO2 Limit: 30-100%    PR Limit: 100-180BPM\r";
const TREND: &str =
    "NPB-290    VERSION 1.0.0.1    TREND  SpO2 Limit: 30-100%    PR Limit: 100-180BPM\r";
const COLUMNS: &str = "TIME            %SPO2   BPM    PA     Status\r";
const TREND_COLUMNS: &str = "TIME            %SPO2   BPM    PA\r";
const LINE: &str = "12-NOV-97 14:00:07      98    120     50\r";

/// Returns the saturations in these lines.
fn saturations(lines: &[&str]) -> usize {
    let found = super::lines_of(lines.concat().as_bytes());
    let saturations = found.iter().filter(|found| found.ends_with("SpO2 98"));
    saturations.count()
}

#[test]
fn the_trend_memory_is_not_of_now() {
    check(
        [TREND, TREND_COLUMNS, LINE].concat().as_bytes(),
        &["81 frame", "115 frame", "156 41 unknown"],
    );
    assert_eq!(saturations(&[LINE, TREND, TREND_COLUMNS, LINE, LINE]), 1);
    // One line of its heading is enough.
    assert_eq!(saturations(&[LINE, TREND, LINE, LINE]), 1);
    assert_eq!(saturations(&[LINE, TREND_COLUMNS, LINE, LINE]), 1);
    assert_eq!(saturations(&[TREND_COLUMNS, LINE, LINE]), 0);
}

#[test]
fn after_the_trend_memory_now_is_read_again() {
    let end = "Output Complete\r";
    assert_eq!(saturations(&[TREND, TREND_COLUMNS, LINE, end, LINE]), 1);
    assert_eq!(saturations(&[TREND, LINE, MODEL, COLUMNS, LINE]), 1);
    assert_eq!(saturations(&[TREND, LINE, MODEL, LINE]), 1);
}

#[test]
fn columns_that_lost_their_last_word_do_not_make_now_the_past() {
    assert_eq!(saturations(&[LINE, MODEL, TREND_COLUMNS, LINE]), 2);
}

#[test]
fn a_silent_oximeter_is_told_to_go_on_every_six_seconds() {
    let mut bench = Bench::with(&INFO);
    assert_eq!(bench.driver.next_deadline(), None);
    bench.input(LineInput::Opened);
    for _ in 0..3 {
        assert_eq!(bench.wait(), Duration::from_secs(6));
        assert_eq!(bench.out.transmit, [0x11]);
    }
    bench.now = bench.now + Duration::from_secs(4);
    bench.input(LineInput::Tick);
    assert!(bench.out.transmit.is_empty(), "a tick that comes too early");
    bench.input(LineInput::Received(LINE.as_bytes()));
    assert!(bench.out.transmit.is_empty());
    assert_eq!(bench.wait(), Duration::from_secs(6));
    bench.input(LineInput::Closed);
    assert_eq!(bench.driver.next_deadline(), None);
    bench.input(LineInput::Tick);
    assert!(bench.out.transmit.is_empty());
}

#[test]
fn a_menu_that_somebody_left_open_is_left_once() {
    let menu = b"N-595   Interactive Mode\r\n    1) Dump Instrument Info\r\n\
                 \x20   0) Exit Interactive Mode\r\n    Command?\r\n";
    let mut bench = Bench::with(&INFO);
    bench.input(LineInput::Received(menu));
    assert!(
        bench.out.transmit.is_empty(),
        "nobody is there to be answered"
    );
    bench.input(LineInput::Opened);
    bench.input(LineInput::Received(menu));
    assert_eq!(bench.out.transmit, b"0\r\n");
    bench.now = bench.now + Duration::from_secs(4);
    let found = bench.input(LineInput::Received(menu));
    assert!(bench.out.transmit.is_empty(), "{found:?}");
    bench.now = bench.now + Duration::from_secs(1);
    bench.input(LineInput::Received(menu));
    assert_eq!(bench.out.transmit, b"0\r\n");
}

#[test]
fn a_line_that_opens_again_begins_anew() {
    let mut bench = Bench::with(&INFO);
    bench.input(LineInput::Opened);
    bench.input(LineInput::Received(TREND.as_bytes()));
    bench.input(LineInput::Received(b"12-NOV"));
    let void = bench.input(LineInput::Closed);
    assert_eq!(shown(&void[0].finding), "6 before_start");
    bench.input(LineInput::Opened);
    let found = bench.input(LineInput::Received(LINE.as_bytes()));
    let found: Vec<_> = found.iter().map(|event| shown(&event.finding)).collect();
    assert_eq!(found, ["frame", "SpO2 98", "PulseRate 120"]);
}
