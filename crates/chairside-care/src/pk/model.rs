//! The published models: their parameters as their sources have them, and whom they were made of.

use std::ops::RangeInclusive;

use super::matrix::Matrix;
use super::system::place;
use crate::Drug;

/// How fast the effect site follows the plasma, per minute: the highest effect-site concentration
/// of a bolus comes after one minute in [`Model::Domino`], as `OpenTIVA` assumes. Assumed for every
/// model; measured on the EEG are 0.885 and 1.81 (Sleigh 2019, Br J Anaesth 123:592).
pub const KE0_PER_MIN: f64 = 0.652_418_506_3;

/// The body weight that the paediatric models are scaled to, kg.
const STANDARD_KG: f64 = 70.0;

/// A published model of where ketamine goes in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Model {
    /// Domino and others, adults, racemic. V1 0.063 L/kg; k10 0.438, k12 0.592, k21 0.247,
    /// k13 0.590, k31 0.0146 per minute. Clin Pharmacol Ther 1984;36:645, as coded in `stanpumpR`,
    /// `OpenTIVA` and `fus_anes`, which agree.
    Domino,
    /// Clements, adults, racemic, 0.25 mg/kg. V1 1.7522 L/kg; k10 0.0109, k12 0.0186, k21 0.0137
    /// per minute. Br J Anaesth 1981;53:27, as coded in `OpenTIVA`.
    Clements250,
    /// Herd, children of about 8 years. V1 38.7, V2 102 L; CL 90, Q 215 L/h per 70 kg. Paediatr
    /// Anaesth 2007;17:622.
    Herd,
    /// Elkomy, children with heart surgery. V1 57.3, V2 152 L; CL 60.6, Q 73.2 L/h per 70 kg. Int
    /// J Pharm 2015;478:223.
    Elkomy,
    /// Sherwin, children. V1 20.5, V2 220 L; CL 87.9, Q 87.3 L/h per 70 kg. Paediatr Anaesth
    /// 2015;25:211.
    Sherwin,
    /// Perez-Ruixo, 820 adults, S-ketamine, with a liver and no effect of weight. Clin
    /// Pharmacokinet 2021;60:501, doi 10.1007/s40262-020-00953-4, Table 3, read in nlmixr2lib's
    /// transcription with its list of misprints.
    PerezRuixoEsketamine,
}

/// Whom a model was made of, as far as the sources that were seen say.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Who.
    pub who: &'static str,
    /// What they were given.
    pub drug: Drug,
    /// Their ages, years.
    pub age_years: RangeInclusive<f64>,
    /// Their weights, kg; nothing where the sources that were seen do not say.
    pub weight_kg: Option<RangeInclusive<f64>>,
}

/// What a model says of a body.
#[derive(Clone, Debug)]
pub(super) struct Disposition {
    /// How drug moves, per minute, without the depots and the effect site.
    pub(super) flows: Matrix,
    /// The volume of the central compartment, L.
    pub(super) central_l: f64,
}

impl Model {
    /// Every model.
    pub const ALL: [Self; 6] = [
        Self::Domino,
        Self::Clements250,
        Self::Herd,
        Self::Elkomy,
        Self::Sherwin,
        Self::PerezRuixoEsketamine,
    ];

    /// The three whose range is shown of racemic ketamine. None fits all that was measured:
    /// `domino` has a realistic fast phase and too high a clearance, `clements250` fits clearance,
    /// volume and the level after 40 minutes and has no fast phase, `herd` lies between.
    pub const BAND: [Self; 3] = [Self::Domino, Self::Clements250, Self::Herd];

    /// Returns the model with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
    }

    /// Returns the name used in JSON and in the reference table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Domino => "domino",
            Self::Clements250 => "clements250",
            Self::Herd => "herd",
            Self::Elkomy => "elkomy",
            Self::Sherwin => "sherwin",
            Self::PerezRuixoEsketamine => "perez_ruixo_esketamine",
        }
    }

    /// Returns where it was published.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Domino => "Domino 1984, Clin Pharmacol Ther 36:645, as coded in stanpumpR",
            Self::Clements250 => "Clements 1981, Br J Anaesth 53:27, as coded in OpenTIVA",
            Self::Herd => "Herd 2007, Paediatr Anaesth 17:622",
            Self::Elkomy => "Elkomy 2015, Int J Pharm 478:223",
            Self::Sherwin => "Sherwin 2015, Paediatr Anaesth 25:211",
            Self::PerezRuixoEsketamine => "Perez-Ruixo 2021, Clin Pharmacokinet 60:501",
        }
    }

    /// Returns whom it was made of.
    #[must_use]
    pub const fn population(self) -> Population {
        let (who, drug, age_years) = match self {
            Self::Domino | Self::Clements250 => ("adults", Drug::Ketamine, 18.0..=f64::MAX),
            Self::Herd | Self::Elkomy | Self::Sherwin => ("children", Drug::Ketamine, 0.0..=18.0),
            Self::PerezRuixoEsketamine => ("820 adults", Drug::Esketamine, 18.0..=86.0),
        };
        Population {
            who,
            drug,
            age_years,
            weight_kg: match self {
                Self::PerezRuixoEsketamine => Some(39.0..=170.0),
                _ => None,
            },
        }
    }

    /// Returns how drug moves in a body of this weight, kg, and age, years.
    pub(super) fn disposition(self, weight_kg: f64, age_years: Option<f64>) -> Disposition {
        match self {
            Self::Domino => {
                mammillary(0.063 * weight_kg, 0.438, &[(0.592, 0.247), (0.590, 0.0146)])
            }
            Self::Clements250 => mammillary(1.7522 * weight_kg, 0.0109, &[(0.0186, 0.0137)]),
            Self::Herd => scaled([38.7, 102.0], 90.0, 215.0, weight_kg),
            Self::Elkomy => scaled([57.3, 152.0], 60.6, 73.2, weight_kg),
            Self::Sherwin => scaled([20.5, 220.0], 87.9, 87.3, weight_kg),
            Self::PerezRuixoEsketamine => with_liver(age_years),
        }
    }
}

