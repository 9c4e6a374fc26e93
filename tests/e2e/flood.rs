//! Twenty beds raise a hundred alarms within ten seconds, and one telephone is called for all of
//! them: the urgent ones wait for nothing that is less so, and they come as a summary (issue 6).

use std::collections::BTreeSet;
use std::time::Duration;

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Calls, Clinic, Planned, device};
use chairside_e2e::receiver::{Manner, Receiver, Request};
use chairside_e2e::story::Story;
use chairside_store::{DeliveryRow, OutboxRow, RungRow};
use serde_json::json;

use crate::ladder::kept;
use crate::{AT_ONCE, SOON};

/// Half of the beds have alarms of high priority, the others of medium priority, but for the one in
/// which help is asked for.
const BEDS: u16 = 20;

/// All alarms begin within this time.
const WITHIN: Duration = Duration::from_secs(10);

/// A person gets at most one message of each priority by a channel in this time.
const GAP: Duration = Duration::from_secs(5);

/// What the telephone's server takes to answer a message.
const SLOW: Duration = Duration::from_secs(4);

/// Both beds' pressures are judged by one reading; the other conditions must last, 5 s the worse
/// ones and 10 s the others, so that all of them begin within the same seconds.
fn patients() -> Vec<Planned> {
    let worse = Story::well()
        .spo2(0, 92.0)
        .spo2(3, 85.0)
        .rate(3, 150.0)
        .cuff(12, 195.0, 115.0);
    let lesser = Story::well()
        .spo2(0, 90.0)
        .rate(0, 130.0)
        .cuff(5, 170.0, 95.0);
    let beds = (1..=BEDS).map(|bed| {
        let story = if is_worse(bed) { &worse } else { &lesser };
        device(bed.to_string().leak(), "ge-v100", story.clone())
    });
    beds.collect()
}

const fn is_worse(bed: u16) -> bool {
    bed <= BEDS / 2
}

/// The lines that the telephone must have shown.
fn all_alarms() -> BTreeSet<String> {
    let of_bed = |bed: u16| {
        let own = if is_worse(bed) {
            [
                "NIBP VERY HIGH (high)",
                "SPO2 VERY LOW (high)",
                "HR VERY HIGH (high)",
            ]
        } else {
            [
                "NIBP HIGH (medium)",
                "SPO2 LOW (medium)",
                "HR HIGH (medium)",
            ]
        };
        let both = ["HELP WANTED (high)", "PATIENT CALL (medium)"];
        let alarms = own.into_iter().chain(both);
        alarms.map(move |alarm| format!("SIMULATED Room {bed}: {alarm}"))
    };
    (1..=BEDS).flat_map(of_bed).collect()
}

fn calls(phones: &Receiver) -> Calls {
    Calls {
        channels: format!(
            "[notify]\nlisted_hosts = [\"127.0.0.1\"]\nanswer_url = \"http://127.0.0.1:9\"\n\
             [[channel]]\nname = \"phones\"\nkind = \"ntfy\"\nurl = \"http://{}\"\n",
            phones.address()
        ),
        mn: "[[staff.contact]]\nchannel = \"phones\"\naddress = \"mn\"\n".to_owned(),
        ladders: "[[ladder]]\nname = \"standard\"\nrepeat_s = 60\n\
                  [[ladder.rung]]\nhigh_after_s = 0\nmedium_after_s = 0\ncall = [\"mn\"]\n"
            .to_owned(),
        ..Calls::default()
    }
}

