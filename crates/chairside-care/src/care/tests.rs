use std::time::Duration;

use chairside_alarm::{PressureBaseline, Role};
use chairside_model::{MonoTime, Patient, SessionId, Value};

use super::*;
use crate::testing::{Bed, MONITOR, SESSION, cuff, schedule, screen, sources, step, text};
use crate::{
    AldreteVariant, Amendment, CareEvent, Check, Circulation, DischargeItem, Dose, DoseEntry, Drug,
    EventKind, ItemAnswer, Route, Said, ScoreEntry, ScoreId, Typed,
};

mod program;
mod table;
mod values;

fn earlier(bed: &Bed, seconds: u64) -> MonoTime {
    bed.now.saturating_sub(Duration::from_secs(seconds))
}

fn bolus_at(at: MonoTime) -> CareAction {
    CareAction::Dose(DoseEntry {
        at,
        dose: Dose::Bolus {
            drug: Drug::Ketamine,
            route: Route::Intravenous,
            amount: Value::whole(20),
            concentration: None,
        },
        again: None,
    })
}

#[test]
fn a_session_is_planned_for_a_patient_by_a_protocol_of_the_clinic() {
    let mut bed = Bed::new();
    let other = CareAction::Schedule {
        patient: Patient::default(),
        name: None,
        protocol: text("other"),
    };
    let refused = bed.nurse(other);
    assert_eq!(refused, Err(CareRefusal::NoProtocol("other".into())));
    bed.nurse(schedule()).unwrap();
    let [planned] = bed.care.scheduled()[..] else {
        panic!("one is planned");
    };
    assert_eq!(planned.session(), SESSION);
    assert_eq!(planned.patient().initials(), Some("M. K."));
    assert_eq!(planned.protocol().name(), "iv-ketamine");
    assert!(bed.care.treatment().is_none());
    let refused = bed.nurse(schedule());
    assert_eq!(refused, Err(CareRefusal::SessionThere(SESSION)));
}

#[test]
fn a_second_session_does_not_open_beside_another() {
    let mut bed = Bed::at(Stage::Recovery);
    let other = SessionId(8);
    let act = |action| CareAct {
        session: other,
        action,
        by: "mn",
        station: None,
        role: Role::Nurse,
        reason: Some("done"),
        pass_over: false,
        request: None,
    };
    let screening = step(Stage::Screening);
    let refused = bed.care.check(bed.now, &act(&screening));
    assert_eq!(refused, Err(CareRefusal::NoSession(other)));
    let plan = schedule();
    let entry = bed
        .care
        .check(bed.now, &act(&plan))
        .unwrap()
        .entry(&act(&plan));
    bed.care.apply(bed.now, &entry);
    let refused = bed.care.check(bed.now, &act(&screening));
    assert_eq!(refused, Err(CareRefusal::OtherOpen(SESSION)));
    bed.because("an ambulance", step(Stage::Transferred))
        .unwrap();
    let checked = bed.care.check(bed.now, &act(&screening)).unwrap();
    bed.care.apply(bed.now, &checked.entry(&act(&screening)));
    let open = bed.care.treatment().unwrap();
    assert_eq!((open.session(), open.stage()), (other, Stage::Screening));
    assert!(bed.care.ended().is_none());
    let correction = CareAction::TakeBaseline;
    let refused = bed.nurse(correction);
    assert_eq!(refused, Err(CareRefusal::NoSession(SESSION)));
}

#[test]
fn only_a_clinician_passes_over_the_gate_and_only_with_a_reason() {
    let mut bed = Bed::at(Stage::Baseline);
    let to = || step(Stage::Ready);
    let CareRefusal::NotMet(lines) = bed.nurse(to()).unwrap_err() else {
        panic!("it is not met");
    };
    assert!(lines.contains(&"Oxygen: not answered".into()), "{lines:?}");
    let nurse = bed.act(&to(), Role::Nurse, Some("the doctor says so"), true);
    assert_eq!(nurse, Err(CareRefusal::ClinicianOnly(lines.clone())));
    let silent = bed.clinician(None, to());
    assert_eq!(silent, Err(CareRefusal::ReasonNeeded));
    let asked = bed.act(&to(), Role::Clinician, Some("a reason"), false);
    assert_eq!(asked, Err(CareRefusal::NotMet(lines.clone())));
    let entry = bed.clinician(Some("the cuff is at the leg"), to()).unwrap();
    assert_eq!(entry.passed_over, lines);
    assert_eq!(entry.reason.as_deref(), Some("the cuff is at the leg"));
    bed.nurse(step(Stage::Dosing)).expect("it was decided");
}

