//! Rules about the cuff as equipment: it failed, or nothing has been heard of it for too long.

use std::time::Duration;

use chairside_model::{Cuff, CuffFailure, MonoTime};

use crate::evidence::Span;
use crate::inputs::{Event, Inputs, Told};
use crate::rules::{Rule, cause};
use crate::timer::Horizon;
use crate::{AlarmId, AlarmProfile, NibpRules, Priority, Transition};

/// A determination ended without a result, and none has succeeded since.
#[derive(Debug)]
pub(crate) struct Failed {
    priority: Priority,
    failure: Option<CuffFailure>,
}

impl Failed {
    pub(crate) fn new(rules: &NibpRules, inputs: &Inputs) -> Option<Self> {
        inputs.cuff_device()?;
        Some(Self {
            priority: rules.failed?,
            failure: None,
        })
    }
}

impl Rule for Failed {
    fn id(&self) -> AlarmId {
        AlarmId::NibpFailed
    }

    fn take(&mut self, _now: MonoTime, event: &Event<'_>, _inputs: &Inputs) {
        match event {
            Event::Cuff(Cuff::Failed(why)) => self.failure = Some(*why),
            Event::Cuff(Cuff::Completed(_)) => self.failure = None,
            Event::Cuff(Cuff::Measuring | Cuff::Cancelled)
            | Event::Frame(_)
            | Event::Sample(_)
            | Event::Told(_)
            | Event::Identity(_)
            | Event::Dosing
            | Event::Heard(_)
            | Event::Second => {}
        }
    }

    fn causes(&self) -> u64 {
        cause(self.failure.is_some())
    }

    fn priority(&self) -> Priority {
        self.priority
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        let failure = self.failure.unwrap_or(CuffFailure::Unknown);
        self.failure = told.map(|_| failure);
    }

    fn evidence(&self, _now: MonoTime, _inputs: &Inputs) -> Option<String> {
        let why = self.failure?.text();
        Some(format!("cuff cycle without a reading: {why}"))
    }
}

/// No good reading for the interval and its grace. Its time runs on while frames are missing, and
/// is judged when they come again.
#[derive(Debug)]
pub(crate) struct Overdue {
    priority: Priority,
    interval: Duration,
    grace: Duration,
    /// When monitoring began, until there is a reading.
    waiting_since: MonoTime,
    read: bool,
    present: bool,
}

impl Overdue {
    pub(crate) fn new(rules: &NibpRules, inputs: &Inputs) -> Option<Self> {
        inputs.cuff_device()?;
        Some(Self {
            priority: rules.overdue?,
            interval: rules.interval,
            grace: rules.overdue_grace,
            waiting_since: inputs.began,
            read: false,
            present: false,
        })
    }
}

impl Overdue {
    fn ripe(&self) -> MonoTime {
        self.waiting_since + self.interval + self.grace
    }
}

impl Rule for Overdue {
    fn id(&self) -> AlarmId {
        AlarmId::NibpOverdue
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        // Nobody owes a reading of the patient who was here before. What stands, stands.
        if matches!(event, Event::Told(Told::Session(_))) && inputs.session_turned(now) {
            self.waiting_since = now;
        }
        if let Event::Cuff(Cuff::Completed(reading)) = event {
            // A device hands over its last reading when it is connected, however old, and also one
            // from before monitoring began. One that is overdue itself ends nothing.
            self.waiting_since = if std::mem::replace(&mut self.read, true) {
                self.waiting_since.max(reading.taken)
            } else {
                reading.taken
            };
            self.present &= self.ripe() <= now;
        }
    }

    fn settle(&mut self, horizon: Horizon, inputs: &Inputs) {
        let due = self.next_deadline(inputs);
        self.present |= due.is_some_and(|due| horizon.reaches(due));
    }

    fn next_deadline(&self, inputs: &Inputs) -> Option<MonoTime> {
        if self.present {
            return None;
        }
        let link = inputs.link(inputs.cuff_device()?);
        link.due(self.ripe())
    }

    fn causes(&self) -> u64 {
        cause(self.present)
    }

    fn priority(&self) -> Priority {
        self.priority
    }

    fn retune(&mut self, profile: &AlarmProfile, _inputs: &Inputs) {
        let rules = &profile.parts().nibp;
        self.interval = rules.interval;
        self.grace = rules.overdue_grace;
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        self.present = told.is_some();
    }

    fn evidence(&self, now: MonoTime, _inputs: &Inputs) -> Option<String> {
        let waited = Span(now.saturating_since(self.waiting_since));
        let interval = Span(self.interval);
        Some(format!(
            "no NIBP reading for {waited}, one is expected every {interval}"
        ))
    }
}
