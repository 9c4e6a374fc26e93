//! The fuzzing target of the driver that this program is named after.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chairside_fuzz::decode(env!("CARGO_BIN_NAME"), bytes));