#[test]
fn a_gate_that_was_open_must_still_be_when_the_dose_begins() {
    let mut bed = Bed::at(Stage::Ready);
    bed.wait(1801);
    let CareRefusal::NotMet(lines) = bed.nurse(step(Stage::Dosing)).unwrap_err() else {
        panic!("the readings are old");
    };
    let readings = "two cuff readings 5 min apart are needed; 0 so far";
    assert_eq!(
        lines[..],
        [readings.into(), "no cuff reading that counts".into()]
    );
    bed.reading(126, 74);
    bed.wait(300);
    bed.reading(122, 70);
    bed.nurse(step(Stage::Dosing)).unwrap();
}

#[test]
fn a_pressure_in_between_needs_a_clinicians_note_and_no_more() {
    let mut bed = Bed::at(Stage::Baseline);
    bed.prepare(Stage::Ready);
    bed.reading(150, 80);
    let note = "the last cuff reading is 150/80 mmHg: from 140/90 on a clinician's note is needed";
    let refused = bed.because("looks well", step(Stage::Ready));
    assert_eq!(refused, Err(CareRefusal::NotMet(vec![note.into()])));
    let action = step(Stage::Ready);
    let entry = bed.act(&action, Role::Clinician, Some("looks well"), false);
    assert_eq!(entry.unwrap().passed_over[..], [note.into()]);
}

/// A note for 142/85 says nothing of what has changed since.
#[test]
fn what_was_passed_over_at_the_gate_is_all_that_is_passed_over_at_the_dose() {
    let ready = || {
        let mut bed = Bed::at(Stage::Baseline);
        bed.prepare(Stage::Ready);
        bed.reading(142, 85);
        bed.clinician(Some("calm otherwise"), step(Stage::Ready))
            .unwrap();
        bed.wait(300);
        bed
    };
    let mut bed = ready();
    bed.reading(150, 88);
    assert_eq!(bed.treatment().undecided(bed.now), 0);
    bed.nurse(step(Stage::Dosing))
        .expect("it needs a note still");

    let mut bed = ready();
    bed.reading(171, 88);
    let worse = "the last cuff reading is 171/88 mmHg: from 160/100 on it blocks";
    assert_eq!(bed.treatment().undecided(bed.now), 1);
    let refused = bed.nurse(step(Stage::Dosing));
    assert_eq!(refused, Err(CareRefusal::NotMet(vec![worse.into()])));
    let entry = bed.clinician(Some("as agreed"), step(Stage::Dosing));
    assert_eq!(entry.unwrap().passed_over[..], [worse.into()]);

    let mut bed = ready();
    bed.spo2 = 90.0;
    bed.nurse(screen("oxygen", Said::No)).unwrap();
    bed.wait(5);
    let refused = bed.nurse(step(Stage::Dosing));
    let other = ["Oxygen: no", "SpO2 90 % is below 94 %"].map(Box::from);
    assert_eq!(refused, Err(CareRefusal::NotMet(other.to_vec())));

    // After a restart in which no reading came back: what reads as it did was decided.
    let mut bed = Bed::at(Stage::Baseline);
    bed.clinician(Some("an emergency"), step(Stage::Ready))
        .unwrap();
    let mut care = Bed::new().care;
    for (at, entry) in &bed.done {
        care.apply(*at, entry);
    }
    bed.care = care;
    let anew = [
        "no heart rate now",
        "no SpO2 now",
        "no breaths now",
        "the probe gives no valid SpO2",
    ];
    let refused = bed.nurse(step(Stage::Dosing));
    let anew = anew.map(Box::from).to_vec();
    assert_eq!(refused, Err(CareRefusal::NotMet(anew)));
}

