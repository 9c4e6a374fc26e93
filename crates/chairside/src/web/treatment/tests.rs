//! The page of sessions in each stage, as a bed and its people make them.

mod corrections;

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use chairside_care::{
    Amendment, CareAction, CareEvent, CareRefusal, Dose, DoseEntry, EventKind, ItemAnswer, Said,
    ScoreEntry, ScoreId, Stage,
};
use chairside_model::{Patient, PatientName};

use super::lang::Lang;
use super::shown::Shown;
use super::testing::{Bed, NAMED, schedule, screen, text};
use super::{of_session, page};

/// What somebody would write who wants to be a part of the page.
const HOSTILE: &str = "<img src=x onerror=\"alert('1')\">";

/// Returns what stands in the part of the page with that id, without its markup.
fn part(page: &str, id: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("<section id=\"{id}\""))?;
    let (inside, _) = rest.split_once("</section>")?;
    let (_, inside) = inside.split_once('>')?;
    let mut words = String::new();
    let mut inside_tag = false;
    for letter in inside.chars() {
        match letter {
            '<' => inside_tag = true,
            '>' => {
                inside_tag = false;
                words.push(' ');
            }
            letter if !inside_tag => words.push(letter),
            _ => {}
        }
    }
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(words.replace("&#39;", "'").replace("&quot;", "\""))
}

/// Returns the forms of a page: their ids.
fn forms(page: &str) -> Vec<&str> {
    let forms = page.split("<form id=\"").skip(1);
    forms
        .filter_map(|rest| Some(rest.split_once('"')?.0))
        .collect()
}

fn steps(page: &str) -> Vec<&str> {
    let steps = forms(page).into_iter();
    steps.filter_map(|id| id.strip_prefix("step-")).collect()
}

/// Returns a form of the page as it is written.
fn form<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<form id=\"{id}\"")).unwrap();
    rest.split_once("</form>").unwrap().0
}

#[test]
fn each_stage_offers_the_steps_that_lead_from_it_and_no_other() {
    for stage in [
        Stage::Screening,
        Stage::Baseline,
        Stage::Ready,
        Stage::Dosing,
        Stage::Peak,
        Stage::Recovery,
    ] {
        let page = Bed::at(stage).page();
        let mut offered = steps(&page);
        let mut leads: Vec<_> = stage.leads_to().iter().map(|to| to.name()).collect();
        offered.sort_unstable();
        leads.sort_unstable();
        assert_eq!(offered, leads, "{stage:?}");
        assert!(
            page.contains(&format!("data-stage=\"{}\"", stage.name())),
            "{stage:?}"
        );
    }
}

#[test]
fn a_bed_without_a_session_offers_to_plan_one_and_to_say_that_the_patient_is_here() {
    let mut bed = Bed::new("Ketamine, 0.5 mg/kg in 40 min");
    assert_eq!(forms(&bed.page()), ["schedule"]);
    bed.does(schedule("M. K."));
    let page = bed.page();
    let here = format!("here-{NAMED}");
    assert_eq!(
        forms(&page),
        [&*here, &format!("abort-{NAMED}"), "schedule"]
    );
    assert!(page.contains(&format!("data-session=\"{NAMED}\"")));
    assert_eq!(
        part(&page, "planned").unwrap(),
        "Planned here M. K. 1042 Ketamine, 0.5 mg/kg in 40 min The patient is here Does not take \
         place Reason Take it off the list"
    );
}

#[test]
fn the_gate_says_line_by_line_what_is_missing_and_then_that_it_is_ready() {
    let mut bed = Bed::at(Stage::Screening);
    bed.does(screen("aneurysm", Said::Yes));
    bed.does(CareAction::Step {
        to: Stage::Baseline,
    });
    bed.wait(20);
    bed.reading(128, 76);
    let page = bed.page();
    let gate = part(&page, "gate").unwrap();
    for line in [
        "Not ready, because",
        "not met Ketamine, 0.5 mg/kg in 40 min: yes",
        "missing Fasted: not answered",
        "missing two cuff readings 5 min apart are needed; 1 so far",
        "missing the baseline was not taken",
    ] {
        assert!(gate.contains(line), "{line}: {gate}");
    }
    let readings = part(&page, "readings").unwrap();
    assert!(readings.contains("128/76 mmHg"), "{readings}");
    assert!(
        readings.contains("5 min apart are needed; the second is still missing"),
        "{readings}"
    );

    let page = Bed::at(Stage::Ready).page();
    assert!(part(&page, "gate").unwrap().starts_with("Ready "));
    let readings = part(&page, "readings").unwrap();
    assert!(
        readings.contains("Baseline: 126/74 mmHg, Heart rate 70 /min, SpO2 97 %, Breaths 14 /min"),
        "{readings}"
    );
}

