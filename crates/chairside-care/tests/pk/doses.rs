//! From the dose log to what is shown.

use chairside_care::pk::{Covariates, NoPrediction, Point, Prediction};
use chairside_care::{Dose, DoseEntry, DoseLog, Drug, Route};
use chairside_model::{MonoTime, Value};

use crate::value;

fn entry(minute: u64, dose: Dose) -> DoseEntry {
    DoseEntry {
        at: at(minute),
        dose,
        again: None,
    }
}

fn at(minute: u64) -> MonoTime {
    MonoTime::from_secs(7200 + minute * 60)
}

fn start(minute: u64, rate: f64) -> DoseEntry {
    let dose = Dose::Start {
        drug: Drug::Ketamine,
        rate: value(rate),
        concentration: None,
        planned: None,
    };
    entry(minute, dose)
}

fn bolus(minute: u64, drug: Drug, route: Route, amount: f64) -> DoseEntry {
    let dose = Dose::Bolus {
        drug,
        route,
        amount: value(amount),
        concentration: None,
    };
    entry(minute, dose)
}

/// 35 mg within 40 minutes.
fn infusion() -> Vec<DoseEntry> {
    vec![start(0, 0.875), entry(40, Dose::Stop)]
}

/// Returns the log of entries that were made in this order.
fn log(doses: &[DoseEntry]) -> DoseLog {
    DoseLog::new((1..).zip(doses.iter().cloned()))
}

fn kg(kg: f64) -> Covariates {
    Covariates {
        weight: Value::finite(kg),
        age: None,
    }
}

fn predicted(doses: &[DoseEntry], drug: Drug, minute: u64) -> Point {
    let mut prediction = Prediction::new(&log(doses), drug, kg(70.0)).unwrap();
    prediction.advance(at(minute))
}

fn line(doses: &[DoseEntry], minute: u64) -> f64 {
    predicted(doses, Drug::Ketamine, minute).line.plasma
}

fn assert_near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 0.01,
        "{found} and not {expected}"
    );
}

#[test]
fn an_infusion_gives_the_line_and_the_range_of_three_models() {
    let point = predicted(&infusion(), Drug::Ketamine, 40);
    assert_near(point.line.plasma, 240.36);
    let models = point.models.unwrap();
    assert_near(models.low.plasma, 177.31);
    assert_near(models.high.plasma, 253.42);
    assert_eq!(point.absorption, None, "all of it went into a vein");
}

/// It looks like a measurement: what it is comes with it, and of how many models.
#[test]
fn what_stands_beside_it_is_true_of_the_drug_and_the_way() {
    let labels = |doses: &[DoseEntry], drug| {
        let mut prediction = Prediction::new(&log(doses), drug, kg(70.0)).unwrap();
        let point = prediction.advance(at(30));
        let shown = (point.models.is_some(), point.absorption.is_some());
        (shown, prediction.label(), prediction.spread_label())
    };
    let (shown, label, spread) = labels(&infusion(), Drug::Ketamine);
    assert_eq!(shown, (true, false));
    assert_eq!(label, "predicted range, 3 published models, not measured");
    assert_eq!(spread, None);
    let sprayed = [entry(
        0,
        Dose::Bolus {
            drug: Drug::Esketamine,
            route: Route::Intranasal,
            amount: value(56.0),
            concentration: None,
        },
    )];
    let (shown, label, spread) = labels(&sprayed, Drug::Esketamine);
    assert_eq!(shown, (false, true));
    assert_eq!(label, "predicted, 1 published model, not measured");
    assert!(spread.is_some_and(|words| words.contains("not measured")));
}

#[test]
fn a_pause_a_rate_and_a_resume_are_what_the_pump_did() {
    let paused = [
        start(0, 0.875),
        entry(12, Dose::Pause),
        entry(20, Dose::Resume),
        entry(34, Dose::Stop),
    ];
    // Case E of the reference: a pause is a rate of 0.
    assert_near(line(&paused, 14), 68.434_933);
    let changed = [
        start(0, 0.5),
        entry(15, Dose::Rate { rate: value(1.0) }),
        entry(40, Dose::Stop),
    ];
    // Case G of the reference.
    assert_near(line(&changed, 15), 113.229_392);
    assert_near(line(&changed, 20), 208.549_076);
}

