use std::path::Path;

use chairside_alarm::{AlarmId, Occurrence, OperatorAction, Priority, SignalPresence, Transition};
use chairside_care::{
    CareAction, CareEntry, Dose, DoseEntry, Drug, ProtocolParts, ScoreEntry, ScoreId, Stage, Text,
};
use chairside_model::{
    Cuff, CuffReading, Measured, Metric, MonoTime, Observation, Patient, PatientName, Reading,
    SessionId, Value,
};
use chairside_report::html;
use chairside_station::{Entry, LinkState, Record};
use chairside_store::{GivenUp, Recorder, StorePlan};

use super::*;

const BED: BedId = BedId(1);
const OXIMETER: DeviceId = DeviceId(1);
const CUFF: DeviceId = DeviceId(2);
const SESSION: SessionId = SessionId(7);

/// A minute of the session.
fn minute(minute: u64) -> MonoTime {
    MonoTime::from_secs(3600 + 60 * minute)
}

fn zero() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

/// What was told, in order.
#[derive(Default)]
struct Told {
    records: Vec<Record>,
    entries: u32,
}

impl Told {
    fn say(&mut self, at: MonoTime, entry: Entry) {
        let sequence = self.records.len() as u64 + 1;
        self.records.push(Record {
            sequence,
            at,
            entry,
        });
    }

    fn observe(&mut self, at: MonoTime, device: DeviceId, reading: Reading) {
        let observation = Observation {
            device,
            received: at,
            reading,
        };
        self.say(
            at,
            Entry::Observed {
                bed: BED,
                observation,
            },
        );
    }

    fn spo2(&mut self, at: MonoTime, percent: i32) {
        let measured = Measured::Valid(Value::whole(percent));
        self.observe(at, OXIMETER, Reading::numeric(Metric::SpO2, measured, at));
    }

    fn pressure(&mut self, at: MonoTime, systolic: i32) {
        let reading = CuffReading {
            systolic: Some(Value::whole(systolic)),
            diastolic: Some(Value::whole(78)),
            mean: None,
            taken: at,
        };
        self.observe(at, CUFF, Reading::Cuff(Cuff::Completed(reading)));
    }

    fn care(&mut self, at: MonoTime, action: CareAction) {
        self.entries += 1;
        let entry = Box::new(CareEntry {
            session: SESSION,
            number: self.entries,
            action,
            by: "mn".into(),
            station: None,
            reason: None,
            passed_over: Vec::new(),
            request: None,
        });
        self.say(at, Entry::Care { bed: BED, entry });
    }
}

fn sprayed(at: MonoTime) -> CareAction {
    CareAction::Dose(DoseEntry {
        at,
        dose: Dose::Bolus {
            drug: Drug::Esketamine,
            route: chairside_care::Route::Intranasal,
            amount: Value::whole(56),
            concentration: None,
        },
        again: None,
    })
}

/// A session with the spray: a pressure of before it, one in it, a probe that is off for a while,
/// a dose that is corrected by nobody, a rating.
fn session() -> Vec<Record> {
    let mut told = Told::default();
    for device in [OXIMETER, CUFF] {
        let state = LinkState::Connected;
        told.say(
            minute(0),
            Entry::Link {
                bed: BED,
                device,
                state,
            },
        );
    }
    told.pressure(minute(1), 199);
    let patient = Patient::new(Some("M. K."), Some("1042")).unwrap();
    let plan = CareAction::Schedule {
        patient,
        name: PatientName::said(Some("Zsófia Várkonyi")).unwrap(),
        protocol: Text::new("esketamine-spray").unwrap(),
    };
    told.care(minute(2), plan);
    let action = OperatorAction::OpenSession(SESSION, patient);
    let by = "mn".into();
    let opens = Entry::Operator {
        bed: BED,
        action,
        by,
        station: None,
        reason: None,
    };
    told.say(minute(3), opens);
    told.say(
        minute(3),
        Entry::Session {
            bed: BED,
            open: true,
        },
    );
    told.care(
        minute(3),
        CareAction::Step {
            to: Stage::Screening,
        },
    );
    told.care(
        minute(3),
        CareAction::Weigh {
            weight: Value::whole(80),
        },
    );
    told.care(
        minute(4),
        CareAction::Step {
            to: Stage::Baseline,
        },
    );
    told.pressure(minute(5), 118);
    told.care(minute(6), sprayed(minute(6)));
    for second in 0..600 {
        let off = (200..300).contains(&second);
        let at = minute(4) + Duration::from_secs(second);
        if !off {
            told.spo2(at, 97);
        }
    }
    let rating = ScoreEntry {
        at: minute(14),
        id: ScoreId::Moaas,
        items: vec![Some(5)],
        variant: None,
    };
    told.care(minute(14), CareAction::Score(rating));
    told.say(
        minute(20),
        Entry::Session {
            bed: BED,
            open: false,
        },
    );
    told.records
}

