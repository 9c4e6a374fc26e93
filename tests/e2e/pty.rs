//! Every protocol, live through pseudo-terminals to the socket.

use std::collections::BTreeSet;

use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use serde_json::Value;

use crate::{AT_ONCE, SOON};

/// A device, its patient, and what must come of them: a curve by its name, a number with its value.
struct Row {
    bed: &'static str,
    driver: &'static str,
    story: fn() -> Story,
    gives: &'static [&'static str],
}

const ROWS: &[Row] = &[
    Row {
        bed: "1",
        driver: "ge-v100",
        story: || Story::well().cuff(2, 128.0, 76.0),
        gives: &[
            "SpO2=97",
            "PulseRate=72",
            "NibpSystolic=128",
            "NibpDiastolic=76",
        ],
    },
    Row {
        bed: "2",
        driver: "nonin",
        story: Story::well,
        gives: &["SpO2=97", "PulseRate=72", "Pleth"],
    },
    Row {
        bed: "3",
        driver: "capnostream20",
        story: Story::well,
        gives: &["SpO2=97", "EtCO2=38", "RespirationRate=14", "Co2"],
    },
    Row {
        bed: "contec-cms50",
        driver: "contec-cms50",
        story: Story::well,
        gives: &["SpO2=97", "PulseRate=72", "PerfusionIndex=4", "Pleth"],
    },
    Row {
        bed: "ge-dri",
        driver: "ge-dri",
        story: || Story::well().cuff(4, 128.0, 76.0),
        gives: &[
            "HeartRate=72",
            "SpO2=97",
            "EtCO2=38",
            "EffortRate=14",
            "NibpSystolic=128",
            "EcgII",
            "Pleth",
            "Co2",
            "Resp",
        ],
    },
    Row {
        bed: "ivy-450c",
        driver: "ivy-450c",
        story: || Story::well().cuff(2, 128.0, 76.0).cuff(6, 130.0, 78.0),
        gives: &[
            "HeartRate=72",
            "SpO2=97",
            "EffortRate=14",
            "NibpSystolic=130",
            "EcgII",
            "Pleth",
            "Resp",
        ],
    },
    Row {
        bed: "masimo",
        driver: "masimo",
        story: Story::well,
        gives: &["SpO2=97", "PulseRate=72", "PerfusionIndex=4"],
    },
    Row {
        bed: "nellcor",
        driver: "nellcor",
        story: Story::well,
        gives: &["SpO2=97", "PulseRate=72"],
    },
    Row {
        bed: "hl7",
        driver: "hl7",
        story: || Story::well().cuff(2, 124.0, 78.0),
        gives: &[
            "HeartRate=72",
            "PulseRate=72",
            "SpO2=97",
            "RespirationRate=14",
            "EtCO2=38",
            "Temperature=36.8",
            "NibpSystolic=124",
            "NibpDiastolic=78",
        ],
    },
    Row {
        bed: "ndjson",
        driver: "ndjson",
        story: || Story::well().cuff(2, 128.0, 76.0),
        gives: &[
            "HeartRate=72",
            "SpO2=97",
            "NibpSystolic=128",
            "NibpDiastolic=76",
        ],
    },
    Row {
        bed: "philips-mib",
        driver: "philips-mib",
        story: || Story::well().cuff(2, 128.0, 76.0),
        gives: &[
            "HeartRate=72",
            "PulseRate=72",
            "SpO2=97",
            "RespirationRate=14",
            "EffortRate=14",
            "EtCO2=38",
            "NibpSystolic=128",
            "NibpDiastolic=76",
            "Pleth",
            "EcgII",
            "Co2",
            "Resp",
        ],
    },
    Row {
        bed: "suntech",
        driver: "suntech",
        // What is there when the line opens is not told.
        story: || Story::well().cuff(5, 128.0, 76.0),
        gives: &["NibpSystolic=128", "NibpDiastolic=76", "NibpMean=93"],
    },
    Row {
        bed: "berry",
        driver: "berry",
        story: Story::well,
        gives: &["SpO2=97", "PulseRate=72", "Pleth"],
    },
    Row {
        bed: "bci",
        driver: "bci",
        story: Story::well,
        gives: &["SpO2=97", "PulseRate=72", "Pleth"],
    },
];

#[tokio::test]
async fn every_protocol_comes_through_to_a_client() {
    let planned: Vec<_> = ROWS
        .iter()
        .map(|row| device(row.bed, row.driver, (row.story)()))
        .collect();
    let clinic = Clinic::open(&planned).await;
    let mut client = clinic.client().await;

    assert_eq!(client.hello["protocol"], 1);
    assert!(
        client.hello["epoch"]
            .as_str()
            .is_some_and(|epoch| !epoch.is_empty())
    );
    let beds = client.snapshot["beds"].as_array().unwrap();
    let named: Vec<&Value> = beds.iter().map(|bed| &bed["bed"]).collect();
    let planned: Vec<_> = ROWS.iter().map(|row| row.bed).collect();
    assert_eq!(named, planned);

    let mut awaited: BTreeSet<(&str, &str)> = ROWS
        .iter()
        .flat_map(|row| row.gives.iter().map(|given| (row.bed, *given)))
        .collect();
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
        assert!(
            values.iter().any(|value| value["value"].is_number()),
            "{bed}"
        );
    }
    let page = http::get(clinic.address(), "/api/v1/beds").await;
    assert_eq!(page.json()["beds"].as_array().unwrap().len(), ROWS.len());
    assert_eq!(http::get(clinic.address(), "/readyz").await.status, 200);

    client
        .until(AT_ONCE, "a heartbeat", |message| {
            message["type"] == "heartbeat"
        })
        .await;
    clinic.close().await.log.assert_clean_but_for(&[]);
}
