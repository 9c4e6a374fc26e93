use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use chairside_care::{
    Blocks, CuffPlan, DischargePlan, DoseBounds, Drug, Expected, GatePlan, PromptPlan, PromptRule,
    Protocol, ProtocolParts, Route, ScoreId, ScreeningItem, Stage, Text, weight_default,
};
use chairside_model::{BedId, MonoTime, Value as Number};
use chairside_station::{BedPlan, Station, StationOutput};
use chairside_store::{Recorder, StorePlan};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::config::{Config, profile};
use crate::notify::Notify;
use crate::service::{Cared, Command, Service, Sound};
use crate::training::Patients;
use crate::web::hub::{Hub, Next};
use crate::web::view::{BedInfo, View};
use crate::web::{Guard, Ports, Questions, Reach, Web, wire};

use super::told;

mod asked;
mod late;
mod sound;

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

/// Half a milligram for each kilogram into a vein, with one question and one item of the kit.
fn protocol() -> Protocol {
    let item = |name, blocks_on, kit| ScreeningItem {
        name: text(name),
        label: text(name),
        blocks_on: Some(blocks_on),
        kit,
    };
    let expected = |least, plan, most| Expected {
        least: Number::whole(least),
        plan: Some(Number::whole(plan)),
        most: Number::whole(most),
    };
    let parts = ProtocolParts {
        name: text("iv-ketamine"),
        title: text("Ketamine, 0.5 mg/kg in 40 min"),
        drug: Some(Drug::Ketamine),
        route: Some(Route::Intravenous),
        cuff: CuffPlan::default(),
        limits: BTreeMap::new(),
        screening: vec![
            item("aneurysm", Blocks::Yes, false),
            item("oxygen", Blocks::No, true),
        ],
        gate: GatePlan::default(),
        doses: vec![DoseBounds {
            drug: Drug::Ketamine,
            route: Route::Intravenous,
            amount: Some(expected(5, 35, 100)),
            per_kg: None,
            rate: None,
            concentration: Some(expected(1, 10, 50)),
            session_max: None,
            session_max_per_kg: None,
        }],
        prompts: PromptPlan {
            rules: vec![PromptRule {
                check: chairside_care::Check::Score(ScoreId::Moaas),
                stages: vec![Stage::Dosing],
                first: std::time::Duration::ZERO,
                every: None,
            }],
            grace: std::time::Duration::from_mins(3),
        },
        discharge: DischargePlan::default(),
        weight: weight_default(),
    };
    Protocol::new(parts).unwrap()
}

const CLINIC: &str = "
    site = \"test\"
    [service]
    listen = \"127.0.0.1:0\"
    data = \"data\"
    [[staff]]
    id = \"mn\"
    name = \"M. N.\"
    role = \"nurse\"
    [[staff]]
    id = \"ak\"
    name = \"A. K.\"
    role = \"clinician\"
    [[bed]]
    id = \"1\"
    name = \"Room 1\"
    profile = \"adult-ketamine\"
    [[bed.device]]
    driver = \"nonin\"
    port = \"/dev/nothing-is-there\"
";

fn record(folder: &Path, clock: Clock) -> StorePlan {
    StorePlan {
        directory: folder.join("data"),
        site: "test".to_owned(),
        beds: BTreeMap::from([(BedId(1), "1".to_owned())]),
        devices: BTreeMap::new(),
        clock_zero: clock.zero(),
    }
}

/// A service with one bed and no port, whose clock is the real one: nothing in it waits.
struct Clinic {
    web: Web,
    loop_: JoinHandle<Recorder>,
    folder: tempfile::TempDir,
    stop: watch::Sender<bool>,
}

impl Clinic {
    fn open() -> Self {
        Self::open_in(tempfile::tempdir().unwrap(), Clock::start())
    }

