use chairside_alarm::PressureBaseline;
use proptest::prelude::*;

use super::*;
use crate::{CareAction, CareEvent, Dose, DoseEntry, EventKind, ScoreEntry, ScoreId};

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

use DischargeNeed as Need;
use Standing::{Missing, NotMet};

/// The twelve cases, each with one criterion that is missing or bad.
const TWELVE: [Bad; 12] = [
    (
        "an Aldrete of 8",
        |case| case.score(ScoreId::AldreteMod).items[1] = Some(1),
        Need::Aldrete,
        NotMet,
        "Modified Aldrete: 8, 10 min old (required: 9 or more",
    ),
    (
        "sleepy",
        |case| case.score(ScoreId::Moaas).items[0] = Some(4),
        Need::Moaas,
        NotMet,
        "Awake (MOAA/S): 4, 10 min old (required: 5)",
    ),
    (
        "still away",
        |case| case.score(ScoreId::Cadss6).items[0] = Some(3),
        Need::Dissociation,
        NotMet,
        "CADSS-6 is 6, and was 1 before the dose",
    ),
    (
        "a fast heart",
        |case| case.heart_rate = Some(taken(85)),
        Need::HeartRate,
        NotMet,
        "Heart rate: 85/min, 0 s old (required: within 20 % of 70/min)",
    ),
    (
        "160 mmHg",
        |case| {
            case.pressure = Some(pressure(122, 160, 88));
            case.pressure_before = Some(pressure(107, 165, 92));
        },
        Need::Pressure,
        NotMet,
        "160/88 mmHg after 165/92 mmHg, 8 min old (required: within 20 % of 138/86 mmHg, below \
         160/100 mmHg, and falling)",
    ),
    (
        "93 %",
        |case| case.spo2 = Some(taken(93)),
        Need::SpO2,
        NotMet,
        "SpO2 on room air: 93 %, 0 s old (required: 94 % or more",
    ),
    (
        "sick",
        |case| case.score(ScoreId::Ponv).items[0] = Some(2),
        Need::Nausea,
        NotMet,
        "Nausea: 2, 10 min old (required: 1 or less of 3)",
    ),
    (
        "a high alarm a while ago",
        |case| case.quiet_since = Some(minute(101)),
        Need::Quiet,
        NotMet,
        "Time since the last high alarm: 29 min (required: 30 min)",
    ),
    (
        "less than an hour after the infusion",
        |case| case.doses[1].at = minute(71),
        Need::TimeSinceDose,
        NotMet,
        "Time since the dose: 59 min (required: 60 min after ketamine, intravenous)",
    ),
    (
        "unsteady",
        |case| case.answers[0].2 = Said::No,
        Need::Answer(DischargeItem::SteadyGait),
        NotMet,
        "Steady on their feet: no, 9 min old (required: yes)",
    ),
    (
        "nobody asked for the escort",
        |case| {
            case.answers.remove(1);
        },
        Need::Answer(DischargeItem::Escort),
        Missing,
        "Escort is here: not answered since the dose",
    ),
    (
        "nobody asked about suicide",
        |case| {
            case.scores.pop();
        },
        Need::SuicideRisk,
        Missing,
        "Suicide risk asked about (C-SSRS): not rated",
    ),
];

