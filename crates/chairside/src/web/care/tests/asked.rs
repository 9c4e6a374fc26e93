//! What is asked about a dose, and how a program answers.

use serde_json::{Value, json};

use super::Clinic;

#[tokio::test]
async fn a_question_about_a_dose_is_answered_by_the_same_request() {
    let clinic = Clinic::open();
    let session = clinic.is_dosing().await;
    // Ten times what is planned: looking again is not enough, it is typed again.
    let dose = |again: Value| {
        json!({"action": "dose", "dose": "bolus", "drug": "ketamine", "route": "intravenous",
            "amount_mg": 350, "again": again})
    };
    for (again, pass_over, ok, refusal) in [
        (Value::Null, false, false, json!("asked_again")),
        (Value::Null, true, false, json!("asked_again")),
        (json!(35), true, false, json!("dose")),
        (json!(350), true, true, Value::Null),
    ] {
        let body = json!({"by": "mn", "session": session, "pass_over": pass_over,
            "action": dose(again)});
        let (_, answer) = clinic.post(body.clone()).await;
        assert_eq!(
            (&answer["ok"], &answer["refusal"]),
            (&json!(ok), &refusal),
            "{body}: {answer}"
        );
    }
    clinic.close().await;
}

#[tokio::test]
async fn each_figure_that_is_to_be_typed_again_is_named_by_its_key() {
    let clinic = Clinic::open();
    let session = clinic.is_dosing().await;
    // A bolus and a syringe, each ten times what is expected.
    let dose = |again: Value| {
        json!({"action": "dose", "dose": "bolus", "drug": "ketamine", "route": "intravenous",
            "amount_mg": 350, "concentration_mg_per_ml": 100, "again": again})
    };
    for (again, asked) in [
        (Value::Null, json!(["amount_mg", "concentration_mg_per_ml"])),
        (json!([350]), json!(["concentration_mg_per_ml"])),
        (json!([100]), json!(["amount_mg"])),
        (json!([350, 100]), Value::Null),
    ] {
        let body = json!({"by": "mn", "session": session, "action": dose(again)});
        let (_, answer) = clinic.post(body.clone()).await;
        assert_eq!(answer["again"], asked, "{body}: {answer}");
        assert_eq!(answer["ok"], asked.is_null(), "{body}: {answer}");
    }
    clinic.close().await;
}
