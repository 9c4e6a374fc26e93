//! The condition stream of one bed: when something began to be wrong and when it ended.
//!
//! Transitions tell every change of a condition and of its signal; whoever judges the rules looks
//! at the conditions only.

use std::collections::BTreeSet;

use chairside_alarm::{AlarmId, Transition};

/// An end of an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The condition began.
    Onset,
    /// The condition ended.
    Clear,
}

impl Edge {
    /// Returns the name used in JSON: `"onset"`, `"clear"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Onset => "onset",
            Self::Clear => "clear",
        }
    }
}

/// Which conditions are present, and so which transitions change that.
#[derive(Debug, Default)]
pub struct Conditions {
    present: BTreeSet<AlarmId>,
}

impl Conditions {
    /// Takes the next transition and tells whether the condition begins or ends with it.
    pub fn edge(&mut self, transition: &Transition) -> Option<Edge> {
        if transition.present {
            self.present.insert(transition.id).then_some(Edge::Onset)
        } else {
            self.present.remove(&transition.id).then_some(Edge::Clear)
        }
    }
}