fn write(folder: &Path, records: Vec<Record>) {
    let plan = StorePlan {
        directory: folder.to_owned(),
        site: "test".to_owned(),
        beds: BTreeMap::from([(BED, "1".to_owned())]),
        devices: devices(),
        clock_zero: zero(),
    };
    let (recorder, _) = Recorder::open(plan).unwrap();
    recorder.append(records.into());
    recorder.close();
}

fn devices() -> BTreeMap<DeviceId, String> {
    BTreeMap::from([
        (OXIMETER, "nonin-1".to_owned()),
        (CUFF, "ge-v100-1".to_owned()),
    ])
}

fn names() -> Names {
    let sources = Sources {
        devices: BTreeMap::from([
            (OXIMETER, Duration::from_secs(1)),
            (CUFF, Duration::from_secs(5)),
        ]),
        metrics: BTreeMap::from([
            (Metric::SpO2, OXIMETER),
            (Metric::NibpSystolic, CUFF),
            (Metric::NibpDiastolic, CUFF),
        ]),
    };
    let bed = BedOf {
        bed: BED,
        name: "Room 1".to_owned(),
        sources,
        devices: devices(),
    };
    Names {
        beds: BTreeMap::from([("1".to_owned(), bed)]),
        staff: BTreeMap::from([("mn".to_owned(), "Maria N.".to_owned())]),
        protocols: BTreeMap::new(),
        patients: false,
    }
}

fn shipped(name: &str) -> Protocol {
    let shipped = crate::config::protocol::built_in();
    shipped.into_iter().find(|one| one.name() == name).unwrap()
}

fn printed(names: &Names) -> String {
    printed_of(session(), names)
}

fn printed_of(records: Vec<Record>, names: &Names) -> String {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), records);
    let history = History::open(folder.path(), GivenUp::default()).unwrap();
    let now = zero() + TimeDelta::hours(8);
    let told = super::Told::read(&history, &SESSION.to_string(), names, now);
    let ahead = FixedOffset::east_opt(3600).unwrap();
    html(&told.unwrap().unwrap().document(names, ahead))
}

