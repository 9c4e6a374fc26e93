//! The vocabulary of Chairside: what is measured, in which unit, when, and how far to trust it.
//!
//! Every other crate speaks these words. This one depends on nothing, reads no clock and does
//! no I/O. The words themselves are explained in `docs/glossary.md`.

mod id;
mod metric;
mod observation;
mod order;
mod session;
mod time;

pub use id::{BedId, DeviceId};
pub use metric::{Cadence, Metric, Unit};
pub use observation::{
    Cuff, CuffFailure, CuffReading, Measured, Numeric, Observation, Reading, SampleArray,
    Unavailable, Value,
};
pub use order::{CuffAnswer, CuffOrder, CuffRefusal};
pub use session::{Patient, PatientError, PatientName, SessionId};
pub use time::MonoTime;
