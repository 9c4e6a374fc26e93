//! The limits in force at a bed: the profile as shipped, the phase of the session over it, the
//! protocol that the session goes by over that, and the session's own changes over all of them. Never a set of limits that contradicts itself.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_model::{MonoTime, Value};

use crate::contradictions::in_itself;
use crate::{AlarmId, AlarmProfile, Baseline, Bounds, Phase, ProfileParts, Role};

mod key;
mod refusal;

pub use key::LimitKey;
pub use refusal::LimitRefusal;

/// How long what was changed of a bed's limits holds at most where no session is open whose end
/// would end it: longer than a clinic's day, and over by the next one. Our design.
pub const LIMITS_LAST: Duration = Duration::from_hours(12);

/// A saturation limit below this calls nobody in time, % (alarm sheet, our design).
const SPO2_MEANS_LITTLE: f64 = 85.0;

/// A high limit of the heart rate above this hardly ever calls, /min (the same).
const RATE_MEANS_LITTLE: f64 = 180.0;

/// The limits of one bed: a copy of its profile that changes with the phase and by people, and
/// ends with the session.
///
/// A number that a person or the patient's baseline set holds in every phase; else the protocol's
/// for the phase counts, else the profile's for it, else the profile's. Every change is checked against all phases, so that entering one is
/// never refused.
#[derive(Clone, Debug)]
pub struct SessionLimits {
    shipped: AlarmProfile,
    /// As shipped, or as the protocol of the session has it.
    base: AlarmProfile,
    /// How often the cuff is expected where the session stands, seconds, by its protocol.
    cuff_interval: Option<Value>,
    phase: Phase,
    set: BTreeMap<LimitKey, Set>,
    in_force: AlarmProfile,
    until: Option<MonoTime>,
}

#[derive(Clone, Copy, Debug)]
struct Set {
    value: Value,
    cause: LimitCause,
}

/// A number in force that has become another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitChange {
    /// Which.
    pub key: LimitKey,
    /// What it was.
    pub old: Value,
    /// What it is.
    pub new: Value,
    /// What changed it.
    pub cause: LimitCause,
}

/// What changed a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitCause {
    /// A person.
    Person,
    /// The session went into another phase.
    Phase,
    /// The protocol that the session goes by, when it opened or where it stands.
    Protocol,
    /// The profile, by the patient's own values before the session, or because it is another one
    /// after a restart.
    Profile,
    /// The session ended: the profile as shipped holds again.
    SessionEnd,
    /// No session was open, and [`LIMITS_LAST`] had passed: the profile as shipped holds again.
    Time,
}

impl LimitCause {
    /// Every cause.
    pub const ALL: [Self; 6] = [
        Self::Person,
        Self::Phase,
        Self::Protocol,
        Self::Profile,
        Self::SessionEnd,
        Self::Time,
    ];

    /// Returns the cause with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }

    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Phase => "phase",
            Self::Protocol => "protocol",
            Self::Profile => "profile",
            Self::SessionEnd => "session_end",
            Self::Time => "time",
        }
    }
}

/// One number in force, and all that is needed to show and to change it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitInForce {
    /// Which.
    pub key: LimitKey,
    /// What it is now.
    pub value: Value,
    /// What it is in the profile as shipped.
    pub default: Value,
    /// Between which numbers somebody who is no clinician may choose; nothing when nobody else
    /// may.
    pub bounds: Option<Bounds>,
    /// What made it other than the profile has it.
    pub cause: Option<LimitCause>,
}

impl SessionLimits {
    /// Begins with the profile as shipped, in the phase before a dose.
    ///
    /// # Panics
    ///
    /// Never: a profile is consistent in every phase.
    #[must_use]
    pub fn new(shipped: AlarmProfile) -> Self {
        let parts = in_phase(shipped.parts(), Phase::default());
        Self {
            phase: Phase::default(),
            set: BTreeMap::new(),
            in_force: AlarmProfile::in_force(parts).expect(CONSISTENT),
            until: None,
            base: shipped.clone(),
            cuff_interval: None,
            shipped,
        }
    }

    /// Returns the profile to judge by now.
    #[must_use]
    pub const fn in_force(&self) -> &AlarmProfile {
        &self.in_force
    }

