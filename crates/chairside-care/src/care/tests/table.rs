//! Every step and every action in every stage: allowed, or refused for which reason.

use std::fmt::Write as _;

use super::*;

type Action = fn(&Bed) -> CareAction;

/// What may be done, in the order of the documents.
const ACTIONS: [(&str, Action); 10] = [
    ("schedule", |_| schedule()),
    ("screen", |_| screen("fasted", Said::Yes)),
    ("weigh", |_| CareAction::Weigh {
        weight: Value::whole(70),
    }),
    ("take_baseline", |_| CareAction::TakeBaseline),
    ("dose", |bed| bed.bolus(20)),
    ("score", |bed| bed.rated(ScoreId::Moaas, 5)),
    ("check", |_| CareAction::Check { check: Check::Look }),
    ("event", |bed| bed.happened(EventKind::OxygenOn)),
    ("discharge", |_| CareAction::Discharge {
        item: DischargeItem::Escort,
        answer: ItemAnswer {
            said: Said::Yes,
            note: None,
        },
    }),
    ("amend", |bed| CareAction::Amend {
        entry: bed.event.unwrap_or(1),
        amendment: Amendment::Withdrawn,
    }),
];

/// Tells what becomes of something: without more, with a reason, or once all is met.
fn outcome(stage: Stage, action: impl Fn(&Bed) -> CareAction, met: Option<Stage>) -> &'static str {
    let mut bed = Bed::at(stage);
    bed.wait(60);
    let act = action(&bed);
    let refused = match bed.nurse(act.clone()) {
        Ok(_) => return "yes",
        Err(CareRefusal::ReasonNeeded) => {
            bed.because("a reason", act).expect("a reason is all");
            return "with a reason";
        }
        Err(refused) => refused,
    };
    if let (CareRefusal::NotMet(_), Some(to)) = (&refused, met) {
        bed.prepare(to);
        bed.nurse(act).expect("all is met");
        return "when met";
    }
    refused.name()
}

/// Writes rows of cells as the documents have them.
fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = format!("| {} |\n", head.join(" | "));
    let _ = writeln!(table, "|{}", "---|".repeat(head.len()));
    for row in rows {
        let _ = writeln!(table, "| {} |", row.join(" | "));
    }
    table
}

/// The documents have the table as the program has it.
fn is_in_the_documents(table: &str) {
    let page = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/session.md"
    ));
    assert!(page.contains(table), "docs/session.md has not:\n{table}");
}

#[test]
fn every_step_from_every_stage_is_allowed_or_refused_with_its_reason() {
    let mut head = vec!["from \\ to"];
    head.extend(Stage::ALL.map(Stage::name));
    let rows = Stage::ALL.map(|from| {
        let mut row = vec![from.name().to_owned()];
        row.extend(Stage::ALL.map(|to| outcome(from, |_| step(to), Some(to)).to_owned()));
        row
    });
    is_in_the_documents(&table(&head, rows));
}

#[test]
fn every_action_in_every_stage_is_allowed_or_refused_with_its_reason() {
    let mut head = vec!["what \\ in"];
    head.extend(Stage::ALL.map(Stage::name));
    let rows = ACTIONS.map(|(name, action)| {
        let mut row = vec![name.to_owned()];
        row.extend(Stage::ALL.map(|stage| outcome(stage, action, Some(Stage::Ready)).to_owned()));
        row
    });
    is_in_the_documents(&table(&head, rows));
}

#[test]
fn no_step_and_no_action_is_taken_without_a_name() {
    for stage in Stage::ALL {
        let bed = Bed::at(stage);
        let steps = Stage::ALL.map(step);
        let actions = ACTIONS.map(|(_, action)| action(&bed));
        for action in steps.into_iter().chain(actions) {
            for by in ["", " "] {
                let act = CareAct {
                    session: SESSION,
                    action: &action,
                    by,
                    station: None,
                    role: Role::Clinician,
                    reason: Some("a reason"),
                    pass_over: true,
                    request: None,
                };
                let refused = bed.care.check(bed.now, &act);
                assert_eq!(refused, Err(CareRefusal::NoName), "{stage:?} {action:?}");
            }
        }
    }
}

#[test]
fn a_step_is_an_entry_and_nothing_else_moves_a_session() {
    for stage in Stage::ALL {
        let mut bed = Bed::at(stage);
        for stands in [true, false] {
            bed.care.high_alarm(bed.now, stands);
            bed.care.facts(GateFacts::default());
            bed.wait(3600);
            bed.reading(190, 120);
        }
        bed.now = bed.now + Duration::from_hours(24);
        assert_eq!(bed.stage(), Some(stage));
    }
}

#[test]
fn a_refused_step_says_in_words_where_one_can_go() {
    let words = |stage, to| {
        let mut bed = Bed::at(stage);
        bed.because("a reason", step(to)).unwrap_err().to_string()
    };
    assert_eq!(
        words(Stage::Screening, Stage::Dosing),
        "no step leads from screening to dosing, only to: baseline, transferred, aborted"
    );
    assert_eq!(
        words(Stage::Peak, Stage::Discharged),
        "no step leads from peak to discharged, only to: dosing, recovery, transferred, aborted"
    );
    assert_eq!(
        words(Stage::Aborted, Stage::Dosing),
        "the session is over (aborted)"
    );
    assert_eq!(
        words(Stage::Dosing, Stage::Dosing),
        "the session is at dosing already"
    );
}

#[test]
fn leaving_early_needs_a_reason() {
    for stage in Stage::ALL {
        for end in [Stage::Transferred, Stage::Aborted] {
            if stage.leads_to().contains(&end) {
                let mut bed = Bed::at(stage);
                let refused = bed.nurse(step(end));
                assert_eq!(refused, Err(CareRefusal::ReasonNeeded), "{stage:?} {end:?}");
            }
        }
    }
}

#[test]
fn nobody_leaves_the_dose_while_an_infusion_is_not_logged_as_stopped() {
    for to in [Stage::Peak, Stage::Transferred, Stage::Aborted] {
        let mut bed = Bed::at(Stage::Dosing);
        let start = bed.infusion();
        bed.act(&start, Role::Nurse, None, true).unwrap();
        bed.wait(60);
        let refused = bed.clinician(Some("now"), step(to));
        assert_eq!(refused, Err(CareRefusal::InfusionRuns), "{to:?}");
        let stop = CareAction::Dose(bed.dose(Dose::Stop));
        bed.nurse(stop).unwrap();
        bed.because("it is enough", step(to)).unwrap();
        assert_eq!(bed.stage(), Some(to));
    }
}
