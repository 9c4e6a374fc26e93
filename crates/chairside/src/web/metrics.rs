//! `GET /metrics`: the service's own health, as Prometheus reads it.

use std::fmt::Write;

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chairside_alarm::Priority;

use super::displays::Told;
use super::history::{Words, only, truth};
use super::routes::refused;
use super::view::{Answer, Histogram, Responses};
use super::{FOLLOWERS_MAX, Web, wire};
use crate::notify::{CallingState, FollowerState, UnderWay};

pub(super) async fn metrics(State(web): State<Web>, Query(words): Query<Words>) -> Response {
    let simulated = only(&words, &["simulated"]).and_then(|()| truth(&words, "simulated"));
    match simulated {
        Ok(simulated) => told(&web, simulated).into_response(),
        Err(why) => refused(&why, StatusCode::BAD_REQUEST),
    }
}

/// Tells it; how soon alarms were answered of simulated beds alone, or of all others.
fn told(web: &Web, simulated: bool) -> impl IntoResponse + use<> {
    let now = web.clock.now();
    let (snapshot, seq) = web.hub.snapshot(now);
    let mut text = String::new();
    gauge(
        &mut text,
        "chairside_uptime_seconds",
        "Time since the start.",
        |family| {
            family.value("", web.clock.uptime(now).as_secs_f64());
        },
    );
    family(
        &mut text,
        "chairside_messages_total",
        "counter",
        "Messages of the live feed.",
        |family| {
            family.value("", seq);
        },
    );
    gauge(
        &mut text,
        "chairside_live_clients",
        "Clients of the live feed.",
        |family| {
            family.value("", FOLLOWERS_MAX - web.followers.available_permits());
        },
    );
    responses(
        &mut text,
        &web.hub.with_view(|view| view.responses(simulated).clone()),
    );
    displays(&mut text, &web.hub.displays().told(now));
    calling(&mut text, &web.calling.now());
    let help = "Requests for an answer with a token that is not ours.";
    family(
        &mut text,
        "chairside_answer_tokens_unknown_total",
        "counter",
        help,
        |family| family.value("", web.answers.unknown()),
    );
    gauge(
        &mut text,
        "chairside_recorder_running",
        "1 while the record is written.",
        |family| {
            family.value("", u8::from(snapshot.recorder.running));
        },
    );
    gauge(
        &mut text,
        "chairside_device_connected",
        "1 while trusted frames arrive.",
        |family| {
            for (bed, device) in devices(&snapshot.beds) {
                let labels = labels(&[("bed", &bed.bed), ("device", &device.device)]);
                family.value(&labels, u8::from(device.link == "connected"));
            }
        },
    );
    let help = "Bytes of a line that could not be used.";
    family(
        &mut text,
        "chairside_discarded_bytes_total",
        "counter",
        help,
        |family| {
            for (bed, device) in devices(&snapshot.beds) {
                for (why, bytes) in &device.discarded {
                    let labels =
                        labels(&[("bed", &bed.bed), ("device", &device.device), ("why", why)]);
                    family.value(&labels, bytes);
                }
            }
        },
    );
    gauge(
        &mut text,
        "chairside_alarm_present",
        "1 while an alarm's condition holds.",
        |family| {
            for alarms in &snapshot.alarms {
                for alarm in &alarms.active {
                    let labels = labels(&[("bed", &alarms.bed), ("id", alarm.id)]);
                    family.value(&labels, u8::from(alarm.present));
                }
            }
        },
    );
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
}

/// How soon alarms were answered since the start.
fn responses(text: &mut String, responses: &Responses) {
    for answer in Answer::ALL {
        let (name, help) = match answer {
            Answer::Acknowledge => (
                "chairside_alarm_acknowledge_seconds",
                "From an alarm's first call to its acknowledgement, since the start.",
            ),
            Answer::Accept => (
                "chairside_alarm_accept_seconds",
                "From an alarm's first call until a person came for it, since the start.",
            ),
            Answer::Arrive => (
                "chairside_alarm_arrive_seconds",
                "From an alarm's first call until a person was at the bed, since the start.",
            ),
        };
        family(text, name, "histogram", help, |family| {
            for priority in [Priority::High, Priority::Medium] {
                let histogram = responses.histogram(answer, priority);
                family.histogram(&[("priority", priority.name())], &histogram);
            }
        });
    }
}

fn displays(text: &mut String, all: &[Told]) {
    let help = "Displays that say whether they can be heard.";
    gauge(text, "chairside_displays", help, |family| {
        family.value("", all.len());
    });
    let help = "Displays at which the alarms can be heard.";
    gauge(text, "chairside_displays_heard", help, |family| {
        family.value("", all.iter().filter(|one| one.heard).count());
    });
}