    /// Returns the profile as shipped.
    #[must_use]
    pub const fn shipped(&self) -> &AlarmProfile {
        &self.shipped
    }

    /// Returns the phase of the session.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns when the profile as shipped holds again by itself; nothing where it does, and where
    /// a session's end will see to it.
    #[must_use]
    pub const fn until(&self) -> Option<MonoTime> {
        self.until
    }

    /// Returns a number in force; nothing when its rule is off.
    #[must_use]
    pub fn value(&self, key: LimitKey) -> Option<Value> {
        key.of(self.in_force.parts())
    }

    /// Returns every number in force, in the order of their keys.
    pub fn all(&self) -> impl Iterator<Item = LimitInForce> {
        LimitKey::all().filter_map(|key| {
            let (value, default) = self.value(key).zip(key.of(self.shipped.parts()))?;
            let by_itself = (value != default).then(|| self.cause_of(key, value));
            Some(LimitInForce {
                key,
                value,
                default,
                bounds: self.bounds(key),
                cause: self.set.get(&key).map(|set| set.cause).or(by_itself),
            })
        })
    }

    /// Returns between which numbers somebody who is no clinician may choose; nothing when nobody
    /// else may.
    #[must_use]
    pub fn bounds(&self, key: LimitKey) -> Option<Bounds> {
        self.shipped
            .parts()
            .adjustments
            .tailoring
            .get(&key)
            .copied()
    }

