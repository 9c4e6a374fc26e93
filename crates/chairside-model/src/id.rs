//! Which device and which bed.

use std::fmt;

/// One device on one line: its place in the station's plan.
///
/// A number and not a name, so that conditions and records stay small and `Copy`; the name the
/// configuration gives it is added where records leave the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub u16);

/// One bed (a room, a chair): its place in the station's plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BedId(pub u16);

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "device {}", self.0)
    }
}

impl fmt::Display for BedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bed {}", self.0)
    }
}
