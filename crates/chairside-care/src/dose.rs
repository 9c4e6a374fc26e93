//! What was given.

use chairside_model::{MonoTime, Value};

/// A dose event as a person entered it.
#[derive(Clone, Debug, PartialEq)]
pub struct DoseEntry {
    /// When it happened, which may be before it was entered.
    pub at: MonoTime,
    /// What happened.
    pub dose: Dose,
    /// What was typed a second time after the entry was asked about.
    pub again: Option<Again>,
}

/// Figures of a dose as they were typed a second time, each in its own unit: mg, mg/min, mg/mL.
/// Never none.
#[derive(Clone, Debug, PartialEq)]
pub struct Again(Vec<Value>);

impl Again {
    /// Takes what was typed; nothing where nothing was.
    #[must_use]
    pub fn new(figures: Vec<Value>) -> Option<Self> {
        (!figures.is_empty()).then_some(Self(figures))
    }

    /// Returns the figures in the order in which they were typed.
    #[must_use]
    pub fn figures(&self) -> &[Value] {
        &self.0
    }
}

impl From<Value> for Again {
    fn from(figure: Value) -> Self {
        Self(vec![figure])
    }
}

/// Something that was given, or that changed how it is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dose {
    /// All at once: a push, an injection, a spray, something swallowed.
    Bolus {
        /// What.
        drug: Drug,
        /// Which way.
        route: Route,
        /// How much, mg.
        amount: Value,
        /// What the syringe holds, mg/mL, where it is a solution.
        concentration: Option<Value>,
    },
    /// An infusion into a vein begins.
    Start {
        /// What.
        drug: Drug,
        /// How fast, mg/min.
        rate: Value,
        /// What the bag holds, mg/mL.
        concentration: Option<Value>,
        /// How much is to be given in all, mg.
        planned: Option<Value>,
    },
    /// The infusion goes on at another rate.
    Rate {
        /// How fast, mg/min.
        rate: Value,
    },
    /// The infusion is held.
    Pause,
    /// It goes on as before the pause.
    Resume,
    /// It is over.
    Stop,
}

impl Dose {
    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bolus { .. } => "bolus",
            Self::Start { .. } => "start",
            Self::Rate { .. } => "rate",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Stop => "stop",
        }
    }
}

/// What is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Drug {
    /// Racemic ketamine.
    Ketamine,
    /// S-ketamine.
    Esketamine,
}

impl Drug {
    /// Every drug.
    pub const ALL: [Self; 2] = [Self::Ketamine, Self::Esketamine];

    /// Returns the drug with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|drug| drug.name() == name)
    }

    /// Returns the name used in configuration, JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ketamine => "ketamine",
            Self::Esketamine => "esketamine",
        }
    }
}

/// Which way a drug gets into the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// Into a vein.
    Intravenous,
    /// Into a muscle.
    Intramuscular,
    /// A spray into the nose.
    Intranasal,
    /// Swallowed.
    Oral,
    /// Under the tongue.
    Sublingual,
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 5] = [
        Self::Intravenous,
        Self::Intramuscular,
        Self::Intranasal,
        Self::Oral,
        Self::Sublingual,
    ];

    /// Returns the route with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.name() == name)
    }

    /// Returns the name used in configuration, JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intravenous => "intravenous",
            Self::Intramuscular => "intramuscular",
            Self::Intranasal => "intranasal",
            Self::Oral => "oral",
            Self::Sublingual => "sublingual",
        }
    }
}