    /// Opens with what an earlier run left in the folder.
    fn open_in(folder: tempfile::TempDir, clock: Clock) -> Self {
        let file = folder.path().join("clinic.toml");
        fs::write(&file, CLINIC).unwrap();
        let config = Config::load(&file).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let beds = BTreeMap::from([("1".to_owned(), BedId(1))]);
        let data = folder.path().join("data");
        let (recorder, opened) = Recorder::open(record(folder.path(), clock)).unwrap();
        let plan = BedPlan {
            devices: Vec::new(),
            profile: profile::adult_ketamine(),
            protocols: vec![protocol()],
        };
        let info = BedInfo::new("1".to_owned(), "Room 1".to_owned(), BTreeMap::new(), &plan);
        let station = Station::new([(BedId(1), plan)].into(), clock.now()).unwrap();
        let notify = Notify::new(&config, &beds, opened.epoch.clone(), clock).unwrap();
        let person = |id: &str, role: &str| wire::Person {
            id: id.to_owned(),
            name: id.to_owned(),
            role: role.to_owned(),
        };
        let staff = vec![person("mn", "nurse"), person("ak", "clinician")];
        let view = View::new(clock.zero(), [(BedId(1), info)].into());
        let hub = Arc::new(Hub::new(
            opened.epoch,
            "test".to_owned(),
            staff,
            clock,
            view,
        ));
        let (commands, wanted) = mpsc::channel(8);
        let (_events, ports) = mpsc::channel(8);
        let (stop, stopping) = watch::channel(false);
        let web = Web::new(
            Arc::clone(&hub),
            commands,
            clock,
            Guard::new(Reach::Loopback, &[]),
            Questions::to(data),
            (
                Ports::new(BTreeMap::new()),
                notify.watched().clone(),
                notify.answers().clone(),
            ),
            stopping,
        );
        let service = Service {
            station,
            sound: Sound::of(&recorder),
            recorder,
            hub,
            clock,
            ports,
            commands: wanted,
            transmit: BTreeMap::new(),
            notify,
            patients: Patients::default(),
            cared: Cared::default(),
            out: StationOutput::default(),
        };
        Self {
            web,
            loop_: tokio::spawn(service.run()),
            folder,
            stop,
        }
    }

    async fn post(&self, body: Value) -> (u16, Value) {
        let (status, result) = self.web.treat("1", body.as_object().unwrap()).await;
        (status.as_u16(), json!(result))
    }

    /// Does something that is done.
    async fn does(&self, by: &str, session: &str, action: Value) -> u64 {
        let body = json!({"by": by, "session": session, "action": action, "reason": "for a test",
            "pass_over": by == "ak"});
        let (status, answer) = self.post(body).await;
        assert_eq!((status, &answer["ok"]), (200, &json!(true)), "{answer}");
        answer["entry"].as_u64().unwrap()
    }

    async fn schedule(&self) -> String {
        let action = json!({"action": "schedule", "protocol": "iv-ketamine", "initials": "MK",
            "number": "1042"});
        let (status, answer) = self.post(json!({"by": "mn", "action": action})).await;
        assert_eq!((status, &answer["entry"]), (200, &json!(1)), "{answer}");
        answer["session"].as_str().unwrap().to_owned()
    }

    async fn look(&self) -> Value {
        let care = self.web.care(BedId(1)).await.unwrap();
        told::sessions("1", &care, false, &self.web.clock)
    }

    /// Returns what the live feed told of sessions up to now.
    fn live(&self) -> Vec<Value> {
        let mut told = Vec::new();
        // The feed keeps one second: what is asked is what came within it.
        let (mut seq, now) = (0, MonoTime::ZERO);
        loop {
            let Next::Messages(texts) = self.web.hub.next(now, &mut seq) else {
                panic!("the test took longer than the feed keeps");
            };
            if texts.is_empty() {
                return told;
            }
            let texts = texts.iter().map(|text| serde_json::from_str(text).unwrap());
            told.extend(texts.filter(|message: &Value| message["type"] == "care"));
        }
    }