#[test]
fn the_plan_of_the_clinic_stands_beside_the_field_and_nothing_is_filled_in() {
    let page = Bed::at(Stage::Dosing).page();
    let give = part(&page, "give").unwrap();
    assert!(
        give.contains("The clinic's protocol plans ketamine: 0.5 mg/kg (weight 70 kg)"),
        "{give}"
    );
    let fields = page
        .split("<input ")
        .filter(|field| field.contains("data-as=\"number\""));
    let filled: Vec<_> = fields
        .filter(|field| field.split('>').next().unwrap().contains(" value="))
        .collect();
    assert_eq!(filled, Vec::<&str>::new());
    assert!(!give.contains("35"), "nobody multiplies: {give}");
}

#[test]
fn an_infusion_is_held_goes_on_and_is_stopped_and_its_amount_is_told() {
    let mut bed = Bed::at(Stage::Dosing);
    bed.does(bed.infusion());
    bed.wait(600);
    let page = bed.page();
    let infusion = part(&page, "infusion").unwrap();
    assert!(
        infusion.contains("ketamine runs at 1 mg/min 10 mg of 35 mg planned, 10 min ago"),
        "{infusion}"
    );
    assert_eq!(
        part(&page, "given").unwrap(),
        "Given so far ketamine, into the vein 10 mg · 0.14 mg/kg"
    );
    let offered = forms(&page);
    assert!(
        offered.contains(&"dose-pause")
            && offered.contains(&"dose-stop")
            && offered.contains(&"dose-rate")
    );
    assert!(
        !offered.contains(&"start"),
        "a second one does not run beside it"
    );
    assert!(
        part(&page, "steps")
            .unwrap()
            .contains("Needs: the infusion logged as stopped")
    );
    let at = bed.now;
    let pause = DoseEntry {
        at,
        dose: Dose::Pause,
        again: None,
    };
    bed.does(CareAction::Dose(pause));
    let page = bed.page();
    assert!(forms(&page).contains(&"dose-resume"));
    assert!(
        !forms(&page).contains(&"dose-rate"),
        "a held infusion has no rate"
    );
}

#[test]
fn a_stop_can_be_said_to_have_been_earlier_and_the_page_says_when_the_plan_was_reached() {
    let mut bed = Bed::at(Stage::Dosing);
    bed.does(bed.infusion());
    bed.wait(34 * 60);
    let page = bed.page();
    assert!(!part(&page, "infusion").unwrap().contains("reached"));
    for form in ["dose-pause", "dose-stop", "dose-rate"] {
        let form = self::form(&page, form);
        assert!(form.contains("data-as=\"minutes-ago\""), "{form}");
    }
    let reached = bed.now + Duration::from_mins(1);
    bed.wait(16 * 60);
    let page = bed.page();
    let infusion = part(&page, "infusion").unwrap();
    let at = bed.shown(Lang::English).time(reached);
    let words = format!("The planned amount was reached at {at}, 15 min ago: log when it stopped.");
    assert!(infusion.contains(&words), "{infusion}");
    let stop = CareAction::Dose(DoseEntry {
        at: bed.now,
        dose: Dose::Stop,
        again: None,
    });
    let asked = bed.tries(&stop).unwrap_err();
    let words = "that makes 50 mg of 35 mg planned: if it ended earlier, say how many minutes ago";
    assert_eq!(asked, CareRefusal::Asked(vec![words.into()]));
    bed.does(CareAction::Dose(DoseEntry {
        at: reached,
        dose: Dose::Stop,
        again: None,
    }));
    let page = bed.page();
    let given = part(&page, "given").unwrap();
    assert!(given.contains("ketamine, into the vein 35 mg"), "{given}");
}

#[test]
fn what_is_due_can_be_rated_and_what_comes_is_told() {
    let mut bed = Bed::at(Stage::Dosing);
    bed.wait(240);
    let page = bed.page();
    let due = part(&page, "due-moaas").unwrap();
    assert!(due.starts_with("MOAA/S overdue, for 4 min"), "{due}");
    assert!(
        due.contains("5 answers readily to the name in a normal voice"),
        "{due}"
    );
    assert!(forms(&page).contains(&"check-look"));
    let at = bed.now;
    bed.does(CareAction::Score(ScoreEntry {
        at,
        id: ScoreId::Moaas,
        items: vec![Some(2)],
        variant: None,
    }));
    let page = bed.page();
    assert_eq!(part(&page, "due-moaas"), None);
    assert!(forms(&page).contains(&"check-call_prescriber"));
    assert!(part(&page, "ahead").unwrap().contains("Next: MOAA/S"));
    assert!(
        part(&page, "ratings")
            .unwrap()
            .contains("MOAA/S 2 of 0 to 5 0 min ago")
    );
}

