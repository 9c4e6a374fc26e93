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
    match read.map_err(|refused| refused.why)? {
        (action, None) => Ok(action),
        (_, Some(doubt)) => Err(doubt.why),
    }
}

/// A rating whose press is `seconds` after now, and what is read of it.
fn pressed_after(seconds: i64, clock: &Clock, more: &Value) -> Result<CareAction, String> {
    let pressed = clock.wall(clock.now()) + chrono::TimeDelta::seconds(seconds);
    let mut action = json!({"action": "score", "score": "moaas", "items": [5]});
    let more = more.as_object().unwrap().clone();
    action.as_object_mut().unwrap().extend(more);
    action_of(
        &json!({"pressed": pressed.to_rfc3339(), "action": action}),
        clock,
    )
}

#[test]
fn what_says_no_time_happened_when_it_was_pressed_first() {
    let clock = Clock::start();
    let before = clock.now();
    for ago in [0, 1, 40, 149] {
        let read = pressed_after(-ago, &clock, &json!({})).unwrap();
        let happened = happened(&read).unwrap();
        let ago = Duration::from_secs(ago.unsigned_abs());
        let off = (happened + ago).saturating_since(before);
        assert!(off < Duration::from_secs(1), "{ago:?}: {off:?}");
        assert!(happened + ago >= before, "{ago:?}");
    }
    let said = clock.wall(MonoTime::from_secs(86_400)).to_rfc3339();
    let read = pressed_after(-40, &clock, &json!({"at": said})).unwrap();
    let expected = Some(MonoTime::from_secs(86_400));
    assert_eq!(
        happened(&read),
        expected,
        "who says when it was is believed"
    );
}

#[test]
fn a_press_of_long_ago_or_of_later_is_asked_about_and_one_that_is_no_time_is_refused() {
    let clock = Clock::start();
    let later = pressed_after(5, &clock, &json!({})).unwrap_err();
    assert!(later.contains("has not been pressed yet"), "{later}");
    let long_ago = pressed_after(-7 * 60, &clock, &json!({})).unwrap_err();
    assert!(
        long_ago.starts_with("it was pressed 7 min ago: press again"),
        "{long_ago}"
    );
    for said in [later, long_ago] {
        assert_ne!(crate::web::treatment::Lang::German.said(&said), said);
    }
    let body = json!({"pressed": "at noon", "action": {"action": "take_baseline"}});
    let wrong = action_of(&body, &clock).unwrap_err();
    assert_eq!(wrong, "pressed: \"at noon\" is no time of RFC 3339");
    // A step is of now, whenever it was pressed.
    let step = json!({"action": "step", "to": "peak"});
    let body = json!({"pressed": "2026-01-05T12:00:00Z", "action": step});
    assert!(action_of(&body, &clock).is_ok());
}

#[test]
fn where_hours_pass_in_minutes_nothing_is_made_of_when_it_was_pressed() {
    let clock = Clock::start_at_pace(60);
    let before = clock.now();
    let read = pressed_after(-3600, &clock, &json!({})).unwrap();
    assert!(happened(&read).unwrap() >= before);
}