    /// Returns the bed as a snapshot has it.
    fn bed(&self) -> Value {
        json!(self.web.hub.snapshot(self.web.clock.now()).0.beds[0])
    }

    async fn close(self) -> tempfile::TempDir {
        self.web.commands.send(Command::Stop).await.unwrap();
        self.loop_.await.unwrap().close();
        let _ = self.stop.send(true);
        self.folder
    }
}

#[tokio::test]
async fn a_session_is_led_from_its_plan_to_its_end_and_told_as_it_stands() {
    let clinic = Clinic::open();
    let session = clinic.schedule().await;
    let told = clinic.look().await;
    assert_eq!(clinic.bed()["care"], Value::Null);
    assert_eq!(told["open"], Value::Null);
    assert_eq!(told["scheduled"][0]["session"], json!(session));
    assert_eq!(told["scheduled"][0]["gate"], Value::Null);

    let step = |to: &str| json!({"action": "step", "to": to});
    clinic.does("mn", &session, step("screening")).await;
    clinic
        .does("mn", &session, json!({"action": "weigh", "weight_kg": 70}))
        .await;
    let answer = json!({"action": "screen", "item": "aneurysm", "answer": "no"});
    clinic.does("mn", &session, answer).await;
    clinic.does("mn", &session, step("baseline")).await;
    clinic.does("ak", &session, step("ready")).await;
    clinic.does("mn", &session, step("dosing")).await;
    let bolus = json!({"action": "dose", "dose": "bolus", "drug": "ketamine",
        "route": "intravenous", "amount_mg": 35});
    let dose = clinic.does("mn", &session, bolus.clone()).await;
    let told = clinic.look().await;
    let live = clinic.live();
    assert_eq!(
        live.last(),
        Some(
            &json!({"type": "care", "bed": "1", "session": session, "stage": "dosing",
            "entry": dose, "seq": live.last().unwrap()["seq"]})
        )
    );
    assert_eq!(live.len(), usize::try_from(dose).unwrap(), "{live:?}");
    let state = json!({"session": session, "protocol": "iv-ketamine", "stage": "dosing",
        "entry": dose});
    assert_eq!(clinic.bed()["care"], state);
    let open = &told["open"];
    assert_eq!(open["stage"], "dosing");
    assert_eq!(open["leads_to"], json!(["peak", "transferred", "aborted"]));
    assert_eq!(open["weight_kg"], 70);
    assert_eq!(open["patient"], json!({"initials": "MK", "number": "1042"}));
    assert_eq!(open["cuff_interval_s"], 600);
    assert_eq!(open["prompts"][0]["check"], "moaas");
    assert_eq!(open["prompts"][0]["state"], "due");
    let total = &open["doses"]["totals"][0];
    assert_eq!(
        (
            &total["amount_mg"],
            &total["amount_mg_per_kg"],
            &total["volume_ml"]
        ),
        (&json!(35), &json!(0.5), &Value::Null)
    );
    let lines = open["gate"]["lines"].as_array().unwrap();
    let standing = |item: &str| {
        let found = lines.iter().find(|one| one["item"] == item);
        found.unwrap()["standing"].clone()
    };
    assert_eq!(standing("aneurysm"), "met");
    assert_eq!(standing("oxygen"), "missing");
    assert!(!open["discharge"]["met"].as_bool().unwrap());

    // A correction says when, and what it corrects stays in the log.
    let happened = open["log"][usize::try_from(dose - 1).unwrap()]["happened"].clone();
    let mut correction = json!({"action": "amend", "entry": dose, "amendment": "dose", "dose": "bolus",
        "drug": "ketamine", "route": "intravenous", "amount_mg": 30});
    let body = json!({"by": "mn", "session": session, "reason": "misread", "action": correction});
    let (status, refused) = clinic.post(body).await;
    assert_eq!(
        (status, &refused["error"]),
        (400, &json!("at: it is missing"))
    );
    correction["at"] = happened.clone();
    let corrected = clinic.does("mn", &session, correction).await;
    let told = clinic.look().await;
    let log = told["open"]["log"].as_array().unwrap();
    let entry = |number: u64| log.iter().find(|one| one["entry"] == number).unwrap();
    assert_eq!(entry(dose)["corrected_by"], corrected);
    assert_eq!(entry(dose)["action"]["amount_mg"], 35.0);
    assert_eq!(entry(corrected)["happened"], happened);
    assert_eq!(told["open"]["doses"]["totals"][0]["amount_mg"], 30);

    clinic.does("mn", &session, step("peak")).await;
    clinic.does("mn", &session, step("recovery")).await;
    let rated = json!({"action": "score", "score": "moaas", "items": [5]});
    clinic.does("mn", &session, rated).await;
    clinic.does("ak", &session, step("discharged")).await;
    let told = clinic.look().await;
    assert_eq!(told["open"], Value::Null);
    assert_eq!(told["ended"]["stage"], "discharged");
    assert_eq!(clinic.bed()["care"], Value::Null);
    assert_eq!(clinic.live().last().unwrap()["stage"], "discharged");
    assert_eq!(told["ended"]["ratings"][0]["total"], 5);
    clinic.close().await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "most of them are a table")]
