//! The paperwork of a session: flow sheet, receipt, REMS worksheet and ledger.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod by_example;
mod clinic;
<<<<<<< HEAD
mod drugs;
=======
mod ledger;
>>>>>>> 862e49f (Let the newer of answer and rating decide whether a patient is back, ask why something was not rated, and count no device's alarm as a call to the patient)
mod properties;
mod worksheet;
