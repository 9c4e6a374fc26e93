//! `GET /beds/{bed}/training`: the trainer's page. It is framed and worked as that of a session: its
//! script asks for it again, and sends what is pressed to `POST /api/v1/beds/{bed}/training`.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use chairside_model::Metric;
use chairside_simulators::steered::{Steer, SteeredState};
use chairside_store::{HowSoon, Lesson, LessonAlarm};
use chrono::{DateTime, Local, SecondsFormat, Utc};

use super::score::{median, vitals};
use super::{LESSON, Trained};
use crate::web::Web;
use crate::web::history::Span;
use crate::web::treatment::{Asked, Frame, Html, Lang, answer};
use crate::web::wire::Person;

const STYLE: &str = "/dashboard/treatment/training.css";

/// What the page is made of.
struct Shown<'a> {
    lang: Lang,
    trained: &'a Trained,
    state: SteeredState,
    staff: &'a [Person],
    /// Nothing when the record cannot be read now.
    lesson: Option<Lesson>,
}

pub(in crate::web) async fn page(
    State(web): State<Web>,
    Path(bed): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let trained = match web.trained(&bed) {
        Ok(trained) => trained,
        Err((kind, why)) => return (kind.status(), why + "\n").into_response(),
    };
    let now = web.clock.wall(web.clock.now());
    let span = Span {
        from: now - LESSON,
        to: now,
    };
    let lang = Lang::asked_for(asked.lang.as_deref(), &headers);
    let title = lang.fill("{}: training", &[&trained.name]);
    let shown = Shown {
        lang,
        state: trained.patient.state(),
        staff: web.hub.staff(),
        lesson: web.lesson(&bed, span, true).await.ok(),
        trained: &trained,
    };
    let frame = Frame {
        lang,
        title: &title,
        bed: &bed,
        to: "training",
        style: Some(STYLE),
        staff: shown.staff,
    };
    let page = frame.around(|h| shown.top(h), |h| shown.parts(h, &bed));
    let now = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    answer(page, &now, &headers)
}

