use proptest::prelude::*;

use super::*;
use crate::Again;

const BEGAN: MonoTime = MonoTime::from_secs(0);
const NOW: MonoTime = MonoTime::from_secs(4 * 3600);

fn minute(minute: u64) -> MonoTime {
    MonoTime::from_secs(60 * minute)
}

fn value(number: f64) -> Value {
    Value::finite(number).unwrap()
}

fn at(minutes: u64, dose: Dose) -> DoseEntry {
    DoseEntry {
        at: minute(minutes),
        dose,
        again: None,
    }
}

fn push(mg: f64) -> Dose {
    Dose::Bolus {
        drug: Drug::Ketamine,
        route: Route::Intravenous,
        amount: value(mg),
        concentration: Some(value(10.0)),
    }
}

fn start(rate: f64) -> Dose {
    Dose::Start {
        drug: Drug::Ketamine,
        rate: value(rate),
        concentration: Some(value(1.0)),
        planned: None,
    }
}

fn rate(rate: f64) -> Dose {
    Dose::Rate { rate: value(rate) }
}

fn log(entries: &[(u64, Dose)]) -> DoseLog {
    let entries = entries.iter().map(|(minutes, dose)| at(*minutes, *dose));
    DoseLog::new((1..).zip(entries))
}

fn given(log: &DoseLog, until: MonoTime) -> f64 {
    let total = log.totals(until, None);
    total.first().map_or(0.0, |total| total.amount.number())
}

fn check(log: &DoseLog, number: EntryNumber, entry: &DoseEntry) -> String {
    match log.check((BEGAN, NOW), number, Some(entry)) {
        Ok(()) => "taken".to_owned(),
        Err(why) => why.to_string(),
    }
}

#[track_caller]
fn close(is: f64, expected: f64) {
    assert!((is - expected).abs() < 1e-9, "{is} is not {expected}");
}

#[test]
fn half_a_milligram_a_kilogram_over_forty_minutes_is_all_there_at_the_end() {
    let log = log(&[(10, start(0.875)), (50, Dose::Stop)]);
    close(given(&log, minute(9)), 0.0);
    close(given(&log, minute(30)), 17.5);
    close(given(&log, minute(50)), 35.0);
    close(given(&log, minute(90)), 35.0);
    let total = log.totals(NOW, Some(value(70.0)))[0];
    close(total.per_kg.unwrap().number(), 0.5);
    close(total.volume.unwrap().number(), 35.0);
}

#[test]
fn nothing_is_given_while_the_infusion_is_held() {
    let log = log(&[
        (0, start(1.0)),
        (12, Dose::Pause),
        (20, Dose::Resume),
        (30, rate(0.5)),
        (40, Dose::Stop),
    ]);
    for (until, mg) in [(12, 12.0), (16, 12.0), (20, 12.0), (30, 22.0), (40, 27.0)] {
        close(given(&log, minute(until)), mg);
    }
    let state = |minutes| log.infusion(minute(minutes)).map(|one| one.state);
    assert_eq!(state(11), Some(InfusionState::Running));
    assert_eq!(state(12), Some(InfusionState::Paused));
    assert_eq!(state(20), Some(InfusionState::Running));
    assert_eq!(state(40), None);
    assert_eq!(log.infusion(minute(16)).unwrap().rate, value(1.0));
    assert_eq!(log.infusion(minute(35)).unwrap().rate, value(0.5));
}

#[test]
fn each_drug_and_way_has_a_total_of_its_own() {
    let spray = Dose::Bolus {
        drug: Drug::Esketamine,
        route: Route::Intranasal,
        amount: value(28.0),
        concentration: None,
    };
    let log = log(&[(0, push(7.0)), (1, start(0.5)), (5, spray), (11, spray)]);
    let totals = log.totals(minute(11), Some(value(56.0)));
    let [into_vein, into_nose] = &totals[..] else {
        panic!("{totals:?}");
    };
    close(into_vein.amount.number(), 12.0);
    close(into_vein.volume.unwrap().number(), 5.7);
    assert_eq!(into_nose.route, Route::Intranasal);
    close(into_nose.per_kg.unwrap().number(), 1.0);
    assert_eq!(into_nose.volume, None, "nobody said how strong it is");
    assert!(log.totals(minute(11), None)[0].per_kg.is_none());
    assert!(log.totals(minute(11), Some(value(0.0)))[0].per_kg.is_none());
}

