//! Patients' names: refused everywhere until the clinic switches them on, and then only where
//! somebody looks at the session itself.

use std::fs;
use std::path::Path;

use chairside_channel_peers::Mosquitto;
use chairside_e2e::clinic::{Calls, Clinic, device};
use chairside_e2e::http;
use chairside_e2e::postbox::Postbox;
use chairside_e2e::receiver::Manner;
use chairside_e2e::story::Story;
use serde_json::{Value, json};

use crate::SOON;
use crate::broker::told_by;

/// A name of which no other word here has any part.
const NAME: &str = "Zsofia Varkonyi";

const CARE: &str = "/api/v1/beds/1/care";

fn plan(more: &Value) -> Value {
    let mut action = json!({"action": "schedule", "protocol": "iv-ketamine", "initials": "Z. V.",
        "number": "K-1042"});
    let (said, more) = (action.as_object_mut().unwrap(), more.as_object().unwrap());
    said.extend(more.clone());
    json!({"by": "mn", "station": "desk", "action": action})
}

/// Tells whether any file of the record has the name in it.
fn is_in_the_record(data: &Path) -> bool {
    let files = fs::read_dir(data).unwrap();
    files.into_iter().any(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        bytes
            .windows(NAME.len())
            .any(|some| some == NAME.as_bytes())
    })
}

#[tokio::test]
async fn a_name_is_refused_everywhere_until_the_clinic_switches_names_on() {
    let calls = Calls {
        clinic: "protocols = [\"iv-ketamine\"]".to_owned(),
        ..Calls::default()
    };
    let planned = [device("1", "nonin", Story::well())];
    let clinic = Clinic::open_calling(&planned, &calls).await;
    let address = clinic.address();
    let named = http::post(address, CARE, "", &plan(&json!({ "name": NAME }))).await;
    assert_eq!(named.status, 400, "{}", named.body);
    let refused = named.json();
    assert_eq!(refused["refusal"], "not_understood");
    let why = refused["error"].as_str().unwrap();
    assert!(
        why.starts_with("name: ") && why.contains("[patients]"),
        "{why}"
    );
    // Who sends an empty one does not know either.
    let empty = http::post(address, CARE, "", &plan(&json!({ "name": "" }))).await;
    assert_eq!(empty.status, 400, "{}", empty.body);

    let open = json!({"by": "mn", "initials": "Z. V.", "name": NAME});
    let opened = http::post(address, "/api/v1/beds/1/open_session", "", &open).await;
    assert_eq!(opened.status, 400, "{}", opened.body);
    assert!(opened.body.contains("name: "), "{}", opened.body);
    let mut client = clinic.client().await;
    let open = json!({"bed": "1", "by": "mn", "initials": "Z. V.", "name": NAME});
    let answer = client.act("open_session", open).await;
    assert_eq!(answer["ok"], false, "{answer}");
    assert!(
        answer["error"].as_str().unwrap().contains("name: "),
        "{answer}"
    );

    let page = http::get(address, "/beds/1/session").await.body;
    assert!(page.contains("name=\"initials\"") && !page.contains("name=\"name\""));
    let planned = http::post(address, CARE, "", &plan(&json!({}))).await;
    assert_eq!(planned.status, 200, "{}", planned.body);
    let told = http::get(address, CARE).await.json();
    assert_eq!(
        told["scheduled"][0]["patient"],
        json!({"initials": "Z. V.", "number": "K-1042"})
    );
    client.close().await;
    let closed = clinic.close().await;
    assert!(!is_in_the_record(&closed.data()));
    closed.log.assert_clean_but_for(&[]);
}