    /// Tells whether a number can be changed to another that contradicts no other one, by somebody
    /// who saw it as `expected`.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn check(&self, key: LimitKey, expected: Value, new: Value) -> Result<(), LimitRefusal> {
        let is = self.value(key).ok_or(LimitRefusal::NotThere(key))?;
        if is != expected {
            return Err(LimitRefusal::Changed { key, expected, is });
        }
        // It would begin the time after which what people changed ends.
        if is == new {
            return Err(LimitRefusal::IsThat { key, is });
        }
        self.consistent_with(key, new)
    }

    /// Tells whether somebody of that role may choose that number: within the bounds of tailoring,
    /// or as a clinician.
    ///
    /// # Errors
    ///
    /// That only a clinician may.
    pub fn check_role(&self, key: LimitKey, new: Value, role: Role) -> Result<(), LimitRefusal> {
        let bounds = self.bounds(key);
        if role >= Role::Clinician || bounds.is_some_and(|bounds| bounds.contain(new)) {
            return Ok(());
        }
        Err(LimitRefusal::ClinicianOnly {
            key,
            wanted: new,
            bounds,
        })
    }

    /// Changes a number, until the session ends.
    ///
    /// # Errors
    ///
    /// Why it stays as it is: see [`check`](Self::check).
    pub fn set(
        &mut self,
        key: LimitKey,
        expected: Value,
        new: Value,
    ) -> Result<Vec<LimitChange>, LimitRefusal> {
        self.check(key, expected, new)?;
        let cause = LimitCause::Person;
        self.set.insert(key, Set { value: new, cause });
        Ok(self.now_in_force(cause))
    }

    /// Sets again what people chose in this session, all of it together: a number may only be
    /// consistent with the others. Where they contradict the profile, which can be another one
    /// after a restart, each is set that contradicts nothing, in the order of their keys.
    pub fn restore(&mut self, chosen: &BTreeMap<LimitKey, Value>) -> Vec<LimitChange> {
        let cause = LimitCause::Person;
        let there = |key: &LimitKey, value: &Value| {
            self.value(*key).is_some() && key.range().contains(&value.number())
        };
        let chosen = chosen.iter().filter(|(key, value)| there(key, value));
        let chosen: BTreeMap<_, _> = chosen
            .map(|(key, value)| {
                (
                    *key,
                    Set {
                        value: *value,
                        cause,
                    },
                )
            })
            .collect();
        let mut others = self.set.clone();
        others.retain(|key, _| !chosen.contains_key(key));
        let mut all = others.clone();
        all.extend(&chosen);
        if !self.is_consistent(&all) {
            all = others;
            for (key, set) in chosen {
                let mut with = all.clone();
                with.insert(key, set);
                if self.is_consistent(&with) {
                    all = with;
                }
            }
        }
        self.set = all;
        self.now_in_force(cause)
    }

    /// Goes into a phase of the session.
    pub fn enter(&mut self, phase: Phase) -> Vec<LimitChange> {
        self.phase = phase;
        self.now_in_force(LimitCause::Phase)
    }

    /// Goes by the bed's profile as the session's protocol has it; by the profile as shipped where
    /// it is none of that profile. What people set that contradicts it ends.
    pub fn follow(&mut self, protocol: Option<AlarmProfile>) -> Vec<LimitChange> {
        self.base = protocol.unwrap_or_else(|| self.shipped.clone());
        self.cuff_interval = None;
        let set = std::mem::take(&mut self.set);
        for (key, one) in set {
            let mut with = self.set.clone();
            with.insert(key, one);
            if self.is_consistent(&with) {
                self.set = with;
            }
        }
        self.now_in_force(LimitCause::Protocol)
    }

    /// Expects the cuff that often, where the session stands; nothing is what the phase says. What
    /// is no interval of a cuff changes nothing.
    pub fn expect_cuff(&mut self, every: Option<Duration>) -> Vec<LimitChange> {
        let seconds = every.and_then(|every| Value::finite(every.as_secs_f64()));
        if seconds == self.cuff_interval {
            return Vec::new();
        }
        let before = std::mem::replace(&mut self.cuff_interval, seconds);
        if !self.is_consistent(&self.set) {
            self.cuff_interval = before;
        }
        self.now_in_force(LimitCause::Protocol)
    }

    /// Sets the limits that the profile draws from the patient's own values before the session,
    /// where these are known and no person has set another: the patient's value and the profile's
    /// offset, to a whole number, within the bounds of tailoring, and as near to that as the other
    /// limits allow.
    pub fn personalise(&mut self, baseline: &Baseline) -> Vec<LimitChange> {
        let cause = LimitCause::Profile;
        let offsets = self.shipped.parts().adjustments.personal.clone();
        for (key, offset) in offsets {
            let by_person = |set: &Set| set.cause != cause;
            let own = key.of_baseline(baseline);
            let value = own.and_then(|own| self.personal(key, own, offset));
            // What follows from an earlier baseline stays where this one says nothing.
            if let Some(value) = value
                && !self.set.get(&key).is_some_and(by_person)
            {
                self.set.insert(key, Set { value, cause });
            }
        }
        self.now_in_force(cause)
    }

    /// Ends the session: the profile as shipped holds again, in the phase before a dose.
    pub fn end_session(&mut self) -> Vec<LimitChange> {
        self.end(LimitCause::SessionEnd)
    }

    /// Lets what has been changed so far end [`LIMITS_LAST`] from now, where no session is open. An
    /// earlier end stays: each change holds for that long at most, and all of them end together,
    /// for what is left of them could contradict itself.
    pub fn limit_time(&mut self, now: MonoTime) {
        let is_as_shipped = self.phase == Phase::default() && self.set.is_empty();
        let until = self.until.unwrap_or(now + LIMITS_LAST);
        self.until = (!is_as_shipped).then_some(until);
    }

    /// Ends what was changed because its time is over: the profile as shipped holds again, in the
    /// phase before a dose.
    pub fn end_by_time(&mut self) -> Vec<LimitChange> {
        self.end(LimitCause::Time)
    }

    fn end(&mut self, cause: LimitCause) -> Vec<LimitChange> {
        self.phase = Phase::default();
        self.base = self.shipped.clone();
        self.cuff_interval = None;
        self.set.clear();
        self.until = None;
        self.now_in_force(cause)
    }

    /// Returns the limit of a patient whose own value is `own`: steps of one towards the default,
    /// with which everything is consistent, end at the latest there.
    fn personal(&self, key: LimitKey, own: Value, offset: Value) -> Option<Value> {
        let bounds = self.bounds(key)?;
        let default = key.of(self.shipped.parts())?.number();
        let (least, most) = (bounds.least.number(), bounds.most.number());
        let mut wanted = (own.number() + offset.number()).round().clamp(least, most);
        loop {
            let value = Value::finite(wanted)?;
            if self.consistent_with(key, value).is_ok() {
                return Some(value);
            }
            if (default - wanted).abs() < 1.0 {
                return None;
            }
            wanted += (default - wanted).signum();
        }
    }

    /// Tells whether the limits are consistent in every phase when this number is another.
    fn consistent_with(&self, key: LimitKey, new: Value) -> Result<(), LimitRefusal> {
        let range = key.range();
        let phase = Phase::default();
        if !range.contains(&new.number()) {
            let why = format!("{new} is not within {} to {}", range.start(), range.end());
            let why = why.into();
            return Err(LimitRefusal::Contradiction { key, phase, why });
        }
        let mut set = self.set.clone();
        let cause = LimitCause::Person;
        set.insert(key, Set { value: new, cause });
        for phase in Phase::ALL {
            let errors = in_itself(&self.parts_of(phase, &set));
            let own = errors.iter().find(|error| error.key == key.name());
            let Some(error) = own.or(errors.first()) else {
                continue;
            };
            let why = if error.key == key.name() {
                error.why.clone().into()
            } else {
                format!("{new} contradicts {}: {}", error.key, error.why).into()
            };
            return Err(LimitRefusal::Contradiction { key, phase, why });
        }
        Ok(())
    }

    fn is_consistent(&self, set: &BTreeMap<LimitKey, Set>) -> bool {
        let mut phases = Phase::ALL.into_iter();
        phases.all(|phase| in_itself(&self.parts_of(phase, set)).is_empty())
    }

    fn parts_of(&self, phase: Phase, set: &BTreeMap<LimitKey, Set>) -> ProfileParts {
        let base = self.base.parts();
        let mut parts = in_phase(base, phase);
        if let Some(interval) = self.cuff_interval {
            LimitKey::CuffInterval.put(interval, base, &mut parts);
        }
        for (key, set) in set {
            key.put(set.value, base, &mut parts);
        }
        parts
    }

    /// Returns what made a number other than the profile has it, where nobody set it.
    fn cause_of(&self, key: LimitKey, value: Value) -> LimitCause {
        let of_the_profile = in_phase(self.shipped.parts(), self.phase);
        if key.of(&of_the_profile) == Some(value) {
            LimitCause::Phase
        } else {
            LimitCause::Protocol
        }
    }

    fn now_in_force(&mut self, cause: LimitCause) -> Vec<LimitChange> {
        let parts = self.parts_of(self.phase, &self.set);
        let now = AlarmProfile::in_force(parts).expect(CONSISTENT);
        let before = std::mem::replace(&mut self.in_force, now);
        let change = |key: LimitKey| {
            let (old, new) = key.of(before.parts()).zip(self.value(key))?;
            (old != new).then_some(LimitChange {
                key,
                old,
                new,
                cause,
            })
        };
        LimitKey::all().filter_map(change).collect()
    }
}

