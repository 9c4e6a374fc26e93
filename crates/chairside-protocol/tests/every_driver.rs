//! Every driver of the catalogue on any bytes at all. What is checked is in
//! `crates/chairside-driver-contract`; the same with bytes of devices is in `tests/e2e/every_device.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::iter::{once, repeat};
use std::path::Path;
use std::time::Duration;

use chairside_driver_contract::{self as contract, Happening, Script};
use chairside_model::{CuffOrder, MonoTime};
use chairside_protocol::{DRIVERS, DriverInfo, DriverOutput, LineInput};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_in_any_pieces_are_survived(script in any_script()) {
        every(|info| contract::check(info, &script));
    }

    #[test]
    fn any_bytes_that_a_fuzzer_finds_are_survived(bytes in vec(any::<u8>(), 0..300)) {
        let script = Script::from_bytes(&bytes);
        every(|info| contract::check(info, &script));
    }
}

#[test]
fn inputs_that_were_kept_are_survived_by_every_driver() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/kept");
    let mut kept = 0;
    for driver in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(driver.unwrap().path()).unwrap() {
            let script = Script::from_bytes(&fs::read(file.unwrap().path()).unwrap());
            every(|info| contract::check(info, &script));
            kept += 1;
        }
    }
    assert!(kept > 0);
}

#[test]
fn no_byte_and_no_beginning_of_a_frame_makes_a_driver_grow() {
    every(|info| {
        for byte in 0..=u8::MAX {
            // A device that only shouts.
            contract::memory(info, || repeat(byte));
            // A frame that never ends; a very long one, where there is a length; digits.
            contract::memory(info, || once(byte).chain(repeat(b'0')));
            contract::memory(info, || {
                [byte, 0xFF, 0xFF, 0xFF].into_iter().chain(repeat(0))
            });
        }
    });
}

#[test]
fn no_two_drivers_share_a_name() {
    let names: BTreeSet<_> = DRIVERS.iter().map(|info| info.name).collect();
    assert_eq!(names.len(), DRIVERS.len(), "{names:?}");
}

#[test]
fn what_a_driver_gives_and_how_its_line_is_set_is_listed_once() {
    every(|info| {
        let given: BTreeSet<_> = info.gives.iter().collect();
        assert!(!given.is_empty());
        assert_eq!(given.len(), info.gives.len(), "{:?}", info.gives);
        assert!(!info.nominal_period.is_zero());
        let lines: BTreeSet<_> = info
            .other_lines
            .iter()
            .chain([&info.line])
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            lines.len(),
            info.other_lines.len() + 1,
            "a line is listed twice: {lines:?}"
        );
    });
}

#[test]
fn a_driver_takes_orders_when_the_catalogue_says_so_and_answers_each() {
    every(|info| {
        let mut driver = (info.build)();
        let mut out = DriverOutput::default();
        // Long after the start, for a device may speak of what was long ago.
        let now = MonoTime::from_secs(10_000);
        driver.handle(now, LineInput::Opened, &mut out);
        assert_eq!(
            driver.check_order(CuffOrder::Start).is_ok(),
            info.can_start_cuff
        );
        // A question may be out, and then this one waits until the next one withdraws it.
        driver.order(now, CuffOrder::Start, &mut out);
        driver.order(now, CuffOrder::Stop, &mut out);
        assert_eq!(out.answers.len(), usize::from(info.can_start_cuff));
    });
}

/// Holds every driver against something.
fn every(check: impl Fn(&'static DriverInfo)) {
    for info in DRIVERS {
        let _named = Named(info.name);
        check(info);
    }
}

/// Says which driver it was when a check fails.
struct Named(&'static str);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the driver was {}", self.0);
        }
    }
}

/// A stream that has something of a language: a few symbols and words, over and over.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        2 => vec(any::<u8>(), 1..8),
        1 => select(WORDS.as_slice()).prop_map(<[u8]>::to_vec),
        1 => "[ -~]{1,12}".prop_map(String::into_bytes),
        1 => "[0-9]{1,4}".prop_map(String::into_bytes),
    ];
    let chatter = (vec(word, 1..8), vec(any::<Index>(), 0..150)).prop_map(|(words, order)| {
        let said = order
            .iter()
            .flat_map(|index| words[index.index(words.len())].clone());
        said.collect::<Vec<u8>>()
    });
    prop_oneof![
        1 => vec(any::<u8>(), 0..1000),
        3 => chatter,
    ]
}

/// What begins, ends or parts frames somewhere.
const WORDS: [&[u8]; 12] = [
    b"\r\n", b"\r", b" ", b",", b"\x02", b"\x03", b"\x7E", b"\xC0", b"\x80", b"\x0B", b"\x1C\r",
    b"\0\0",
];

/// A stream with cuts and happenings.
fn any_script() -> impl Strategy<Value = Script> {
    let happening = prop_oneof![
        2 => Just(Happening::Opened),
        1 => Just(Happening::Closed),
        1 => (0..40_000_u64).prop_map(|millis| Happening::Waited(Duration::from_millis(millis))),
        1 => select(CuffOrder::ALL.as_slice()).prop_map(Happening::Ordered),
    ];
    let happenings = vec((any::<Index>(), happening), 0..8);
    (any_stream(), vec(1..100_usize, 0..5), happenings).prop_map(|(stream, pieces, happenings)| {
        let place = |(at, what): (Index, Happening)| (at.index(stream.len() + 1), what);
        let mut happenings: Vec<_> = happenings.into_iter().map(place).collect();
        happenings.sort_by_key(|(at, _)| *at);
        Script {
            pieces,
            happenings,
            stream,
        }
    })
}
