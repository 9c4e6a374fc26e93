//! Who is called when nobody answers an alarm, by which channel, and when
//! (`docs/adr/0024-being-heard.md`).
//!
//! Two machines, one behind the other. The *ladder* of each bed decides whom to call: from its
//! alarms, from what people answer and from the time. The *outbox* decides which message goes out
//! when: it joins what waits for the same person, keeps the more urgent first, and tries again
//! what failed. Neither reads a clock or sends anything: what happened and the time go in, what is
//! to be put on record and what is to be tried come out. The same inputs give the same outputs.

mod climb;
mod delivery;
mod drill;
mod escalation;
mod outbox;
mod plan;

pub use climb::{Climbed, ClimbedFor};
pub use delivery::{Attempt, CalledAs, Delivery, DeliveryId, Ended, Outcome, Part, Purpose};
pub use drill::{Drill, DrillFor, Drills};
pub use escalation::{Escalation, Input, Left, Output};
pub use plan::{
    Channel, Contact, Duty, Ladder, Moment, Person, Plan, Rung, Shift, WEEK_MINUTES, WeekMinute,
    Who,
};
