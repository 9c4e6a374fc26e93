//! The stream of a real CMS50E.

use chairside_driver_contract as contract;
use chairside_protocol::Finding;
use chairside_protocol::contec_cms50::INFO;
use chairside_shared_files::find;

use super::{curve, found};

/// Returns the bytes of the capture, where the captures are at hand.
fn capture() -> Option<Vec<u8>> {
    let folder = find("devices/captures/contec-cms50")?;
    let bytes = std::fs::read(folder.join("cms50e-realtime-first20.bin"));
    Some(bytes.expect("the captures are there when their folder is"))
}

#[test]
fn the_capture_gives_its_values() {
    let Some(bytes) = capture() else { return };
    let frames = contract::findings(&INFO, &bytes)
        .into_iter()
        .filter(|event| event.finding == Finding::Frame);
    assert_eq!(frames.count(), 20);
    // There is no perfusion index, and no zero in its place.
    assert_eq!(found(&bytes), ["SpO2 99", "PulseRate 60"]);
    let pleth = [
        19, 19, 18, 18, 18, 17, 17, 16, 16, 16, 15, 14, 14, 13, 13, 12, 11, 11, 11, 11,
    ];
    assert_eq!(curve(&bytes).concat(), pleth);
}

#[test]
fn the_capture_is_read_the_same_in_any_pieces_and_from_anywhere() {
    let Some(bytes) = capture() else { return };
    for length in 1..bytes.len() {
        let mut script = contract::Script::of_stream(&bytes[..]);
        script.pieces = vec![length];
        contract::check(&INFO, &script);
    }
    for begin in 0..9 * 16 {
        let lost = (9 - begin % 9) % 9;
        let values = found(&bytes[begin..]);
        let discarded = (lost > 0).then(|| format!("{lost} before_start"));
        let expected = ["SpO2 99", "PulseRate 60"].map(str::to_owned);
        assert_eq!(
            values,
            [discarded.into_iter().collect(), expected.to_vec()].concat()
        );
    }
}
