//! Whether alarms reach people, as somebody else than a device says it.

use std::fmt;

use chairside_model::MonoTime;

use crate::evidence::Lasted;

/// Whether a bed's alarms can be heard at any display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience<'a> {
    /// At one at least.
    Heard,
    /// At none.
    Nobody {
        /// When one was last known to be heard; nothing where that was never so.
        since: Option<MonoTime>,
        /// Why each is not. Where there is no reason there is no display.
        why: &'a [Unheard],
    },
}

impl Audience<'_> {
    /// There is no display, and was none.
    pub const NOBODY: Self = Self::Nobody {
        since: None,
        why: &[],
    };
}

/// A display at which alarms cannot be heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unheard {
    /// What it calls itself.
    pub display: Box<str>,
    /// Why.
    pub why: WhyUnheard,
}

/// Why alarms cannot be heard at a display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyUnheard {
    /// It makes no sound by its kind, or a person has muted it.
    Muted,
    /// Its browser does not play.
    Suspended,
    /// No person has said, or not lately, that its sound can be heard.
    Unconfirmed,
    /// Its page is not in front, and is not drawn.
    Hidden,
    /// Its page is in front and has not been drawn since then; or never.
    NotDrawn(Option<MonoTime>),
    /// It has said nothing since then, and its connection is open.
    Silent(MonoTime),
    /// It is not connected any more; what it said then was the last.
    Gone(MonoTime),
}

/// Whether the alarms of a bed that were to reach somebody have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery<'a> {
    /// All of them.
    Done,
    /// Not all.
    Waits {
        /// Since when the one has waited that waited longest.
        since: MonoTime,
        /// For whom or by what, in words: `desk has not confirmed it`.
        why: &'a str,
    },
}

/// So many displays are named; beyond that it is said how many more there are.
const NAMED: usize = 3;

/// The displays at which alarms cannot be heard, as people are told of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'a>(pub(crate) &'a [Unheard], pub(crate) MonoTime);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(all, now) = *self;
        let is_gone = |one: &Unheard| matches!(one.why, WhyUnheard::Gone(_));
        if all.iter().all(is_gone) {
            f.write_str("no display is connected")?;
            if !all.is_empty() {
                f.write_str("; ")?;
            }
        }
        for (place, Unheard { display, why }) in all.iter().take(NAMED).enumerate() {
            if place > 0 {
                f.write_str("; ")?;
            }
            let since = |then: MonoTime| Lasted(now.saturating_since(then));
            match *why {
                WhyUnheard::Muted => write!(f, "{display} is muted"),
                WhyUnheard::Suspended => write!(f, "{display} plays nothing"),
                WhyUnheard::Unconfirmed => write!(f, "nobody has confirmed the sound of {display}"),
                WhyUnheard::Hidden => write!(f, "{display} is hidden"),
                WhyUnheard::NotDrawn(None) => write!(f, "{display} has drawn nothing"),
                WhyUnheard::NotDrawn(Some(then)) => {
                    write!(f, "{display} has drawn nothing{}", since(then))
                }
                WhyUnheard::Silent(then) => write!(f, "{display} has said nothing{}", since(then)),
                WhyUnheard::Gone(then) => write!(f, "{display} has been gone{}", since(then)),
            }?;
        }
        match all.len().saturating_sub(NAMED) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// Tells whether two lists say the same but for the times.
pub(crate) fn alike(some: &[Unheard], others: &[Unheard]) -> bool {
    let is_alike = |(one, other): (&Unheard, &Unheard)| {
        one.display == other.display
            && std::mem::discriminant(&one.why) == std::mem::discriminant(&other.why)
    };
    some.len() == others.len() && some.iter().zip(others).all(is_alike)
}
