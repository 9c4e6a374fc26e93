//! The timers every rule is made of: how long something must last before it counts, and how long
//! it must be gone before it is over.

use std::time::Duration;

use chairside_model::MonoTime;

/// How far a settling of timers reaches.
///
/// What is due at the very moment of an input waits for the tick: another reading of the same
/// moment may still contradict it, and the order of two readings must not decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Horizon {
    /// Everything that was due before this moment.
    Before(MonoTime),
    /// Everything that is due by this moment.
    UpTo(MonoTime),
}

impl Horizon {
    pub(crate) fn reaches(self, due: MonoTime) -> bool {
        match self {
            Self::Before(moment) => due < moment,
            Self::UpTo(moment) => due <= moment,
        }
    }
}

/// What a rule says of one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// Beyond the limit.
    Violated,
    /// Neither: too good for an onset, not good enough for an end.
    Between,
    /// Good.
    Cleared,
}

/// How samples reach a rule: what stops its timers and what starts them again
/// (`docs/alarms.md`, semantics 2, 6, 7, 10 and 12).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Supply {
    /// While frames are missing nothing ripens: from this moment on they are. `None` when no frame
    /// has come yet.
    pub(crate) silent_from: Option<MonoTime>,
    /// When frames last came again after they had been missing.
    pub(crate) resumed: MonoTime,
    /// How long after a sample the next one that may not be missing is due: nothing ripens
    /// without it.
    pub(crate) ripens_within: Duration,
    /// A longer time between two samples starts the timers anew.
    pub(crate) spacing_max: Duration,
    /// The end of the latest hold, past or to come. Samples before it did not reach the rule.
    pub(crate) held_until: Option<MonoTime>,
    /// Since when another device answers on the line. Samples before it say nothing of what comes.
    pub(crate) anew_from: Option<MonoTime>,
}

impl Supply {
    /// Returns when something that ripens at `ripe` may be declared, if frames allow it.
    pub(crate) fn due(&self, ripe: MonoTime) -> Option<MonoTime> {
        let due = ripe.max(self.resumed);
        self.alive_at(due).then_some(due)
    }

    /// Tells whether frames come at that moment, as far as is known.
    pub(crate) fn alive_at(&self, moment: MonoTime) -> bool {
        self.silent_from.is_some_and(|silent| moment < silent)
    }

    /// Returns the supply of what is drawn from two devices: it stops when one of them stops.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            silent_from: self
                .silent_from
                .zip(other.silent_from)
                .map(|(one, other)| one.min(other)),
            resumed: self.resumed.max(other.resumed),
            ripens_within: self.ripens_within.min(other.ripens_within),
            spacing_max: self.spacing_max.min(other.spacing_max),
            held_until: self.held_until.max(other.held_until),
            anew_from: self.anew_from.max(other.anew_from),
        }
    }
}

/// What a hold leaves of a delay.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AfterHold {
    /// At most this.
    AtMost(Duration),
    /// All of it: the time of the hold did not count.
    Anew,
}

/// A violation that must last, and be gone for a while, by samples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Persistence {
    delay: Duration,
    hold: Duration,
    after_hold: AfterHold,
    state: State,
    last: Option<MonoTime>,
    /// The latest sample was judged by another limit: the next one decides.
    outdated: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Absent,
    Pending { first: MonoTime, ripe: MonoTime },
    Present { first: MonoTime },
    Clearing { first: MonoTime, ripe: MonoTime },
}

impl Persistence {
    pub(crate) const fn new(delay: Duration, hold: Duration, after_hold: AfterHold) -> Self {
        Self {
            delay,
            hold,
            after_hold,
            state: State::Absent,
            last: None,
            outdated: false,
        }
    }

    /// Takes another delay and hold, for samples that are judged by another limit from now on.
    /// What runs goes on from where it began, by the new time; it is over or goes on with the next
    /// sample. What is left of a delay after a hold becomes no more.
    pub(crate) fn retune(&mut self, delay: Duration, hold: Duration) {
        self.state = match self.state {
            State::Pending { first, ripe } => {
                let cut_short = ripe < first + self.delay;
                let anew = first + delay;
                let ripe = if cut_short { ripe.min(anew) } else { anew };
                State::Pending { first, ripe }
            }
            State::Clearing { first, ripe } => {
                let since = ripe.saturating_sub(self.hold);
                let ripe = since + hold;
                State::Clearing { first, ripe }
            }
            unchanged @ (State::Absent | State::Present { .. }) => unchanged,
        };
        self.delay = delay;
        self.hold = hold;
        self.outdated = true;
    }

