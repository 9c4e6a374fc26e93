//! The rules: small machines of one shape, each deciding about one alarm.
//!
//! A new rule is a type that implements [`Rule`] and a line in [`build`].

use std::fmt;

use chairside_model::MonoTime;

use crate::inputs::{Event, Inputs};
use crate::timer::Horizon;
use crate::{AlarmId, AlarmProfile, Priority};

mod cuff;
mod link;
mod oximeter;
mod pressure;
mod recording;
mod threshold;

/// What decides whether one condition is present.
pub(crate) trait Rule: fmt::Debug + Send {
    /// Returns the alarm it decides about.
    fn id(&self) -> AlarmId;

    /// Takes what has just happened; `inputs` know of it already.
    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs);

    /// Declares what has become due. Only rules with timers have any.
    fn settle(&mut self, _horizon: Horizon, _inputs: &Inputs) {}

    /// Returns when something will become due if nothing else happens.
    fn next_deadline(&self, _inputs: &Inputs) -> Option<MonoTime> {
        None
    }

    /// Returns the reasons for the condition, a bit for each: none when it is not present. Another
    /// reason on top of those that people have seen calls them again.
    fn causes(&self) -> u64;

    /// Tells whether the condition may be about to begin.
    fn pending(&self) -> bool {
        false
    }

    /// Returns how urgent the condition is now.
    fn priority(&self) -> Priority;

    /// Returns the readings that fired it, in plain numbers.
    fn evidence(&self, now: MonoTime, inputs: &Inputs) -> String;
}

/// The one cause of a rule that can only have one.
pub(crate) const fn cause(present: bool) -> u64 {
    present as u64
}

/// Builds the rules of a profile for which the bed has a source, in the order of [`AlarmId`]: a
/// rule may look at the conditions of those before it.
pub(crate) fn build(profile: &AlarmProfile, inputs: &Inputs) -> Vec<Box<dyn Rule>> {
    let parts = profile.parts();
    let mut rules: Vec<Box<dyn Rule>> = Vec::new();
    for rule in &parts.thresholds {
        rules.extend(boxed(threshold::Threshold::new(rule, &parts.holds, inputs)));
    }
    rules.extend(pressure::build(&parts.nibp, inputs));
    rules.extend(boxed(cuff::Failed::new(&parts.nibp, inputs)));
    rules.extend(boxed(cuff::Overdue::new(&parts.nibp, inputs)));
    rules.extend(boxed(oximeter::ProbeOff::new(&parts.technical, inputs)));
    rules.extend(boxed(oximeter::NoData::new(&parts.technical, inputs)));
    rules.extend(boxed(oximeter::SameLimb::new(inputs)));
    rules.extend(boxed(link::LinkLost::new(&parts.technical, inputs)));
    rules.push(Box::new(recording::Stopped::new(&parts.technical)));
    rules.sort_by_key(|rule| rule.id());
    rules
}

fn boxed<R: Rule + 'static>(rule: Option<R>) -> Option<Box<dyn Rule>> {
    rule.map(|rule| Box::new(rule) as Box<dyn Rule>)
}
