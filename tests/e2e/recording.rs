//! What a client saw is in the record, which is opened when the service has stopped.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{Clinic, device};
use chairside_e2e::story::Story;
use chairside_store::{Fact, OperatorFact, Reader, Row, Run};
use chrono::DateTime;
use serde_json::Value;

use crate::SOON;

#[tokio::test]
async fn what_a_client_saw_is_in_the_record() {
    let clinic = Clinic::open(&[
        device("1", "ge-v100", Story::well().cuff(3, 204.0, 118.0)),
        device("2", "nonin", Story::well().probe_off(4)),
        device("3", "capnostream20", Story::well()),
    ])
    .await;
    let mut client = clinic.client().await;
    let alarm = client
        .alarm(SOON, "1", "NIBP_VERY_HIGH", |alarm| alarm["signal"] == "on")
        .await;
    let occurrence = alarm["occurrence"].as_str().unwrap().to_owned();
    let answer = client.acknowledge("1", &occurrence, "mn").await;
    assert_eq!(answer["ok"], true, "{answer}");
    client
        .alarm(SOON, "2", "SPO2_PROBE_OFF", |alarm| {
            alarm["present"] == true
        })
        .await;
    client.follow(Duration::from_secs(2)).await;
    let closed = clinic.close().await;

    let kept = Kept::read(&closed.data());
    let mut compared = 0;
    for message in &client.messages {
        compared += usize::from(kept.has(message));
    }
    assert!(compared > 100, "{compared} messages were compared");
    kept.has_all_samples(&client, "2", "Pleth");
    kept.has_all_samples(&client, "3", "Co2");
    let operator = kept.rows.iter().any(|row| {
        matches!(&row.fact, Fact::Operator(OperatorFact { by, occurrence: of, .. })
            if by == "mn" && of.to_string() == occurrence)
    });
    assert!(operator, "the acknowledgement has its person");
    closed.log.assert_clean_but_for(&[]);
}

/// The only run of a record.
struct Kept {
    run: Run,
    rows: Vec<Row<'static>>,
    /// Facts in the words of the live feed.
    words: BTreeSet<String>,
}

impl Kept {
    fn read(data: &Path) -> Self {
        let reader = Reader::open(data).unwrap();
        assert_eq!(reader.check().unwrap(), Vec::<String>::new());
        let [run] = <[Run; 1]>::try_from(reader.runs().unwrap()).unwrap();
        assert_eq!(reader.gaps(&run).unwrap(), []);
        let rows = reader.records(&run).unwrap();
        for (number, row) in (1..).zip(&rows) {
            assert_eq!(row.number, number, "a record is missing");
        }
        let mut kept = Self {
            run,
            rows,
            words: BTreeSet::new(),
        };
        kept.words = kept
            .rows
            .iter()
            .flat_map(|row| kept.words_of(row))
            .collect();
        kept
    }

    /// Tells whether the record was asked for the message; fails when it does not have it.
    fn has(&self, message: &Value) -> bool {
        let words = words_of(message);
        for words in &words {
            assert!(self.words.contains(words), "not in the record: {words}");
        }
        !words.is_empty()
    }

    fn words_of(&self, row: &Row<'_>) -> Vec<String> {
        let bed = row.bed.as_deref().unwrap_or_default();
        match &row.fact {
            Fact::Numeric {
                source,
                metric,
                validity,
                value,
                taken,
                ..
            } => {
                let (device, at_ms) = (&source.device, self.wall_ms(taken.since_start()));
                vec![format!(
                    "{bed} {device} {metric} {validity} {value:?} at {at_ms}"
                )]
            }
            Fact::Cuff {
                source,
                systolic,
                diastolic,
                mean,
                taken: Some(taken),
                ..
            } => {
                let (device, at_ms) = (&source.device, self.wall_ms(taken.since_start()));
                [
                    ("NibpSystolic", systolic),
                    ("NibpDiastolic", diastolic),
                    ("NibpMean", mean),
                ]
                .map(|(metric, value)| {
                    format!("{bed} {device} {metric} valid {value:?} at {at_ms}")
                })
                .to_vec()
            }
            Fact::Alarm {
                id,
                occurrence,
                present,
                signal,
                evidence,
                ..
            } => vec![format!(
                "{bed} {id} {occurrence} {present} {signal} {evidence}"
            )],
            Fact::Link { device, state } => vec![format!("{bed} {device} {state}")],
            _ => Vec::new(),
        }
    }

    fn wall_ms(&self, since_start: Duration) -> i64 {
        let since_ns = i64::try_from(since_start.as_nanos()).unwrap();
        (self.run.clock_zero_ns + since_ns).div_euclid(1_000_000)
    }

    /// Asserts that the samples a client saw are a piece of those that were kept.
    fn has_all_samples(&self, client: &Client, bed: &str, curve: &str) {
        let mut kept = Vec::new();
        for row in self
            .rows
            .iter()
            .filter(|row| row.bed.as_deref() == Some(bed))
        {
            if let Fact::Waveform {
                metric,
                scale,
                samples,
                ..
            } = &row.fact
                && metric == curve
            {
                kept.extend(samples.iter().map(|count| f64::from(*count) * scale));
            }
        }
        let of_curve = |message: &&Value| {
            message["type"] == "waveform" && message["bed"] == bed && message["metric"] == curve
        };
        let messages = client.messages.iter().filter(of_curve);
        let seen: Vec<f64> = messages
            .flat_map(|message| message["samples"].as_array().unwrap())
            .map(|sample| sample.as_f64().unwrap())
            .collect();
        assert!(
            seen.len() > 50,
            "{} samples of {curve} were seen",
            seen.len()
        );
        let same = |piece: &[f64]| {
            let mut pairs = piece.iter().zip(&seen);
            pairs.all(|(kept, seen)| (kept - seen).abs() < 0.01)
        };
        let found = kept.windows(seen.len()).any(same);
        assert!(found, "{} of {curve} seen, {} kept", seen.len(), kept.len());
    }
}

/// Returns what a message of the live feed says, in the same words.
fn words_of(message: &Value) -> Vec<String> {
    let text = |name: &str| message[name].as_str().unwrap().to_owned();
    match message["type"].as_str().unwrap() {
        "observation" => {
            let at = DateTime::parse_from_rfc3339(&text("at")).unwrap();
            vec![format!(
                "{} {} {} {} {:?} at {}",
                text("bed"),
                text("device"),
                text("metric"),
                text("validity"),
                message["value"].as_f64(),
                at.timestamp_millis(),
            )]
        }
        "alarms" => {
            let active = message["active"].as_array().unwrap();
            let words = active.iter().map(|alarm| {
                let word = |name: &str| alarm[name].as_str().unwrap().to_owned();
                format!(
                    "{} {} {} {} {} {}",
                    text("bed"),
                    word("id"),
                    word("occurrence"),
                    alarm["present"],
                    word("signal"),
                    word("evidence"),
                )
            });
            words.collect()
        }
        "link" => vec![format!(
            "{} {} {}",
            text("bed"),
            text("device"),
            text("state")
        )],
        _ => Vec::new(),
    }
}
