//! The published lines of real oximeters.

use chairside_shared_files::find;

use super::lines_of;

/// Returns the lines as they were quoted, each ended by a line feed.
fn quoted() -> Option<Vec<u8>> {
    let path = find("devices/captures/masimo-ascii/lines.txt")?;
    Some(std::fs::read(path).expect("the lines can be read"))
}

const RAD8: [&str; 3] = ["frame", "SpO2 NoSensor", "PulseRate NoSensor"];
const RADICAL7: [&str; 4] = [
    "frame",
    "SpO2 98?",
    "PulseRate 123?",
    "PerfusionIndex 0.55?",
];

fn without_offsets(found: &[String]) -> Vec<&str> {
    found
        .iter()
        .filter_map(|line| Some(line.split_once(' ')?.1))
        .collect()
}

#[test]
fn the_quoted_lines_give_what_is_written_beside_them() {
    let Some(bytes) = quoted() else {
        return;
    };
    let found = lines_of(&bytes);
    assert_eq!(without_offsets(&found), [&RAD8[..], &RADICAL7].concat());
}

#[test]
fn as_on_the_wire_with_two_ends_they_give_the_same() {
    let Some(bytes) = quoted() else {
        return;
    };
    let mut wire = Vec::new();
    for byte in bytes {
        wire.push(byte);
        if byte == b'\n' {
            wire.push(b'\r');
        }
    }
    let found = lines_of(&wire);
    let expected = [&RAD8[..], &RADICAL7, &["1 before_start"]].concat();
    assert_eq!(without_offsets(&found), expected);
}

/// Returns the values that are numbers, whether or not they are trusted.
fn numbers(bytes: &[u8]) -> Vec<String> {
    without_offsets(&lines_of(bytes))
        .into_iter()
        .filter(|found| found.ends_with(|end: char| end.is_ascii_digit() || end == '?'))
        .map(|found| found.trim_end_matches('?').to_owned())
        .collect()
}

#[test]
fn a_line_that_lost_its_beginning_gives_nothing() {
    for line in quoted()
        .iter()
        .flat_map(|bytes| bytes.split_inclusive(|&byte| byte == b'\n'))
    {
        for begin in 1..line.len() {
            let found = lines_of(&line[begin..]);
            let dropped =
                |found: &String| found.ends_with("malformed") || found.ends_with("before_start");
            assert!(found.iter().all(dropped), "{found:?}");
        }
    }
}

#[test]
fn a_line_that_lost_its_end_gives_no_other_number() {
    for line in quoted()
        .iter()
        .flat_map(|bytes| bytes.split_inclusive(|&byte| byte == b'\n'))
    {
        let whole = numbers(line);
        for end in 0..line.len() - 1 {
            let cut = numbers(&[&line[..end], b"\n"].concat());
            assert!(cut.iter().all(|number| whole.contains(number)), "{cut:?}");
        }
    }
}
