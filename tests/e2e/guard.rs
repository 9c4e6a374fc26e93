//! Who may talk to a service that has no accounts yet.

use std::net::SocketAddr;

use chairside::app::{App, Exposure, StartError};
use chairside::clock::Clock;
use chairside::config::Config;
use chairside_e2e::client::refusal;
use chairside_e2e::clinic::{self, Clinic, device};
use chairside_e2e::http;
use chairside_e2e::story::Story;
use serde_json::json;

#[tokio::test]
async fn a_page_of_another_origin_is_refused_before_the_upgrade() {
    let clinic = Clinic::open(&[device("1", "nonin", Story::well())]).await;
    let address = clinic.address();
    let own = format!("http://{address}");
    assert_eq!(refusal(address, &[("origin", &own)]).await, None);
    assert_eq!(
        refusal(address, &[]).await,
        None,
        "a program sends no origin"
    );

    for foreign in [
        "http://evil.example",
        "null",
        "https://localhost",
        "http://localhost.evil",
    ] {
        assert_eq!(
            refusal(address, &[("origin", foreign)]).await,
            Some(403),
            "{foreign}"
        );
    }
    let name = format!("evil.example:{}", address.port());
    let rebound = format!("http://{name}");
    let headers = [("host", name.as_str()), ("origin", rebound.as_str())];
    assert_eq!(
        refusal(address, &headers).await,
        Some(403),
        "a name that points here"
    );

    let path = "/api/v1/beds/1/alarms/1/acknowledge";
    let headers = "Origin: http://evil.example\r\n";
    let refused = http::post(address, path, headers, &json!({ "by": "mn" })).await;
    assert_eq!(refused.status, 403);
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_the_page() {
    let clinic = Clinic::open(&[device("1", "nonin", Story::well())]).await;
    for path in ["/", "/healthz", "/api/v1/beds", "/nowhere"] {
        let headers = http::get(clinic.address(), path)
            .await
            .headers
            .to_lowercase();
        for needed in [
            "content-security-policy: default-src 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cross-origin-opener-policy: same-origin",
        ] {
            assert!(headers.contains(needed), "{path}: {needed}\n{headers}");
        }
    }
    clinic.close().await.log.assert_clean_but_for(&[]);
}

#[tokio::test]
async fn an_address_that_others_can_reach_is_refused_unless_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = clinic::write_config(folder.path(), &[device("1", "nonin", Story::well())]);
    let mut config = Config::load(&file).unwrap();
    config.service.listen = "0.0.0.0:0".parse().unwrap();

    let refused = App::start(&config, Clock::start(), Exposure::LoopbackOnly).await;
    let why = refused.unwrap_err();
    assert!(matches!(why, StartError::Unprotected(_)), "{why}");
    assert!(why.to_string().contains("--allow-unprotected"), "{why}");

    config.service.names = vec!["chairside.clinic.lan".to_owned()];
    let asked_for = App::start(&config, Clock::start(), Exposure::Unprotected).await;
    let app = asked_for.unwrap();
    for (name, status) in [
        ("chairside.clinic.lan", 200),
        ("10.1.2.3:8080", 200),
        ("evil.example", 403),
    ] {
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");
        let here = SocketAddr::from(([127, 0, 0, 1], app.address().port()));
        assert_eq!(http::ask(here, &request).await.status, status, "{name}");
    }
    app.stop().await;
}