#[test]
fn blanks_are_no_reason() {
    let mut bed = Bed::at(Stage::Baseline);
    for blank in ["", " \t"] {
        for silent in [
            bed.clinician(Some(blank), step(Stage::Ready)),
            bed.clinician(Some(blank), CareAction::TakeBaseline),
            bed.because(blank, step(Stage::Aborted)),
        ] {
            assert_eq!(silent, Err(CareRefusal::ReasonNeeded));
        }
    }
    let mut bed = Bed::at(Stage::Dosing);
    let wrong = bed.nurse(bolus_at(bed.now)).unwrap().number;
    let withdrawn = CareAction::Amend {
        entry: wrong,
        amendment: Amendment::Withdrawn,
    };
    let silent = bed.because("  ", withdrawn);
    assert_eq!(silent, Err(CareRefusal::ReasonNeeded));
    let entry = bed.because(" an ambulance ", step(Stage::Transferred));
    assert_eq!(entry.unwrap().reason.as_deref(), Some("an ambulance"));
}

#[test]
fn a_session_of_too_many_entries_can_be_ended_also_while_an_infusion_runs() {
    let mut bed = Bed::at(Stage::Dosing);
    let start = bed.infusion();
    let start = bed.act(&start, Role::Nurse, None, true).unwrap().number;
    let look = CareAction::Check { check: Check::Look };
    while bed.nurse(look.clone()).is_ok() {}
    let dose = bed.bolus(35);
    let refused = bed.nurse(dose).unwrap_err();
    assert_eq!(refused.name(), "full");
    let refused = bed.because("enough", step(Stage::Aborted));
    assert_eq!(refused, Err(CareRefusal::InfusionRuns));
    let mut in_error = bed.clone();
    let withdrawn = CareAction::Amend {
        entry: start,
        amendment: Amendment::Withdrawn,
    };
    in_error.because("of the next room", withdrawn).unwrap();
    in_error
        .because("enough", step(Stage::Aborted))
        .expect("nothing was given");
    let stop = CareAction::Dose(bed.dose(Dose::Stop));
    bed.nurse(stop).unwrap();
    bed.because("enough", step(Stage::Aborted)).unwrap();
}

#[test]
fn a_rating_is_on_record_with_the_version_of_its_instrument() {
    let mut parts = crate::testing::iv_parts();
    parts.discharge.aldrete = AldreteVariant {
        circulation: Circulation::MillimetreOfMercury,
        spo2_above: 90,
        pass: 8,
    };
    let mut bed = Bed::with(parts);
    bed.go(Stage::Recovery);
    let aldrete = ScoreEntry {
        at: bed.now,
        id: ScoreId::AldreteMod,
        items: vec![Some(2); 5],
        variant: Some(text("another one")),
    };
    let variant = |entry: &CareEntry| match &entry.action {
        CareAction::Score(score)
        | CareAction::Amend {
            amendment: Amendment::Score(score),
            ..
        } => score.variant.clone().expect("it says which"),
        other => panic!("{other:?}"),
    };
    let printed = "pressure within 20 mmHg, SpO2 above 90 % on air, pass mark 8";
    let entry = bed.nurse(CareAction::Score(aldrete.clone())).unwrap();
    assert_eq!(variant(&entry).as_str(), printed);
    let amended = CareAction::Amend {
        entry: entry.number,
        amendment: Amendment::Score(aldrete),
    };
    let entry = bed.because("a slip", amended).unwrap();
    assert_eq!(variant(&entry).as_str(), printed);
    let awake = bed.rated(ScoreId::Moaas, 5);
    let entry = bed.nurse(awake).unwrap();
    assert_eq!(
        variant(&entry).as_str(),
        "1 reacts to a painful squeeze, 0 does not"
    );
}

/// After a bed's machine was made anew no more is left of an alarm than that it is over.
#[test]
fn a_high_alarm_of_the_session_that_is_over_counts_by_its_end() {
    let minutes = |bed: &Bed| bed.treatment().cuff_interval(bed.now).as_secs() / 60;
    let mut bed = Bed::at(Stage::Dosing);
    let opened = bed.treatment().opened().unwrap();
    let before = opened.saturating_sub(Duration::from_secs(1));
    bed.care.high_alarm_was(bed.now, before);
    assert_eq!(minutes(&bed), 10, "it was the patient's of before");
    bed.care.high_alarm_was(earlier(&bed, 60), opened);
    bed.care.high_alarm_was(earlier(&bed, 90), opened);
    assert_eq!(minutes(&bed), 5);
    bed.wait(3600 - 61);
    assert_eq!(minutes(&bed), 5);
    bed.wait(1);
    assert_eq!(minutes(&bed), 10);
    bed.care.high_alarm(bed.now, true);
    bed.care.high_alarm_was(bed.now, opened);
    bed.wait(2 * 3600);
    assert_eq!(minutes(&bed), 5, "another one stands");
}

