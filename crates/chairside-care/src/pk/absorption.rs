//! How drug gets into the blood by the routes that are no vein, and how much that differs.

use std::time::Duration;

use super::model::Model;
use crate::Route;

/// One esketamine spray, mg. What is sprayed after the first is taken up less.
const SPRAY_MG: f64 = 28.0;

/// How drug gets from where it was given into the blood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Absorption {
    /// It is given into a vein.
    Vein,
    /// A share of it, at a rate in proportion to what is still there.
    FirstOrder {
        /// The share that reaches the blood, 0 to 1.
        fraction: f64,
        /// Per minute.
        per_min: f64,
    },
    /// Sprayed into the nose, of [`Model::PerezRuixoEsketamine`]: a share through the nose, the
    /// rest swallowed, of which 0.64 get through the gut's wall, into it within 0.53 h, from it at
    /// 1.45 /h.
    Spray {
        /// The share of the first spray that is taken up in the nose: 0.54. Of later ones 0.62 times
        /// as much.
        fraction: f64,
        /// From the nose, per minute: 2.93 /h.
        per_min: f64,
    },
    /// Swallowed, of the same model: 0.64 through the gut's wall, into it within 0.32 h, and from it
    /// at 0.97 /h.
    Swallowed {
        /// From the gut, per minute.
        per_min: f64,
    },
}

/// What becomes of an amount that was given.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Taken {
    /// At once into the depot, mg.
    pub(super) depot_mg: f64,
    /// Into the gut, mg.
    pub(super) gut_mg: f64,
    /// Within this time.
    pub(super) gut_within: Duration,
}

/// What of a swallowed amount gets through the gut's wall (Perez-Ruixo 2021, Table 3).
const THROUGH_GUT: f64 = 0.64;

impl Absorption {
    /// A typical esketamine spray (Perez-Ruixo 2021, Table 3).
    pub const SPRAY: Self = Self::Spray {
        fraction: 0.54,
        per_min: 2.93 / 60.0,
    };

    /// Esketamine that was swallowed, typically (the same).
    pub const SWALLOWED: Self = Self::Swallowed {
        per_min: 0.97 / 60.0,
    };

    /// Returns how fast drug leaves the depot for the blood, and the gut for the liver, per minute.
    pub(super) const fn rates_per_min(self) -> (f64, f64) {
        match self {
            Self::Vein => (0.0, 0.0),
            Self::FirstOrder { per_min, .. } => (per_min, 0.0),
            Self::Spray { per_min, .. } => (per_min, 1.45 / 60.0),
            Self::Swallowed { per_min } => (0.0, per_min),
        }
    }

    /// Returns what becomes of so much, mg, when `before` was given this way already.
    pub(super) fn take(self, amount: f64, before: f64) -> Taken {
        match self {
            Self::Vein => Taken::default(),
            Self::FirstOrder { fraction, .. } => Taken {
                depot_mg: fraction * amount,
                ..Taken::default()
            },
            Self::Spray { fraction, .. } => {
                let first = (SPRAY_MG - before).clamp(0.0, amount);
                let depot_mg = fraction * (first + 0.62 * (amount - first));
                Taken {
                    depot_mg,
                    gut_mg: THROUGH_GUT * (amount - depot_mg),
                    gut_within: Duration::from_secs(1908), // 0.53 h
                }
            }
            Self::Swallowed { .. } => Taken {
                depot_mg: 0.0,
                gut_mg: THROUGH_GUT * amount,
                gut_within: Duration::from_secs(1152), // 0.32 h
            },
        }
    }
}

/// How much absorption by a route differs between people and studies.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// What stands for it where one is needed.
    pub typical: Absorption,
    /// The least and the most that reaches the blood, 0 to 1.
    pub fraction: [f64; 2],
    /// The slowest and the fastest, per minute.
    pub per_min: [f64; 2],
}

impl Spread {
    /// Returns absorption at these ends of the spread: a share and a rate of 0 (the least, the
    /// slowest) to 1, the rates in equal ratios.
    #[must_use]
    pub fn at(&self, fraction: f64, rate: f64) -> Absorption {
        let [least, most] = self.fraction;
        let [slowest, fastest] = self.per_min;
        let fraction = least + (most - least) * fraction;
        let per_min = slowest * (fastest / slowest).powf(rate);
        match self.typical {
            Absorption::Vein => Absorption::Vein,
            Absorption::FirstOrder { .. } => Absorption::FirstOrder { fraction, per_min },
            Absorption::Spray { .. } => Absorption::Spray { fraction, per_min },
            Absorption::Swallowed { .. } => Absorption::Swallowed { per_min },
        }
    }
}

/// Returns the spread of a route; nothing of a vein.
///
/// Where a source gives the time of the peak and no rate, the rate is the one that peaks then in
/// `clements250`: 0.656 /min at 5 min, 0.150 at 14, 0.0746 at 22, 0.0695 at 23, 0.0240 at 45,
/// 0.0156 at 60 and 0.135 at 15.
///
/// - Into a muscle: 93 % in adults, 41 % in a model of children (Hornik 2018); peak at 5 to 22 min.
/// - Into the nose: 45 % of three volunteers (Yanagihara 2003), 19, 13 and 11 % of 10, 30 and 50 mg
///   (Pharmacotherapy 2022;42:298); peak at 14 to 23 min.
/// - Under the tongue: 32 ± 17 % (Chong 2006), 29 % of a wafer with its peak at 45 (15 to 60) min
///   (Rolan 2014).
/// - Swallowed: S-ketamine 8 % (Fanta 2015), 23 ± 9 % (Chong 2006), 45 % and a half-time of
///   59 min with 148 % between people in children (Brunette 2011): half-times of 10 to 109 min.
/// - Esketamine by its own model: one standard deviation of people, of the share through the nose
///   0.708 on the logit scale, of the rates 61.5 % (nose) and 132 % (gut) (Perez-Ruixo 2021).
#[must_use]
pub fn spread(model: Model, route: Route) -> Option<Spread> {
    let esketamine = model == Model::PerezRuixoEsketamine;
    let (typical, fraction, per_min) = match route {
        Route::Intravenous => return None,
        Route::Intranasal if esketamine => {
            let per_h: [f64; 2] = [1.663, 5.162];
            (Absorption::SPRAY, [0.366, 0.704], per_h.map(|it| it / 60.0))
        }
        Route::Oral if esketamine => {
            let per_h: [f64; 2] = [0.355, 2.648];
            // Nobody has told how the gut's share differs.
            let share = [THROUGH_GUT; 2];
            (Absorption::SWALLOWED, share, per_h.map(|it| it / 60.0))
        }
        Route::Intramuscular => (first_order(0.93, 0.10), [0.41, 0.93], [0.0746, 0.656]),
        Route::Intranasal => (first_order(0.19, 0.102), [0.11, 0.45], [0.0695, 0.150]),
        Route::Sublingual => (first_order(0.29, 0.0240), [0.15, 0.49], [0.0156, 0.135]),
        Route::Oral => (first_order(0.20, 0.035), [0.08, 0.45], [0.006_36, 0.0693]),
    };
    Some(Spread {
        typical,
        fraction,
        per_min,
    })
}

const fn first_order(fraction: f64, per_min: f64) -> Absorption {
    Absorption::FirstOrder { fraction, per_min }
}
