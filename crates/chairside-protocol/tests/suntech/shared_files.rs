//! The published vectors.

use chairside_protocol::Discard;
use chairside_protocol::suntech::message::{Reply, Request};
use chairside_shared_files::find;

/// Returns each vector's bytes and what is written beside them.
fn vectors() -> Vec<(Vec<u8>, String)> {
    let Some(path) = find("devices/captures/suntech/vectors.txt") else {
        return Vec::new();
    };
    let listed = std::fs::read_to_string(path).expect("the vectors can be read");
    listed
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (hex, meaning) = line.split_once(" ; ")?;
            let bytes = (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal"));
            Some((bytes.collect(), meaning.to_owned()))
        })
        .collect()
}

#[test]
fn the_published_packets_are_read_as_written_beside_them() {
    for (packet, meaning) in vectors() {
        let (request, reply) = (Request::parse(&packet), Reply::parse(&packet));
        let expected = match meaning.as_str() {
            "host: get cuff pressure" => request == Ok(Request::CuffPressure),
            "host: get BP data" => request == Ok(Request::BpData),
            // Nothing here can send it, and so nothing reads it.
            "host: start blood-pressure measurement" => request.is_err() && reply.is_err(),
            "module: cuff pressure 258 mmHg (0x0102 little-endian)" => {
                reply == Ok(Reply::CuffPressure(258))
            }
            "module: same with wrong checksum -> reject" => reply == Err(Discard::Checksum),
            "module: 'K' = command accepted / complete" => reply == Ok(Reply::Complete),
            other => panic!("a vector that nobody knows: {other}"),
        };
        assert!(expected, "{meaning}: {request:?}, {reply:?}");
    }
}

#[test]
fn as_a_stream_they_are_the_modules_two_packets_and_the_rest_is_reported() {
    let vectors = vectors();
    if vectors.is_empty() {
        return;
    }
    let stream: Vec<u8> = vectors.into_iter().flat_map(|(packet, _)| packet).collect();
    let mut bench = super::Bench::with(&super::INFO);
    let mut told = Vec::new();
    for byte in &stream {
        let found = bench.input(super::LineInput::Received(&[*byte]));
        told.extend(found.iter().map(|event| super::shown(&event.finding)));
    }
    // 258 mmHg in the cuff: it is being pumped up.
    let expected = [
        "13 before_start",
        "frame",
        "Measuring",
        "5 checksum",
        "frame",
    ];
    assert_eq!(told, expected);
    assert!(bench.out.transmit.is_empty());
}
