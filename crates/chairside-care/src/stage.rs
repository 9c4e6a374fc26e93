//! Where a treatment session stands.

use chairside_alarm::Phase;

/// Where a treatment session stands, in the order of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Planned: the patient is not here.
    Scheduled,
    /// The patient is here and is asked.
    Screening,
    /// Pressures and rates before the dose are taken.
    Baseline,
    /// The gate was passed, or a clinician passed over it with a reason.
    Ready,
    /// The dose is given.
    Dosing,
    /// The dose acts at its most.
    Peak,
    /// It wears off.
    Recovery,
    /// The patient left, with what the clinic requires met or passed over with a reason.
    Discharged,
    /// The patient was handed over to somebody who does more: an ambulance, a hospital.
    Transferred,
    /// The session ended before its time.
    Aborted,
}

impl Stage {
    /// Every stage, in the order of a session.
    pub const ALL: [Self; 10] = [
        Self::Scheduled,
        Self::Screening,
        Self::Baseline,
        Self::Ready,
        Self::Dosing,
        Self::Peak,
        Self::Recovery,
        Self::Discharged,
        Self::Transferred,
        Self::Aborted,
    ];

    /// Returns the stage with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }

    /// Returns the name used in configuration, JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Screening => "screening",
            Self::Baseline => "baseline",
            Self::Ready => "ready",
            Self::Dosing => "dosing",
            Self::Peak => "peak",
            Self::Recovery => "recovery",
            Self::Discharged => "discharged",
            Self::Transferred => "transferred",
            Self::Aborted => "aborted",
        }
    }

    /// Tells whether the session is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Discharged | Self::Transferred | Self::Aborted)
    }

    /// Returns the stages that a person can step to, in the order of a session. Back are the ways to
    /// ask again, and to give a second dose.
    #[must_use]
    pub const fn leads_to(self) -> &'static [Self] {
        match self {
            Self::Scheduled => &[Self::Screening, Self::Aborted],
            Self::Screening => &[Self::Baseline, Self::Transferred, Self::Aborted],
            Self::Baseline => &[
                Self::Screening,
                Self::Ready,
                Self::Transferred,
                Self::Aborted,
            ],
            Self::Ready => &[Self::Dosing, Self::Transferred, Self::Aborted],
            Self::Dosing => &[Self::Peak, Self::Transferred, Self::Aborted],
            Self::Peak => &[
                Self::Dosing,
                Self::Recovery,
                Self::Transferred,
                Self::Aborted,
            ],
            Self::Recovery => &[
                Self::Dosing,
                Self::Peak,
                Self::Discharged,
                Self::Transferred,
                Self::Aborted,
            ],
            Self::Discharged | Self::Transferred | Self::Aborted => &[],
        }
    }

    /// Returns the phase whose limits are in force (`docs/adr/0014-limits-that-change.md`): at the
    /// peak those of the dose.
    #[must_use]
    pub const fn phase(self) -> Phase {
        match self {
            Self::Scheduled | Self::Screening | Self::Baseline | Self::Ready => Phase::Baseline,
            Self::Dosing | Self::Peak => Phase::Dosing,
            Self::Recovery | Self::Discharged | Self::Transferred | Self::Aborted => {
                Phase::Recovery
            }
        }
    }
}