#[test]
fn the_baseline_is_the_mean_of_two_readings_and_the_values_of_now() {
    let bed = Bed::at(Stage::Ready);
    let baseline = bed.treatment().baseline().unwrap();
    let pressure = PressureBaseline {
        systolic: Value::whole(126),
        diastolic: Value::whole(74),
    };
    assert_eq!(baseline.pressure, Some(pressure));
    assert_eq!(baseline.spo2, Some(Value::whole(97)));
    assert_eq!(baseline.heart_rate, Some(Value::whole(70)));
    assert_eq!(baseline.respiration_rate, Some(Value::whole(14)));
    assert_eq!(baseline.etco2, None, "nothing measures it here");
}

#[test]
fn a_baseline_of_one_reading_is_a_clinicians() {
    let mut bed = Bed::at(Stage::Baseline);
    bed.wait(20);
    bed.reading(130, 80);
    let missing = "two cuff readings 5 min apart are not there";
    let refused = bed.nurse(CareAction::TakeBaseline);
    assert_eq!(refused, Err(CareRefusal::NotMet(vec![missing.into()])));
    bed.clinician(Some("the arm hurts"), CareAction::TakeBaseline)
        .unwrap();
    let pressure = bed.treatment().baseline().unwrap().pressure.unwrap();
    assert_eq!(pressure.systolic, Value::whole(130));
}

#[test]
fn an_entry_can_be_late_and_is_never_of_the_future_or_of_another_patients_time() {
    let mut bed = Bed::at(Stage::Recovery);
    let opened = bed.treatment().opened().unwrap();
    bed.nurse(bolus_at(earlier(&bed, 120))).unwrap();
    let future = bolus_at(bed.now + Duration::from_secs(1));
    assert_eq!(bed.nurse(future), Err(CareRefusal::Future));
    let before = bolus_at(opened.saturating_sub(Duration::from_secs(1)));
    assert_eq!(bed.nurse(before), Err(CareRefusal::BeforeSession));
    bed.because("an ambulance", step(Stage::Transferred))
        .unwrap();
    let ended = bed.now;
    bed.wait(600);
    bed.nurse(bolus_at(ended)).unwrap();
    let after = bolus_at(ended + Duration::from_secs(1));
    assert_eq!(bed.nurse(after), Err(CareRefusal::AfterSession));
    let doses = bed.care.ended().unwrap().dose_log();
    let at: Vec<_> = doses.entries().iter().map(|(_, dose)| dose.at).collect();
    assert!(at.is_sorted() && at.contains(&ended), "{at:?}");
    assert_eq!(at.len(), 3, "the one of the dosing, and two late ones");
}

#[test]
fn a_correction_needs_a_reason_and_keeps_what_was_entered() {
    let mut bed = Bed::at(Stage::Dosing);
    let wrong = bed.nurse(bolus_at(bed.now)).unwrap().number;
    let withdrawn = || CareAction::Amend {
        entry: wrong,
        amendment: Amendment::Withdrawn,
    };
    let refused = bed.nurse(withdrawn());
    assert_eq!(refused, Err(CareRefusal::ReasonNeeded));
    bed.because("of the next room", withdrawn()).unwrap();
    let treatment = bed.treatment();
    assert!(treatment.dose_log().entries().is_empty());
    let kept = treatment.log().iter().find(|one| one.entry.number == wrong);
    assert!(matches!(kept.unwrap().entry.action, CareAction::Dose(_)));
    let event = CareAction::Amend {
        entry: wrong,
        amendment: Amendment::Event(CareEvent {
            at: bed.now,
            kind: EventKind::Vomiting,
            note: None,
        }),
    };
    let refused = bed.because("a reason", event).unwrap_err();
    assert_eq!(refused.name(), "amend");
}

