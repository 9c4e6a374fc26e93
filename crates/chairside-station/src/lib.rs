//! The whole core: every bed's drivers and alarm engine, composed into one ordered record.

mod record;

pub use record::{Entry, LinkState, Record};
