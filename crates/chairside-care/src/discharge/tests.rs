use chairside_alarm::PressureBaseline;
use proptest::prelude::*;

use super::*;
use crate::{CareAction, CareEvent, Dose, DoseEntry, EventKind, ScoreEntry, ScoreId};

mod cases;

use DischargeNeed as Need;
use Standing::{Missing, NotMet};
use cases::{MORE, TWELVE};

fn minute(minute: u64) -> MonoTime {
    MonoTime::from_secs(60 * minute)
}

fn value(number: i32) -> Value {
    Value::whole(number)
}

/// A patient who would leave at minute 130: a dose from minute 20 to 60, rated at minute 120.
#[derive(Clone)]
struct Case {
    plan: DischargePlan,
    baseline: Option<Baseline>,
    pressure: Option<Pressure>,
    pressure_before: Option<Pressure>,
    heart_rate: Option<Taken>,
    spo2: Option<Taken>,
    quiet_since: Option<MonoTime>,
    scores: Vec<ScoreEntry>,
    events: Vec<CareEvent>,
    doses: Vec<DoseEntry>,
    answers: Vec<(MonoTime, DischargeItem, Said)>,
}

const NOW: u64 = 130;

fn pressure(minutes: u64, systolic: i32, diastolic: i32) -> Pressure {
    Pressure {
        systolic: value(systolic),
        diastolic: value(diastolic),
        mean: None,
        taken: minute(minutes),
    }
}

fn taken(number: i32) -> Taken {
    Taken {
        value: value(number),
        taken: minute(NOW),
    }
}

fn rated(minutes: u64, id: ScoreId, items: &[i16]) -> ScoreEntry {
    ScoreEntry {
        at: minute(minutes),
        id,
        items: items.iter().copied().map(Some).collect(),
        variant: None,
    }
}

fn infusion() -> Vec<DoseEntry> {
    let at = |minutes, dose| DoseEntry {
        at: minute(minutes),
        dose,
        again: None,
    };
    let start = Dose::Start {
        drug: Drug::Ketamine,
        rate: Value::finite(0.875).unwrap(),
        concentration: None,
        planned: None,
    };
    vec![at(20, start), at(60, Dose::Stop)]
}

fn bolus(minutes: u64, drug: Drug, route: Route) -> Vec<DoseEntry> {
    vec![DoseEntry {
        at: minute(minutes),
        dose: Dose::Bolus {
            drug,
            route,
            amount: value(56),
            concentration: None,
        },
        again: None,
    }]
}

fn oxygen(minutes: u64, kind: EventKind) -> CareEvent {
    CareEvent {
        at: minute(minutes),
        kind,
        note: None,
    }
}

fn good() -> Case {
    Case {
        plan: DischargePlan::default(),
        baseline: Some(Baseline {
            pressure: Some(PressureBaseline {
                systolic: value(138),
                diastolic: value(86),
            }),
            heart_rate: Some(value(70)),
            ..Baseline::default()
        }),
        pressure: Some(pressure(122, 142, 88)),
        pressure_before: Some(pressure(107, 150, 92)),
        heart_rate: Some(taken(74)),
        spo2: Some(taken(97)),
        quiet_since: Some(minute(50)),
        scores: vec![
            rated(5, ScoreId::Cadss6, &[0, 0, 1, 0, 0, 0]),
            rated(120, ScoreId::AldreteMod, &[2, 2, 1, 2, 2]),
            rated(120, ScoreId::Moaas, &[5]),
            rated(120, ScoreId::Cadss6, &[0, 1, 1, 0, 1, 0]),
            rated(120, ScoreId::Ponv, &[1]),
            rated(120, ScoreId::Cssrs, &[1]),
        ],
        events: vec![
            oxygen(30, EventKind::OxygenOn),
            oxygen(70, EventKind::OxygenOff),
        ],
        doses: infusion(),
        answers: vec![
            (minute(121), DischargeItem::SteadyGait, Said::Yes),
            (minute(121), DischargeItem::Escort, Said::Yes),
            (minute(121), DischargeItem::NoDriving, Said::Yes),
        ],
    }
}

impl Case {
    fn discharge(&self) -> Discharge {
        let mut in_force = InForce::default();
        let scores = self.scores.iter().cloned().map(CareAction::Score);
        let events = self.events.iter().cloned().map(CareAction::Event);
        for (number, action) in (1..).zip(scores.chain(events)) {
            in_force.take(minute(NOW), number, &action);
        }
        let facts = DischargeFacts {
            now: minute(NOW),
            baseline: self.baseline.as_ref(),
            pressure: self.pressure,
            pressure_before: self.pressure_before,
            heart_rate: self.heart_rate,
            spo2: self.spo2,
            quiet_since: self.quiet_since,
            in_force: &in_force,
            dose_log: &DoseLog::new((1..).zip(self.doses.clone())),
            answers: &self.answers,
        };
        Discharge::of(&self.plan, &facts)
    }