fn lines(request: &Request) -> Vec<String> {
    let message = request.json();
    let text = message["message"].as_str().unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The patients and the staff of all beds call.
async fn call_everywhere(client: &mut Client) {
    for kind in ["help", "call"] {
        for bed in 1..=BEDS {
            let call = json!({ "bed": bed.to_string(), "by": "mn", "station": "desk" });
            let answer = client.act(kind, call).await;
            assert_eq!(answer["ok"], true, "{answer}");
        }
    }
}

/// Takes what comes to the telephone until it has shown every alarm.
async fn all_shown(client: &mut Client, phones: &mut Receiver) -> Vec<Request> {
    let expected = all_alarms();
    let (mut shown, mut came) = (BTreeSet::new(), Vec::new());
    while shown != expected {
        came = client
            .reading_until(phones.until(came.len() + 1, SOON))
            .await;
        shown = came.iter().flat_map(lines).collect();
        let unexpected: Vec<_> = shown.difference(&expected).collect();
        assert!(unexpected.is_empty(), "{unexpected:?}");
    }
    came
}

#[tokio::test]
async fn of_a_hundred_alarms_in_ten_seconds_a_phone_gets_a_summary_and_no_high_one_waits() {
    assert_eq!(all_alarms().len(), 100);
    let mut phones = Receiver::open(Manner::Late(SLOW)).await;
    let clinic = Clinic::open_calling(&patients(), &calls(&phones)).await;
    let mut client = clinic.client().await;
    let first = client.reading_until(phones.until(1, SOON)).await;
    assert_eq!(first[0].json()["priority"], 4, "a pressure that is high");
    call_everywhere(&mut client).await;
    let came = all_shown(&mut client, &mut phones).await;
    let closed = clinic.close().await;

    // The first that is high has not waited until the lesser one was answered, nor for its gap.
    assert_eq!(came[1].json()["priority"], 5);
    let after = came[1].at.saturating_sub(came[0].at);
    assert!(after < SLOW, "{after:?}");
    // Of each priority one at once, and then one in each gap.
    assert!(came.len() <= 5, "{} messages", came.len());
    for message in &came {
        let shown = lines(message);
        let high = shown.iter().map(|line| line.ends_with("(high)"));
        assert!(high.is_sorted_by(|one, next| one >= next), "{shown:?}");
    }

    let rows = kept(&closed);
    let rungs: Vec<&RungRow> = rows.iter().filter_map(rung).collect();
    let made: Vec<&DeliveryRow> = rows.iter().filter_map(delivery).collect();
    let (first, last) = (rungs.first().unwrap(), rungs.last().unwrap());
    let span = last.at.saturating_since(first.at);
    assert!(span <= WITHIN, "the alarms began within {span:?}");
    in_the_order_in_which_they_were_made(&came, &made);
    for rung in rungs {
        let mut with_it = made.iter().filter(|made| made.rungs.contains(&rung.rung));
        let message = with_it.next().unwrap_or_else(|| panic!("{rung:?}"));
        let waited = message.at.saturating_since(rung.at);
        assert!(waited <= GAP + AT_ONCE, "{waited:?}: {rung:?}");
        if rung.priority == "high" {
            let lesser = made.iter().filter(|made| made.priority != "high");
            let mut meanwhile = lesser.filter(|made| made.at > rung.at && made.at < message.at);
            assert_eq!(meanwhile.next(), None, "it went before {rung:?}");
        }
    }
    closed.log.assert_clean_but_for(&[]);
}

fn rung(row: &OutboxRow) -> Option<&RungRow> {
    match row {
        OutboxRow::Rung(rung) => Some(rung),
        _ => None,
    }
}

fn delivery(row: &OutboxRow) -> Option<&DeliveryRow> {
    match row {
        OutboxRow::Delivery(made) => Some(made),
        _ => None,
    }
}

/// Each came once, by its key in the address for the answer.
fn in_the_order_in_which_they_were_made(came: &[Request], made: &[&DeliveryRow]) {
    let answers = came
        .iter()
        .map(|request| request.json()["click"].to_string());
    let answers: Vec<String> = answers.collect();
    assert_eq!(answers.len(), made.len(), "{answers:?}");
    for (answer, made) in answers.iter().zip(made) {
        let path = format!("/answer/{}.", made.key);
        assert!(answer.contains(&path), "{answer}: {}", made.key);
    }
}
