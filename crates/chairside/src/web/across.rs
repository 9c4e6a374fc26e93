//! Pages of what is told across sessions, to look at and to print: a patient's course, and the
//! clinic's safety ledger. They say what `web::history` answers as JSON, out of the same values.

mod course;
mod frame;
mod ledger;
mod patients;
mod table;
#[cfg(test)]
mod tests;

pub(super) use ledger::page as ledger;
pub(super) use patients::page as patients;