impl LimitChange {
    /// Returns what people are to be warned of: a limit that hardly ever calls, or too late.
    #[must_use]
    pub fn warning(&self) -> Option<&'static str> {
        warning(self.key, self.new)
    }
}

/// Returns between which numbers a limit calls people in time and not hardly ever; nothing where
/// nobody is warned.
#[must_use]
pub const fn sensible(key: LimitKey) -> Option<(Option<f64>, Option<f64>)> {
    match key {
        LimitKey::Trip(AlarmId::Spo2Low | AlarmId::Spo2VeryLow) => {
            Some((Some(SPO2_MEANS_LITTLE), None))
        }
        LimitKey::Trip(AlarmId::HrHigh | AlarmId::HrVeryHigh) => {
            Some((None, Some(RATE_MEANS_LITTLE)))
        }
        _ => None,
    }
}

/// Returns what people are to be warned of before they choose that number.
#[must_use]
pub fn warning(key: LimitKey, new: Value) -> Option<&'static str> {
    let (least, most) = sensible(key)?;
    if least.is_some_and(|least| new.number() < least) {
        Some("a saturation limit below 85 % calls nobody in time")
    } else if most.is_some_and(|most| new.number() > most) {
        Some("a rate limit above 180/min hardly ever calls")
    } else {
        None
    }
}

const CONSISTENT: &str = "each change was checked against every phase";

/// Returns the limits of a profile in a phase.
pub(crate) fn in_phase(shipped: &ProfileParts, phase: Phase) -> ProfileParts {
    let mut parts = shipped.clone();
    let values = shipped.adjustments.phases.get(&phase);
    for (key, value) in values.into_iter().flatten() {
        key.put(*value, shipped, &mut parts);
    }
    parts
}
