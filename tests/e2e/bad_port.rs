//! A port that does not exist is a technical alarm at its bed, and everything else runs.

use chairside_e2e::clinic::{Clinic, Planned, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;

use crate::SOON;

#[tokio::test]
async fn a_port_that_does_not_exist_is_an_alarm_at_its_bed_and_nowhere_else() {
    let missing = Planned {
        bed: "1",
        driver: "nonin",
        patient: None,
    };
    let clinic = Clinic::open(&[missing, device("2", "nonin", Story::well())]).await;
    let mut client = clinic.client().await;
    let device = &client.snapshot["beds"][0]["devices"][0];
    assert_eq!(device["link"], "disconnected");

    client
        .until(SOON, "a value of the other bed", |message| {
            message["type"] == "observation" && message["bed"] == "2" && message["value"] == 97
        })
        .await;
    let alarm = client
        .alarm(SOON, "1", "DEVICE_LINK_LOST", |alarm| {
            alarm["present"] == true
        })
        .await;
    assert_eq!(alarm["kind"], "technical");
    let ready = http::get(clinic.address(), "/readyz").await;
    assert_eq!(ready.status, 503);
    assert!(ready.body.contains("1-nonin"), "{}", ready.body);
    assert!(!ready.body.contains("2-nonin"), "{}", ready.body);

    let elsewhere = client.messages.iter().any(|message| {
        message["type"] == "alarms"
            && message["bed"] == "2"
            && message["active"]
                .as_array()
                .is_some_and(|active| !active.is_empty())
    });
    assert!(!elsewhere, "the other bed has no alarm");
    let log = clinic.close().await.log;
    log.assert_clean_but_for(&["Port cannot be opened"]);
    assert_eq!(
        log.lines().len(),
        1,
        "said once, not at each attempt: {:?}",
        log.lines()
    );
}