/// Returns a central compartment from which drug is lost, with one or two others beside it, each
/// with the rates towards it and back, per minute.
fn mammillary(central_l: f64, lost: f64, beside: &[(f64, f64)]) -> Disposition {
    let mut flows = Matrix::zero();
    lose(&mut flows, place::CENTRAL, lost);
    for (to, (there, back)) in [place::SHALLOW, place::DEEP].into_iter().zip(beside) {
        flow(&mut flows, place::CENTRAL, to, *there);
        flow(&mut flows, to, place::CENTRAL, *back);
    }
    Disposition { flows, central_l }
}

/// Returns two compartments whose volumes, L, grow with weight and whose clearances, L/h, with its
/// power of 0.75.
fn scaled(volumes_l: [f64; 2], clearance: f64, between: f64, weight_kg: f64) -> Disposition {
    let size = weight_kg / STANDARD_KG;
    let [central, beside] = volumes_l.map(|volume| volume * size);
    let per_min = |litres_per_h: f64| litres_per_h / 60.0 * size.powf(0.75);
    let between = per_min(between);
    let rates = [(between / central, between / beside)];
    mammillary(central, per_min(clearance) / central, &rates)
}

/// Returns the model of esketamine: drug is lost in a liver that blood flows through. A flow of 151
/// L/h, 2.19 less for each year over 60. The paper's factor for Asian patients is left out, for the
/// record does not know it.
fn with_liver(age_years: Option<f64>) -> Disposition {
    let (central, shallow, deep, liver) = (192.0, 143.0, 417.0, 101.0);
    let years_over_60 = age_years.map_or(0.0, |age| (age.min(86.0) - 60.0).max(0.0));
    let blood = (151.0 - 2.19 * years_over_60) / 60.0;
    let mut flows = Matrix::zero();
    for (to, litres_per_min, litres) in [
        (place::SHALLOW, 84.3 / 60.0, shallow),
        (place::DEEP, 37.6 / 60.0, deep),
        (place::LIVER, blood, liver),
    ] {
        flow(&mut flows, place::CENTRAL, to, litres_per_min / central);
        flow(&mut flows, to, place::CENTRAL, litres_per_min / litres);
    }
    lose(&mut flows, place::LIVER, (1.11 + 2.77) / 60.0);
    Disposition {
        flows,
        central_l: central,
    }
}

/// Lets drug go from one place to another, so much of it per minute.
pub(super) fn flow(flows: &mut Matrix, from: usize, to: usize, per_min: f64) {
    flows.0[to][from] += per_min;
    lose(flows, from, per_min);
}

fn lose(flows: &mut Matrix, from: usize, per_min: f64) {
    flows.0[from][from] -= per_min;
}

/// Returns why a patient is outside of those that the shown models were made of; nothing when
/// nothing is known against it. The trace is then greyed, with this reason.
///
/// The weights of the small studies are not in what was seen of them, so that the bound is that of
/// the largest one, of 820 adults: nobody outside of 39 to 170 kg was measured in any.
#[must_use]
pub fn outside(weight_kg: f64, age_years: Option<f64>) -> Option<String> {
    let population = Model::PerezRuixoEsketamine.population();
    if let Some(weights) = population.weight_kg
        && !weights.contains(&weight_kg)
    {
        return Some(format!(
            "{weight_kg} kg: the models know nobody below {} or above {} kg",
            weights.start(),
            weights.end()
        ));
    }
    let age = age_years.filter(|age| !population.age_years.contains(age))?;
    Some(format!(
        "{age} years: the models of adults know nobody below {} or above {}",
        population.age_years.start(),
        population.age_years.end()
    ))
}
