//! A test by every way to every person, and whether they say that it came.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use super::Check;
use super::address::{ask, post, reachable};
use crate::clock::Clock;
use crate::config::Config;

/// How often it is looked whether somebody has received theirs.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A test that its channel took.
#[derive(Debug)]
struct Taken {
    about: String,
    key: String,
}

/// Has the running service send a test by every contact of the configuration, waits for so long
/// for the people to say that it came, and says how it went with each.
#[must_use]
pub fn send_tests(config: &Config, wait: Duration, clock: Clock) -> Vec<Check> {
    let address = reachable(config.service.listen);
    let mut checks = Vec::new();
    let mut taken = Vec::new();
    let people = config.staff.iter().zip(&config.calling.people);
    for (person, contacts) in people {
        for contact in contacts {
            let channels = &config.calling.channels;
            let Some(plan) = channels.get(usize::from(contact.channel.0)) else {
                continue;
            };
            let about = format!("test of {} by {}", person.id, plan.name);
            match send(address, &plan.name, &person.id) {
                Ok((200, answer)) => taken.push(Taken {
                    about,
                    key: answer["key"].as_str().unwrap_or_default().to_owned(),
                }),
                Ok((status, answer)) => checks.push(not_taken(about, status, &answer)),
                Err(error) => {
                    checks.push(no_service(address, &error));
                    return checks;
                }
            }
        }
    }
    if taken.is_empty() && checks.is_empty() {
        checks.push(Check::warning(
            "tests",
            "nobody has a way but the screens",
            "give people a [[staff.contact]]",
        ));
    }
    let until = clock.now() + wait;
    let mut received = BTreeMap::new();
    loop {
        match received_ones(address) {
            Ok(known) => received = known,
            Err(error) => checks.push(no_service(address, &error)),
        }
        let all = taken.iter().all(|test| received.contains_key(&test.key));
        let broken = checks.iter().any(|check| check.about == SERVICE);
        if all || broken || until <= clock.now() {
            break;
        }
        sleep(LOOK_EVERY);
    }
    checks.extend(taken.into_iter().map(|test| {
        match received.get(&test.key) {
            Some(at) => Check::ok(test.about, format!("received at {at}")),
            None => Check::problem(
                test.about,
                format!("its channel took it, and nobody said within {} s that it came", wait.as_secs()),
                "look at the telephone; if it came, press \"Received\", or say so at a screen where \
                 the way has no answer (docs/http.md, calling people); if not, see the server of the \
                 channel",
            ),
        }
    }));
    checks
}

const SERVICE: &str = "service";

fn send(address: SocketAddr, channel: &str, person: &str) -> io::Result<(u16, Value)> {
    let path = format!("/api/v1/channels/{channel}/test");
    let body = json!({ "person": person }).to_string();
    post(address, &path, &body).map(|(status, body)| (status, read(&body)))
}

/// When each test was received that was.
fn received_ones(address: SocketAddr) -> io::Result<BTreeMap<String, String>> {
    let (_, body) = ask(address, "/api/v1/calling")?;
    let state = read(&body);
    let tests = state["tests"].as_array().cloned().unwrap_or_default();
    let received = tests.iter().filter_map(|test| {
        let (key, at) = (test["key"].as_str()?, test["received_at"].as_str()?);
        Some((key.to_owned(), at.to_owned()))
    });
    Ok(received.collect())
}

fn read(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|_plain| json!({ "error": body.trim() }))
}

fn not_taken(about: String, status: u16, answer: &Value) -> Check {
    let why = answer["error"].as_str().unwrap_or("no reason given");
    let remedy = if status == 404 {
        "start the service again, for it runs with another configuration"
    } else {
        "see docs/notifications.md, how to test a channel"
    };
    Check::problem(about, format!("not sent: {why}"), remedy)
}

fn no_service(address: SocketAddr, error: &io::Error) -> Check {
    Check::problem(
        SERVICE,
        format!("no service answers on {address}: {error}"),
        "start it, and ask again: the tests are sent by the running service",
    )
}