    /// Takes a sample. One that is missing is not given: it neither raises nor clears.
    pub(crate) fn sample(&mut self, now: MonoTime, judged: Judged, supply: &Supply) {
        let hold_ended = supply.held_until.filter(|end| *end <= now);
        let after_hold = hold_ended.filter(|end| self.last.is_none_or(|last| last < *end));
        let supported = self.last.max(hold_ended);
        if self.is_of_another_device(supply)
            || supported.is_some_and(|last| now.saturating_since(last) > supply.spacing_max)
        {
            self.restart();
        } else if after_hold.is_some() {
            self.resume_after_hold(now, judged);
        }
        self.last = Some(now);
        self.outdated = false;
        self.state = match (self.state, judged) {
            (State::Absent, Judged::Violated) => State::Pending {
                first: now,
                ripe: now + self.delay,
            },
            (State::Absent | State::Pending { .. }, Judged::Between | Judged::Cleared) => {
                State::Absent
            }
            (State::Present { first }, Judged::Cleared) => State::Clearing {
                first,
                ripe: now + self.hold,
            },
            (
                State::Present { first } | State::Clearing { first, .. },
                Judged::Violated | Judged::Between,
            ) => State::Present { first },
            (unchanged @ State::Pending { .. }, Judged::Violated)
            | (unchanged @ State::Clearing { .. }, Judged::Cleared) => unchanged,
        };
    }

    /// Returns when an onset or an end will be due if no other sample comes.
    pub(crate) fn due(&self, supply: &Supply) -> Option<MonoTime> {
        let (State::Pending { ripe, .. } | State::Clearing { ripe, .. }) = self.state else {
            return None;
        };
        let last = self.last.filter(|_| !self.outdated)?;
        if supply.held_until.is_some_and(|end| last < end) || self.is_of_another_device(supply) {
            // The first sample after the hold, or of the other device, decides.
            return None;
        }
        // What ripened while no samples were seen is due with the first that is.
        let due = supply.due(ripe.max(last))?;
        (due < last + supply.ripens_within).then_some(due)
    }

    /// Declares an onset or an end that has become due.
    pub(crate) fn settle(&mut self, horizon: Horizon, supply: &Supply) {
        if !self.due(supply).is_some_and(|due| horizon.reaches(due)) {
            return;
        }
        self.state = match self.state {
            State::Pending { first, .. } | State::Present { first } => State::Present { first },
            State::Clearing { .. } | State::Absent => State::Absent,
        };
    }

    fn is_of_another_device(&self, supply: &Supply) -> bool {
        let before = |last: MonoTime| supply.anew_from.is_some_and(|anew| last < anew);
        self.last.is_some_and(before)
    }

    pub(crate) const fn present(&self) -> bool {
        matches!(self.state, State::Present { .. } | State::Clearing { .. })
    }

    pub(crate) const fn pending(&self) -> bool {
        matches!(self.state, State::Pending { .. })
    }

    /// Returns how long it has been violated: since its first violating sample.
    pub(crate) const fn lasted(&self, now: MonoTime) -> Duration {
        match self.state {
            State::Absent => Duration::ZERO,
            State::Pending { first, .. }
            | State::Present { first }
            | State::Clearing { first, .. } => now.saturating_since(first),
        }
    }

    /// Takes up what people were told: violated long enough by that moment, or not present. What
    /// it knows of a present condition already is better.
    pub(crate) fn adopt(&mut self, since: Option<MonoTime>) {
        self.state = match (self.state, since) {
            (known @ (State::Present { .. } | State::Clearing { .. }), Some(_)) => known,
            (State::Absent | State::Pending { .. }, Some(since)) => State::Present {
                first: since.saturating_sub(self.delay),
            },
            (_, None) => State::Absent,
        };
    }

    /// Lets the delay or the hold start anew.
    pub(crate) fn restart(&mut self) {
        self.state = match self.state {
            State::Absent | State::Pending { .. } => State::Absent,
            State::Present { first } | State::Clearing { first, .. } => State::Present { first },
        };
    }

    fn resume_after_hold(&mut self, now: MonoTime, judged: Judged) {
        match (self.after_hold, self.state, judged) {
            (AfterHold::Anew, _, _) => self.restart(),
            (AfterHold::AtMost(rest), State::Absent, Judged::Violated) => {
                self.state = State::Pending {
                    first: now,
                    ripe: now + self.delay.min(rest),
                };
            }
            (AfterHold::AtMost(rest), State::Pending { first, ripe }, Judged::Violated) => {
                self.state = State::Pending {
                    first,
                    ripe: ripe.min(now + rest),
                };
            }
            (AfterHold::AtMost(_), _, _) => {}
        }
    }
}
