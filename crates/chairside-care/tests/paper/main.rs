//! The paperwork of a session: flow sheet, receipt, REMS worksheet and ledger.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod by_example;
mod clinic;
mod drugs;
mod ledger;
mod properties;
mod worksheet;
