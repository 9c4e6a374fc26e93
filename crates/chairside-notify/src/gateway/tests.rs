//! The gateway's channel against receivers on loopback.

use serde_json::json;

use super::*;
use crate::receiver::{Manner, Receiver, Request, call, client};

/// Sends a call once, and returns the request that came.
async fn request(body: GatewayBody, credentials: Option<GatewayCredentials>) -> Request {
    let mut receiver = Receiver::start(Manner::status(201, "")).await;
    let settings = GatewaySettings {
        url: receiver.url("http", "/2010-04-01/Accounts/AC1/Messages.json"),
        body,
        credentials,
    };
    let channel = GatewayChannel::new(&settings, client(&["127.0.0.1"])).unwrap();
    assert_eq!(channel.deliver(&call(), "+436601234567").await, Ok(()));
    receiver.request().await
}

#[tokio::test]
async fn an_sms_is_a_form_as_twilio_takes_it() {
    let credentials = GatewayCredentials::Basic {
        user: "AC1".into(),
        password: Secret::new("se:cret"),
    };
    let request = request(GatewayBody::usual("+15005550006"), Some(credentials)).await;
    assert_eq!(request.line, "POST /2010-04-01/Accounts/AC1/Messages.json");
    let kind = request.header("content-type");
    assert_eq!(kind, Some("application/x-www-form-urlencoded"));
    // `printf AC1:se:cret | base64`
    let basic = request.header("authorization");
    assert_eq!(basic, Some("Basic QUMxOnNlOmNyZXQ="));
    assert_eq!(
        request.text(),
        "To=%2B436601234567&From=%2B15005550006\
         &Body=Room+3%3A+SPO2+VERY+LOW+%28high%29+%2F+Room+1%3A+HR+HIGH+%28medium%29"
    );
}

#[tokio::test]
async fn a_sender_is_sent_as_it_is() {
    let request = request(GatewayBody::usual("{to}"), None).await;
    assert!(
        request.text().contains("&From=%7Bto%7D&"),
        "{}",
        request.text()
    );
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn json_is_filled_wherever_a_text_is() {
    let body = json!({
        "messages": [{"to": ["{to}"], "body": "{text}", "reference": "{key}"}],
        "say": "<Say>{text_xml}</Say>",
        "flash": true,
        "validity": 5,
        "none": null,
    });
    let token = GatewayCredentials::Bearer(Secret::new("token"));
    let request = request(GatewayBody::Json(body), Some(token)).await;
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("authorization"), Some("Bearer token"));
    let text = "Room 3: SPO2 VERY LOW (high) / Room 1: HR HIGH (medium)";
    let expected = json!({
        "messages": [{"to": ["+436601234567"], "body": text, "reference": "clinic-a:17:anna-1"}],
        "say": format!("<Say>{text}</Say>"),
        "flash": true,
        "validity": 5,
        "none": null,
    });
    let sent: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_text_cannot_end_the_field_that_it_is_in() {
    let mut receiver = Receiver::start(Manner::status(201, "")).await;
    let mut message = call();
    message.parts.truncate(1);
    message.parts[0].bed_name = "\"}&To=+1900\r\n\"{to}".into();
    for body in [
        GatewayBody::usual("+1"),
        GatewayBody::Json(json!({"to": "{to}", "text": "{text}"})),
    ] {
        let settings = GatewaySettings {
            url: receiver.url("http", "/"),
            body,
            credentials: None,
        };
        let channel = GatewayChannel::new(&settings, client(&["127.0.0.1"])).unwrap();
        assert_eq!(channel.deliver(&message, "+43").await, Ok(()));
        let request = receiver.request().await;
        let (to, text) = if request.text().starts_with('{') {
            let json: Value = serde_json::from_slice(&request.body).unwrap();
            let text = |name: &str| json[name].as_str().unwrap().to_owned();
            (text("to"), text("text"))
        } else {
            let fields = url::form_urlencoded::parse(&request.body);
            let fields: Vec<_> = fields.into_owned().collect();
            assert_eq!(fields.len(), 3);
            (fields[0].1.clone(), fields[2].1.clone())
        };
        assert_eq!(to, "+43");
        assert_eq!(text, message.short());
    }
}

#[tokio::test]
async fn a_key_can_be_a_header_of_the_gateways_own() {
    let credentials = GatewayCredentials::Header {
        name: "X-Api-Key".into(),
        value: Secret::new("key"),
    };
    let request = request(GatewayBody::usual("Clinic"), Some(credentials)).await;
    assert_eq!(request.header("x-api-key"), Some("key"));
}

#[tokio::test]
async fn what_is_no_number_is_not_sent_anywhere() {
    let mut receiver = Receiver::start(Manner::status(201, "")).await;
    let settings = GatewaySettings {
        url: receiver.url("http", "/"),
        body: GatewayBody::usual("Clinic"),
        credentials: None,
    };
    let channel = GatewayChannel::new(&settings, client(&["127.0.0.1"])).unwrap();
    for to in ["", "  ", "+43\r\n1", &"1".repeat(65)] {
        let failure = channel.deliver(&call(), to).await.unwrap_err();
        assert_eq!(
            failure,
            Failure::lasting("the address is no telephone number")
        );
    }
    assert_eq!(receiver.count(), (0, 0));
}

#[test]
fn settings_that_cannot_be_used_are_refused_by_their_name() {
    let http = client(&[]);
    let refused = |url: &str, body: &GatewayBody, credentials: Option<GatewayCredentials>| {
        let settings = GatewaySettings {
            url: url.into(),
            body: body.clone(),
            credentials,
        };
        let made = GatewayChannel::new(&settings, http.clone());
        made.err().map(|error| error.field)
    };
    let (url, usual) = ("https://sms.example/send", GatewayBody::usual("Clinic"));
    let basic = |user: &str| GatewayCredentials::Basic {
        user: user.into(),
        password: Secret::new("pass"),
    };
    let own = |name: &str, value: &str| GatewayCredentials::Header {
        name: name.into(),
        value: Secret::new(value),
    };
    assert_eq!(refused(url, &usual, Some(basic("user"))), None);
    assert_eq!(refused("http://sms.example/", &usual, None), Some("url"));
    assert_eq!(refused("https://[::1]/", &usual, None), Some("url"));
    for json in [
        json!({"text": "{text}"}),
        json!({"to": "{to}"}),
        json!({"to": "{to}", "text": "{message}"}),
        json!({"{to}": "{text}"}),
        json!(7),
    ] {
        let body = GatewayBody::Json(json);
        assert_eq!(refused(url, &body, None), Some("body"), "{body:?}");
    }
    let form = GatewayBody::Form(vec![("To".into(), "{to}".into())]);
    assert_eq!(refused(url, &form, None), Some("body"));
    for credentials in [
        basic(""),
        basic("a:b"),
        own("", "v"),
        own("a b", "v"),
        own("x-key", "a\nb"),
        own("x-key", ""),
        GatewayCredentials::Bearer(Secret::new("")),
        GatewayCredentials::Bearer(Secret::new("tök\u{7f}en")),
    ] {
        let field = refused(url, &usual, Some(credentials.clone()));
        assert_eq!(field, Some("credentials"), "{credentials:?}");
    }
}
