//! What a person rated.

use chairside_model::MonoTime;

use crate::Text;

/// A score as a person entered it: the items they rated, in the order of the instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreEntry {
    /// When it was rated, which may be before it was entered.
    pub at: MonoTime,
    /// Which.
    pub id: ScoreId,
    /// Each item's rating; nothing where one was not rated. Empty when the whole was not done.
    pub items: Vec<Option<i16>>,
    /// Which printed version of the instrument it was, in words. The session says it, by its
    /// protocol, and not who rates; entries of before that have none.
    pub variant: Option<Text>,
}

/// An instrument. Its items have numbers and ranges here and no wording, which many of them protect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScoreId {
    /// Modified Observer's Assessment of Alertness/Sedation, 0 to 5; 5 is awake.
    Moaas,
    /// Richmond Agitation-Sedation Scale, -5 to +4; 0 is calm.
    Rass,
    /// Modified Aldrete, five items of 0 to 2.
    AldreteMod,
    /// Post-anaesthetic discharge scoring system, five items of 0 to 2.
    Padss,
    /// Clinician-Administered Dissociative States Scale, 23 items of 0 to 4.
    Cadss23,
    /// Its short form, six items of 0 to 4.
    Cadss6,
    /// Columbia suicide severity, screen version: only that it was asked (1) or not (0), and by
    /// whom. Its answers stay on the clinic's own form.
    Cssrs,
    /// PHQ-9, nine items of 0 to 3.
    Phq9,
    /// GAD-7, seven items of 0 to 3.
    Gad7,
    /// Nausea: 0 none, 1 mild, 2 moderate, 3 vomiting.
    Ponv,
    /// Pain, 0 to 100 mm.
    VasPain,
    /// Anxiety, 0 to 100 mm.
    VasAnxiety,
    /// How strong the drug feels, 0 to 100 mm.
    VasDrugEffect,
}

impl ScoreId {
    /// Every instrument.
    pub const ALL: [Self; 13] = [
        Self::Moaas,
        Self::Rass,
        Self::AldreteMod,
        Self::Padss,
        Self::Cadss23,
        Self::Cadss6,
        Self::Cssrs,
        Self::Phq9,
        Self::Gad7,
        Self::Ponv,
        Self::VasPain,
        Self::VasAnxiety,
        Self::VasDrugEffect,
    ];

    /// Returns the instrument with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|id| id.name() == name)
    }

    /// Returns the name used in configuration, JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Moaas => "moaas",
            Self::Rass => "rass",
            Self::AldreteMod => "aldrete_mod",
            Self::Padss => "padss",
            Self::Cadss23 => "cadss23",
            Self::Cadss6 => "cadss6",
            Self::Cssrs => "cssrs",
            Self::Phq9 => "phq9",
            Self::Gad7 => "gad7",
            Self::Ponv => "ponv",
            Self::VasPain => "vas_pain",
            Self::VasAnxiety => "vas_anxiety",
            Self::VasDrugEffect => "vas_drug_effect",
        }
    }
}