#[test]
fn a_dose_out_of_the_protocols_bounds_is_asked_about_and_is_no_secret() {
    let mut bed = Bed::at(Stage::Dosing);
    let much = bed.bolus(120);
    let refused = bed.nurse(much.clone()).unwrap_err();
    assert_eq!(refused.figures(), [Typed::Amount]);
    let again = match much {
        CareAction::Dose(dose) => CareAction::Dose(DoseEntry {
            again: Some(Value::whole(120).into()),
            ..dose
        }),
        other => other,
    };
    let entry = bed.act(&again, Role::Nurse, None, true).unwrap();
    assert_eq!(entry.passed_over, refused.lines());
}

#[test]
fn an_infusion_does_not_run_past_the_dose_by_a_late_entry() {
    let mut bed = Bed::at(Stage::Peak);
    let start = bed.infusion();
    let refused = bed.act(&start, Role::Nurse, None, true);
    assert_eq!(refused, Err(CareRefusal::WouldRun(Stage::Peak)));
    bed.nurse(step(Stage::Dosing)).unwrap();
    bed.act(&start, Role::Nurse, None, true).unwrap();
    let stop = CareAction::Dose(bed.dose(Dose::Stop));
    let stopped = bed.nurse(stop).unwrap().number;
    bed.nurse(step(Stage::Peak)).unwrap();
    let withdrawn = CareAction::Amend {
        entry: stopped,
        amendment: Amendment::Withdrawn,
    };
    let refused = bed.because("a slip", withdrawn);
    assert_eq!(refused, Err(CareRefusal::WouldRun(Stage::Peak)));
}

#[test]
fn nobody_leaves_before_the_clinics_criteria_are_met_but_by_a_clinician() {
    let mut bed = Bed::at(Stage::Recovery);
    let CareRefusal::NotMet(lines) = bed.nurse(step(Stage::Discharged)).unwrap_err() else {
        panic!("nothing is met");
    };
    assert!(
        lines.iter().any(|line| line.contains("Escort")),
        "{lines:?}"
    );
    let leave = step(Stage::Discharged);
    let nurse = bed.act(&leave, Role::Nurse, Some("she wants to"), true);
    assert_eq!(nurse, Err(CareRefusal::ClinicianOnly(lines.clone())));
    let silent = bed.clinician(None, leave.clone());
    assert_eq!(silent, Err(CareRefusal::ReasonNeeded));
    let mut ready = bed.clone();
    let entry = bed.clinician(Some("her husband is a nurse"), leave.clone());
    assert_eq!(entry.unwrap().passed_over, lines);
    ready.prepare(Stage::Discharged);
    ready.care.high_alarm(ready.now, true);
    let CareRefusal::NotMet(lines) = ready.nurse(leave.clone()).unwrap_err() else {
        panic!("an alarm stands");
    };
    assert!(
        lines[0].starts_with("Time since the last high alarm"),
        "{lines:?}"
    );
    ready.care.high_alarm(ready.now, false);
    ready.wait(1800);
    ready.prepare(Stage::Discharged);
    assert!(ready.nurse(leave).unwrap().passed_over.is_empty());
}

#[test]
fn a_weight_out_of_the_bounds_is_asked_about_and_one_that_no_body_has_refused() {
    let mut bed = Bed::at(Stage::Screening);
    let weigh = |kg| CareAction::Weigh {
        weight: Value::whole(kg),
    };
    let asked = "310 kg is not within 20 to 300 kg";
    let refused = bed.nurse(weigh(310));
    assert_eq!(refused, Err(CareRefusal::Asked(vec![asked.into()])));
    bed.act(&weigh(310), Role::Nurse, None, true).unwrap();
    assert_eq!(bed.treatment().weight(), Some(Value::whole(310)));
    for kg in [0, -70, 700] {
        let refused = bed.act(&weigh(kg), Role::Clinician, Some("so"), true);
        assert_eq!(refused, Err(CareRefusal::Weight(Value::whole(kg))));
    }
}

#[test]
fn that_something_was_not_rated_needs_a_reason() {
    let mut bed = Bed::at(Stage::Recovery);
    let mut not_done = bed.rated(ScoreId::Moaas, 5);
    if let CareAction::Score(score) = &mut not_done {
        score.items.clear();
    }
    let refused = bed.nurse(not_done.clone());
    assert_eq!(refused, Err(CareRefusal::ReasonNeeded));
    bed.because("asleep, and the clinician is beside the bed", not_done)
        .unwrap();
}

