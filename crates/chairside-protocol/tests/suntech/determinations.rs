//! Determinations, each told once.

use super::{Bench, Duration, LineInput, Reply, data};

/// Gives this reply every half second for so long, and returns what is told.
fn repeat(bench: &mut Bench, reply: &Reply, seconds: u32) -> Vec<String> {
    let mut told = Vec::new();
    for _ in 0..2 * seconds {
        bench.now = bench.now + Duration::from_millis(500);
        told.extend(bench.reply(reply));
    }
    told
}

fn inflation(bench: &mut Bench) -> Vec<String> {
    let mut told = repeat(bench, &Reply::CuffPressure(160), 1);
    told.extend(repeat(bench, &Reply::CuffPressure(70), 20));
    told.extend(repeat(bench, &Reply::CuffPressure(3), 1));
    told
}

#[test]
fn the_manuals_example_is_told_once_and_not_before_it_was_measured() {
    let mut bench = Bench::opened();
    assert_eq!(repeat(&mut bench, &data(120, 80, 93, 70), 60), [""; 0]);
    assert_eq!(inflation(&mut bench), ["Measuring"]);
    assert_eq!(
        repeat(&mut bench, &data(115, 74, 88, 85), 60),
        ["115/74 (88)", "rate 85"]
    );
}

#[test]
fn the_same_numbers_twice_are_two_determinations() {
    let mut bench = Bench::opened();
    repeat(&mut bench, &data(120, 80, 93, 70), 5);
    for _ in 0..3 {
        inflation(&mut bench);
        bench.reply(&Reply::Complete);
        assert_eq!(
            repeat(&mut bench, &data(115, 74, 88, 85), 60),
            ["115/74 (88)", "rate 85"]
        );
    }
}

#[test]
fn what_cannot_be_is_no_value() {
    let mut bench = Bench::opened();
    repeat(&mut bench, &data(120, 80, 93, 70), 5);
    for (reply, expected) in [
        (data(301, 74, 88, 0), &["-/74 (88)"][..]),
        (data(115, 0, 88, 0), &["115/- (88)"]),
        (data(115, 74, 20, 0), &["115/74 (-)"]),
        (data(74, 115, 88, 0), &["Failed(NoDetermination)"]),
        (data(999, 999, 999, 80), &["Failed(NoDetermination)"]),
    ] {
        inflation(&mut bench);
        assert_eq!(repeat(&mut bench, &reply, 30), expected);
    }
}

#[test]
fn after_the_line_was_closed_the_data_may_be_another_modules() {
    let mut bench = Bench::opened();
    repeat(&mut bench, &data(120, 80, 93, 70), 5);
    bench.input(LineInput::Closed);
    bench.input(LineInput::Opened);
    assert_eq!(repeat(&mut bench, &data(115, 74, 88, 85), 60), [""; 0]);
    inflation(&mut bench);
    assert_eq!(
        repeat(&mut bench, &data(128, 76, 93, 0), 60),
        ["128/76 (93)"]
    );
}
