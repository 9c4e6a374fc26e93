//! What every driver promises about any bytes at all, as checks.
//!
//! A driver of the catalogue is covered by its line of registration: the property tests, the tests
//! with simulated devices and the fuzzing targets all call [`check`] with a [`Script`] of what
//! happens on a line. The promises:
//!
//! - No bytes make it panic, in any pieces, with the line opened or closed at any moment.
//! - What it finds and what it sends does not depend on where the bytes were cut.
//! - Every byte is in a frame or was reported as discarded, and everything found stands where its
//!   frame was complete.
//! - No value is outside of what its metric can plausibly have, none is of a metric that the driver
//!   does not list, and none was taken later than now.
//! - It says nothing on a line that is not open, nothing before it is time, and a few ticks move its
//!   deadline.
//! - It sends what starts a cuff only after a person's order, once for each at most; each order that
//!   it takes has one answer, and it takes none on a line that is not open.
//! - What it keeps, with what it gives for one read, stays below a bound however long it is fed.
//!
//! What a good frame *says*, and how soon it is found again behind damage, is not checked here.

mod check;
mod script;
mod sound;

pub use check::{KEPT_MAX, MEMORY_MAX, READ_MAX, STARTS, check, findings, memory};
pub use script::{Happening, Script};
pub use sound::Soundness;
