//! What the numbers of an instrument mean, in our own words, and from where.
//!
//! Only for instruments that are reprinted widely or are Chairside's own. Items of the others have
//! their numbers and nothing else: a clinic adds the wording under its own licence.

use crate::ScoreId;

/// What a rating means: the number and the words.
pub type Anchor = (i16, &'static str);

/// Which of the printed versions of the modified Aldrete score a clinic uses. They disagree, so
/// that the record says which it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AldreteVariant {
    /// In what the distance of the pressure from the baseline is counted.
    pub circulation: Circulation,
    /// SpO2 on air above this many per cent is rated 2: 90 or 92.
    pub spo2_above: u8,
    /// The pass mark of the total: 8 or 9.
    pub pass: i16,
}

/// In what the distance of the pressure from the baseline is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circulation {
    /// Per cent of the baseline.
    Percent,
    /// mmHg.
    MillimetreOfMercury,
}

impl Default for AldreteVariant {
    /// Per cent, 92 and 9.
    fn default() -> Self {
        Self {
            circulation: Circulation::Percent,
            spo2_above: 92,
            pass: 9,
        }
    }
}

const MOAAS: [Anchor; 6] = [
    (5, "answers readily to the name in a normal voice"),
    (4, "answers slowly to the name in a normal voice"),
    (3, "answers only to a loud or repeated name"),
    (2, "answers only to gentle shaking"),
    (1, "reacts only to a painful squeeze"),
    (0, "does not react to a painful squeeze"),
];

const RASS: [Anchor; 10] = [
    (4, "combative, a danger to others"),
    (3, "very agitated, pulls at lines"),
    (2, "agitated, moves without purpose"),
    (1, "restless, not aggressive"),
    (0, "alert and calm"),
    (-1, "drowsy, holds eye contact when called"),
    (-2, "makes eye contact when called, briefly"),
    (
        -3,
        "moves or opens the eyes when called, without eye contact",
    ),
    (-4, "moves or opens the eyes only when touched"),
    (-5, "reacts to nothing"),
];

const PONV: [Anchor; 4] = [(0, "none"), (1, "mild"), (2, "moderate"), (3, "vomiting")];

const CSSRS: [Anchor; 2] = [(1, "asked"), (0, "not asked")];

const ALDRETE_ACTIVITY: [Anchor; 3] = [
    (2, "moves four limbs"),
    (1, "moves two limbs"),
    (0, "moves no limb"),
];
const ALDRETE_BREATHING: [Anchor; 3] = [
    (2, "breathes deeply and coughs"),
    (1, "breathes with effort or shallowly"),
    (0, "does not breathe"),
];
const ALDRETE_PERCENT: [Anchor; 3] = [
    (2, "pressure within 20 % of the baseline"),
    (1, "pressure 20 to 50 % from the baseline"),
    (0, "pressure more than 50 % from the baseline"),
];
const ALDRETE_MMHG: [Anchor; 3] = [
    (2, "pressure within 20 mmHg of the baseline"),
    (1, "pressure 20 to 50 mmHg from the baseline"),
    (0, "pressure more than 50 mmHg from the baseline"),
];
const ALDRETE_CONSCIOUSNESS: [Anchor; 3] = [
    (2, "awake"),
    (1, "wakes when called"),
    (0, "does not answer"),
];
const ALDRETE_SPO2_92: [Anchor; 3] = [
    (2, "SpO2 above 92 % on air"),
    (1, "needs oxygen for SpO2 above 90 %"),
    (0, "SpO2 below 90 % with oxygen"),
];
const ALDRETE_SPO2_90: [Anchor; 3] = [
    (2, "SpO2 above 90 % on air"),
    (1, "needs oxygen for SpO2 above 90 %"),
    (0, "SpO2 below 90 % with oxygen"),
];

const PADSS: [(&str, [Anchor; 3]); 5] = [
    (
        "vital signs",
        [
            (2, "within 20 % of the baseline"),
            (1, "20 to 40 % from the baseline"),
            (0, "more than 40 % from the baseline"),
        ],
    ),
    (
        "activity",
        [
            (2, "oriented and steady"),
            (1, "oriented or steady"),
            (0, "neither"),
        ],
    ),
    (
        "pain, nausea, vomiting",
        [(2, "minimal"), (1, "treated"), (0, "severe")],
    ),
    (
        "bleeding (2 after ketamine alone)",
        [(2, "minimal"), (1, "moderate"), (0, "severe")],
    ),
    (
        "drinking and passing water",
        [(2, "both"), (1, "one of them"), (0, "neither")],
    ),
];

const ALDRETE_LABELS: [&str; 5] = [
    "activity",
    "breathing",
    "circulation",
    "consciousness",
    "SpO2",
];

