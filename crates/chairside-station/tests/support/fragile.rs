//! A driver that fails with the first byte, and its bed's machine with it.

use chairside_model::{Metric, MonoTime};
use chairside_protocol::{
    Begins, Driver, DriverInfo, DriverOutput, LineInput, LineSettings, Maturity,
};

#[derive(Debug)]
struct Fragile;

impl Driver for Fragile {
    fn handle(&mut self, _: MonoTime, input: LineInput<'_>, _: &mut DriverOutput) {
        assert!(!matches!(input, LineInput::Received(_)), "the driver fails");
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }
}

pub(crate) const FRAGILE: DriverInfo = DriverInfo {
    name: "fragile",
    family: "test",
    gives: &[Metric::Temperature],
    line: LineSettings::plain(9600),
    other_lines: &[],
    begins: Begins::Device,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: std::time::Duration::from_secs(1),
    pace: None,
    build: || Box::new(Fragile),
};
