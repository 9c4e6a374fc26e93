//! Figures that others published, which no reference table of ours was made of.

use chairside_care::pk::{Absorption, Input, Model};

use crate::{area, course, minutes, trace, value};

fn assert_near(what: &str, found: f64, expected: f64, relative: f64) {
    let apart = (found - expected).abs() / expected;
    assert!(apart <= relative, "{what}: {found} and not {expected}");
}

/// Clin Pharmacokinet 2021;60:501, Table 4: highest concentration and area of a day, after one, two
/// and three sprays, in patients of 18 to 60 years.
#[test]
fn the_spray_gives_the_concentrations_of_its_paper() {
    for (amount, highest, day) in [
        (28.0, 43.8, 147.3),
        (56.0, 72.5, 254.7),
        (84.0, 101.0, 362.2),
    ] {
        let spray = [(0.0, Input::Absorbed(value(amount)))];
        let course = course(Model::PerezRuixoEsketamine, Absorption::SPRAY, &spray);
        let values: Vec<f64> = trace(course, 60, 1440).iter().map(|it| it.plasma).collect();
        let found = values.iter().copied().fold(0.0, f64::max);
        assert_near(&format!("peak of {amount} mg"), found, highest, 0.04);
        assert_near(
            &format!("area of {amount} mg"),
            area(&values, 1.0 / 60.0),
            day,
            0.04,
        );
    }
}

/// The oral table of the same paper's model: 0.64 through the gut, and what the liver leaves of it.
#[test]
fn what_is_swallowed_passes_the_liver_first() {
    let swallowed = [(0.0, Input::Absorbed(value(84.0)))];
    let vein = [(0.0, Input::Bolus(value(84.0)))];
    let model = Model::PerezRuixoEsketamine;
    let all = |absorption, inputs: &[_]| {
        let values = trace(course(model, absorption, inputs), 10, 3 * 8640);
        let values: Vec<f64> = values.iter().map(|it| it.plasma).collect();
        area(&values, 1.0 / 6.0)
    };
    let share = all(Absorption::SWALLOWED, &swallowed) / all(Absorption::Vein, &vein);
    let extracted = 391.88 / (151.0 + 391.88);
    assert_near(
        "share of a swallowed dose",
        share,
        0.64 * (1.0 - extracted),
        1e-3,
    );
}

/// 100 mg swallowed in `clements250`: a sixteen-fold spread of the peak, after 23 to 124 minutes.
#[test]
fn the_spread_of_a_swallowed_dose_is_sixteenfold() {
    let peaks = [
        (0.08, [36, 27, 16, 12]),
        (0.17, [76, 58, 35, 25]),
        (0.23, [102, 79, 47, 34]),
        (0.45, [200, 154, 92, 66]),
    ];
    for (fraction, peaks) in peaks {
        for ((half_time, at), peak) in [(10.0, 23), (20.0, 36), (59.0, 74), (109.0, 124)]
            .into_iter()
            .zip(peaks)
        {
            let per_min = std::f64::consts::LN_2 / half_time;
            let absorption = Absorption::FirstOrder { fraction, per_min };
            let given = [(0.0, Input::Absorbed(value(100.0)))];
            let values = trace(course(Model::Clements250, absorption, &given), 60, 240);
            let highest = values.iter().map(|it| it.plasma).fold(0.0, f64::max);
            assert!(
                (highest - f64::from(peak)).abs() <= 0.5,
                "{fraction} {half_time}: {highest}"
            );
            let place = values.iter().position(|it| it.plasma >= highest).unwrap();
            assert_eq!(place, at, "{fraction} {half_time}");
        }
    }
}

/// The range that is shown of 35 mg in 40 minutes in 70 kg.
#[test]
fn the_three_models_of_the_range_are_as_far_apart_as_they_are() {
    let given = [
        (0.0, Input::Rate(value(0.875))),
        (40.0, Input::Rate(value(0.0))),
    ];
    for (at, low, high) in [(40.0, 177, 253), (60.0, 55, 119), (120.0, 36, 68)] {
        let found = Model::BAND.map(|model| {
            let mut course = course(model, Absorption::Vein, &given);
            course.advance(minutes(at)).plasma
        });
        let least = found.into_iter().fold(f64::MAX, f64::min);
        let most = found.into_iter().fold(0.0, f64::max);
        assert!((least - f64::from(low)).abs() <= 0.5, "{at}: {least}");
        assert!((most - f64::from(high)).abs() <= 0.5, "{at}: {most}");
    }
}
