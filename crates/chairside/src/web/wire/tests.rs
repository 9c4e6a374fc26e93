use super::*;

fn at() -> Time {
    Time(DateTime::from_timestamp(1_700_000_000, 123_456_789).unwrap())
}

#[test]
fn an_observation_reads_as_the_contract_has_it() {
    let message = ServerMessage::Observation(Observation {
        bed: "1".into(),
        device: "1/nonin".into(),
        metric: "SpO2",
        value: Some(97.0),
        unit: "%",
        validity: "valid",
        reason: None,
        at: at(),
        expires_in_ms: 10_000,
    });
    let json = serde_json::to_string(&Numbered {
        message: &message,
        seq: 7,
    })
    .unwrap();
    assert_eq!(
        json,
        r#"{"type":"observation","bed":"1","device":"1/nonin","metric":"SpO2","value":97,"unit":"%","validity":"valid","at":"2023-11-14T22:13:20.123Z","expires_in_ms":10000,"seq":7}"#
    );
}

#[test]
fn a_missing_value_has_a_reason_and_no_number() {
    let message = ServerMessage::Observation(Observation {
        bed: "1".into(),
        device: "1/nonin".into(),
        metric: "SpO2",
        value: None,
        unit: "%",
        validity: "unavailable",
        reason: Some("SensorOff"),
        at: at(),
        expires_in_ms: 10_000,
    });
    let json = serde_json::to_value(&message).unwrap();
    assert_eq!(json.get("value"), None);
    assert_eq!(json["reason"], "SensorOff");
}

#[test]
fn samples_keep_their_fractions_and_only_those() {
    let message = ServerMessage::Waveform(Waveform {
        bed: "1".into(),
        device: "d".into(),
        metric: "Co2",
        at: at(),
        period_us: 50_000,
        samples: vec![0.0, 38.5],
    });
    assert_eq!(
        serde_json::to_value(&message).unwrap()["samples"].to_string(),
        "[0,38.5]"
    );
}
