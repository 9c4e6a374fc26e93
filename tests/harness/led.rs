//! Somebody who leads a treatment session at bed 1 over HTTP.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::http;

/// Where a session is led.
const CARE: &str = "/api/v1/beds/1/care";

/// Somebody who leads a session, from one tablet.
#[derive(Debug)]
pub struct Led {
    /// Where the service answers.
    pub address: SocketAddr,
    /// The session, by its name.
    pub session: String,
}

impl Led {
    /// Plans a session by the clinic's protocol for ketamine into a vein.
    pub async fn plan(address: SocketAddr) -> Self {
        let plan = json!({"by": "mn", "request": "1", "action": {"action": "schedule",
            "protocol": "iv-ketamine", "initials": "MK", "number": "1042"}});
        let planned = http::post(address, CARE, "", &plan).await.json();
        let session = planned["session"].as_str();
        Self {
            address,
            session: session.expect("it is planned").to_owned(),
        }
    }

    /// The same, and leads it into the dose: a clinician passes over what is not met.
    pub async fn dosing(address: SocketAddr) -> Self {
        let led = Self::plan(address).await;
        led.steps("mn", "screening").await;
        led.does("mn", json!({"action": "weigh", "weight_kg": 70}))
            .await;
        led.steps("mn", "baseline").await;
        led.steps("ak", "ready").await;
        led.steps("mn", "dosing").await;
        led
    }

    /// Wants something done, and returns the status and the answer.
    pub async fn post(&self, by: &str, action: Value) -> (u16, Value) {
        self.request(by, "", action).await
    }

    /// The same as a request that has a name.
    pub async fn request(&self, by: &str, request: &str, action: Value) -> (u16, Value) {
        let body = json!({"by": by, "session": self.session, "station": "tablet",
            "reason": "for a test", "pass_over": by == "ak", "request": request,
            "action": action});
        let answer = http::post(self.address, CARE, "", &body).await;
        (answer.status, answer.json())
    }

    /// Does something that is done, and returns the number of its entry.
    pub async fn does(&self, by: &str, action: Value) -> u64 {
        let (status, answer) = self.post(by, action.clone()).await;
        assert_eq!(status, 200, "{action}: {answer}");
        answer["entry"].as_u64().expect("it has a number")
    }

    /// Goes into a stage.
    pub async fn steps(&self, by: &str, to: &str) {
        self.does(by, json!({"action": "step", "to": to})).await;
    }

    /// Looks at the bed's sessions as they stand.
    pub async fn look(&self) -> Value {
        http::get(self.address, CARE).await.json()
    }
}