#[test]
fn the_checklist_says_of_each_line_how_it_stands_and_never_that_it_is_safe_to_go_home() {
    let mut bed = Bed::at(Stage::Recovery);
    let page = bed.page();
    let list = part(&page, "discharge").unwrap();
    assert!(list.starts_with("Not ready to leave, because"), "{list}");
    assert!(
        list.contains("missing Escort is here: not answered since the dose required: yes"),
        "{list}"
    );
    assert!(
        part(&page, "steps")
            .unwrap()
            .contains("Needs what is not met above")
    );
    bed.leaves();
    let page = bed.page();
    let list = part(&page, "discharge").unwrap();
    assert!(list.starts_with("The clinic's criteria are met"), "{list}");
    assert!(!part(&page, "steps").unwrap().contains("Needs"));
    let safe = page
        .to_lowercase()
        .replace("it never says that it is safe to go home", "");
    assert!(!safe.contains("safe"), "but in the sentence that says so");
}

#[test]
fn a_session_that_is_over_can_be_corrected_and_printed_and_the_next_one_planned() {
    let mut bed = Bed::at(Stage::Discharged);
    let page = bed.page();
    assert!(page.contains(&format!("/api/v1/sessions/{NAMED}/report.pdf")));
    assert!(forms(&page).contains(&"schedule"));
    assert_eq!(steps(&page), Vec::<&str>::new());
    let dose = bed
        .care
        .ended()
        .unwrap()
        .in_force()
        .doses()
        .next()
        .unwrap()
        .0;
    let withdraw = format!("withdraw-{dose}");
    assert!(forms(&page).contains(&&*withdraw));
    bed.does(CareAction::Amend {
        entry: dose,
        amendment: Amendment::Withdrawn,
    });
    let page = bed.page();
    assert!(!forms(&page).contains(&&*withdraw), "it is withdrawn");
    assert!(
        part(&page, "log")
            .unwrap()
            .contains(&format!("entry {dose} corrected: withdrawn"))
    );
}

#[test]
fn what_people_write_never_becomes_a_part_of_the_page() {
    let mut bed = Bed::new(HOSTILE);
    bed.staff[1].name = HOSTILE.to_owned();
    bed.does(schedule("M. K."));
    bed.does(CareAction::Step {
        to: Stage::Screening,
    });
    let note = Some(text(HOSTILE));
    bed.does(CareAction::Screen {
        item: text("fasted"),
        answer: ItemAnswer {
            said: Said::Yes,
            note: note.clone(),
        },
    });
    let event = CareEvent {
        at: bed.now,
        kind: EventKind::Note,
        note,
    };
    bed.does(CareAction::Event(event));
    let shown = bed.shown(Lang::English);
    let shown = Shown {
        bed_name: HOSTILE,
        ..shown
    };
    let page = page::page(&shown);
    assert!(!page.contains("<img"), "{page}");
    // The words of the protocol, of the staff, of two notes and of the bed: all of them are there.
    assert!(page.matches("&lt;img src=x onerror=").count() >= 5);
}

#[test]
fn a_patient_has_a_name_on_the_page_only_where_the_clinic_has_names() {
    let named = || CareAction::Schedule {
        patient: Patient::new(Some("M. K."), None).unwrap(),
        name: PatientName::said(Some("Zsófia <b>Várkonyi")).unwrap(),
        protocol: text("iv-ketamine"),
    };
    let mut bed = Bed::new("Ketamine, 0.5 mg/kg in 40 min");
    assert!(!bed.page().contains("name=\"name\""));
    bed.does(named());
    assert!(!bed.page().contains("Várkonyi"), "switched off again");

    bed.names = true;
    let page = bed.page();
    assert!(page.contains("name=\"name\""), "{page}");
    let planned = part(&page, "planned").unwrap();
    assert!(
        planned.starts_with("Planned here Zsófia &lt;b&gt;Várkonyi · M. K."),
        "{planned}"
    );
    bed.does(CareAction::Step {
        to: Stage::Screening,
    });
    let page = bed.page();
    assert!(part(&page, "top").unwrap().contains("Várkonyi · M. K."));
    // Who sees the window's title, or reads the log over a shoulder, does not see it.
    assert_eq!(page.matches("Várkonyi").count(), 1, "{page}");
}

