//! The driver of outside programs from the outside: lines in, findings out.

use std::time::Duration;

use chairside_model::{Cuff, Measured, MonoTime, Reading};
use chairside_protocol::ndjson::INFO;
use chairside_protocol::{Discard, Finding, LineInput};

#[path = "support/bench.rs"]
mod bench;

use bench::Bench;

/// Returns what is found in the lines, in short.
fn told(bench: &mut Bench, lines: &str) -> Vec<String> {
    shown(
        bench.input(LineInput::Received(lines.as_bytes())),
        bench.now,
    )
}

fn shown(events: Vec<chairside_protocol::DriverEvent>, now: MonoTime) -> Vec<String> {
    let shown = |finding| match finding {
        Finding::Frame => None,
        Finding::Reading(Reading::Numeric(numeric)) => Some(match numeric.measured {
            Measured::Valid(value) => format!("{} {value}", numeric.metric),
            Measured::Questionable(value) => format!("{} {value}?", numeric.metric),
            Measured::Unavailable(why) => format!("{} {}", numeric.metric, why.name()),
        }),
        Finding::Reading(Reading::Cuff(Cuff::Completed(reading))) => {
            let values: Vec<_> = reading
                .numerics()
                .map(|(_, value)| value.to_string())
                .collect();
            let age = now.saturating_since(reading.taken).as_secs();
            Some(format!("cuff {} {age} s ago", values.join("/")))
        }
        Finding::Reading(Reading::Waveform(run)) => {
            Some(format!("{} {:?}", run.metric, run.samples))
        }
        Finding::Discarded { bytes, why } => Some(format!("{bytes} {why}")),
        other => Some(format!("{other:?}")),
    };
    events
        .into_iter()
        .filter_map(|event| shown(event.finding))
        .collect()
}

fn pressure(metric: &str, value: u16) -> String {
    format!(
        "{{\"kind\":\"numeric\",\"metric\":\"{metric}\",\"value\":{value},\"unit\":\"mmHg\",\
         \"validity\":\"valid\",\"age_s\":45}}\n"
    )
}

const SATURATION: &str = "{\"kind\":\"numeric\",\"metric\":\"SpO2\",\"value\":97,\"unit\":\"%\",\
                          \"validity\":\"valid\"}\n";

const NOTHING: [&str; 0] = [];

#[test]
fn values_curves_and_what_is_none_are_told_apart() {
    let mut bench = Bench::with(&INFO);
    let lines = "{\"kind\":\"waveform\",\"metric\":\"Pleth\",\"period_us\":13333,\"samples\":[1,2]}\n\
                 {\"kind\":\"numeric\",\"metric\":\"SpO2\",\"validity\":\"unavailable\"}\r\n\
                 {\"kind\":\"numeric\",\"metric\":\"Glucose\",\"value\":5,\"validity\":\"valid\"}\n\
                 hello\n\n\
                 {\"kind\":\"discarded\",\"bytes\":7,\"why\":\"checksum\"}\n";
    assert_eq!(
        told(&mut bench, &format!("{SATURATION}{lines}")),
        [
            "SpO2 97",
            "Pleth [1000, 2000]",
            "SpO2 NoReading",
            "67 unknown",
            "6 malformed",
            "1 malformed",
            "48 checksum",
        ]
    );
}

#[test]
fn the_pressures_of_a_cuff_are_one_determination() {
    let mut bench = Bench::with(&INFO);
    let first = pressure("NibpSystolic", 118) + &pressure("NibpDiastolic", 76);
    assert_eq!(told(&mut bench, &first), NOTHING, "it may go on");
    let rest = pressure("NibpMean", 90) + SATURATION;
    assert_eq!(
        told(&mut bench, &rest),
        ["cuff 118/76/90 45 s ago", "SpO2 97"]
    );
    // The next one, of the same pressures.
    told(&mut bench, &first);
    assert_eq!(told(&mut bench, &first), ["cuff 118/76 45 s ago"]);
    // Nothing comes after it.
    let waited = bench.wait();
    assert!(waited <= Duration::from_millis(200), "{waited:?}");
    let late = shown(bench.out.events.clone(), bench.now);
    assert_eq!(late, ["cuff 118/76 45 s ago"]);
    assert_eq!(bench.driver.next_deadline(), None);
}

#[test]
fn a_determination_is_not_lost_with_the_line() {
    let mut bench = Bench::with(&INFO);
    told(&mut bench, &pressure("NibpSystolic", 118));
    let closed = bench.input(LineInput::Closed);
    assert_eq!(shown(closed, bench.now), ["cuff 118 45 s ago"]);
}

#[test]
fn a_determination_without_pressures_or_with_impossible_ones_has_failed() {
    let mut bench = Bench::with(&INFO);
    let none = "{\"kind\":\"numeric\",\"metric\":\"NibpSystolic\",\"validity\":\"unavailable\"}\n";
    let failed = told(&mut bench, &format!("{none}{SATURATION}"));
    assert_eq!(failed[0], "Reading(Cuff(Failed(Unknown)))");
    let upside_down = pressure("NibpSystolic", 70) + &pressure("NibpDiastolic", 120) + SATURATION;
    let failed = told(&mut bench, &upside_down);
    assert_eq!(failed[0], "Reading(Cuff(Failed(NoDetermination)))");
}

#[test]
fn a_pressure_that_the_program_doubts_is_no_part_of_a_determination() {
    let mut bench = Bench::with(&INFO);
    let doubted = pressure("NibpSystolic", 118).replace("\"valid\"", "\"questionable\"");
    let both = doubted.clone() + &pressure("NibpDiastolic", 76) + SATURATION;
    assert!(!told(&mut bench, &both)[0].contains("118"), "{doubted}");
    let failed = told(&mut bench, &(doubted + SATURATION));
    assert_eq!(failed[0], "Reading(Cuff(Failed(Unknown)))");
}

#[test]
fn a_line_that_does_not_end_is_dropped_and_the_next_one_is_read() {
    let mut bench = Bench::with(&INFO);
    let long = "x".repeat(100_000);
    let found = told(&mut bench, &format!("{long}\n{SATURATION}"));
    let (last, dropped) = found.split_last().unwrap();
    assert_eq!(last, "SpO2 97");
    assert!(
        dropped.iter().all(|line| line.ends_with("too_long")),
        "{dropped:?}"
    );
    let half = bench.input(LineInput::Received(b"{\"kind\""));
    assert!(half.is_empty());
    let void = bench.input(LineInput::Closed);
    let why = Discard::BeforeStart;
    assert_eq!(void[0].finding, Finding::Discarded { bytes: 7, why });
}
