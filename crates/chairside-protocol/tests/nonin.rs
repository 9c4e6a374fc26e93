//! The Nonin driver from the outside: bytes in, findings out.

use chairside_protocol::nonin::INFO;
use chairside_protocol::nonin::message::{
    Format2Frame, Format7Frame, Packet, SecondStatus, StreamStatus,
};

#[path = "nonin/formats.rs"]
mod formats;
#[path = "nonin/shared_files.rs"]
mod shared_files;
#[path = "nonin/values.rs"]
mod values;
#[path = "support/words.rs"]
mod words;
use words::shown;

/// Returns what the driver finds in the bytes, in words.
fn lines_of(bytes: &[u8]) -> Vec<String> {
    words::lines_of(&INFO, bytes)
}

fn check(bytes: &[u8], expected: &[&str]) {
    assert_eq!(lines_of(bytes), expected);
}

/// Leaves out the frames and the curve.
fn numerics_of(bytes: &[u8]) -> Vec<String> {
    let kept = |line: &String| !line.ends_with("frame") && !line.contains("Pleth");
    lines_of(bytes).into_iter().filter(kept).collect()
}

/// A packet's values; nothing but those for display is of any use to the driver.
fn packet(saturation: Option<u8>, rate: Option<u16>) -> Packet {
    Packet {
        rate: None,
        saturation: None,
        firmware: 0x30,
        timer: 0,
        second_status: SecondStatus::NONE,
        saturation_display: saturation,
        saturation_fast: None,
        saturation_beat: None,
        rate_extended: None,
        saturation_extended: None,
        saturation_extended_display: None,
        rate_display: rate,
        rate_extended_display: None,
    }
}

/// Returns a packet's frames of format 2, each with the status given for its number.
fn packet_2(packet: &Packet, status: impl Fn(usize) -> StreamStatus) -> Vec<u8> {
    let mut line = Vec::new();
    for (position, float) in packet.floats().into_iter().enumerate() {
        let status = synced(position, status(position + 1));
        let pleth = 9;
        let frame = Format2Frame {
            status,
            pleth,
            float,
        };
        frame.emit(&mut line);
    }
    line
}

/// The same in format 7, with a curve that needs more than eight bits.
fn packet_7(packet: &Packet, status: impl Fn(usize) -> StreamStatus) -> Vec<u8> {
    let mut line = Vec::new();
    for (position, float) in packet.floats().into_iter().enumerate() {
        let status = synced(position, status(position + 1));
        let pleth = 0x1234 + u16::try_from(position).expect("a packet has 25 frames");
        let frame = Format7Frame {
            status,
            pleth,
            float,
        };
        frame.emit(&mut line);
    }
    line
}

fn synced(position: usize, status: StreamStatus) -> StreamStatus {
    if position == 0 {
        status | StreamStatus::SYNC
    } else {
        status
    }
}

fn quiet(_: usize) -> StreamStatus {
    StreamStatus::NONE
}

fn well() -> Vec<u8> {
    packet_2(&packet(Some(97), Some(72)), quiet)
}

/// 72/min, 97 %.
const SECOND: [u8; 4] = [0x80, 0x48, 0x61, 0x00];