    fn score(&mut self, id: ScoreId) -> &mut ScoreEntry {
        let of_it = self.scores.iter_mut().filter(|score| score.id == id);
        of_it.last().unwrap()
    }

    fn baseline(&mut self) -> &mut Baseline {
        self.baseline.as_mut().unwrap()
    }
}

/// What is other than in the good case, how the one line that it is about then stands, and what
/// is said of it.
type Bad = (
    &'static str,
    fn(&mut Case),
    DischargeNeed,
    Standing,
    &'static str,
);

#[test]
fn the_good_case_meets_every_criterion() {
    let discharge = good().discharge();
    assert!(discharge.is_ready(), "{discharge}");
    assert_eq!(discharge.lines.len(), 13);
    assert_eq!(discharge.to_string(), "the clinic's criteria are met");
    let ages: Vec<_> = discharge.lines.iter().map(|line| line.age).collect();
    assert_eq!(ages[0], Some(Duration::from_mins(10)));
    assert_eq!(ages[4], Some(Duration::from_mins(8)));
}

fn one_is_named((what, spoil, need, standing, words): &Bad) {
    let mut case = good();
    spoil(&mut case);
    let discharge = case.discharge();
    assert!(!discharge.is_ready(), "{what}");
    let unmet: Vec<_> = discharge
        .unmet()
        .map(|one| (one.need, one.standing))
        .collect();
    assert_eq!(unmet, [(*need, *standing)], "{what}");
    let said = discharge.to_string();
    assert!(said.starts_with("not ready, because "), "{what}: {said}");
    assert!(said.contains(words), "{what}: {said}");
}

#[test]
fn twelve_cases_with_one_missing_or_bad_criterion_are_not_ready_and_name_it() {
    TWELVE.iter().for_each(one_is_named);
}

#[test]
fn each_criterion_can_be_missing_or_bad_in_more_ways_and_is_named() {
    MORE.iter().for_each(one_is_named);
}

#[test]
fn the_twelve_cases_are_of_each_criterion_but_one_that_is_answered_alike() {
    let good = good().discharge();
    let all = good.lines.iter().map(|line| line.need);
    let untouched: Vec<_> = all
        .filter(|need| TWELVE.iter().all(|bad| bad.2 != *need))
        .collect();
    assert_eq!(untouched, [Need::Answer(DischargeItem::NoDriving)]);
}

#[test]
fn back_to_myself_stands_for_the_scale() {
    let mut case = good();
    case.scores.retain(|score| score.id != ScoreId::Cadss6);
    let yes = (minute(122), DischargeItem::BackToSelf, Said::Yes);
    case.answers.push(yes);
    assert!(case.discharge().is_ready());
    case.answers[3].0 = minute(59);
    let discharge = case.discharge();
    let unmet: Vec<_> = discharge.unmet().map(|one| one.need).collect();
    assert_eq!(unmet, [Need::Dissociation], "it was said during the dose");
}

#[test]
fn of_back_to_myself_and_the_scale_the_newer_one_decides() {
    let unmet = |answered: u64, said: Said, cadss6: [i16; 6]| {
        let mut case = good();
        case.score(ScoreId::Cadss6).items = cadss6.map(Some).to_vec();
        let answer = (minute(answered), DischargeItem::BackToSelf, said);
        case.answers.push(answer);
        let discharge = case.discharge();
        discharge.unmet().map(|one| one.need).collect::<Vec<_>>()
    };
    let (back, away) = ([0, 0, 1, 0, 0, 0], [3, 3, 3, 3, 3, 3]);
    assert_eq!(unmet(119, Said::Yes, away), [Need::Dissociation]);
    assert!(unmet(121, Said::Yes, away).is_empty());
    assert_eq!(unmet(121, Said::No, back), [Need::Dissociation]);
    assert!(unmet(119, Said::No, back).is_empty());
}

#[test]
fn where_no_oxygen_was_logged_it_is_as_the_aldrete_says() {
    let mut case = good();
    case.events.clear();
    assert_eq!(case.score(ScoreId::AldreteMod).items[4], Some(2));
    assert!(case.discharge().is_ready());
}

