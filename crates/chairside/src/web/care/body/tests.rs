use std::collections::BTreeSet;

use chairside_care::Stage;
use chairside_store::{action_name, write_action};
use serde_json::json;

use super::*;

/// Each kind of action that people can do, with all of its keys.
fn every_action() -> Vec<Value> {
    let doses = [
        json!({"dose": "bolus", "drug": "esketamine", "route": "intranasal", "amount_mg": 28.0,
            "concentration_mg_per_ml": 140.0, "again": 28.0}),
        json!({"dose": "start", "drug": "ketamine", "rate_mg_per_min": 0.875,
            "concentration_mg_per_ml": 1.0, "planned_mg": 35.0}),
        json!({"dose": "rate", "rate_mg_per_min": 0.5}),
        json!({"dose": "pause"}),
        json!({"dose": "resume"}),
        json!({"dose": "stop"}),
    ];
    let score = json!({"score": "cadss6", "items": [0, 1, null, 2, 0, 4]});
    let event = json!({"event": "drug_given", "note": "ondansetron 4 mg"});
    let with = |action: &str, keys: &Value| {
        let mut keys = keys.clone();
        keys["action"] = json!(action);
        keys
    };
    let amend = |kind: &str, keys: &Value| {
        let mut keys = with("amend", keys);
        keys["entry"] = json!(7);
        keys["amendment"] = json!(kind);
        keys
    };
    let mut actions = vec![
        json!({"action": "schedule", "protocol": "iv-ketamine", "initials": "MK", "number": "1"}),
        json!({"action": "screen", "item": "oxygen", "answer": "unknown", "note": "asked"}),
        json!({"action": "weigh", "weight_kg": 70.5}),
        json!({"action": "take_baseline"}),
        json!({"action": "check", "check": "iv_site"}),
        json!({"action": "discharge", "item": "escort", "answer": "yes", "note": "sister"}),
        amend("withdrawn", &json!({})),
        with("score", &score),
        amend("score", &score),
        with("event", &event),
        amend("event", &event),
    ];
    let steps = Stage::ALL.map(|to| json!({"action": "step", "to": to.name()}));
    actions.extend(steps);
    actions.extend(doses.iter().map(|dose| with("dose", dose)));
    actions.extend(doses.iter().map(|dose| amend("dose", dose)));
    actions
}

#[test]
fn each_action_that_is_sent_is_read_as_the_record_writes_it() {
    let clock = Clock::start();
    let at = MonoTime::from_secs(86_400);
    let mut words = BTreeSet::new();
    for sent in every_action() {
        let mut with_time = sent.clone();
        with_time["at"] = json!(clock.wall(at).to_rfc3339());
        let read = |action: &Value| action_of(&json!({ "action": action }), &clock);
        // It happened when it says, or it is none that says when.
        let action = match read(&with_time) {
            Ok(action) => {
                assert_eq!(happened(&action), Some(at), "{sent}");
                action
            }
            Err(refused) => {
                assert_eq!(refused, "at: this action has no such field", "{sent}");
                read(&sent).unwrap()
            }
        };
        words.insert(action_name(&action));
        assert_eq!(Value::from(write_action(&action)), sent);
        let mut misspelt = sent.clone();
        misspelt["protocl"] = json!("x");
        assert!(
            read(&misspelt)
                .unwrap_err()
                .contains("did you mean protocol?")
        );
    }
    assert_eq!(words.len(), 11, "{words:?}");
}

fn action_of(body: &Value, clock: &Clock) -> Result<CareAction, String> {
    let read = action(body.as_object().unwrap(), clock);
    read.map_err(|refused| refused.why)
}
