//! The published vectors.

use chairside_shared_files::find;

use super::{check, lines_of, numerics_of};

/// Returns the bytes of a capture, where the captures are at hand.
fn capture(name: &str) -> Option<Vec<u8>> {
    let bytes = std::fs::read(find("devices/captures/nonin")?.join(name));
    Some(bytes.expect("the captures are there when their folder is"))
}

fn check_capture(name: &str, expected: &[&str]) {
    if let Some(bytes) = capture(name) {
        check(&bytes, expected);
    }
}

#[test]
fn the_two_valid_frames_are_two_frames() {
    check_capture(
        "oem3-df2-two-valid-frames.bin",
        &["5 frame", "10 frame", "10 Pleth [1, 1]"],
    );
}

#[test]
fn the_bad_checksum_costs_its_frame_alone() {
    check_capture(
        "oem3-df2-bad-checksum-2nd.bin",
        &["5 frame", "10 5 checksum"],
    );
}

#[test]
fn the_bad_status_costs_its_frame_alone() {
    check_capture(
        "oem3-df2-bad-status-2nd.bin",
        &["5 frame", "10 5 malformed"],
    );
}

#[test]
fn the_false_start_does_not_cost_the_frame_inside_it() {
    check_capture("oem3-df2-resync-7bytes.bin", &["2 2 checksum", "7 frame"]);
}

#[test]
fn the_whole_packet_gives_its_numbers_once() {
    if let Some(bytes) = capture("oem3-df2-one-packet.bin") {
        assert_eq!(numerics_of(&bytes), ["125 SpO2 97", "125 PulseRate 72"]);
        let frames = lines_of(&bytes)
            .into_iter()
            .filter(|line| line.ends_with("frame"));
        assert_eq!(frames.count(), 25);
    }
}