#[test]
fn nothing_of_a_predicted_concentration_is_on_the_page_unless_the_clinic_wants_it() {
    for stage in [Stage::Baseline, Stage::Dosing, Stage::Peak, Stage::Recovery] {
        let page = Bed::at(stage).page();
        assert!(!page.to_lowercase().contains("predict"), "{stage:?}");
    }
    let mut bed = Bed::at(Stage::Baseline);
    bed.predicts = true;
    assert!(
        !bed.page().contains("id=\"predicted\""),
        "nothing is given yet"
    );

    let mut bed = Bed::at(Stage::Dosing);
    bed.predicts = true;
    assert!(
        part(&bed.page(), "predicted")
            .unwrap()
            .ends_with("nothing was given")
    );
    bed.does(bed.push(35));
    let page = bed.page();
    let words = part(&page, "predicted").unwrap();
    for said in ["Worked out", "not measured", "nothing is to be dosed by it"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    let picture = format!("src=\"/api/v1/sessions/{NAMED}/prediction.svg?lang=en&amp;");
    assert!(page.contains(&picture), "{page}");
    // It is asked for anew each minute, and when a dose was entered or corrected.
    let address = |page: &str| page.split_once("prediction.svg").unwrap().1[..40].to_owned();
    bed.wait(61);
    assert_ne!(address(&bed.page()), address(&page));
    let before = address(&bed.page());
    bed.does(bed.push(10));
    assert_ne!(address(&bed.page()), before);
}

#[test]
fn the_page_is_german_where_it_is_asked_for_in_each_stage() {
    for stage in [
        Stage::Screening,
        Stage::Baseline,
        Stage::Dosing,
        Stage::Recovery,
        Stage::Discharged,
    ] {
        let bed = Bed::at(stage);
        let page = page::page(&bed.shown(Lang::German));
        assert!(page.starts_with("<!doctype html>\n<html lang=\"de\">"));
        for english in [
            "Measured",
            "Next step",
            "Not ready",
            "Given so far",
            "not answered",
            "required:",
            "Log<",
            " ago",
        ] {
            assert!(!page.contains(english), "{stage:?}: {english}");
        }
    }
}

#[test]
fn while_a_session_without_a_protocol_is_open_the_page_says_so_and_plans_none_beside_it() {
    let planned = || {
        let mut bed = Bed::new("Ketamine, 0.5 mg/kg in 40 min");
        bed.does(schedule("M. K."));
        bed
    };
    let here = format!("here-{NAMED}");
    let page = planned().page();
    assert!(forms(&page).contains(&"schedule") && forms(&page).contains(&&*here));

    for mut bed in [planned(), Bed::at(Stage::Discharged)] {
        let patient = Patient::new(Some("A. L."), Some("77")).unwrap();
        bed.without_protocol = Some((patient, bed.now));
        let since = bed.shown(Lang::English).time(bed.now);
        let page = bed.page();
        let top = part(&page, "top").unwrap();
        assert_eq!(
            top,
            format!(
                "Room 1 A session without a protocol is open (A. L. 77, since {since}). It is led \
                 on the page of the bed: end it there to plan one by a protocol."
            ),
            "and nothing of the patient before"
        );
        assert_eq!(part(&page, "log"), None, "which is another patient's");
        for form in ["schedule", &here] {
            assert!(!forms(&page).contains(&form), "{form}");
        }
        let german = page::page(&bed.shown(Lang::German));
        assert!(
            part(&german, "top")
                .unwrap()
                .contains("ohne Protokoll ist offen (A. L. 77, seit")
        );
    }
}

#[test]
fn a_page_that_the_browser_knows_is_not_sent_again_and_the_time_always_is() {
    let mut bed = Bed::at(Stage::Screening);
    let first = of_session(&bed.shown(Lang::English), &HeaderMap::new());
    assert_eq!(first.status(), StatusCode::OK);
    let policy = first.headers()[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
    let mut known = HeaderMap::new();
    known.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
    bed.now = bed.now + Duration::from_secs(1);
    let again = of_session(&bed.shown(Lang::English), &known);
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()["chairside-now"], "1970-01-02T03:46:51.000Z");
    bed.does(screen("fasted", Said::Unknown));
    let changed = of_session(&bed.shown(Lang::English), &known);
    assert_eq!(changed.status(), StatusCode::OK);
}
