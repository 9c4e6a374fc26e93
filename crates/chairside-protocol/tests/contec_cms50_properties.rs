//! The Contec driver on samples made up, damaged and drowned in noise. What holds of every driver
//! is in `every_driver.rs`.

use chairside_driver_contract as contract;
use chairside_model::{Measured, Reading};
use chairside_protocol::contec_cms50::INFO;
use chairside_protocol::contec_cms50::message::{Command, Generation, Sample};
use chairside_protocol::{DriverEvent, Finding};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

proptest! {
    #[test]
    fn what_is_written_is_read_again(sample in any_sample(), generation in any_generation()) {
        let sample = match generation {
            Generation::Old => Sample { perfusion_index: None, ..sample },
            Generation::V7 => sample,
        };
        let frame = emitted(generation, &[sample]);
        prop_assert_eq!(frame.len(), generation.length());
        for (place, byte) in frame.iter().enumerate() {
            prop_assert!(Sample::fits(generation, place, *byte));
        }
        prop_assert_eq!(Sample::parse(generation, &frame), Ok(sample));
    }

    #[test]
    fn nothing_but_a_command_is_one(bytes in vec(any::<u8>(), 0..12)) {
        if let Ok(command) = Command::parse(&bytes) {
            let mut again = Vec::new();
            command.emit(&mut again);
            prop_assert_eq!(again, bytes);
        }
    }

    #[test]
    fn noise_gives_no_number(stream in vec(any::<u8>(), 0..3000)) {
        let events = contract::findings(&INFO, &stream);
        prop_assert!(!events.iter().any(is_number), "{:?}", events);
    }

    #[test]
    fn a_stream_behind_noise_is_found_from_its_second_sample_on_at_the_latest(
        noise in vec(any::<u8>(), 0..200),
        generation in any_generation(),
        sample in any_sample(),
    ) {
        let stream = emitted(generation, &[sample; 8]);
        let found = frame_ends(&[noise.clone(), stream].concat());
        for number in 2..=8 {
            let end = (noise.len() + number * generation.length()) as u64;
            prop_assert!(found.contains(&end), "{} is not in {:?}", end, found);
        }
    }

    #[test]
    fn damage_costs_two_samples_at_most(
        generation in any_generation(),
        sample in any_sample(),
        place in any::<Index>(),
        damage in vec(any::<u8>(), 0..4),
    ) {
        let length = generation.length();
        let mut stream = emitted(generation, &[sample; 20]);
        let place = 4 * length + place.index(10 * length);
        let moved = |end: usize| (end + damage.len() - 1) as u64;
        stream.splice(place..=place, damage.iter().copied());
        let found = frame_ends(&stream);
        let first = place / length + 3;
        for number in first..=20 {
            let end = moved(number * length);
            prop_assert!(found.contains(&end), "{} is not in {:?}", end, found);
        }
    }
}

fn emitted(generation: Generation, samples: &[Sample]) -> Vec<u8> {
    let mut line = Vec::new();
    for sample in samples {
        sample.emit(generation, &mut line);
    }
    line
}

fn any_generation() -> impl Strategy<Value = Generation> {
    prop_oneof![Just(Generation::Old), Just(Generation::V7)]
}

fn any_sample() -> impl Strategy<Value = Sample> {
    let flags = proptest::array::uniform5(any::<bool>());
    let numbers = (
        proptest::option::weighted(0.9, 0..=254_u8),
        proptest::option::weighted(0.9, 0..=100_u8),
        proptest::option::of(0..=0xFFFE_u16),
    );
    (flags, 0..=15_u8, 0..=127_u8, 0..=15_u8, numbers).prop_map(
        |(flags, strength, pleth, bar, (rate, saturation, perfusion_index))| Sample {
            strength,
            beep: flags[0],
            saturation_low: flags[1],
            searching_too_long: flags[2],
            searching: flags[3],
            probe_error: flags[4],
            pleth,
            bar,
            rate,
            saturation,
            perfusion_index,
        },
    )
}

fn is_number(event: &DriverEvent) -> bool {
    matches!(
        event.finding,
        Finding::Reading(Reading::Numeric(numeric))
            if !matches!(numeric.measured, Measured::Unavailable(_))
    )
}

fn frame_ends(stream: &[u8]) -> Vec<u64> {
    contract::findings(&INFO, stream)
        .into_iter()
        .filter(|event| event.finding == Finding::Frame)
        .map(|event| event.offset)
        .collect()
}
