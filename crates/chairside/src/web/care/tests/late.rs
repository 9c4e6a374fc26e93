//! A request that comes so long after its press that nobody takes that for now. The clock of the
//! service is moved on; no test waits.

use std::time::Duration;

use serde_json::{Value, json};

use super::Clinic;
use crate::web::Web;

/// Longer than a press is believed.
const LATE: Duration = Duration::from_secs(151);

impl Clinic {
    /// Posts after so much more time.
    async fn post_after(&self, by: Duration, body: &Value) -> (u16, Value) {
        let later = Web {
            clock: self.web.clock.ahead(by),
            ..self.web.clone()
        };
        let (status, result) = later.treat("1", body.as_object().unwrap()).await;
        (status.as_u16(), json!(result))
    }

    /// A dose that a tablet sends, pressed now.
    fn dose(&self, session: &str, request: &str) -> Value {
        let clock = &self.web.clock;
        json!({"by": "mn", "session": session, "request": request,
            "pressed": clock.wall(clock.now()).to_rfc3339(),
            "action": {"action": "dose", "dose": "bolus", "drug": "ketamine",
                "route": "intravenous", "amount_mg": 35}})
    }

    /// Leads a session up to its dose.
    pub(super) async fn is_dosing(&self) -> String {
        let session = self.schedule().await;
        let step = |to: &str| json!({"action": "step", "to": to});
        let weigh = json!({"action": "weigh", "weight_kg": 70});
        for (by, action) in [
            ("mn", step("screening")),
            ("mn", weigh),
            ("mn", step("baseline")),
            ("ak", step("ready")),
            ("mn", step("dosing")),
        ] {
            self.does(by, &session, action).await;
        }
        session
    }

    /// What is on record of the open session, and how much was given in it.
    async fn log(&self) -> (Value, Value) {
        let told = self.look().await;
        let open = &told["open"];
        (open["log"].clone(), open["doses"]["totals"].clone())
    }
}

#[tokio::test]
async fn a_dose_that_was_done_is_answered_as_repeated_however_late_it_comes_again() {
    let clinic = Clinic::open();
    let session = clinic.is_dosing().await;
    let dose = clinic.dose(&session, "tablet-7");
    let (status, first) = clinic.post(dose.clone()).await;
    assert_eq!(
        (status, first["ok"].as_bool(), &first["repeated"]),
        (200, Some(true), &Value::Null),
        "{first}"
    );
    let before = clinic.log().await;
    for late in [LATE, LATE * 100] {
        let (status, again) = clinic.post_after(late, &dose).await;
        assert_eq!(
            (status, &again["ok"], &again["repeated"]),
            (200, &json!(true), &json!(true)),
            "{late:?}: {again}"
        );
        assert_eq!(again["entry"], first["entry"], "{late:?}");
        assert_eq!(again["refusal"], Value::Null, "{late:?}");
    }
    assert_eq!(clinic.log().await, before, "it was given once");
    clinic.close().await;
}

#[tokio::test]
async fn a_dose_that_was_not_done_and_comes_late_is_refused_as_doubtful_and_not_given() {
    let clinic = Clinic::open();
    let session = clinic.is_dosing().await;
    let done = clinic.dose(&session, "tablet-7");
    assert_eq!(clinic.post(done.clone()).await.0, 200);
    let before = clinic.log().await;

    let other = clinic.dose(&session, "tablet-8");
    let (unnamed, mut changed) = (clinic.dose(&session, ""), done);
    // Another amount by the name of one that was done is another request.
    changed["action"]["amount_mg"] = json!(30);
    for body in [other, unnamed, changed] {
        let (status, refused) = clinic.post_after(LATE, &body).await;
        assert_eq!(
            (status, &refused["ok"], &refused["refusal"]),
            (409, &json!(false), &json!("pressed")),
            "{refused}"
        );
        let error = refused["error"].as_str().unwrap();
        assert!(
            error.starts_with("it was pressed 2 min ago: press again"),
            "{error}"
        );
    }
    assert_eq!(clinic.log().await, before, "nothing was given");
    clinic.close().await;
}