#[test]
fn the_last_dose_ends_with_the_infusion() {
    let log = log(&[(0, start(1.0)), (5, push(3.0)), (40, Dose::Stop)]);
    assert_eq!(log.last_given(minute(20)), Some(minute(20)));
    assert_eq!(log.last_given(minute(90)), Some(minute(40)));
    assert_eq!(DoseLog::default().last_given(NOW), None);
}

#[test]
fn what_makes_no_sense_is_refused_with_its_reason() {
    let infusion = log(&[(10, start(1.0))]);
    let held = log(&[(10, start(1.0)), (20, Dose::Pause)]);
    let over = log(&[(10, start(1.0)), (20, Dose::Stop)]);
    for (log, dose, words) in [
        (&over, rate(2.0), "rate: no infusion was started"),
        (&over, Dose::Stop, "stop: no infusion was started"),
        (&over, Dose::Pause, "pause: no infusion was started"),
        (&over, Dose::Resume, "resume: no infusion was started"),
        (&infusion, start(1.0), "log its stop first"),
        (&held, start(1.0), "log its stop first"),
        (&infusion, Dose::Resume, "the infusion is not held"),
        (&held, Dose::Pause, "pause: the infusion is held"),
        (&held, rate(2.0), "rate: the infusion is held"),
        (&over, push(0.0), "amount, mg: 0 is not above 0"),
        (&over, push(-5.0), "amount, mg: -5 is not above 0"),
        (&over, push(20_000.0), "at most 10000"),
        (&over, start(0.0), "rate, mg/min: 0 is not above 0"),
    ] {
        let is = check(log, 9, &at(30, dose));
        assert!(is.contains(words), "{dose:?}: {is}");
    }
    for (log, dose) in [
        (&over, start(1.0)),
        (&over, push(5.0)),
        (&infusion, rate(2.0)),
        (&infusion, Dose::Pause),
        (&held, Dose::Resume),
        (&held, Dose::Stop),
    ] {
        assert_eq!(check(log, 9, &at(30, dose)), "taken", "{dose:?}");
    }
}

#[test]
fn an_entry_is_neither_before_the_session_nor_in_the_future() {
    let check = |minutes| {
        let entry = at(minutes, push(5.0));
        DoseLog::default().check((minute(30), minute(60)), 1, Some(&entry))
    };
    assert_eq!(check(29), Err(DoseRefusal::BeforeSession));
    assert_eq!(check(30), Ok(()));
    assert_eq!(check(60), Ok(()));
    assert_eq!(check(61), Err(DoseRefusal::Future));
}

#[test]
fn a_late_entry_stands_where_it_happened() {
    let late = log(&[(0, start(1.0)), (40, Dose::Stop), (20, rate(0.5))]);
    close(given(&late, NOW), 30.0);
    assert_eq!(late.stray(), []);
}

#[test]
fn an_entry_that_others_need_is_not_taken_away_before_them() {
    let log = log(&[(0, start(1.0)), (20, rate(0.5)), (40, Dose::Stop)]);
    let withdrawn = log.check((BEGAN, NOW), 1, None).unwrap_err();
    assert!(withdrawn.to_string().contains("correct entry 2 first"));
    let early_stop = check(&log, 3, &at(10, Dose::Stop));
    assert!(early_stop.contains("correct entry 2 first"), "{early_stop}");
    assert_eq!(log.check((BEGAN, NOW), 3, None), Ok(()));
    assert_eq!(log.check((BEGAN, NOW), 2, None), Ok(()));
}

#[test]
fn the_second_entry_must_be_the_same() {
    let mut entry = at(5, push(350.0));
    entry.again = Some(value(35.0).into());
    let words = check(&DoseLog::default(), 1, &entry);
    assert_eq!(words, "it was 350 at first and 35 the second time");
    entry.again = Some(value(350.0).into());
    assert_eq!(check(&DoseLog::default(), 1, &entry), "taken");
    let mut pause = at(5, Dose::Pause);
    pause.again = Some(value(1.0).into());
    let refused = log(&[(0, start(1.0))]).check((BEGAN, NOW), 2, Some(&pause));
    assert_eq!(refused, Err(DoseRefusal::NothingToRepeat));
}

fn expected(least: f64, plan: f64, most: f64) -> Expected {
    Expected {
        least: value(least),
        plan: Some(value(plan)),
        most: value(most),
    }
}

fn bounds() -> DoseBounds {
    DoseBounds {
        drug: Drug::Ketamine,
        route: Route::Intravenous,
        amount: None,
        per_kg: Some(expected(0.2, 0.5, 1.0)),
        rate: Some(expected(0.1, 0.9, 20.0)),
        concentration: Some(expected(0.5, 2.0, 50.0)),
        session_max: None,
        session_max_per_kg: Some(value(1.5)),
    }
}

