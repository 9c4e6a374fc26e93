//! What a simulated device is.

pub mod berry;
pub mod capnostream20;
pub mod contec_cms50;
pub mod ge_dri;
pub mod ge_v100;
pub mod hl7;
pub mod ivy_450c;
pub mod masimo;
pub mod ndjson;
pub mod nellcor;
pub mod nonin;
pub mod philips_mib;
pub mod suntech;

use std::time::Duration;

use chairside_protocol::{DRIVERS, DriverInfo};

use crate::patient::VitalSigns;

/// One simulated device, without a line and without a clock.
///
/// `now` is the time since the start of the story; it never falls.
pub trait Simulator: Send + std::fmt::Debug {
    /// Takes bytes that the host sent (empty when only time passed) and the patient as the
    /// sensors see it `now`, and appends what the device sends to `line`.
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>);

    /// Returns when the device next sends by itself; nothing for a polled device.
    fn next_deadline(&self) -> Option<Duration>;
}

type Build = fn() -> Box<dyn Simulator>;

/// Every simulated device: the name of the driver that reads it, or that name and a variant
/// (`nonin-format8`), and how it is made. A new one adds one line.
const SIMULATORS: &[(&str, Build)] = &[
    ("ge-v100", || Box::new(ge_v100::GeV100::default())),
    ("nonin", || Box::new(nonin::Nonin::format2())),
    ("nonin-format7", || Box::new(nonin::Nonin::format7())),
    ("nonin-format8", || Box::new(nonin::Nonin::format8())),
    ("capnostream20", || {
        Box::new(capnostream20::Capnostream20::default())
    }),
    ("contec-cms50", || Box::new(contec_cms50::ContecCms50::v7())),
    ("contec-cms50-old", || {
        Box::new(contec_cms50::ContecCms50::old())
    }),
    ("ge-dri", || Box::new(ge_dri::GeDri::carescape())),
    ("ge-dri-s5", || Box::new(ge_dri::GeDri::s5())),
    ("ivy-450c", || Box::new(ivy_450c::Ivy450c::default())),
    ("masimo", || Box::new(masimo::Masimo::radical7())),
    ("masimo-rad8", || Box::new(masimo::Masimo::rad8())),
    ("nellcor", || Box::new(nellcor::Nellcor::default())),
    ("berry", || Box::new(berry::Berry::default())),
    ("bci", || Box::new(berry::Berry::default())),
    ("philips-mib", || {
        Box::new(philips_mib::PhilipsMib::default())
    }),
    ("suntech", || Box::new(suntech::Suntech::default())),
    ("ndjson", || Box::new(ndjson::Ndjson::default())),
    ("hl7", || Box::new(hl7::Hl7::keeping_times())),
    ("hl7-stamped", || Box::new(hl7::Hl7::stamping())),
];

/// Makes the simulated device with this name.
#[must_use]
pub fn simulator_named(name: &str) -> Option<Box<dyn Simulator>> {
    let (_, build) = SIMULATORS.iter().find(|(known, _)| *known == name)?;
    Some(build())
}

/// Returns the names that [`simulator_named`] knows.
pub fn simulator_names() -> impl Iterator<Item = &'static str> {
    SIMULATORS.iter().map(|(name, _)| *name)
}

/// Returns the driver that reads the simulated device with this name.
#[must_use]
pub fn driver_of(name: &str) -> Option<&'static DriverInfo> {
    DRIVERS.iter().find(|driver| {
        name.strip_prefix(driver.name)
            .is_some_and(|variant| variant.is_empty() || variant.starts_with('-'))
    })
}

/// Rounds half up to a whole number that is not negative, as every device does.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates, and a device's field ends far below"
)]
fn whole(value: f64) -> u16 {
    (value + 0.5).floor() as u16
}
