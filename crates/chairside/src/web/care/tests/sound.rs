//! The gate's line about the sound, from the day-start check that a person signs.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use chairside_store::{CheckItem, DayCheck, Recorder};
use serde_json::json;

use super::Clinic;
use crate::clock::Clock;
use crate::web::checks;

impl Clinic {
    async fn signs(&self, low: bool) {
        let signature = json!({"by": "mn", "station": "desk",
            "heard": {"tone_high": true, "tone_medium": true, "tone_low": low}});
        let signature = serde_json::from_value(signature).unwrap();
        let answer = checks::sign(State(self.web.clone()), Ok(Json(signature))).await;
        assert_eq!(answer.status().as_u16(), 200);
    }

    /// Lets a patient come, so that there is a gate.
    async fn screens(&self) {
        let session = self.schedule().await;
        let step = json!({"action": "step", "to": "screening"});
        self.does("mn", &session, step).await;
    }

    async fn sound(&self) -> String {
        let told = self.look().await;
        let lines = told["open"]["gate"]["lines"].as_array().unwrap();
        let line = lines.iter().find(|line| line["item"] == "sound").unwrap();
        line["standing"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn the_sound_is_heard_today_when_a_signed_check_says_so_also_after_a_restart() {
    let clinic = Clinic::open();
    clinic.screens().await;
    assert_eq!(clinic.sound().await, "not_met");
    clinic.signs(false).await;
    assert_eq!(clinic.sound().await, "not_met", "one tone was not heard");
    clinic.signs(true).await;
    assert_eq!(clinic.sound().await, "met");

    let folder = clinic.close().await;
    let clinic = Clinic::open_in(folder, Clock::start());
    clinic.screens().await;
    assert_eq!(clinic.sound().await, "met");
    clinic.signs(false).await;
    assert_eq!(clinic.sound().await, "not_met", "it was heard, and is not");
    clinic.close().await;
}

#[tokio::test]
async fn what_was_heard_yesterday_was_not_heard_today() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::start();
    let (recorder, _) = Recorder::open(super::record(folder.path(), clock)).unwrap();
    let heard = |tone: &str| CheckItem {
        item: tone.to_owned(),
        device: None,
        passed: Some(true),
        found: None,
        age_ms: None,
    };
    let check = DayCheck {
        at: clock.now().saturating_sub(Duration::from_hours(26)),
        by: "mn".to_owned(),
        station: "desk".to_owned(),
        note: None,
        complete: true,
        items: ["tone_high", "tone_medium", "tone_low"].map(heard).into(),
    };
    recorder.commit_check(check, |result| result.unwrap());
    recorder.close();
    let clinic = Clinic::open_in(folder, clock);
    clinic.screens().await;
    assert_eq!(clinic.sound().await, "not_met");
    clinic.close().await;
}