/// What is asked of an entry by somebody of 70 kg, each with whether it needs a second entry.
fn asked(log: &DoseLog, dose: Dose) -> Vec<(String, bool)> {
    let entry = at(60, dose);
    let weight = Some(value(70.0));
    let questions = log.questions(&[bounds()], weight, minute(60), 99, &entry);
    let words = |one: &DoseQuestion| (one.to_string(), one.again().is_some());
    questions.iter().map(words).collect()
}

#[test]
fn a_dose_within_the_bounds_is_not_asked_about() {
    let none = DoseLog::default();
    for dose in [push(35.0), push(14.0), push(70.0), start(0.875)] {
        assert_eq!(asked(&none, dose), [], "{dose:?}");
    }
    let running = log(&[(0, start(1.0))]);
    for dose in [rate(0.8), Dose::Pause, Dose::Resume, Dose::Stop] {
        assert_eq!(asked(&running, dose), [], "{dose:?}");
    }
}

#[test]
fn a_question_names_the_figure_and_the_bound() {
    let none = DoseLog::default();
    let one = |dose| asked(&none, dose).remove(0);
    let (words, again) = one(push(100.0));
    assert_eq!(words, "1.429 mg/kg: more than the protocol's most, 1 mg/kg");
    assert!(!again, "a tenth of it would be below the least");
    let (words, again) = one(push(350.0));
    assert_eq!(
        words,
        "5 mg/kg: more than the protocol's most, 1 mg/kg; type it a second time: the amount"
    );
    assert!(again);
    let (words, again) = one(push(3.5));
    assert!(words.starts_with("0.05 mg/kg: less than the protocol's least, 0.2 mg/kg"));
    assert!(again);
    let (words, _) = one(start(9.0));
    assert_eq!(
        words,
        "9 mg/min: ten times or a tenth of what the protocol plans, 0.9 mg/min; \
         type it a second time: the rate"
    );
    let (words, again) = asked(&log(&[(0, start(1.0))]), rate(25.0)).remove(0);
    assert!(words.starts_with("25 mg/min: more than the protocol's most, 20 mg/min"));
    assert!(again);
}

#[test]
fn the_whole_session_counts_and_what_the_infusion_is_still_to_give() {
    let planned = Dose::Start {
        drug: Drug::Ketamine,
        rate: value(0.875),
        concentration: None,
        planned: Some(value(70.0)),
    };
    let running = log(&[(50, planned)]);
    assert_eq!(asked(&running, push(35.0)), []);
    let (words, again) = asked(&running, push(36.0)).remove(0);
    assert!(words.starts_with("with this the session has 1.514 mg/kg: more than"));
    assert!(again);
}

/// 0.875 mg/min, of which 35 mg are planned: forty minutes.
fn planned() -> Dose {
    Dose::Start {
        drug: Drug::Ketamine,
        rate: value(0.875),
        concentration: None,
        planned: Some(value(35.0)),
    }
}

#[test]
fn a_stop_after_more_than_was_planned_is_asked_about() {
    let running = log(&[(5, planned())]);
    let (words, again) = asked(&running, Dose::Stop).remove(0);
    assert_eq!(
        words,
        "that makes 48.125 mg of 35 mg planned: if it ended earlier, say how many minutes ago"
    );
    assert!(!again, "a nod says that it ran on");
    for dose in [Dose::Pause, rate(0.5)] {
        let (words, _) = asked(&running, dose).remove(0);
        assert!(
            words.starts_with("that makes 48.125 mg of 35 mg"),
            "{words}"
        );
    }
    let question = DoseQuestion::BeyondPlan {
        given: value(48.125),
        planned: value(35.0),
    };
    let stop = at(60, Dose::Stop);
    assert!(!question.is_answered(&stop, false));
    assert!(question.is_answered(&stop, true));
}

#[test]
fn an_end_as_planned_is_not_asked_about_nor_one_that_ends_nothing() {
    let stopped = |minutes, log: &DoseLog| {
        let stop = at(minutes, Dose::Stop);
        log.questions(&[bounds()], Some(value(70.0)), NOW, 99, &stop)
    };
    let running = log(&[(5, planned())]);
    for minutes in [30, 45, 47] {
        assert_eq!(stopped(minutes, &running), [], "after {minutes} min");
    }
    assert_eq!(stopped(48, &running).len(), 1, "43 min are not the plan");
    assert_eq!(stopped(60, &log(&[(5, start(0.875))])), [], "no plan");
    let held = log(&[(5, planned()), (60, Dose::Pause)]);
    assert_eq!(stopped(70, &held), [], "the pause was asked about");
    let corrected = log(&[(5, planned()), (60, Dose::Stop)]);
    let earlier = at(45, Dose::Stop);
    assert_eq!(
        corrected.questions(&[bounds()], Some(value(70.0)), NOW, 2, &earlier),
        [],
        "the stop was corrected"
    );
}

