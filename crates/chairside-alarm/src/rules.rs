//! The rules: small machines of one shape, each deciding about one alarm.
//!
//! A new rule is a type that implements [`Rule`] and a line in [`build`].

use std::fmt;
use std::time::Duration;

use chairside_model::MonoTime;

use crate::inputs::{Event, Inputs};
use crate::timer::Horizon;
use crate::{AirwayMode, AlarmId, AlarmProfile, Priority, Signal, Transition};

mod apnea;
mod called;
mod capnograph;
mod cuff;
mod failed;
mod fall;
mod garbled;
mod link;
mod obstruction;
mod oximeter;
mod partial;
mod pressure;
mod swapped;
mod threshold;
mod told;

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

    /// Returns a number that is another one when the evidence says something else of the same
    /// causes: people are told, and nobody is called again.
    fn words(&self) -> u64 {
        0
    }

    /// Tells whether the condition may be about to begin: of alarms of the saturation and the
    /// airway, which no cuff may hide.
    fn pending(&self) -> bool {
        false
    }

    /// Returns how urgent the condition is now.
    fn priority(&self) -> Priority;

    /// Returns the most urgent that the condition can become: such an alarm is never silenced by
    /// its name.
    fn priority_max(&self) -> Priority {
        self.priority()
    }

    /// Returns from which signals an airway obstruction is drawn; nothing of any other alarm.
    fn mode(&self) -> Option<AirwayMode> {
        None
    }

    /// Tells whether it judges second by second, from the features.
    fn looks_at_seconds(&self) -> bool {
        false
    }

    /// Takes other limits and times, for what comes from now on; what stands, stands. A rule
    /// without a number that a [`LimitKey`](crate::LimitKey) names has nothing to take.
    fn retune(&mut self, _profile: &AlarmProfile, _inputs: &Inputs) {}

    /// Tells whether it judges that frames come, or do not.
    fn judges_frames(&self) -> bool {
        false
    }

    /// Takes that nobody listened until `now`: what was not heard meanwhile is no silence.
    fn nobody_listened(&mut self, _now: MonoTime) {}

    /// Takes up its condition as people were told of it in an earlier run of the service: present
    /// as it was told, or not. Whatever it knows besides stays.
    fn adopt(&mut self, now: MonoTime, told: Option<&Transition>, inputs: &Inputs);

    /// Returns the readings that fired it, in plain numbers; nothing when it knows of none, for its
    /// condition was [taken up](Self::adopt) and nothing has been read since.
    fn evidence(&self, now: MonoTime, inputs: &Inputs) -> Option<String>;
}

/// When rules about breaths sleep on a curve in a profile without `APNEA`: its default time.
const APNEA_ELSE: Duration = Duration::from_secs(20);

/// Returns how long without a breath puts the rules about breaths to sleep on a curve.
pub(crate) fn apnea_of(profile: &AlarmProfile) -> Duration {
    let apnea = profile.parts().airway.apnea;
    apnea.map_or(APNEA_ELSE, |rule| rule.no_breath)
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
    let airway = &parts.airway;
    let apnea = apnea_of(profile);
    for rule in &parts.thresholds {
        rules.extend(match rule.signal {
            Signal::RespirationRate | Signal::EtCO2 => {
                boxed(threshold::Breathing::new(rule, apnea, &parts.holds, inputs))
            }
            Signal::HeartRate | Signal::SpO2 | Signal::EffortRate | Signal::PerfusionIndex => {
                boxed(threshold::Threshold::new(rule, &parts.holds, inputs))
            }
        });
    }
    rules.extend(boxed(fall::Fall::new(airway, &parts.holds, inputs)));
    rules.extend(boxed(apnea::Apnea::new(airway, inputs)));
    rules.extend(boxed(obstruction::Obstruction::new(
        airway,
        &parts.holds,
        inputs,
    )));
    rules.extend(boxed(partial::Partial::new(airway, &parts.holds, inputs)));
    rules.extend(pressure::build(&parts.nibp, inputs));
    rules.extend(boxed(cuff::Failed::new(&parts.nibp, inputs)));
    rules.extend(boxed(cuff::Overdue::new(&parts.nibp, inputs)));
    rules.extend(boxed(oximeter::ProbeOff::new(&parts.technical, inputs)));
    rules.extend(boxed(oximeter::NoData::new(&parts.technical, inputs)));
    rules.extend(boxed(threshold::Threshold::low_perfusion(
        &parts.technical,
        &parts.holds,
        inputs,
    )));
    rules.extend(boxed(oximeter::SameLimb::new(inputs)));
    rules.extend(boxed(capnograph::NoCo2::new(&parts.technical, inputs)));
    rules.extend(boxed(garbled::Garbled::new(&parts.technical, inputs)));
    rules.extend(boxed(link::LinkLost::new(&parts.technical, inputs)));
    rules.extend(boxed(swapped::Swapped::new(&parts.technical, inputs)));
    rules.push(Box::new(failed::BedFailed::new(&parts.technical)));
    rules.extend(told::build(&parts.technical));
    rules.extend(called::build());
    rules.sort_by_key(|rule| rule.id());
    rules
}

/// Returns a rule's delay where it is drawn from this signal: a source slower than the delay could
/// never show that something lasts, so that one sample decides.
pub(crate) fn delay_of(delay: Duration, signal: Signal, inputs: &Inputs) -> Duration {
    let slower = inputs
        .device(signal)
        .is_some_and(|device| device.period > delay);
    if slower { Duration::ZERO } else { delay }
}

fn boxed<R: Rule + 'static>(rule: Option<R>) -> Option<Box<dyn Rule>> {
    rule.map(|rule| Box::new(rule) as Box<dyn Rule>)
}
