use chairside_alarm::{
    Adjustments, AirwayRules, AlarmId, Holds, LimitSide, LinkLostRule, NibpRules, Priority,
    ProfileParts, SessionLimits, Signal, SignalRules, TechnicalRule, TechnicalRules, ThresholdRule,
};

use super::*;
use crate::testing::{iv_parts, text};
use crate::{Check, DischargeItem, Expected, PromptRule, Stage};

fn refused(change: impl FnOnce(&mut ProtocolParts)) -> Vec<String> {
    let mut parts = iv_parts();
    change(&mut parts);
    let mistakes = Protocol::new(parts).expect_err("it is a mistake");
    let told = mistakes.into_iter();
    told.map(|mistake| format!("{}: {}", mistake.key, mistake.why))
        .collect()
}

#[test]
fn the_defaults_of_the_sheet_are_a_protocol() {
    let protocol = Protocol::new(iv_parts()).expect("it is valid");
    assert_eq!(protocol.name(), "iv-ketamine");
    assert!(protocol.item(&text("oxygen")).is_some_and(|item| item.kit));
    assert!(protocol.item(&text("nothing")).is_none());
}

#[test]
fn every_mistake_is_told_at_once_with_its_key_and_its_numbers() {
    let told = refused(|parts| {
        parts.name = text("IV Ketamine");
        parts.gate.systolic_note = Value::whole(170);
        parts.gate.readings_apart = Duration::from_mins(31);
        parts.cuff.close = Duration::from_mins(11);
        parts.cuff.close_moaas = 6;
        parts.weight.least = Value::whole(400);
    });
    assert_eq!(
        told,
        [
            "name: \"IV Ketamine\" is no name: at most 32 letters (a-z), digits, '-', '_' and '.'",
            "cuff.close_moaas: 6 is not within 0 to 5",
            "cuff.close_s: 660 s is longer than the 600 s of a patient who is well",
            "gate.readings_apart_s: 1860 s is not within 60 to 1200 s",
            "gate.systolic_note: 170 is not below gate.systolic_block 160",
            "weight: 400 is not below 300",
        ]
    );
}

#[test]
fn a_screening_has_a_kit_and_no_name_twice() {
    let told = refused(|parts| {
        parts.screening.retain(|item| !item.kit);
        let again = parts.screening[0].clone();
        parts.screening.push(again);
    });
    let name = iv_parts().screening[0].name.as_str().to_owned();
    assert_eq!(
        told,
        [
            "screening: no item is of the emergency kit".to_owned(),
            format!("screening.{name}: two items have this name"),
        ]
    );
    let told = refused(|parts| {
        let kit = parts.screening.iter_mut().find(|item| item.kit);
        kit.unwrap().blocks_on = None;
    });
    assert_eq!(
        told,
        ["screening.oxygen.blocks_on: an item of the emergency kit must be there: it blocks on no"]
    );
}

const fn told(seconds: u64, priority: Priority) -> TechnicalRule {
    TechnicalRule {
        delay: Duration::from_secs(seconds),
        clear_hold: Duration::ZERO,
        priority,
    }
}

/// A bed's profile with one limit, and a cuff that is overdue when it is.
fn profile() -> AlarmProfile {
    let second = Duration::from_secs(1);
    let technical = TechnicalRules {
        spo2_probe_off: None,
        spo2_no_data: None,
        spo2_low_perfusion: None,
        co2_no_data: None,
        line_garbled: None,
        device_link_lost: LinkLostRule {
            delay: 10 * second,
            clear_hold: 3 * second,
            priority_dosing: Priority::High,
            priority_other: Priority::Medium,
            dosing_tail: 1800 * second,
        },
        device_swapped: None,
        bed_failed: Priority::High,
        recording_stopped: told(5, Priority::Medium),
        no_station: None,
        delivery_failed: None,
    };
    AlarmProfile::new(ProfileParts {
        name: "one limit".to_owned(),
        thresholds: vec![ThresholdRule {
            id: AlarmId::Spo2Low,
            signal: Signal::SpO2,
            side: LimitSide::Low,
            trip: Value::whole(92),
            delay: 10 * second,
            clear: Value::whole(94),
            clear_hold: 10 * second,
            priority: Priority::Medium,
        }],
        nibp: NibpRules {
            interval: 600 * second,
            overdue_grace: 180 * second,
            high: None,
            very_high: None,
            rise: None,
            low: None,
            very_low: None,
            failed: None,
            overdue: Some(Priority::Low),
        },
        airway: AirwayRules::default(),
        technical,
        holds: Holds {
            gap_tolerance: 2 * second,
            cuff_same_limb_max: 60 * second,
            cuff_release: 10 * second,
            step_points: Value::whole(8),
            step_hold: 15 * second,
            after_hold_delay_max: 5 * second,
        },
        signals: SignalRules::default(),
        families: Vec::new(),
        adjustments: Adjustments::default(),
    })
    .expect("the limits do not contradict each other")
}

#[test]
fn a_phase_has_the_protocols_limits_and_cuff_over_the_beds_profile() {
    let spo2 = LimitKey::Trip(AlarmId::Spo2Low);
    let mut parts = iv_parts();
    parts.limits = [(Phase::Dosing, [(spo2, Value::whole(93))].into())].into();
    let protocol = Protocol::new(parts).expect("it is valid");
    let adjusted = protocol.adjust(&profile()).expect("they agree");
    let mut limits = SessionLimits::new(adjusted);
    let mut found = Vec::new();
    for phase in Phase::ALL {
        limits.enter(phase);
        found.push((limits.value(spo2), limits.value(LimitKey::CuffInterval)));
    }
    let number = |number| Some(Value::whole(number));
    assert_eq!(
        found,
        [
            (number(92), number(300)),
            (number(93), number(600)),
            (number(92), number(600)),
        ]
    );
}