#[test]
fn the_planned_amount_is_reached_after_the_times_in_which_it_ran() {
    let reached = |entries: &[(u64, Dose)]| {
        let infusion = log(entries).infusions(NOW).remove(0);
        infusion.planned_reached()
    };
    assert_eq!(reached(&[(5, planned())]), Some(minute(45)));
    assert_eq!(reached(&[(0, start(1.0))]), None, "there is no plan");
    let held = [(5, planned()), (15, Dose::Pause), (20, Dose::Resume)];
    assert_eq!(reached(&held[..2]), None);
    assert_eq!(reached(&held), Some(minute(50)));
    let faster = [(5, planned()), (25, rate(1.75))];
    assert_eq!(reached(&faster), Some(minute(35)));
    assert_eq!(reached(&[(5, planned()), (44, Dose::Stop)]), None);
    let late = [(5, planned()), (60, Dose::Stop)];
    assert_eq!(reached(&late), Some(minute(45)));
}

#[test]
fn a_correction_is_not_counted_beside_what_it_corrects() {
    let log = log(&[(10, push(70.0)), (20, push(35.0))]);
    let entry = at(20, push(34.0));
    let questions = log.questions(&[bounds()], Some(value(70.0)), NOW, 2, &entry);
    assert_eq!(questions, []);
}

#[test]
fn without_a_weight_it_is_said_that_mg_per_kg_is_not_checked() {
    let entry = at(60, push(350.0));
    let questions = DoseLog::default().questions(&[bounds()], None, NOW, 1, &entry);
    assert_eq!(questions, [DoseQuestion::NoWeight]);
    assert!(questions[0].is_answered(&entry, true));
    assert!(!questions[0].is_answered(&entry, false));
}

#[test]
fn another_drug_or_way_than_the_protocols_is_asked_about() {
    let mut dose = push(35.0);
    if let Dose::Bolus { route, .. } = &mut dose {
        *route = Route::Intramuscular;
    }
    let words = asked(&DoseLog::default(), dose).remove(0).0;
    assert_eq!(words, "ketamine, intramuscular, is not in this protocol");
}

#[test]
fn a_nod_does_not_answer_for_a_slip_and_a_second_entry_does() {
    let mut entry = at(60, push(350.0));
    let weight = Some(value(70.0));
    let question = DoseLog::default().questions(&[bounds()], weight, NOW, 1, &entry)[0];
    assert!(!question.is_answered(&entry, true));
    entry.again = Some(value(350.0).into());
    assert!(question.is_answered(&entry, false));
}

/// Whoever types the good rate again says nothing of the amount that slipped.
#[test]
fn a_second_entry_answers_for_the_figure_that_it_repeats_and_no_other() {
    use DoseFigure::{Concentration, PlannedPerKg, Session, SessionPerKg};
    let dose = Dose::Start {
        drug: Drug::Ketamine,
        rate: value(0.875),
        concentration: Some(value(20.0)),
        planned: Some(value(350.0)),
    };
    let again = |figures: &[f64]| {
        let figures = figures.iter().map(|figure| value(*figure)).collect();
        let mut entry = at(60, dose);
        entry.again = Again::new(figures);
        entry
    };
    let weight = Some(value(70.0));
    let bounds = DoseBounds {
        concentration: Some(expected(0.5, 1.0, 2.0)),
        session_max: Some(value(300.0)),
        ..bounds()
    };
    let open = |entry: &DoseEntry| -> Vec<DoseFigure> {
        assert_eq!(check(&DoseLog::default(), 1, entry), "taken");
        let questions = DoseLog::default().questions(&[bounds], weight, NOW, 1, entry);
        let open = questions.iter().filter(|one| !one.is_answered(entry, true));
        open.map(|question| match question {
            DoseQuestion::Above(asked) => asked.figure,
            other => panic!("{other:?}"),
        })
        .collect()
    };
    let all = [PlannedPerKg, Concentration, Session, SessionPerKg];
    assert_eq!(open(&again(&[])), all);
    assert_eq!(open(&again(&[0.875])), all, "the rate is not in question");
    assert_eq!(open(&again(&[350.0])), [Concentration]);
    assert_eq!(open(&again(&[20.0])), [PlannedPerKg, Session, SessionPerKg]);
    assert_eq!(open(&again(&[350.0, 20.0])), []);
    let words = check(&DoseLog::default(), 1, &again(&[350.0, 2.0]));
    assert_eq!(words, "it was 0.875 at first and 2 the second time");
}