/// More ways to miss a criterion.
const MORE: [Bad; 24] = [
    (
        "no Aldrete",
        |case| case.scores.retain(|score| score.id != ScoreId::AldreteMod),
        Need::Aldrete,
        Missing,
        "not rated",
    ),
    (
        "an Aldrete without its fifth item",
        |case| case.score(ScoreId::AldreteMod).items[4] = None,
        Need::Aldrete,
        Missing,
        "not rated in each item",
    ),
    (
        "weak legs, and 9 in all",
        |case| {
            let items = [1, 2, 2, 2, 2].map(Some);
            case.score(ScoreId::AldreteMod).items = items.to_vec();
        },
        Need::Aldrete,
        NotMet,
        "9, and activity or consciousness is less than before the dose",
    ),
    (
        "an Aldrete of before the dose",
        |case| case.score(ScoreId::AldreteMod).at = minute(10),
        Need::Aldrete,
        Missing,
        "not rated since the dose",
    ),
    (
        "awake an hour ago",
        |case| case.score(ScoreId::Moaas).at = minute(99),
        Need::Moaas,
        Missing,
        "rated too long ago",
    ),
    (
        "awake before the dose only",
        |case| case.score(ScoreId::Moaas).at = minute(19),
        Need::Moaas,
        Missing,
        "not rated since the dose",
    ),
    (
        "no CADSS-6 before the dose",
        |case| {
            case.scores.remove(0);
        },
        Need::Dissociation,
        Missing,
        "CADSS-6 is 3, and was not rated before the dose",
    ),
    (
        "no CADSS-6 after it",
        |case| {
            case.scores.remove(3);
        },
        Need::Dissociation,
        Missing,
        "CADSS-6 not rated since the dose, and the patient was not asked",
    ),
    (
        "the patient says no",
        |case| {
            let no = (minute(122), DischargeItem::BackToSelf, Said::No);
            case.answers.push(no);
        },
        Need::Dissociation,
        NotMet,
        "\"back to myself\": no",
    ),
    (
        "no heart rate",
        |case| case.heart_rate = None,
        Need::HeartRate,
        Missing,
        "no valid value now",
    ),
    (
        "no heart rate of before",
        |case| case.baseline().heart_rate = None,
        Need::HeartRate,
        Missing,
        "74/min, and there is no baseline",
    ),
    (
        "no pressure",
        |case| case.pressure = None,
        Need::Pressure,
        Missing,
        "no cuff reading that counts since the dose",
    ),
    (
        "a pressure of the dose",
        |case| case.pressure = Some(pressure(59, 140, 86)),
        Need::Pressure,
        Missing,
        "no cuff reading that counts since the dose",
    ),
    (
        "one pressure only",
        |case| case.pressure_before = None,
        Need::Pressure,
        Missing,
        "142/88 mmHg, and no reading before it that counts",
    ),
    (
        "no pressure of before",
        |case| case.baseline().pressure = None,
        Need::Pressure,
        Missing,
        "142/88 mmHg, and there is no baseline",
    ),
    (
        "rising",
        |case| case.pressure_before = Some(pressure(107, 136, 86)),
        Need::Pressure,
        NotMet,
        "142/88 mmHg after 136/86 mmHg",
    ),
    (
        "diastolic 100 mmHg",
        |case| {
            case.pressure = Some(pressure(122, 142, 100));
            case.pressure_before = Some(pressure(107, 150, 102));
        },
        Need::Pressure,
        NotMet,
        "142/100 mmHg",
    ),
    (
        "far below the baseline",
        |case| case.pressure = Some(pressure(122, 110, 80)),
        Need::Pressure,
        NotMet,
        "110/80 mmHg",
    ),
    (
        "no saturation",
        |case| case.spo2 = None,
        Need::SpO2,
        Missing,
        "no valid value now",
    ),
    (
        "with oxygen",
        |case| case.events.push(oxygen(100, EventKind::OxygenOn)),
        Need::SpO2,
        NotMet,
        "97 % with oxygen",
    ),
    (
        "oxygen off a moment ago",
        |case| case.events[1].at = minute(128),
        Need::SpO2,
        NotMet,
        "97 %, 2 min without oxygen",
    ),
    (
        "a high alarm stands",
        |case| case.quiet_since = None,
        Need::Quiet,
        NotMet,
        "a high alarm stands",
    ),
    (
        "the escort is not here",
        |case| {
            case.answers
                .push((minute(125), DischargeItem::Escort, Said::No));
        },
        Need::Answer(DischargeItem::Escort),
        NotMet,
        "Escort is here: no",
    ),
    (
        "nobody knows about driving",
        |case| case.answers[2].2 = Said::Unknown,
        Need::Answer(DischargeItem::NoDriving),
        NotMet,
        "Told not to drive until the next day: unknown",
    ),
];

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