#[test]
fn the_limits_themselves_are_on_the_side_that_the_sheet_says() {
    let ready = |change: fn(&mut Case)| {
        let mut case = good();
        change(&mut case);
        case.discharge().is_ready()
    };
    assert!(
        ready(|case| case.heart_rate = Some(taken(84))),
        "20 % of 70"
    );
    assert!(
        ready(|case| case.heart_rate = Some(taken(56))),
        "20 % of 70"
    );
    assert!(!ready(|case| case.heart_rate = Some(taken(55))));
    assert!(ready(|case| case.spo2 = Some(taken(94))));
    assert!(ready(|case| case.quiet_since = Some(minute(100))));
    assert!(ready(|case| case.doses[1].at = minute(70)));
    assert!(ready(
        |case| case.pressure_before = Some(pressure(107, 137, 83))
    ));
    assert!(!ready(
        |case| case.pressure_before = Some(pressure(107, 137, 82))
    ));
    assert!(ready(|case| {
        case.pressure = Some(pressure(122, 159, 99));
        case.pressure_before = Some(pressure(107, 159, 99));
    }));
}

#[test]
fn each_way_of_giving_has_its_own_time_and_the_longest_decides() {
    for (drug, route, minutes) in [
        (Drug::Ketamine, Route::Intravenous, 60),
        (Drug::Ketamine, Route::Intramuscular, 90),
        (Drug::Ketamine, Route::Oral, 120),
        (Drug::Esketamine, Route::Intranasal, 120),
        (Drug::Esketamine, Route::Intravenous, 120),
    ] {
        let standing = |at| {
            let mut case = good();
            case.doses = bolus(at, drug, route);
            let discharge = case.discharge();
            discharge.lines[8].standing
        };
        assert_eq!(standing(NOW - minutes), Standing::Met, "{drug:?} {route:?}");
        assert_eq!(standing(NOW - minutes + 1), NotMet, "{drug:?} {route:?}");
    }
    let mut case = good();
    case.doses = bolus(45, Drug::Ketamine, Route::Intramuscular);
    case.doses
        .extend(bolus(60, Drug::Ketamine, Route::Intravenous));
    let discharge = case.discharge();
    let line = &discharge.lines[8];
    assert_eq!((line.standing, &*line.found), (NotMet, "85 min"));
}

#[test]
fn nobody_leaves_while_an_infusion_runs_or_without_a_dose() {
    let line = |doses: &[DoseEntry]| {
        let mut case = good();
        case.doses = doses.to_vec();
        let discharge = case.discharge();
        assert!(!discharge.is_ready());
        discharge.lines[8].clone()
    };
    let runs = line(&infusion()[..1]);
    assert_eq!(runs.standing, NotMet);
    assert_eq!(&*runs.found, "an infusion is not logged as stopped");
    let none = line(&[]);
    assert_eq!(
        (none.standing, &*none.found),
        (Missing, "no dose is logged")
    );
}

#[test]
fn the_clinic_sets_what_it_requires() {
    let mut case = good();
    case.plan.answers.push(DischargeItem::IvRemoved);
    case.plan.suicide_risk = false;
    case.plan.aldrete.pass = 8;
    case.score(ScoreId::AldreteMod).items[1] = Some(1);
    let discharge = case.discharge();
    let unmet: Vec<_> = discharge.unmet().map(|one| one.need.name()).collect();
    assert_eq!(unmet, ["iv_removed"]);
    assert!(
        !discharge
            .lines
            .iter()
            .any(|one| one.need == Need::SuicideRisk)
    );
}

#[test]
fn no_words_say_that_it_is_safe() {
    let spoilt = TWELVE.iter().chain(&MORE).map(|bad| {
        let mut case = good();
        bad.1(&mut case);
        case
    });
    for case in spoilt.chain([good()]) {
        let discharge = case.discharge();
        let lines = discharge.lines.iter().map(ToString::to_string);
        for words in lines.chain([discharge.to_string()]) {
            assert!(!words.to_lowercase().contains("safe"), "{words}");
        }
    }
}

proptest! {
    #[test]
    fn whatever_else_is_spoilt_each_criterion_that_is_not_met_is_named(
        spoilt in proptest::collection::vec(0..TWELVE.len(), 1..6),
    ) {
        let mut case = good();
        let mut expected: Vec<_> = spoilt.iter().map(|place| TWELVE[*place].2).collect();
        expected.sort_unstable();
        expected.dedup();
        let mut once = spoilt.clone();
        once.sort_unstable_by(|a, b| b.cmp(a));
        once.dedup();
        for place in once {
            TWELVE[place].1(&mut case);
        }
        let discharge = case.discharge();
        let mut unmet: Vec<_> = discharge.unmet().map(|one| one.need).collect();
        unmet.sort_unstable();
        prop_assert_eq!(unmet, expected);
    }
}