impl Shown<'_> {
    fn t<'t>(&self, english: &'t str) -> &'t str {
        self.lang.t(english)
    }

    fn top(&self, h: &mut Html) {
        h.part("top", "top", |h| {
            h.text("h1", &[], &self.trained.name);
            h.text("p", &[("class", "simulated")], self.t("SIMULATED"));
            h.tag("p", &[("class", "stage")], |h| {
                h.text("strong", &[], self.t("Training"));
                if let Some(lesson) = &self.lesson {
                    let since = self.lang.fill("since {}", &[&time(lesson.from)]);
                    h.text("span", &[], &since);
                }
            });
        });
    }

    fn parts(&self, h: &mut Html, bed: &str) {
        self.troubles(h);
        self.vitals(h);
        if let Some(lesson) = &self.lesson {
            self.score(h, lesson);
            self.deeds(h, lesson);
        } else {
            h.part("score", "score", |h| {
                h.text("p", &[], self.t("The record cannot be read now."));
            });
        }
        h.part("begin", "begin", |h| {
            h.tag("form", &[("id", "begin-lesson")], |h| {
                let what = Steer::BeginLesson;
                button(h, what, false, self.t(words(what)));
                let explained = "Another patient comes, and the score begins anew.";
                h.text("p", &[("class", "detail")], self.t(explained));
            });
        });
        h.tag("p", &[("id", "elsewhere"), ("class", "report")], |h| {
            let session = format!("/beds/{bed}/session");
            h.text("a", &[("href", &session)], self.t("The session's page"));
        });
    }

    /// What the trainer can do: each trouble beside what undoes it, and which of them holds.
    fn troubles(&self, h: &mut Html) {
        let SteeredState {
            pressure_raised,
            airway_closed,
            probe_off,
            ..
        } = self.state;
        h.part("patient", "patient", |h| {
            h.text("h2", &[], self.t("The patient"));
            for (id, label, holds, pair) in [
                (
                    "pressure",
                    "Pressure",
                    pressure_raised,
                    [Steer::RaisePressure, Steer::LowerPressure],
                ),
                (
                    "airway",
                    "Airway",
                    airway_closed,
                    [Steer::CloseAirway, Steer::OpenAirway],
                ),
                (
                    "probe",
                    "Probe",
                    probe_off,
                    [Steer::PullProbe, Steer::ReplaceProbe],
                ),
            ] {
                h.tag("form", &[("id", id), ("class", "trouble")], |h| {
                    let state = self.t(state_words(pair[0], holds));
                    h.tag("p", &[], |h| {
                        h.text("span", &[("class", "detail")], self.t(label));
                        h.text("strong", &[], state);
                    });
                    let [trouble, undone] = pair;
                    button(h, trouble, holds, self.t(words(trouble)));
                    button(h, undone, !holds, self.t(words(undone)));
                });
            }
        });
    }

    fn vitals(&self, h: &mut Html) {
        let told = vitals(&self.state.vitals);
        h.part("vitals", "vitals", |h| {
            h.text("h2", &[], self.t("What the sensors say"));
            h.tag("dl", &[], |h| {
                for (metric, value) in told {
                    h.tag("div", &[], |h| {
                        h.text("dt", &[], self.t(label(metric)));
                        let value = value.map(|value| {
                            let value = self.lang.number(value.round());
                            format!("{value} {}", metric.unit().symbol())
                        });
                        h.text("dd", &[], value.as_deref().unwrap_or("–"));
                    });
                }
            });
        });
    }

    fn score(&self, h: &mut Html, lesson: &Lesson) {
        h.part("score", "score", |h| {
            h.text("h2", &[], self.t("How soon alarms were answered"));
            if lesson.alarms.is_empty() {
                h.text("p", &[], self.t("No alarm has called."));
                return;
            }
            let explained =
                "Seconds from an alarm's first call; – where nobody did while it stood.";
            h.text("p", &[("class", "detail")], self.t(explained));
            let table = [
                ("class", "wide"),
                ("role", "region"),
                ("tabindex", "0"),
                ("aria-label", self.t("How soon alarms were answered")),
            ];
            h.tag("div", &table, |h| {
                h.tag("table", &[], |h| self.table(h, lesson));
            });
        });
    }

    fn table(&self, h: &mut Html, lesson: &Lesson) {
        let columns = ["Alarm", "Seen", "Comes", "At the bed"];
        h.tag("thead", &[], |h| {
            h.tag("tr", &[], |h| {
                for column in columns {
                    h.text("th", &[("scope", "col")], self.t(column));
                }
            });
        });
        h.tag("tbody", &[], |h| {
            for alarm in &lesson.alarms {
                h.tag("tr", &[], |h| {
                    h.tag("th", &[("scope", "row")], |h| {
                        h.words(&self.alarm(alarm));
                        let called = self.lang.fill("called {}", &[&time(alarm.called)]);
                        h.text("span", &[("class", "detail")], &called);
                    });
                    self.cells(h, alarm.soon);
                });
            }
        });
        h.tag("tfoot", &[], |h| {
            h.tag("tr", &[], |h| {
                h.text(
                    "th",
                    &[("scope", "row")],
                    self.t("Median of those who answered"),
                );
                self.cells(h, median(&lesson.alarms));
            });
        });
    }

    fn alarm(&self, alarm: &LessonAlarm) -> String {
        format!(
            "{}, {}",
            self.lang.alarm(alarm.id),
            self.t(alarm.priority.name())
        )
    }

    fn cells(&self, h: &mut Html, soon: HowSoon) {
        for time in [soon.acknowledged, soon.accepted, soon.arrived] {
            let seconds = time.map(|time| self.seconds(time));
            h.text("td", &[], seconds.as_deref().unwrap_or("–"));
        }
    }

    fn seconds(&self, time: Duration) -> String {
        let tenths = (time.as_secs_f64() * 10.0).round() / 10.0;
        self.lang.number(tenths)
    }

    fn deeds(&self, h: &mut Html, lesson: &Lesson) {
        h.part("deeds", "deeds", |h| {
            h.text("h2", &[], self.t("What the trainer did"));
            if lesson.deeds.is_empty() {
                h.text("p", &[], self.t("Nothing yet."));
                return;
            }
            h.tag("ol", &[("class", "entries")], |h| {
                for deed in lesson.deeds.iter().rev() {
                    // A word that this version does not know stays as it is.
                    let what = Steer::from_name(&deed.did);
                    let what = what.map_or(&*deed.did, |what| self.t(words(what)));
                    h.tag("li", &[], |h| {
                        h.text("time", &[], &time(deed.at));
                        h.words(&format!(" {what}, {}", self.person(&deed.by)));
                    });
                }
            });
        });
    }

    fn person<'p>(&'p self, id: &'p str) -> &'p str {
        let person = self.staff.iter().find(|person| person.id == id);
        person.map_or(id, |person| &person.name)
    }
}

fn button(h: &mut Html, what: Steer, holds: bool, text: &str) {
    let pressed = if holds { "true" } else { "false" };
    let mut attributes = vec![("name", "do"), ("value", what.name())];
    if what != Steer::BeginLesson {
        attributes.push(("aria-pressed", pressed));
    }
    h.text("button", &attributes, text);
}

/// What a trainer does, as people read it.
const fn words(what: Steer) -> &'static str {
    match what {
        Steer::RaisePressure => "Raise the pressure",
        Steer::LowerPressure => "Lower the pressure",
        Steer::CloseAirway => "Close the airway",
        Steer::OpenAirway => "Open the airway",
        Steer::PullProbe => "Pull the probe",
        Steer::ReplaceProbe => "Replace the probe",
        Steer::BeginLesson => "Begin a lesson",
    }
}

/// How the patient is, as far as a trouble goes.
const fn state_words(trouble: Steer, holds: bool) -> &'static str {
    match (trouble, holds) {
        (Steer::RaisePressure, true) => "raised",
        (Steer::CloseAirway, true) => "closed",
        (Steer::CloseAirway, false) => "open",
        (Steer::PullProbe, true) => "off the finger",
        (Steer::PullProbe, false) => "on the finger",
        _ => "as the story has it",
    }
}

fn label(metric: Metric) -> &'static str {
    match metric {
        Metric::HeartRate => "Heart rate",
        Metric::RespirationRate => "Breaths",
        Metric::NibpSystolic => "Cuff, systolic",
        Metric::NibpDiastolic => "Cuff, diastolic",
        other => other.name(),
    }
}

/// By a clock of the clinic.
fn time(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%H:%M:%S").to_string()
}
