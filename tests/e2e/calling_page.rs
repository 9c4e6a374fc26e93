//! The page about calling people: who is on duty, how each way is, and tests sent from it (issue 6).

use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::http::{self, Answer};
use chairside_e2e::receiver::{Manner, Receiver};
use chairside_e2e::story::Story;

use crate::AT_ONCE;
use crate::answers::{answered_calls, paths, press};

/// Sends a form as a browser does that has the page open.
async fn send(clinic: &Clinic, path: &str, origin: &str, form: &str) -> Answer {
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    http::ask(clinic.address(), &request).await
}

fn leads_to(answer: &Answer) -> String {
    let headers = answer.headers.to_ascii_lowercase();
    let to = headers
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    to.unwrap_or_else(|| panic!("{answer:?}")).trim().to_owned()
}

#[tokio::test]
async fn a_test_from_the_page_is_waited_for_until_the_person_has_received_it() {
    let mut phones = Receiver::open(Manner::Take).await;
    let gateway = Receiver::open(Manner::Refuse(500)).await;
    let planned = [device("1", "nonin", Story::well())];
    let clinic = Clinic::open_calling(&planned, &answered_calls(&phones, &gateway)).await;
    let own = "http://localhost";

    let page = http::get(clinic.address(), "/calling").await;
    assert_eq!(page.status, 200, "{page:?}");
    let headers = page.headers.to_ascii_lowercase();
    // Without it a browser would not say that the form is the page's own.
    assert!(
        headers.contains("referrer-policy: same-origin"),
        "{headers}"
    );
    assert!(!headers.contains("refresh:"), "{headers}");
    assert!(page.body.contains("value=\"mn/phones\"") && !page.body.contains("<script"));

    // Nobody tests without a name, and nobody from a foreign page.
    let nameless = send(&clinic, "/calling/test", own, "by=&way=mn/phones").await;
    assert_eq!(nameless.status, 400, "{nameless:?}");
    let foreign = send(&clinic, "/calling/test", "null", "by=ak&way=mn/phones").await;
    assert_eq!(foreign.status, 403, "{foreign:?}");
    let nobody = send(&clinic, "/calling/test", own, "by=ak&way=mn/pigeons").await;
    assert_eq!(nobody.status, 404, "{nobody:?}");
    assert!(phones.requests().is_empty(), "nothing was sent");

    let sent = send(&clinic, "/calling/test", own, "by=ak&way=mn%2Fphones").await;
    assert_eq!(sent.status, 303, "{sent:?}");
    let waiting = leads_to(&sent);
    let message = phones.until(1, AT_ONCE).await.remove(0);
    let page = http::get(clinic.address(), &waiting).await;
    assert!(
        page.headers.to_ascii_lowercase().contains("refresh: 5"),
        "{page:?}"
    );
    assert!(page.body.contains("Waiting for this person"), "{page:?}");

    // Only whose test it was says at a screen that it came.
    let (_, key) = waiting.split_once("test=").unwrap();
    let form = |by: &str| format!("by={by}&received={key}&way=");
    let other = send(&clinic, "/calling/received", own, &form("ak")).await;
    assert_eq!(other.status, 404, "{other:?}");
    assert_eq!(press(&clinic, &paths(&message).1[0]).await.status, 200);
    let page = http::get(clinic.address(), &waiting).await;
    assert!(!page.headers.to_ascii_lowercase().contains("refresh:"));
    assert!(page.body.contains("phones: received"), "{page:?}");
    let again = send(&clinic, "/calling/received", own, &form("mn")).await;
    assert_eq!(again.status, 303, "at a screen too: {again:?}");

    // A channel that does not take it says why, and since when it fails.
    let failed = send(&clinic, "/calling/test", own, "by=ak&way=ak/sms").await;
    assert_eq!(failed.status, 502, "{failed:?}");
    assert!(failed.body.contains("FAILING since"), "{failed:?}");
    clinic
        .close()
        .await
        .log
        .assert_clean_but_for(&["not taken"]);
}