fn devices(beds: &[wire::Bed]) -> impl Iterator<Item = (&wire::Bed, &wire::Device)> {
    beds.iter()
        .flat_map(|bed| bed.devices.iter().map(move |device| (bed, device)))
}

/// Returns labels as the text format has them: only the backslash, the quotation mark and the
/// end of a line are escaped, and everything else is UTF-8 as it is.
fn labels(pairs: &[(&str, &str)]) -> String {
    let label = |(name, value): &(&str, &str)| {
        let value = value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        format!("{name}=\"{value}\"")
    };
    let labels: Vec<_> = pairs.iter().map(label).collect();
    format!("{{{}}}", labels.join(","))
}

/// One metric with its lines.
struct Family<'a> {
    text: &'a mut String,
    name: &'a str,
}

impl Family<'_> {
    fn value(&mut self, labels: &str, value: impl std::fmt::Display) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{}{labels} {value}", self.name);
    }

    /// Writes a histogram as the text format has it: each bucket holds those before it.
    fn histogram(&mut self, of: &[(&str, &str)], histogram: &Histogram) {
        let mut line = |part, labels: &str, value: &dyn std::fmt::Display| {
            // Writing to a string does not fail.
            let _ = writeln!(self.text, "{}_{part}{labels} {value}", self.name);
        };
        let with_end = |end: &str| labels(&[of, &[("le", end)]].concat());
        for (end, count) in histogram.cumulative() {
            line("bucket", &with_end(&end.to_string()), &count);
        }
        line("bucket", &with_end("+Inf"), &histogram.count());
        line("sum", &labels(of), &histogram.sum().as_secs_f64());
        line("count", &labels(of), &histogram.count());
    }
}

fn calling(text: &mut String, state: &CallingState) {
    let help = "Messages to people that have not ended.";
    gauge(text, "chairside_deliveries_under_way", help, |family| {
        for channel in &state.channels {
            let of_it = |one: &&UnderWay| one.channel == channel.channel;
            let labels = labels(&[("channel", &channel.channel)]);
            family.value(&labels, state.under_way.iter().filter(of_it).count());
        }
    });
    let help = "1 while the last attempt by the channel failed for anybody.";
    gauge(text, "chairside_channel_failing", help, |family| {
        for channel in &state.channels {
            let labels = labels(&[("channel", &channel.channel)]);
            family.value(&labels, u8::from(channel.health.failing.is_some()));
        }
    });
    followers(text, &state.followers);
}

/// The programs that follow alarms.
fn followers(text: &mut String, all: &[FollowerState]) {
    type Value = fn(&FollowerState) -> u64;
    let of_each: [(&str, &str, &str, Value); 5] = [
        (
            "chairside_follower_connected",
            "gauge",
            "1 while a program that follows alarms is connected.",
            |state| state.connected.into(),
        ),
        (
            "chairside_follower_waiting",
            "gauge",
            "Alarms, or beds with their alarms, that wait to be told.",
            |state| u64::try_from(state.waiting).unwrap_or(u64::MAX),
        ),
        (
            "chairside_follower_taken_total",
            "counter",
            "Messages that it has taken.",
            |state| state.taken,
        ),
        (
            "chairside_follower_unread_total",
            "counter",
            "Messages that it could not read.",
            |state| state.unread,
        ),
        (
            "chairside_follower_dropped_total",
            "counter",
            "States that were given up because too many waited.",
            |state| state.dropped,
        ),
    ];
    for (name, kind, help, value) in of_each {
        family(text, name, kind, help, |family| {
            for state in all {
                let labels = labels(&[("follower", state.follower)]);
                family.value(&labels, value(state));
            }
        });
    }
}

fn gauge(text: &mut String, name: &str, help: &str, lines: impl FnOnce(&mut Family<'_>)) {
    family(text, name, "gauge", help, lines);
}

fn family(
    text: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    lines: impl FnOnce(&mut Family<'_>),
) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    lines(&mut Family { text, name });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_escaped_as_the_text_format_says_and_no_further() {
        // A combining accent, a tab, an apostrophe and an emoji stand as they are.
        let name = "Mo\u{308}bius' \t\u{1F6CF} \"left\" C:\\tty\nend";
        assert_eq!(
            labels(&[("bed", "1"), ("device", name)]),
            "{bed=\"1\",device=\"Mo\u{308}bius' \t\u{1F6CF} \\\"left\\\" C:\\\\tty\\nend\"}"
        );
    }
}
