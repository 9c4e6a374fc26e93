//! Three protocols, live through pseudo-terminals to the socket.

use std::collections::BTreeSet;

use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use serde_json::Value;

use crate::{AT_ONCE, SOON};

#[tokio::test]
async fn every_protocol_comes_through_to_a_client() {
    let clinic = Clinic::open(&[
        device("1", "ge-v100", Story::well().cuff(2, 128.0, 76.0)),
        device("2", "nonin", Story::well()),
        device("3", "capnostream20", Story::well()),
    ])
    .await;
    let mut client = clinic.client().await;

    assert_eq!(client.hello["protocol"], 1);
    assert!(
        client.hello["epoch"]
            .as_str()
            .is_some_and(|epoch| !epoch.is_empty())
    );
    let beds = client.snapshot["beds"].as_array().unwrap();
    let named: Vec<&Value> = beds.iter().map(|bed| &bed["bed"]).collect();
    assert_eq!(named, ["1", "2", "3"]);

    let mut awaited: BTreeSet<(&str, &str)> = BTreeSet::from([
        ("1", "SpO2=97"),
        ("1", "PulseRate=72"),
        ("1", "NibpSystolic=128"),
        ("1", "NibpDiastolic=76"),
        ("2", "SpO2=97"),
        ("2", "PulseRate=72"),
        ("2", "Pleth"),
        ("3", "SpO2=97"),
        ("3", "EtCO2=38"),
        ("3", "RespirationRate=14"),
        ("3", "Co2"),
    ]);
    // The numbers of the messages are checked as they come.
    client
        .until(SOON, "every value of every device", |message| {
            let said = match message["type"].as_str() {
                Some("observation") if message["validity"] == "valid" => {
                    format!(
                        "{}={}",
                        message["metric"].as_str().unwrap(),
                        message["value"]
                    )
                }
                Some("waveform") => message["metric"].as_str().unwrap().to_owned(),
                _ => return false,
            };
            awaited.retain(|(bed, wanted)| message["bed"] != *bed || said != *wanted);
            awaited.is_empty()
        })
        .await;

    // Whoever comes later has the same values at once.
    let late = clinic.client().await;
    let beds = late.snapshot["beds"].as_array().unwrap();
    for bed in beds {
        assert!(
            bed["devices"][0]["link"] == "connected",
            "{}",
            bed["devices"]
        );
        let values = bed["observations"].as_array().unwrap();
        assert!(values.iter().any(|value| value["value"] == 97), "{bed}");
    }
    let page = http::get(clinic.address(), "/api/v1/beds").await;
    assert_eq!(page.json()["beds"].as_array().unwrap().len(), 3);
    assert_eq!(http::get(clinic.address(), "/readyz").await.status, 200);

    client
        .until(AT_ONCE, "a heartbeat", |message| {
            message["type"] == "heartbeat"
        })
        .await;
    clinic.close().await.log.assert_clean_but_for(&[]);
}