/// A clinic that has switched names on, and tells people and programs of its alarms.
fn naming(post: &Postbox, manager: &Postbox, broker: Option<&Mosquitto>) -> Calls {
    let broker = broker.map(|broker| told_by(broker).channels);
    Calls {
        clinic: "protocols = [\"iv-ketamine\"]\n[patients]\nnames = true".to_owned(),
        channels: format!(
            "[alarm_manager]\nhost = \"127.0.0.1\"\nport = {}\n\
             [[channel]]\nname = \"mail\"\nkind = \"mail\"\nhost = \"127.0.0.1\"\nport = {}\n\
             protection = \"none\"\nunprotected_hosts = [\"127.0.0.1\"]\n\
             from = \"Chairside <chairside@clinic.example>\"\n{}",
            manager.port(),
            post.port(),
            broker.unwrap_or_default(),
        ),
        mn: "[[staff.contact]]\nchannel = \"mail\"\naddress = \"mn@clinic.example\"\n".to_owned(),
        ladders: "[[ladder]]\nname = \"standard\"\nrepeat_s = 60\n\
                  [[ladder.rung]]\nhigh_after_s = 0\ncall = [\"mn\"]\n"
            .to_owned(),
        ..Calls::default()
    }
}

#[tokio::test]
async fn a_name_is_shown_with_its_session_and_goes_nowhere_else() {
    let (mut post, mut manager) = (Postbox::mail(Manner::Take).await, Postbox::mllp().await);
    let broker = Mosquitto::start(None, Mosquitto::OPEN).await;
    let mut program = broker.as_ref().map(|broker| broker.subscribe("program"));
    let calls = naming(&post, &manager, broker.as_ref());
    // A determination that ended sooner had begun before the session.
    let planned = [device("1", "ge-v100", Story::well().cuff(13, 195.0, 115.0))];
    let clinic = Clinic::open_calling(&planned, &calls).await;
    let address = clinic.address();
    let mut client = clinic.client().await;
    let named = http::post(address, CARE, "", &plan(&json!({ "name": NAME }))).await;
    let session = named.json()["session"].as_str().unwrap().to_owned();
    let here = json!({"by": "mn", "session": session,
        "action": {"action": "step", "to": "screening"}});
    let here = http::post(address, CARE, "", &here).await;
    assert_eq!(here.status, 200, "{}", here.body);
    let again = json!({"bed": "1", "by": "mn", "name": NAME});
    assert_eq!(client.act("open_session", again).await["ok"], false);

    // Inside: what the session is asked for itself.
    let told = http::get(address, CARE).await;
    let patient = json!({"initials": "Z. V.", "number": "K-1042", "name": NAME});
    assert_eq!(told.json()["open"]["patient"], patient);
    assert_eq!(told.body.matches(NAME).count(), 1, "{}", told.body);
    let page = http::get(address, "/beds/1/session").await.body;
    assert!(page.contains(NAME) && page.contains("name=\"name\""));
    let report = format!("/api/v1/sessions/{session}/report.html");
    let is_there = |report: &http::Answer| report.status == 200 && report.body.contains(NAME);
    let report = http::get(address, &report).await;
    assert!(is_there(&report), "{}", report.body);

    // Nowhere else: neither to whoever is called, nor to who follows the beds.
    client.alarm(SOON, "1", "NIBP_VERY_HIGH", |_| true).await;
    let mails = post
        .until(SOON, |mail| mail.contains("NIBP VERY HIGH"))
        .await;
    let began = |message: &str| message.contains("NIBP_VERY_HIGH") && message.contains("|start|");
    let messages = manager.until(SOON, began).await;
    let mut texts = [mails, messages].concat();
    if let Some(program) = &mut program {
        let has_alarm = |bed: &Value| bed.to_string().contains("NIBP_VERY_HIGH");
        let (_, bed) = program.until("v1/test/1/alarm", has_alarm).await;
        texts.push(bed.to_string());
    }
    let fresh = clinic.client().await;
    texts.extend([client.snapshot.to_string(), fresh.snapshot.to_string()]);
    texts.extend(client.messages.iter().map(Value::to_string));
    for path in [
        "/",
        "/metrics",
        "/api/v1/beds",
        "/api/v1/sessions",
        "/api/v1/beds/1/history",
        "/api/v1/patients/K-1042/course",
        "/api/v1/calling",
    ] {
        let answer = http::get(address, path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        texts.push(answer.body);
    }
    fresh.close().await;
    client.close().await;
    let closed = clinic.close().await;
    texts.extend(closed.log.everything());
    for text in &texts {
        for part in NAME.split(' ') {
            assert!(!text.contains(part), "{text}");
        }
    }
    assert!(is_in_the_record(&closed.data()), "it is on record");
    closed.log.assert_clean_but_for(&[]);
}