#[test]
fn a_dose_that_is_entered_late_or_corrected_recomputes_from_the_start() {
    let known = infusion();
    let mut prediction = Prediction::new(&log(&known), Drug::Ketamine, kg(70.0)).unwrap();
    let before = prediction.advance(at(30)).line;
    // After half an hour somebody enters a push of before the infusion, last in the list.
    let mut late = known.clone();
    late.push(bolus(0, Drug::Ketamine, Route::Intravenous, 7.0));
    let recomputed = predicted(&late, Drug::Ketamine, 30).line;
    let push = [bolus(0, Drug::Ketamine, Route::Intravenous, 7.0)];
    let alone = predicted(&push, Drug::Ketamine, 30).line;
    assert_near(recomputed.plasma, before.plasma + alone.plasma);
    assert_near(recomputed.effect, before.effect + alone.effect);
    assert!(alone.plasma > 1.0);
    // Then it turns out that the rate was half of that.
    let corrected = [start(0, 0.4375), entry(40, Dose::Stop)];
    assert_near(line(&corrected, 30), before.plasma / 2.0);
    // And that it began before all that was known.
    let earlier = [start(0, 0.875), entry(40, Dose::Stop)];
    let mut moved = earlier.clone();
    moved[0].at = MonoTime::from_secs(7200 - 600);
    assert!(line(&moved, 30) > line(&earlier, 30));
}

#[test]
fn without_a_weight_or_a_dose_there_is_none() {
    let none = |doses: &[DoseEntry], covariates| {
        Prediction::new(&log(doses), Drug::Ketamine, covariates).err()
    };
    assert_eq!(
        none(&infusion(), Covariates::default()),
        Some(NoPrediction::NoWeight)
    );
    assert_eq!(none(&infusion(), kg(0.0)), Some(NoPrediction::NoWeight));
    assert_eq!(none(&[], kg(70.0)), Some(NoPrediction::NoDose));
    let spray = [bolus(0, Drug::Esketamine, Route::Intranasal, 56.0)];
    assert_eq!(
        none(&spray, kg(70.0)),
        Some(NoPrediction::NoDose),
        "of another drug"
    );
}

#[test]
fn what_was_swallowed_has_the_spread_that_it_has() {
    let swallowed = [bolus(0, Drug::Ketamine, Route::Oral, 100.0)];
    let mut prediction = Prediction::new(&log(&swallowed), Drug::Ketamine, kg(70.0)).unwrap();
    let points: Vec<Point> = (0..240).map(|it| prediction.advance(at(it))).collect();
    let highest = points.iter().map(|it| it.absorption.unwrap().high.plasma);
    let highest = highest.fold(0.0, f64::max);
    // 45 % with a half-time of ten minutes.
    assert!((199.0..=201.0).contains(&highest), "{highest}");
    for point in &points[1..] {
        let spread = point.absorption.unwrap();
        assert!(spread.low.plasma > 0.0 && spread.low.plasma * 5.0 < spread.high.plasma);
    }
    // A needle: less, and no more than it is.
    let needle = [bolus(0, Drug::Ketamine, Route::Intramuscular, 35.0)];
    let spread = predicted(&needle, Drug::Ketamine, 120).absorption.unwrap();
    assert!(spread.high.plasma < spread.low.plasma * 3.0);
}

#[test]
fn esketamine_has_its_own_model_and_no_range_of_others() {
    let spray = [bolus(0, Drug::Esketamine, Route::Intranasal, 28.0)];
    let point = predicted(&spray, Drug::Esketamine, 35);
    assert_eq!(point.models, None);
    let spread = point.absorption.unwrap();
    assert!(spread.low.plasma < point.line.plasma && point.line.plasma < spread.high.plasma);
    // Three sprays that are entered one by one are three sprays that are entered at once.
    let at_once = [bolus(0, Drug::Esketamine, Route::Intranasal, 84.0)];
    let singly = vec![spray[0].clone(); 3];
    let line = |doses: &[DoseEntry]| predicted(doses, Drug::Esketamine, 60).line.plasma;
    assert_near(line(&singly), line(&at_once));
    assert!(
        line(&at_once) < 3.0 * line(&spray),
        "later sprays are taken up less"
    );
}

#[test]
fn a_patient_whom_the_models_do_not_know_has_a_reason_for_the_grey() {
    let outside = |weight, age| {
        let covariates = Covariates {
            weight: Value::finite(weight),
            age: Some(Value::whole(age)),
        };
        let prediction = Prediction::new(&log(&infusion()), Drug::Ketamine, covariates).unwrap();
        prediction.outside().map(str::to_owned)
    };
    assert_eq!(outside(70.0, 40), None);
    assert!(outside(182.0, 40).unwrap().starts_with("182 kg"));
    assert!(outside(38.0, 40).unwrap().starts_with("38 kg"));
    assert!(outside(70.0, 15).unwrap().starts_with("15 years"));
}