async fn what_is_refused_says_by_which_name_and_changes_nothing() {
    let clinic = Clinic::open();
    let session = clinic.schedule().await;
    let step = |to: &str| json!({"action": "step", "to": to});
    clinic.does("mn", &session, step("screening")).await;
    clinic.does("mn", &session, step("baseline")).await;
    let before = clinic.look().await["open"]["log"].clone();

    let by_mn = |action: Value| json!({"by": "mn", "session": session, "action": action});
    let weigh = json!({"action": "weigh", "weight_kg": 70});
    let no_session = json!({"by": "mn", "session": "00000000000000aa", "action": weigh});
    let (over, forced) = (
        json!({"by": "mn", "session": session, "action": step("ready"), "pass_over": true,
            "reason": "in a hurry"}),
        json!({"by": "ak", "session": session, "action": step("ready"), "pass_over": true,
            "reason": "  "}),
    );
    for (body, status, refusal, words) in [
        (by_mn(step("ready")), 409, "not_met", "not everything is as"),
        (over, 403, "clinician_only", "only a clinician"),
        (forced, 400, "reason_needed", "it needs a reason"),
        (
            by_mn(step("dosing")),
            409,
            "no_step",
            "only to: screening, ready",
        ),
        (no_session, 404, "no_session", "no session 00000000000000aa"),
        (
            json!({"by": "xy", "session": session, "action": weigh}),
            400,
            "nobody",
            "\"xy\"",
        ),
        (
            json!({"session": session, "action": weigh}),
            400,
            "nobody",
            "`by` is missing",
        ),
        (
            json!({"by": "mn", "action": weigh}),
            400,
            "not_understood",
            "`session` is missing",
        ),
        (
            json!({"by": "mn", "session": "7", "action": weigh}),
            400,
            "not_understood",
            "16",
        ),
        (
            json!({"by": "mn", "session": session}),
            400,
            "not_understood",
            "`action`",
        ),
        (
            by_mn(json!({"action": "weigh", "wieght_kg": 70})),
            400,
            "not_understood",
            "did you mean weight_kg?",
        ),
        (
            json!({"by": "mn", "sesion": session, "action": weigh}),
            400,
            "not_understood",
            "did you mean session?",
        ),
        (
            by_mn(json!({"action": "weigh"})),
            400,
            "not_understood",
            "weight_kg: it is missing",
        ),
        (
            by_mn(json!({"action": "wiegh"})),
            400,
            "not_understood",
            "there is no \"wiegh\"",
        ),
        (
            by_mn(json!({"action": "weigh", "weight_kg": 70, "at": "2026-01-05T12:00:00Z"})),
            400,
            "not_understood",
            "at: this action has no such field",
        ),
        (
            by_mn(json!({"action": "event", "event": "vomiting", "at": "yesterday"})),
            400,
            "not_understood",
            "no time of RFC 3339",
        ),
        (
            by_mn(json!({"action": "event", "event": "vomiting", "at": "2020-01-05T12:00:00Z"})),
            400,
            "before_session",
            "not open",
        ),
        (
            by_mn(json!({"action": "event", "event": "vomiting", "at": "2999-01-05T12:00:00Z"})),
            400,
            "future",
            "has not come yet",
        ),
        (
            by_mn(json!({"action": "weigh", "weight_kg": 700})),
            400,
            "weight",
            "no weight",
        ),
        (
            by_mn(json!({"action": "weigh", "weight_kg": 7})),
            409,
            "asked",
            "is this right?",
        ),
        (
            by_mn(json!({"action": "screen", "item": "mood", "answer": "yes"})),
            404,
            "no_item",
            "no item",
        ),
    ] {
        let (answered, answer) = clinic.post(body.clone()).await;
        let told = (answered, answer["refusal"].as_str());
        assert_eq!(told, (status, Some(refusal)), "{body}: {answer}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(words), "{body}: {error}");
        assert_eq!(answer["ok"], false);
    }
    let (_, asked) = clinic.post(by_mn(step("ready"))).await;
    let lines = asked["lines"].as_array().unwrap();
    assert!(
        lines.contains(&json!("the baseline was not taken")),
        "{lines:?}"
    );
    let body = json!({"by": "mn"});
    let nowhere = clinic.web.treat("9", body.as_object().unwrap());
    assert_eq!(nowhere.await.0.as_u16(), 404);
    assert_eq!(clinic.look().await["open"]["log"], before);
    clinic.close().await;
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_not_done_twice() {
    let clinic = Clinic::open();
    let session = clinic.schedule().await;
    let step = json!({"action": "step", "to": "screening"});
    clinic.does("mn", &session, step).await;
    let note = |request: &str, note: &str| {
        json!({"by": "mn", "session": session, "request": request,
            "action": {"action": "event", "event": "note", "note": note}})
    };
    // At the same time, and once more when the first was answered.
    let (first, second) = tokio::join!(
        clinic.post(note("tablet-7", "slept badly")),
        clinic.post(note("tablet-7", "slept badly")),
    );
    let repeats = |answer: &(u16, Value)| answer.1["repeated"] == true;
    let entered = |answers: &[&(u16, Value)]| {
        let each = answers.iter().map(|(status, answer)| {
            assert_eq!(*status, 200, "{answer}");
            answer["entry"].as_u64()
        });
        each.collect::<std::collections::BTreeSet<_>>().len()
    };
    let third = clinic.post(note("tablet-7", "slept badly")).await;
    assert_eq!(entered(&[&first, &second, &third]), 1);
    assert_eq!(
        [&first, &second, &third]
            .into_iter()
            .filter(|one| repeats(one))
            .count(),
        2,
        "the first is told from those that were not entered again"
    );
    let first = if repeats(&first) { second } else { first };
    // Another request, though it has the name of one before, and one that has no name.
    let (_, other) = clinic.post(note("tablet-7", "slept well")).await;
    let (_, unnamed) = clinic.post(note("", "slept well")).await;
    let (_, again) = clinic.post(note("", "slept well")).await;
    let entry = |answer: &Value| answer["entry"].as_u64().unwrap();
    let made = [&first.1, &other, &unnamed, &again].map(entry);
    assert_eq!(made, [3, 4, 5, 6]);
    let repeated = json!({"by": "mn", "request": "tablet-8",
        "action": {"action": "schedule", "protocol": "iv-ketamine"}});
    let planned = clinic.post(repeated.clone()).await;
    let again = clinic.post(repeated).await;
    assert_eq!((repeats(&planned), repeats(&again)), (false, true));
    assert_eq!(entered(&[&planned, &again]), 1);
    assert_eq!(
        clinic.look().await["scheduled"].as_array().unwrap().len(),
        1
    );
    clinic.close().await;
}