fn any_dose() -> impl Strategy<Value = Dose> {
    prop_oneof![
        (0.1..100.0).prop_map(push),
        (0.1..5.0).prop_map(start),
        (0.1..5.0).prop_map(rate),
        Just(Dose::Pause),
        Just(Dose::Resume),
        Just(Dose::Stop),
    ]
}

/// Entries as people come to make them: each was checked when it was made.
fn any_log() -> impl Strategy<Value = DoseLog> {
    proptest::collection::vec((0..240_u64, any_dose()), 0..30).prop_map(|entries| {
        let mut log = DoseLog::default();
        for (number, (minutes, dose)) in (1..).zip(entries) {
            let entry = at(minutes, dose);
            if log.check((BEGAN, NOW), number, Some(&entry)).is_ok() {
                log = log.with(number, Some(&entry));
            }
        }
        log
    })
}

/// Bolus by bolus and minute by minute, without a thought of stretches: the plain reckoning.
fn reckoned(log: &DoseLog, until: u64) -> f64 {
    let mut sum = 0.0;
    let (mut speed, mut kept) = (0.0, 0.0);
    for now in 0..=until {
        for (_, entry) in log
            .entries()
            .iter()
            .filter(|(_, one)| one.at == minute(now))
        {
            match entry.dose {
                Dose::Bolus { amount, .. } => sum += amount.number(),
                Dose::Start { rate, .. } | Dose::Rate { rate } => {
                    speed = rate.number();
                    kept = speed;
                }
                Dose::Pause | Dose::Stop => speed = 0.0,
                Dose::Resume => speed = kept,
            }
        }
        if now < until {
            sum += speed;
        }
    }
    sum
}

proptest! {
    #[test]
    fn checked_entries_leave_nothing_out(log in any_log()) {
        prop_assert_eq!(log.stray(), []);
    }

    #[test]
    fn the_total_is_the_plain_reckoning(log in any_log(), until in 0..300_u64) {
        let is = given(&log, minute(until));
        prop_assert!((is - reckoned(&log, until)).abs() < 1e-6 * (1.0 + is));
    }

    #[test]
    fn the_order_of_entering_changes_nothing(log in any_log(), turn in 0..30_usize) {
        let mut entries = log.entries().to_vec();
        let turn = turn.min(entries.len());
        entries.rotate_left(turn);
        entries.reverse();
        prop_assert_eq!(DoseLog::new(entries), log);
    }

    #[test]
    fn a_correction_is_worth_what_it_would_have_been_at_once(
        log in any_log(),
        number in 1..30_u32,
        minutes in 0..240_u64,
        dose in any_dose(),
    ) {
        let right = at(minutes, dose);
        let at_first = log.with(number, None).with(number, Some(&right));
        prop_assert_eq!(log.with(number, Some(&right)), at_first);
    }

    #[test]
    fn twice_as_much_of_everything_is_twice_the_total(log in any_log(), until in 0..300_u64) {
        let twice = |value: Value| Value::finite(2.0 * value.number()).unwrap();
        let entries = log.entries().iter().cloned().map(|(number, mut entry)| {
            match &mut entry.dose {
                Dose::Bolus { amount, .. } => *amount = twice(*amount),
                Dose::Start { rate, .. } | Dose::Rate { rate } => *rate = twice(*rate),
                Dose::Pause | Dose::Resume | Dose::Stop => {}
            }
            (number, entry)
        });
        let doubled = DoseLog::new(entries);
        let (once, double) = (given(&log, minute(until)), given(&doubled, minute(until)));
        prop_assert!((2.0 * once - double).abs() < 1e-6 * (1.0 + double));
    }

    #[test]
    fn any_entries_give_a_log(entries in proptest::collection::vec(
        (any::<u32>(), any::<u64>(), any_dose(), any::<f64>().prop_filter_map("finite", Value::finite)), 0..20
    )) {
        let entries = entries.into_iter().map(|(number, millis, mut dose, wild)| {
            if let Dose::Start { rate, .. } = &mut dose {
                *rate = wild;
            }
            let at = MonoTime::from_millis(millis);
            (number, DoseEntry { at, dose, again: None })
        });
        let log = DoseLog::new(entries);
        let end = MonoTime::from_start(Duration::MAX);
        for total in log.totals(end, None) {
            prop_assert!(total.amount.number() >= 0.0);
        }
    }
}
