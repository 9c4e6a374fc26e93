//! A program of the clinic's own follows the beds by Debian's MQTT broker; without mosquitto these
//! tests say a word and end.

use chairside_channel_peers::Mosquitto;
use chairside_e2e::clinic::{Calls, Clinic, device};
use serde_json::{Value, json};

use crate::SOON;
use crate::ladder::crisis;

const BED: &str = "v1/test/1/alarm";
const HEALTH: &str = "v1/test/node/health";

pub(crate) fn told_by(broker: &Mosquitto) -> Calls {
    let (host, port) = (Mosquitto::HOST, broker.port());
    Calls {
        channels: format!(
            "[mqtt]\nhost = {host:?}\nport = {port}\ntls = false\nunprotected_hosts = [{host:?}]\n"
        ),
        ..Calls::default()
    }
}

fn has(id: &str) -> impl Fn(&Value) -> bool {
    move |bed| {
        let active = bed["active"].as_array();
        active.is_some_and(|active| active.iter().any(|alarm| alarm["id"] == id))
    }
}

#[tokio::test]
async fn a_program_hears_of_each_alarm_and_number_by_the_broker_and_of_our_end() {
    let Some(broker) = Mosquitto::start(None, Mosquitto::OPEN).await else {
        return;
    };
    let mut program = broker.subscribe("program");
    let planned = [device("1", "ge-v100", crisis())];
    let clinic = Clinic::open_calling(&planned, &told_by(&broker)).await;
    let mut client = clinic.client().await;
    let alarm = client.alarm(SOON, "1", "NIBP_VERY_HIGH", |_| true).await;

    let (_, bed) = program.until(BED, has("NIBP_VERY_HIGH")).await;
    let told = bed["active"].as_array().unwrap();
    let told = told
        .iter()
        .find(|told| told["id"] == "NIBP_VERY_HIGH")
        .unwrap();
    for field in [
        "occurrence",
        "priority",
        "kind",
        "present",
        "since",
        "evidence",
    ] {
        assert_eq!(told[field], alarm[field], "{field} as the live feed has it");
    }
    // Numbers come as they are measured.
    let pulse = |json: &Value| {
        let mut all = json["observations"].as_array().unwrap().iter();
        all.any(|one| one["metric"] == "PulseRate" && one["validity"] == "valid")
    };
    program.until("v1/test/1/obs", pulse).await;

    // A program that comes late gets the standing alarms, and is told that we are there.
    let mut late = broker.subscribe("late");
    let (kept, bed) = late.next(BED).await;
    assert!(kept && has("NIBP_VERY_HIGH")(&bed), "{bed}");
    let mut last = broker.subscribe("last");
    assert_eq!(last.next(HEALTH).await.1["state"], "online");

    let occurrence = alarm["occurrence"].as_str().unwrap();
    client.acknowledge("1", occurrence, "mn").await;
    let acknowledged = |bed: &Value| {
        let active = bed["active"].as_array().unwrap().iter();
        let mut of_it = active.filter(|alarm| alarm["id"] == "NIBP_VERY_HIGH");
        of_it.any(|alarm| alarm["signal"] == "acknowledged")
    };
    program.until(BED, acknowledged).await;
    clinic.close().await.log.assert_clean_but_for(&[]);
    let (_, health) = program
        .until(HEALTH, |health| health["state"] != "online")
        .await;
    assert_eq!(health["state"], json!("offline"));
}
