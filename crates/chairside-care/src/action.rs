//! What people do in a treatment session. Each of these is on record as it stands here.

use chairside_alarm::Role;
use chairside_model::{MonoTime, Patient, PatientName, SessionId, Value};

use crate::{DoseEntry, ScoreEntry, ScoreId, Stage, Text};

/// The number of an entry within its session, from 1: what a correction names.
pub type EntryNumber = u32;

/// What a person wants to be done, and who it is.
#[derive(Clone, Copy, Debug)]
pub struct CareAct<'a> {
    /// Which session.
    pub session: SessionId,
    /// What.
    pub action: &'a CareAction,
    /// The person, by their id among the configured staff. Never empty.
    pub by: &'a str,
    /// Where, as the display calls itself.
    pub station: Option<&'a str>,
    /// What the person may do.
    pub role: Role,
    /// Why, in the person's words: an override needs it.
    pub reason: Option<&'a str>,
    /// The person was told what is not met, and goes on all the same.
    pub pass_over: bool,
    /// What the request is known by when it comes again, if it can be.
    pub request: Option<&'a str>,
}

/// Something that a person did, as it is on record. A session is its entries, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct CareEntry {
    /// Which session.
    pub session: SessionId,
    /// Its number within the session: rises by one from 1, without a gap.
    pub number: EntryNumber,
    /// What was done.
    pub action: CareAction,
    /// The person's id among the configured staff. Never empty.
    pub by: Box<str>,
    /// Where, as the display calls itself.
    pub station: Option<Box<str>>,
    /// Why, in the person's words.
    pub reason: Option<Box<str>>,
    /// What was not met and was passed over, in words; empty when all was met.
    pub passed_over: Vec<Box<str>>,
    /// What the request that made it is known by when it comes again, if it can be: nobody enters
    /// the same dose twice by sending it again.
    pub request: Option<Box<str>>,
}

/// Something that a person did.
#[derive(Clone, Debug, PartialEq)]
pub enum CareAction {
    /// A session is planned at the bed.
    Schedule {
        /// For whom.
        patient: Patient,
        /// The patient's name, where the clinic has names.
        name: Option<PatientName>,
        /// By which protocol of the clinic: its name.
        protocol: Text,
    },
    /// The session goes into a stage. Into [`Stage::Screening`] means that the patient is here,
    /// and the session opens at the bed.
    Step {
        /// Which.
        to: Stage,
    },
    /// An item of the screening, or of the emergency kit, was answered.
    Screen {
        /// The item's name in the protocol.
        item: Item,
        /// What was said.
        answer: ItemAnswer,
    },
    /// The patient was weighed, or told their weight.
    Weigh {
        /// Body weight, kg.
        weight: Value,
    },
    /// The last two determinations of the cuff and the rates of now are the patient's baseline.
    TakeBaseline,
    /// Something was given, or changed how it is given.
    Dose(DoseEntry),
    /// Something was rated.
    Score(ScoreEntry),
    /// A check that was due was done.
    Check {
        /// Which.
        check: Check,
    },
    /// Something happened.
    Event(CareEvent),
    /// An item of the discharge that only a person can answer was answered.
    Discharge {
        /// Which.
        item: DischargeItem,
        /// What was said.
        answer: ItemAnswer,
    },
    /// An earlier entry was wrong.
    Amend {
        /// Which.
        entry: EntryNumber,
        /// What holds instead.
        amendment: Amendment,
    },
}

/// What holds instead of an entry. The entry stays on record.
#[derive(Clone, Debug, PartialEq)]
pub enum Amendment {
    /// Nothing: it was entered in error.
    Withdrawn,
    /// Another dose entry.
    Dose(DoseEntry),
    /// Another rating.
    Score(ScoreEntry),
    /// Another event.
    Event(CareEvent),
}

/// The name of an item of a screening: the clinic's own, from its protocol.
pub type Item = Text;