#[test]
fn a_limit_that_contradicts_the_beds_profile_is_told_by_the_profiles_key() {
    let spo2 = LimitKey::Trip(AlarmId::Spo2Low);
    let mut parts = iv_parts();
    parts.limits = [(Phase::Dosing, [(spo2, Value::whole(130))].into())].into();
    let protocol = Protocol::new(parts).expect("it is valid by itself");
    let errors = protocol.adjust(&profile()).expect_err("130 % is no limit");
    let keys: Vec<_> = errors.iter().map(|error| error.key.as_str()).collect();
    assert!(
        keys.iter().any(|key| key.contains("SPO2_LOW")),
        "{errors:?}"
    );
}

#[test]
fn the_cuff_and_its_limits_have_one_place() {
    let told = refused(|parts| {
        let interval = (LimitKey::CuffInterval, Value::whole(60));
        parts.limits = [(Phase::Dosing, [interval].into())].into();
    });
    assert_eq!(
        told,
        ["limits.dosing.nibp.interval_s: the cuff's intervals stand in cuff"]
    );
}

#[test]
fn doses_prompts_and_the_discharge_are_looked_at_as_well() {
    let told = refused(|parts| {
        parts.route = None;
        let again = parts.doses[0];
        parts.doses.push(again);
        parts.doses[0].session_max = Some(Value::whole(0));
        parts.prompts.rules[0].stages.push(Stage::Aborted);
        parts.prompts.rules[0].every = Some(Duration::ZERO);
        parts.discharge.moaas_least = 6;
        parts.discharge.quiet = Duration::from_hours(25);
    });
    assert_eq!(
        told,
        [
            "dose.ketamine.intravenous.session_max: 0 is not above 0",
            "dose.ketamine.intravenous: there are two of it",
            "drug: a drug and its route are planned together, or neither",
            "prompt.moaas: aborted: the session is over then",
            "prompt.moaas.every_s: 0 s is not within 60 to 43200 s",
            "discharge.moaas_least: 6 is not within 0 to 5",
            "discharge.quiet_s: 90000 s is not within 0 to 86400 s",
        ]
    );
}

#[test]
fn what_is_expected_of_a_dose_does_not_contradict_itself() {
    let told = refused(|parts| {
        let expected = |least: i32, plan: i32, most: i32| Expected {
            least: Value::whole(least),
            plan: Some(Value::whole(plan)),
            most: Value::whole(most),
        };
        let bounds = DoseBounds {
            drug: Drug::Ketamine,
            route: Route::Intravenous,
            amount: Some(expected(0, 5, 10)),
            per_kg: Some(expected(2, 2, 1)),
            rate: Some(expected(1, 11, 10)),
            concentration: None,
            session_max: Some(Value::whole(0)),
            session_max_per_kg: None,
        };
        parts.doses = vec![bounds, bounds];
        parts.doses[1].amount = None;
        parts.doses[1].per_kg = None;
        parts.doses[1].rate = None;
        parts.doses[1].session_max = None;
        parts.route = None;
    });
    assert_eq!(
        told,
        [
            "dose.ketamine.intravenous.amount: 0 is not above 0",
            "dose.ketamine.intravenous.per_kg: 2 is more than 1",
            "dose.ketamine.intravenous.per_kg: the planned 2 is not within 2 to 1",
            "dose.ketamine.intravenous.rate: the planned 11 is not within 1 to 10",
            "dose.ketamine.intravenous.session_max: 0 is not above 0",
            "dose.ketamine.intravenous: there are two of it",
            "drug: a drug and its route are planned together, or neither",
        ]
    );
}

#[test]
fn a_discharge_requires_what_can_be_and_an_aldrete_that_is_in_print() {
    let told = refused(|parts| {
        let plan = &mut parts.discharge;
        plan.aldrete.spo2_above = 91;
        plan.moaas_least = 6;
        plan.spo2_least = Value::whole(101);
        plan.minimum.esketamine = Duration::from_hours(25);
        plan.answers.push(DischargeItem::Escort);
    });
    assert_eq!(
        told,
        [
            "discharge.moaas_least: 6 is not within 0 to 5",
            "discharge.spo2_least: 101 is not within 85 to 100",
            "discharge.aldrete: pressure within 20 %, SpO2 above 91 % on air, pass mark 9: none in \
             print (SpO2 above 90 or 92, pass mark 8 or 9)",
            "discharge.minimum.esketamine_s: 90000 s is not within 0 to 86400 s",
            "discharge.answers: escort is asked twice",
        ]
    );
}

#[test]
fn a_reminder_has_a_stage_and_one_rule_there() {
    let told = refused(|parts| {
        let rule = |stages: &[Stage], every| PromptRule {
            check: Check::Look,
            stages: stages.to_vec(),
            first: Duration::ZERO,
            every: Some(every),
        };
        parts.prompts.grace = Duration::from_mins(3);
        parts.prompts.rules = vec![
            rule(&[], Duration::from_mins(15)),
            rule(&[Stage::Peak, Stage::Aborted], Duration::from_mins(15)),
            rule(&[Stage::Peak], Duration::ZERO),
        ];
    });
    assert_eq!(
        told,
        [
            "prompt.look: it is due in no stage",
            "prompt.look: aborted: the session is over then",
            "prompt.look: it is due in peak by two rules",
            "prompt.look.every_s: 0 s is not within 60 to 43200 s",
        ]
    );
}