#[test]
fn the_report_has_what_was_given_measured_and_rated_and_by_whom() {
    let page = printed(&names());
    for words in [
        "M. K., number 1042",
        "Room 1",
        "esketamine-spray",
        "esketamine, intranasal: 56 mg",
        "56 mg, 0.7 mg/kg",
        "80 kg",
        "Maria N.",
        "118",
        "Worksheet for the REMS form",
        "____________",
        "no SpO2 for",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    // The pressure of before the session is another patient's.
    assert!(!page.contains("199"), "{page}");
}

#[test]
fn a_name_on_record_is_in_the_report_where_the_clinic_has_names_and_only_at_its_beginning() {
    assert!(!printed(&names()).contains("Várkonyi"));
    let page = printed(&names().of_patients(true));
    assert_eq!(page.matches("Zsófia Várkonyi").count(), 1, "{page}");
    assert!(page.contains("M. K., number 1042"), "{page}");
}

#[test]
fn the_flow_sheet_has_its_rows_by_the_sessions_own_protocol() {
    let at = |minutes: i64| {
        let ahead = TimeDelta::hours(1);
        let at = zero() + ahead + TimeDelta::seconds(3600 + 60 * minutes);
        at.format("%H:%M").to_string()
    };
    let rows = |cuff: CuffPlan, minutes: i64| {
        let mut names = names();
        let other = CuffPlan {
            baseline: Duration::from_mins(3),
            ..cuff
        };
        for (name, cuff) in [("esketamine-spray", cuff), ("iv-ketamine", other)] {
            let protocol = shipped(name);
            let parts = ProtocolParts {
                cuff,
                ..protocol.parts().clone()
            };
            let protocol = Protocol::new(parts).unwrap();
            names.protocols.insert(name.to_owned(), protocol);
        }
        printed(&names).matches(&at(minutes)).count()
    };
    let usual = CuffPlan::default();
    let own = CuffPlan {
        baseline: Duration::from_mins(8),
        ..usual
    };
    // The baseline begins at minute 4.
    assert_eq!(rows(own, 12), rows(usual, 12) + 1);
    assert_eq!(rows(own, 19) + 1, rows(usual, 19));
    let unknown = printed(&names()).matches(&at(19)).count();
    assert_eq!(unknown, rows(usual, 19));
}

#[test]
fn a_bed_that_is_gone_from_the_configuration_has_a_report_without_a_flow_sheet() {
    let page = printed(&Names::default());
    assert!(page.contains("esketamine, intranasal: 56 mg"), "{page}");
    assert!(!page.contains("Flow sheet"), "{page}");
}

/// A session without a protocol in which this was told.
fn opened(tell: impl FnOnce(&mut Told)) -> Vec<Record> {
    let mut told = Told::default();
    let patient = Patient::new(Some("M. K."), None).unwrap();
    let opens = Entry::Operator {
        bed: BED,
        action: OperatorAction::OpenSession(SESSION, patient),
        by: "mn".into(),
        station: None,
        reason: None,
    };
    told.say(minute(0), opens);
    let session = |open| Entry::Session { bed: BED, open };
    told.say(minute(0), session(true));
    tell(&mut told);
    told.say(minute(20), session(false));
    told.records
}

/// Returns the numbers at the scale of the chart with that title.
fn scale(page: &str, title: &str) -> Vec<i32> {
    let chart = page.split("<figure>").find(|part| part.contains(title));
    let texts = chart.unwrap().split("<text").skip(1);
    texts
        .filter_map(|text| text.split(['>', '<']).nth(1)?.parse().ok())
        .collect()
}

#[test]
fn a_saturation_that_falls_deep_for_a_moment_is_drawn_where_it_was() {
    let page = printed_of(
        opened(|told| {
            for second in 0..60 {
                let percent = if second == 31 { 55 } else { 97 };
                told.spo2(minute(2) + Duration::from_secs(second), percent);
            }
        }),
        &names(),
    );
    let numbers = scale(&page, "SpO2, %");
    assert!(numbers.contains(&50), "{numbers:?}");
    // A usual course has the usual scale.
    assert!(!scale(&printed(&names()), "SpO2, %").contains(&50));
}

#[test]
fn what_another_device_measured_is_neither_in_the_curve_nor_on_the_flow_sheet() {
    let swapped = |at: MonoTime, present: bool| {
        let transition = Transition {
            at,
            id: AlarmId::DeviceSwapped,
            occurrence: Occurrence(4),
            priority: Priority::High,
            present,
            signal: if present {
                SignalPresence::On
            } else {
                SignalPresence::Off
            },
            call: 4,
            superseded: false,
            since: at,
            mode: None,
            evidence: "another device".to_owned(),
        };
        Entry::Alarm {
            bed: BED,
            transition,
        }
    };
    let named = |device| Entry::Identity {
        bed: BED,
        device,
        text: "SN 2".into(),
    };
    let page = printed_of(
        opened(|told| {
            told.pressure(minute(2), 121);
            told.say(minute(4), named(CUFF));
            told.say(minute(4), swapped(minute(4), true));
            // The oximeter says who it is; the alarm goes on being about the cuff.
            told.say(minute(5), named(OXIMETER));
            told.say(minute(6), swapped(minute(6), true));
            told.spo2(minute(7), 88);
            told.pressure(minute(7), 231);
            told.say(minute(9), swapped(minute(9), false));
            told.pressure(minute(12), 127);
        }),
        &names(),
    );
    let numbers = scale(&page, "Blood pressure");
    assert!(!numbers.contains(&240), "{numbers:?}");
    let sheet = page.split("Flow sheet").nth(1).unwrap();
    let sheet = sheet.split("</table>").next().unwrap();
    assert!(sheet.contains("127") && !sheet.contains("231"), "{sheet}");
    assert!(!page.contains("SpO2, %, the lowest of each 10 s: nothing"));
}

#[test]
fn an_entry_says_when_it_happened_and_what_was_passed_over() {
    let page = printed_of(
        opened(|told| {
            told.care(minute(8), sprayed(minute(5)));
            let Entry::Care { entry, .. } = &mut told.records.last_mut().unwrap().entry else {
                unreachable!("it was just entered")
            };
            entry.passed_over = vec!["56 mg is more than 40 mg".into()];
        }),
        &names(),
    );
    let entries = page.split("Every entry").nth(1).unwrap();
    assert!(
        entries.contains("passed over: 56 mg is more than 40 mg"),
        "{entries}"
    );
    let time = |at| {
        let clock = Clock {
            ahead: FixedOffset::east_opt(3600).unwrap(),
        };
        clock.time(zero() + TimeDelta::from_std(MonoTime::since_start(at)).unwrap())
    };
    for at in [minute(8), minute(5)] {
        assert!(entries.contains(&time(at)), "{} in {entries}", time(at));
    }
}

#[test]
fn a_dose_that_is_corrected_after_the_end_is_corrected_on_every_sheet() {
    let mut told = Told {
        records: session(),
        entries: 0,
    };
    let entries = told
        .records
        .iter()
        .filter_map(|record| match &record.entry {
            Entry::Care { entry, .. } => Some(entry),
            _ => None,
        });
    let given: Vec<_> = entries
        .filter(|entry| matches!(entry.action, CareAction::Dose(_)))
        .map(|entry| entry.number)
        .collect();
    told.entries = u32::try_from(told.records.len()).unwrap();
    let CareAction::Dose(mut dose) = sprayed(minute(6)) else {
        unreachable!("a spray is a dose")
    };
    if let Dose::Bolus { amount, .. } = &mut dose.dose {
        *amount = Value::whole(28);
    }
    let amend = CareAction::Amend {
        entry: given[0],
        amendment: chairside_care::Amendment::Dose(dose),
    };
    told.care(minute(31), amend);
    let page = printed_of(told.records, &names());
    let part = |heading: &str| {
        page.split(heading)
            .nth(1)
            .unwrap()
            .split("<h2>")
            .next()
            .unwrap()
    };
    for heading in [
        "<h2>Doses",
        "<h2>Flow sheet",
        "<h2>Worksheet for the REMS form",
    ] {
        let part = part(heading);
        assert!(part.contains("28 mg") && !part.contains("56 mg"), "{part}");
    }
    assert!(part("<h2>Every entry").contains("56 mg (corrected since)"));
}

#[test]
fn the_checklist_stands_as_it_was_at_the_step_out_of_the_door() {
    let mut told = Told {
        records: session(),
        entries: 0,
    };
    told.entries = u32::try_from(told.records.len()).unwrap();
    let leaves = CareAction::Step {
        to: Stage::Discharged,
    };
    told.care(minute(20), leaves);
    let mut names = names();
    assert!(!printed_of(told.records.clone(), &names).contains("<h2>Discharge"));
    let protocol = shipped("esketamine-spray");
    names.protocols.insert(protocol.name().to_owned(), protocol);
    let page = printed_of(told.records, &names);
    let list = page.split("<h2>Discharge").nth(1).unwrap();
    let list = list.split("</section>").next().unwrap();
    // Dosed 14 min before, rated once, with no escort.
    assert!(
        list.contains("<b>NOT MET</b>") && list.contains("<b>MISSING</b>"),
        "{list}"
    );
    assert!(list.contains("14 min"), "{list}");
    assert!(list.contains("<b>met</b>"), "{list}");
}

#[test]
fn an_alarm_about_a_device_has_its_name_on_the_flow_sheet_and_among_the_alarms() {
    let lost = Transition {
        at: minute(6),
        id: AlarmId::DeviceLinkLost,
        occurrence: Occurrence(1),
        priority: Priority::Medium,
        present: true,
        signal: SignalPresence::On,
        call: 1,
        superseded: false,
        since: minute(6),
        mode: None,
        evidence: format!("nothing from {CUFF} for 10 s"),
    };
    let alarm = Entry::Alarm {
        bed: BED,
        transition: lost,
    };
    let page = printed_of(opened(|told| told.say(minute(6), alarm)), &names());
    for heading in ["<h2>Flow sheet", "<h2>Alarms"] {
        let part = page.split(heading).nth(1).unwrap();
        let part = part.split("</section>").next().unwrap();
        assert!(part.contains("nothing from ge-v100-1 for 10 s"), "{part}");
    }
    assert!(!page.contains(&CUFF.to_string()), "{page}");
}