/// The answer to an item, and what was noted with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemAnswer {
    /// What was said.
    pub said: Said,
    /// What was noted.
    pub note: Option<Text>,
}

/// Yes, no, or nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Said {
    /// Yes.
    Yes,
    /// No.
    No,
    /// It was asked, and nobody knows.
    Unknown,
}

impl Said {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Unknown];

    /// Returns the answer with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|said| said.name() == name)
    }

    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// What a protocol reminds people of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// To rate something.
    Score(ScoreId),
    /// To look at the patient.
    Look,
    /// To look at the place where the needle is.
    IvSite,
    /// To call the prescriber. A rating reminds of it.
    CallPrescriber,
}

impl Check {
    /// Returns the check with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "look" => Some(Self::Look),
            "iv_site" => Some(Self::IvSite),
            "call_prescriber" => Some(Self::CallPrescriber),
            score => ScoreId::from_name(score).map(Self::Score),
        }
    }

    /// Returns the name used in configuration, JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Score(id) => id.name(),
            Self::Look => "look",
            Self::IvSite => "iv_site",
            Self::CallPrescriber => "call_prescriber",
        }
    }
}

/// Something that happened to the patient, or was done.
#[derive(Clone, Debug, PartialEq)]
pub struct CareEvent {
    /// When, which may be before it was entered.
    pub at: MonoTime,
    /// What.
    pub kind: EventKind,
    /// What was noted: for a drug, which and how much.
    pub note: Option<Text>,
}

/// What happened, for the one-tap bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// Oxygen on.
    OxygenOn,
    /// Oxygen off.
    OxygenOff,
    /// The patient vomited.
    Vomiting,
    /// Another drug was given; the note says which.
    DrugGiven,
    /// The patient was turned or sat up.
    Position,
    /// Stridor was heard.
    Stridor,
    /// The airway was opened by hand, or suctioned.
    Airway,
    /// A person came and did something for the patient's safety: what the ledger counts.
    Intervention,
    /// Anything else; the note says what.
    Note,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::OxygenOn,
        Self::OxygenOff,
        Self::Vomiting,
        Self::DrugGiven,
        Self::Position,
        Self::Stridor,
        Self::Airway,
        Self::Intervention,
        Self::Note,
    ];

    /// Returns the kind with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OxygenOn => "oxygen_on",
            Self::OxygenOff => "oxygen_off",
            Self::Vomiting => "vomiting",
            Self::DrugGiven => "drug_given",
            Self::Position => "position",
            Self::Stridor => "stridor",
            Self::Airway => "airway",
            Self::Intervention => "intervention",
            Self::Note => "note",
        }
    }

    /// Tells whether it says nothing without a note.
    #[must_use]
    pub const fn needs_note(self) -> bool {
        matches!(self, Self::DrugGiven | Self::Intervention | Self::Note)
    }
}

/// What of a discharge only a person can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DischargeItem {
    /// "Back to myself": the patient says so.
    BackToSelf,
    /// Steady on their feet.
    SteadyGait,
    /// Somebody is here who takes the patient home.
    Escort,
    /// Told not to drive until the next day.
    NoDriving,
    /// Instructions were given in writing.
    Instructions,
    /// The needle is out.
    IvRemoved,
}

impl DischargeItem {
    /// Every item.
    pub const ALL: [Self; 6] = [
        Self::BackToSelf,
        Self::SteadyGait,
        Self::Escort,
        Self::NoDriving,
        Self::Instructions,
        Self::IvRemoved,
    ];

    /// Returns the item with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.name() == name)
    }

    /// Returns the name used in configuration, JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BackToSelf => "back_to_self",
            Self::SteadyGait => "steady_gait",
            Self::Escort => "escort",
            Self::NoDriving => "no_driving",
            Self::Instructions => "instructions",
            Self::IvRemoved => "iv_removed",
        }
    }
}
