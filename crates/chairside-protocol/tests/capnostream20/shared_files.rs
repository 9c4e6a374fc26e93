//! The published vectors.

use chairside_protocol::Discard;
use chairside_protocol::capnostream20::framing::{Found, Framer};
use chairside_shared_files::find;

/// Each vector is "wire bytes -> logical bytes", an `F` among these being a frame's start.
#[test]
fn the_published_stuffing_vectors_are_read_as_written_beside_them() {
    let Some(vectors) = find("devices/captures/capnostream20/escape-vectors.txt") else {
        return;
    };
    let listed = std::fs::read_to_string(vectors).expect("the vectors can be read");
    let mut read = 0;
    for line in listed.lines() {
        let Some((wire, logical)) = line
            .strip_prefix("decode:")
            .and_then(|vector| vector.split_once("->"))
        else {
            continue;
        };
        assert_eq!(as_frame(wire), body(logical), "{line}");
        read += 1;
    }
    assert!(read >= 1);
}

/// Puts the bytes behind the vector's start into a frame: they are a body without a length and a
/// check. Returns the body that the framer makes of it.
fn as_frame(wire: &str) -> Vec<u8> {
    let wire = hex(wire);
    let start = wire
        .iter()
        .position(|&byte| byte == 0x85)
        .expect("a vector has a start");
    let (before, stuffed) = (&wire[..start], &wire[start + 1..]);
    // Both bytes of a pair give the same exclusive or as the byte that they stand for, and each
    // 0x80 is the first of one.
    let pairs = stuffed
        .iter()
        .map(|&byte| u8::from(byte == 0x80))
        .sum::<u8>();
    let length = u8::try_from(stuffed.len()).expect("a vector is short") - pairs;
    let check = stuffed.iter().fold(length, |check, byte| check ^ byte);
    let line = [before, &[0x85, length], stuffed, &[check]].concat();
    let mut bodies = Vec::new();
    Framer::default().push(&line, |_, found| match found {
        Found::Frame { body, .. } => bodies.push(body.to_vec()),
        Found::Discarded { bytes, why } => {
            assert_eq!((bytes, why), (before.len(), Discard::BeforeStart));
        }
    });
    assert_eq!(bodies.len(), 1);
    bodies.remove(0)
}

fn body(logical: &str) -> Vec<u8> {
    let (_, body) = logical.split_once('F').expect("a vector has a start");
    hex(body)
}

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).expect("a vector is in hexadecimal"))
        .collect()
}
