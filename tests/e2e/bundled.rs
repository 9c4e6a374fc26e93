//! A page takes several messages in one frame: it is told the same as everybody, in fewer frames.

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::story::Story;
use serde_json::Value;

use crate::SOON;

#[tokio::test]
async fn a_page_is_told_what_everybody_is_told_in_fewer_frames() {
    let clinic = Clinic::open(&[
        device("1", "nonin", Story::well()),
        device("2", "capnostream20", Story::well()),
        device("3", "nonin", Story::well()),
        device("4", "capnostream20", Story::well()),
    ])
    .await;
    let mut other = clinic.client().await;
    let mut page = Client::connect_bundled(clinic.address()).await;
    let last = |message: &Value| message["type"] == "heartbeat";
    for _ in 0..4 {
        page.until(SOON, "a heartbeat", last).await;
    }
    let newest = page.messages.last().expect("there was a heartbeat")["seq"].clone();
    other
        .until(SOON, "the same message", |message| message["seq"] == newest)
        .await;

    // Each client has checked that no number is missing or comes twice.
    let first = &page.messages[0]["seq"];
    let told = other.messages.iter();
    let told: Vec<&Value> = told.skip_while(|one| one["seq"] != *first).collect();
    assert_eq!(told, page.messages.iter().collect::<Vec<_>>());
    let (messages, frames) = (page.messages.len(), page.frames);
    assert!(
        frames * 2 < messages,
        "{messages} messages, {frames} frames"
    );
    assert!(
        other.frames >= messages,
        "{messages} messages, {} frames",
        other.frames
    );

    let answer = page.acknowledge("1", "1/7", "mn").await;
    assert_eq!(answer["ok"], false, "an answer comes as well: {answer}");
}