impl AldreteVariant {
    /// Tells whether it is one of those in print.
    #[must_use]
    pub const fn is_printed(self) -> bool {
        matches!(self.spo2_above, 90 | 92) && matches!(self.pass, 8 | 9)
    }

    /// Returns the variant in words, for the record.
    #[must_use]
    pub fn text(self) -> String {
        let Self {
            spo2_above, pass, ..
        } = self;
        let unit = match self.circulation {
            Circulation::Percent => "%",
            Circulation::MillimetreOfMercury => "mmHg",
        };
        format!("pressure within 20 {unit}, SpO2 above {spo2_above} % on air, pass mark {pass}")
    }

    const fn anchors(self, place: usize) -> &'static [Anchor] {
        match place {
            0 => &ALDRETE_ACTIVITY,
            1 => &ALDRETE_BREATHING,
            2 => match self.circulation {
                Circulation::Percent => &ALDRETE_PERCENT,
                Circulation::MillimetreOfMercury => &ALDRETE_MMHG,
            },
            3 => &ALDRETE_CONSCIOUSNESS,
            4 if self.spo2_above == 90 => &ALDRETE_SPO2_90,
            4 => &ALDRETE_SPO2_92,
            _ => &[],
        }
    }
}

impl ScoreId {
    /// Returns what the item at that place (from 0) is about; nothing where the wording is
    /// protected or the instrument has but one item.
    #[must_use]
    pub fn item_label(self, place: usize) -> Option<&'static str> {
        match self {
            Self::AldreteMod => ALDRETE_LABELS.get(place).copied(),
            Self::Padss => PADSS.get(place).map(|(label, _)| *label),
            Self::Moaas
            | Self::Rass
            | Self::Cadss23
            | Self::Cadss6
            | Self::Cssrs
            | Self::Phq9
            | Self::Gad7
            | Self::Ponv
            | Self::VasPain
            | Self::VasAnxiety
            | Self::VasDrugEffect => None,
        }
    }

    /// Returns what the ratings of the item at that place (from 0) mean, best or calmest as the
    /// instrument has it; nothing where the wording is protected.
    #[must_use]
    pub fn anchors(self, place: usize, aldrete: AldreteVariant) -> &'static [Anchor] {
        match self {
            Self::AldreteMod => aldrete.anchors(place),
            Self::Padss => PADSS.get(place).map_or(&[], |(_, anchors)| anchors),
            Self::Moaas if place == 0 => &MOAAS,
            Self::Rass if place == 0 => &RASS,
            Self::Ponv if place == 0 => &PONV,
            Self::Cssrs if place == 0 => &CSSRS,
            Self::Moaas
            | Self::Rass
            | Self::Ponv
            | Self::Cssrs
            | Self::Cadss23
            | Self::Cadss6
            | Self::Phq9
            | Self::Gad7
            | Self::VasPain
            | Self::VasAnxiety
            | Self::VasDrugEffect => &[],
        }
    }

    /// Returns which version of the instrument it is, for the record.
    #[must_use]
    pub fn variant(self, aldrete: AldreteVariant) -> String {
        let text = match self {
            Self::AldreteMod => return aldrete.text(),
            Self::Moaas => "1 reacts to a painful squeeze, 0 does not",
            Self::Rass => "-5 to +4",
            Self::Padss => "five items of 0 to 2, vital signs in per cent",
            Self::Cadss23 => "23 items of 0 to 4",
            Self::Cadss6 => "items 1, 2, 6, 7, 15 and 22",
            Self::Cssrs => "screen version; only that it was asked",
            Self::Phq9 => "nine items, without the question about difficulty",
            Self::Gad7 => "seven items",
            Self::Ponv => "0 none, 1 mild, 2 moderate, 3 vomiting",
            Self::VasPain | Self::VasAnxiety | Self::VasDrugEffect => "0 to 100 mm",
        };
        text.to_owned()
    }

    /// Returns where structure and meaning were read. What was read nowhere is general knowledge,
    /// and says so.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Moaas => "BMC Anesthesiology 2022, doi 10.1186/s12871-022-01788-1, table 2",
            Self::Rass => "scottishintensivecare.org.uk, RASS; neuroscand.com, RASS",
            Self::AldreteMod => "World J Gastroenterol 2015;21:3671, table 2",
            Self::Padss => "ijodh-2-036, table 4",
            Self::Cadss23 => "van Schalkwyk 2018, J Affect Disord 227:11",
            Self::Cadss6 => "Rodrigues 2021, J Affect Disord 282:160",
            Self::Cssrs | Self::Phq9 | Self::Gad7 => "general knowledge, not verified",
            Self::Ponv => "Chairside",
            Self::VasPain | Self::VasAnxiety | Self::VasDrugEffect => "visual analogue scale",
        }
    }
}
