//! Every simulated device with the driver that reads it.

use chairside_protocol::{Driver, DriverInfo};
use chairside_simulators::device::{Simulator, driver_of, simulator_named, simulator_names};

/// A device that can be simulated.
#[derive(Clone, Copy, Debug)]
pub struct Simulated {
    /// Its name: that of its driver, or that and a variant (`nonin-format8`).
    pub name: &'static str,
    /// What reads it.
    pub driver: &'static DriverInfo,
}

impl Simulated {
    /// Makes the device.
    #[must_use]
    pub fn simulator(&self) -> Box<dyn Simulator> {
        simulator(self.name)
    }

    /// Makes a driver for it.
    #[must_use]
    pub fn driver(&self) -> Box<dyn Driver> {
        (self.driver.build)()
    }
}

/// Returns every device that can be simulated, with all its variants.
pub fn all() -> impl Iterator<Item = Simulated> {
    simulator_names().map(|name| Simulated {
        name,
        driver: driver_of(name).unwrap_or_else(|| panic!("nothing reads {name}")),
    })
}

/// Makes a simulated device by its name.
#[must_use]
pub fn simulator(name: &str) -> Box<dyn Simulator> {
    simulator_named(name).unwrap_or_else(|| panic!("there is no simulator for {name}"))
}
