//! The whole core: every bed's drivers and alarm engine, composed into one ordered record.
//!
//! What happened and the time go in; records and bytes to send come out. The same input gives
//! the same records, byte for byte, and how a line's bytes were cut into pieces changes nothing.

mod bed;
mod earlier;
mod line;
mod plan;
mod record;
mod responsible;
mod session;
mod simulation;
mod station;
mod supervision;

pub use earlier::{Earlier, LastNumbers};
pub use plan::{BedPlan, DevicePlan, Feed, PlanError};
pub use record::{Entry, LinkState, Record};
pub use responsible::{Responsibility, Responsible};
pub use session::{Opened, Sessions};
pub use station::{CareDenied, Station, StationInput, StationOutput};