#[test]
fn what_the_protocol_does_not_ask_is_not_answered_and_a_score_is_rated() {
    let mut bed = Bed::at(Stage::Screening);
    let refused = bed.nurse(screen("shoes", Said::Yes));
    assert_eq!(refused, Err(CareRefusal::NoItem("shoes".into())));
    let check = Check::Score(ScoreId::Moaas);
    let refused = bed.nurse(CareAction::Check { check });
    assert_eq!(refused, Err(CareRefusal::RateIt));
    let given = bed.happened(EventKind::DrugGiven);
    assert_eq!(bed.nurse(given), Err(CareRefusal::NoteNeeded));
    let seven = bed.rated(ScoreId::Moaas, 7);
    assert_eq!(bed.nurse(seven).unwrap_err().name(), "score");
}

#[test]
fn the_cuff_follows_the_stage_sedation_and_high_alarms() {
    const MINUTE: u64 = 60;
    let interval = |bed: &Bed| bed.treatment().cuff_interval(bed.now).as_secs() / MINUTE;
    for (stage, minutes) in [
        (Stage::Screening, 5),
        (Stage::Baseline, 5),
        (Stage::Dosing, 10),
        (Stage::Peak, 10),
        (Stage::Recovery, 10),
    ] {
        assert_eq!(interval(&Bed::at(stage)), minutes, "{stage:?}");
    }
    let mut bed = Bed::at(Stage::Dosing);
    let sedated = bed.rated(ScoreId::Moaas, 3);
    bed.nurse(sedated).unwrap();
    assert_eq!(interval(&bed), 5);
    bed.wait(1);
    let awake = bed.rated(ScoreId::Moaas, 4);
    bed.nurse(awake).unwrap();
    assert_eq!(interval(&bed), 10);
    bed.care.high_alarm(bed.now, true);
    bed.wait(2 * 3600);
    assert_eq!(interval(&bed), 5, "it stands");
    bed.care.high_alarm(bed.now, false);
    bed.wait(3599);
    assert_eq!(interval(&bed), 5, "it is over for less than an hour");
    let due = bed.treatment().next_deadline(bed.now);
    assert!(due.is_some_and(|due| due <= bed.now + Duration::from_secs(1)));
    bed.wait(1);
    assert_eq!(interval(&bed), 10);
    bed.nurse(step(Stage::Peak)).unwrap();
    bed.nurse(step(Stage::Recovery)).unwrap();
    bed.wait(3599);
    assert_eq!(interval(&bed), 10);
    bed.wait(1);
    assert_eq!(interval(&bed), 15);
}

#[test]
fn a_high_alarm_of_the_patient_before_is_not_this_ones() {
    let mut bed = Bed::new();
    bed.care.high_alarm(bed.now, true);
    bed.care.high_alarm(bed.now, false);
    bed.go(Stage::Dosing);
    let interval = bed.treatment().cuff_interval(bed.now);
    assert_eq!(interval, Duration::from_mins(10));
}

#[test]
fn another_devices_readings_are_not_the_patients_until_a_person_says_so() {
    let mut bed = Bed::at(Stage::Baseline);
    bed.wait(60);
    bed.care.device(bed.now, MONITOR, false);
    bed.reading(170, 110);
    bed.wait(60);
    let chart = |bed: &Bed| bed.treatment().chart().unwrap().pressure(bed.now);
    assert_eq!(chart(&bed), None);
    bed.care.device(bed.now, MONITOR, true);
    let kept = cuff(bed.now, 170, 110);
    bed.wait(5);
    bed.care.observe(bed.now, &kept);
    assert_eq!(chart(&bed), None, "it was taken before");
    bed.wait(60);
    bed.reading(120, 70);
    assert_eq!(chart(&bed).unwrap().systolic, Value::whole(120));
}

#[test]
fn a_session_whose_protocol_is_gone_goes_on_and_no_dose_begins_unasked() {
    let ready = Bed::at(Stage::Baseline);
    let mut care = Care::new([], sources());
    for (at, entry) in &ready.done {
        care.apply(*at, entry);
    }
    let treatment = care.treatment().unwrap();
    assert_eq!(treatment.stage(), Stage::Baseline);
    let gate = treatment.gate(ready.now).unwrap();
    let first = gate.unmet().next().unwrap();
    assert_eq!(
        &*first.because,
        "the clinic has no protocol \"iv-ketamine\""
    );
}
