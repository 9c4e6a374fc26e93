//! The sections of the page about calling people, as HTML.

use std::time::Duration;

use chairside_escalation::{Drill, Ladder, Rung};
use chairside_store::{Answers, OfShift, percentile};
use chrono::{DateTime, Local, NaiveTime, TimeDelta, Utc};

use super::page::Told;
use super::words::Words;
use crate::loudspeaker::LoudspeakerState;
use crate::notify::{
    CallingState, ChannelState, DrillState, FollowerState, Health, Roster, TestState, Whom,
    week_minute,
};
use crate::web::page::text;
use crate::web::wire::Time;

/// How soon people answered, by the beginning of the shift.
pub(super) type Answered = Vec<(NaiveTime, OfShift)>;

/// What the page is made of.
#[derive(Debug)]
pub(super) struct Sections<'s> {
    pub(super) words: &'s Words,
    pub(super) roster: &'s Roster,
    pub(super) state: &'s CallingState,
    pub(super) now: DateTime<Utc>,
    /// Who is testing, by id; empty while nobody has said so.
    pub(super) by: &'s str,
    /// A test is waited for so long.
    pub(super) wait_max: TimeDelta,
}

impl Sections<'_> {
    /// Returns all of them; `figures` is nothing where the record cannot be asked.
    pub(super) fn all(&self, told: &Told, figures: Option<&Answered>) -> String {
        let back = format!("<p><a href=\"/\">{}</a></p>", self.words.back);
        let sections = [
            back,
            self.told(told),
            self.on_duty(),
            self.ways(),
            self.ladders(),
            self.drills(),
            self.followers(),
            self.loudspeaker(),
            self.figures(figures),
        ];
        sections.concat()
    }

    /// Whether a person's "received" is waited for.
    pub(super) fn waits_for(&self, told: &Told) -> bool {
        let test = self.told_of(told);
        test.is_some_and(|test| test.received_at.is_none() && !self.is_overdue(test))
    }

    fn told_of(&self, told: &Told) -> Option<&TestState> {
        let Told::Test(key) = told else {
            return None;
        };
        self.state.tests.iter().find(|test| test.key == *key)
    }

    fn is_overdue(&self, test: &TestState) -> bool {
        self.now - test.made_at.0 >= self.wait_max
    }

    fn told(&self, told: &Told) -> String {
        let words = self.words;
        let (class, what) = match (told, self.told_of(told)) {
            (Told::Nothing, _) => return String::new(),
            (Told::Problem(why), _) => ("problem", text(why)),
            (Told::Test(_), None) => ("problem", words.gone.to_owned()),
            (Told::Test(_), Some(test)) => {
                let (class, what) = match test.received_at {
                    Some(_) => ("good", words.received),
                    None if self.is_overdue(test) => ("problem", words.overdue),
                    None => ("waits", words.waiting),
                };
                let name = text(self.roster.name_of(&test.person));
                let at = test.received_at.unwrap_or(test.made_at);
                let what = match class {
                    "good" => format!("{name}, {}: {what}, {}", text(&test.channel), time(at)),
                    _ => format!("{what} {name}, {}, {}", text(&test.channel), time(at)),
                };
                (class, what)
            }
        };
        format!("<p class=\"told {class}\" role=\"status\">{what}</p>")
    }

    fn on_duty(&self) -> String {
        let words = self.words;
        let at = week_minute(self.now.with_timezone(&Local));
        let duties = self.roster.duties.iter().map(|(name, duty)| {
            let people = duty.on_duty(at);
            let people = people.into_iter().map(|person| self.roster.person(person));
            let people = or(listed(people), words.nobody);
            format!("<dt>{}</dt><dd>{people}</dd>", text(name))
        });
        let duties: String = duties.collect();
        let body = if duties.is_empty() {
            format!("<p>{}</p>", words.no_duties)
        } else {
            format!("<dl>{duties}</dl>")
        };
        section(words.on_duty, &body)
    }

    /// Each way to each person, with how it is, and a button that tests it.
    fn ways(&self) -> String {
        let words = self.words;
        if self.roster.channels.is_empty() {
            return section(words.ways, &format!("<p>{}</p>", words.no_ways));
        }
        let people = self.roster.people.iter().zip(&self.roster.contacts);
        let rows = people.flat_map(|((id, name), contacts)| {
            let mut rows: Vec<String> = contacts
                .iter()
                .map(|contact| self.way(id, name, self.roster.channel(contact.channel)))
                .collect();
            if rows.is_empty() {
                rows.push(format!(
                    "<tr><th scope=\"row\">{}</th><td colspan=\"4\">{}</td></tr>",
                    text(name),
                    words.screens_only
                ));
            }
            rows
        });
        let rows: String = rows.collect();
        let choices = self.roster.people.iter().map(|(id, name)| {
            let selected = if id == self.by { " selected" } else { "" };
            format!(
                "<option value=\"{}\"{selected}>{}</option>",
                text(id),
                text(name)
            )
        });
        let choices: String = choices.collect();
        let heads = [
            words.person,
            words.channel,
            words.how_it_is,
            words.last_test,
            words.send,
        ];
        let form = format!(
            "<form method=\"post\" action=\"/calling/test\"><p><label for=\"by\">{}</label> \
             <select id=\"by\" name=\"by\" required><option value=\"\">{}</option>{choices}\
             </select></p>{}</form>",
            words.who_tests,
            words.choose,
            table(words.ways, &heads, &rows)
        );
        let can_subscribe = |state: &ChannelState| state.public_key.is_some();
        let browser = if self.state.channels.iter().any(can_subscribe) {
            format!(
                "<p><a href=\"/calling/browser\">{}</a></p>",
                words.subscribe
            )
        } else {
            String::new()
        };
        section(words.ways, &(form + &browser))
    }

    fn way(&self, id: &str, name: &str, channel: &str) -> String {
        let words = self.words;
        let mut channels = self.state.channels.iter();
        let kind = channels.find(|state| state.channel == channel);
        let kind = kind.map_or("", |state| state.kind);
        let mut ways = self.state.ways.iter();
        let health = ways.find(|way| way.person == id && way.channel == channel);
        let health = health.map(|way| self.health(&way.health));
        let health = health.unwrap_or_else(|| words.unused.to_owned());
        let mut tests = self.state.tests.iter();
        let test = tests.find(|test| test.person == id && test.channel == channel);
        let test = test.map_or_else(|| words.never.to_owned(), |test| self.test(test));
        let (id, name, channel) = (text(id), text(name), text(channel));
        row(
            &name,
            &[
                format!("{channel} <small>{kind}</small>"),
                health,
                test,
                format!(
                    "<button name=\"way\" value=\"{id}/{channel}\" \
                     aria-label=\"{}: {name}, {channel}\">{}</button>",
                    words.send, words.send
                ),
            ],
        )
    }

    fn health(&self, health: &Health) -> String {
        let words = self.words;
        match (&health.failing, health.failing_since, health.taken_at) {
            (Some(why), Some(since), _) => format!(
                "<strong>{} {}</strong> <span lang=\"en\">{}</span>",
                words.failing_since,
                time(since),
                text(why)
            ),
            (_, _, Some(at)) => format!("{} {}", words.took, time(at)),
            (_, _, None) => words.unused.to_owned(),
        }
    }

    fn test(&self, test: &TestState) -> String {
        let words = self.words;
        let made = format!("{} {}", words.made, time(test.made_at));
        if let Some(at) = test.received_at {
            return format!("{made}, {} {}", words.received, time(at));
        }
        let why = match test.taken_at {
            Some(_) => words.not_received,
            None => words.not_taken,
        };
        format!(
            "{made}; {why} <button class=\"came\" name=\"received\" value=\"{key}\" \
             formaction=\"/calling/received\" aria-label=\"{came}: {name}\">{came}</button>",
            key = text(&test.key),
            came = words.it_came,
            name = text(self.roster.name_of(&test.person)),
        )
    }

    fn ladders(&self) -> String {
        let words = self.words;
        if self.roster.ladders.is_empty() {
            return section(words.ladder, &format!("<p>{}</p>", words.no_ladder));
        }
        let ladders = self.roster.ladders.iter();
        let ladders = ladders.map(|(name, ladder, beds)| self.ladder(name, ladder, beds));
        let mut all: Vec<String> = ladders.collect();
        if !self.roster.without_ladder.is_empty() {
            let beds = listed(self.roster.without_ladder.iter().map(String::as_str));
            let what = words.no_ladder_at;
            all.push(format!("<p><strong>{what} {beds}</strong></p>"));
        }
        all.concat()
    }

    fn ladder(&self, name: &str, ladder: &Ladder, beds: &[String]) -> String {
        let words = self.words;
        let rungs = (1..).zip(&ladder.rungs).map(|(number, rung)| {
            let medium = rung.medium_after.map_or_else(|| "–".to_owned(), seconds);
            let number: i32 = number;
            row(
                &number.to_string(),
                &[
                    seconds(rung.high_after),
                    medium,
                    self.called(rung),
                    self.by(rung),
                ],
            )
        });
        let rungs: String = rungs.collect();
        let title = format!("{} {}", words.ladder, text(name));
        let heads = [
            words.rung,
            words.after_high,
            words.after_medium,
            words.whom,
            words.by,
        ];
        let beds = or(listed(beds.iter().map(String::as_str)), "–");
        let body = format!(
            "<p>{} {beds}</p>{}<p>{} {}.</p>",
            words.of_beds,
            table(&title, &heads, &rungs),
            words.again_every,
            seconds(ladder.repeat_after)
        );
        section(&title, &body)
    }

    fn called(&self, rung: &Rung) -> String {
        let called = self.roster.called(rung).map(|whom| self.whom(whom));
        called.collect::<Vec<_>>().join(", ")
    }

    fn whom(&self, whom: Whom<'_>) -> String {
        match whom {
            Whom::Person(name) => text(name),
            Whom::Duty(name) => format!("{} {}", self.words.duty, text(name)),
            Whom::Everyone => self.words.everyone.to_owned(),
        }
    }

    fn by(&self, rung: &Rung) -> String {
        rung.by.as_ref().map_or_else(
            || self.words.every_way.to_owned(),
            |by| listed(by.iter().map(|channel| self.roster.channel(*channel))),
        )
    }

    fn drills(&self) -> String {
        let words = self.words;
        if self.roster.drills.is_empty() {
            return section(words.drills, &format!("<p>{}</p>", words.no_drills));
        }
        let drills = self.roster.drills.iter().zip(&self.state.drills);
        let rows: String = drills
            .map(|(drill, state)| self.drill(drill, state))
            .collect();
        let heads = [
            words.channel,
            words.whom,
            words.last,
            words.next,
            words.result,
        ];
        section(words.drills, &table(words.drills, &heads, &rows))
    }

    fn drill(&self, drill: &Drill, state: &DrillState) -> String {
        let words = self.words;
        let next = drill.next_day(week_minute(self.now.with_timezone(&Local)));
        let next = next.map_or_else(String::new, |(day, is_today)| {
            let day = if is_today {
                Some(&words.today)
            } else {
                words.days.get(day)
            };
            format!("{} {}", day.unwrap_or(&""), state.at)
        });
        let missed = state.missed_since.map_or_else(
            || words.nothing_missed.to_owned(),
            |since| format!("<strong>{} {}</strong>", words.missed_since, time(since)),
        );
        row(
            &text(&state.channel),
            &[
                self.whom(self.roster.whom(drill)),
                state.sent_at.map_or_else(|| words.never.to_owned(), time),
                next,
                missed,
            ],
        )
    }

    fn followers(&self) -> String {
        let words = self.words;
        let rows = self
            .state
            .followers
            .iter()
            .map(|state| self.follower(state));
        let rows: String = rows.collect();
        if rows.is_empty() {
            return section(words.followers, &format!("<p>{}</p>", words.no_followers));
        }
        let heads = [
            words.follower,
            words.how_it_is,
            words.waiting_count,
            words.taken_count,
            words.unread_count,
        ];
        section(words.followers, &table(words.followers, &heads, &rows))
    }

    fn follower(&self, state: &FollowerState) -> String {
        let words = self.words;
        let name = match state.follower {
            "alarm_manager" => words.alarm_manager,
            _ => words.broker,
        };
        let untaken = state
            .untaken
            .iter()
            .map(|(bed, why)| format!("{bed}: {why}"));
        let wrong: Vec<_> = state.failing.iter().cloned().chain(untaken).collect();
        let is = match (wrong.is_empty(), state.connected) {
            (false, _) => format!("<strong lang=\"en\">{}</strong>", text(&wrong.join("; "))),
            (true, true) => words.is_told.to_owned(),
            (true, false) => words.connecting.to_owned(),
        };
        row(
            name,
            &[
                is,
                state.waiting.to_string(),
                state.taken.to_string(),
                state.unread.to_string(),
            ],
        )
    }

    fn loudspeaker(&self) -> String {
        let words = self.words;
        let is = match &self.state.loudspeaker {
            None => words.no_loudspeaker.to_owned(),
            Some(LoudspeakerState {
                failing: Some(why), ..
            }) => {
                format!("<strong lang=\"en\">{}</strong>", text(why))
            }
            Some(LoudspeakerState { plays: Some(_), .. }) => words.loudspeaker_plays.to_owned(),
            Some(_) => words.loudspeaker_works.to_owned(),
        };
        section(words.loudspeaker, &format!("<p>{is}</p>"))
    }

    fn figures(&self, figures: Option<&Answered>) -> String {
        let words = self.words;
        let Some(figures) = figures else {
            return section(words.figures, &format!("<p>{}</p>", words.no_figures));
        };
        let rows = figures.iter().flat_map(|(begins, of_shift)| {
            let shift = format!("{} {}", words.from, begins.format("%H:%M"));
            [
                self.answers(&shift, words.high, &of_shift.high),
                self.answers(&shift, words.medium, &of_shift.medium),
            ]
        });
        let rows: String = rows.collect();
        let heads = [
            words.shift,
            words.priority,
            words.alarms,
            words.acknowledged,
            words.accepted,
            words.arrived,
        ];
        let table = table(words.figures, &heads, &rows);
        section(
            words.figures,
            &format!("<p>{}</p>{table}", words.figures_of),
        )
    }

    fn answers(&self, shift: &str, priority: &str, answers: &Answers) -> String {
        let of = |times: &[Duration]| {
            percentile(times, 50).map_or_else(
                || "–".to_owned(),
                |half| {
                    let within = self.words.half_within;
                    format!("{}, {within} {:.0} s", times.len(), half.as_secs_f64())
                },
            )
        };
        row(
            shift,
            &[
                priority.to_owned(),
                answers.alarms.to_string(),
                of(&answers.acknowledged),
                of(&answers.accepted),
                of(&answers.arrived),
            ],
        )
    }
}

fn section(title: &str, body: &str) -> String {
    format!("<section><h2>{title}</h2>{body}</section>")
}

/// A table that scrolls by itself where it is wider than the page, by keyboard too.
fn table(name: &str, heads: &[&str], rows: &str) -> String {
    let heads = heads
        .iter()
        .map(|head| format!("<th scope=\"col\">{head}</th>"));
    let heads: String = heads.collect();
    format!(
        "<div class=\"wide\" role=\"region\" aria-label=\"{name}\" tabindex=\"0\"><table><thead>\
         <tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

/// A row of cells that are HTML already.
fn row(head: &str, cells: &[String]) -> String {
    let cells = cells.iter().map(|cell| format!("<td>{cell}</td>"));
    let cells: String = cells.collect();
    format!("<tr><th scope=\"row\">{head}</th>{cells}</tr>")
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(text).collect::<Vec<_>>().join(", ")
}

fn or(words: String, otherwise: &str) -> String {
    if words.is_empty() {
        otherwise.to_owned()
    } else {
        words
    }
}

/// A time by the clocks of the clinic, with its day.
fn time(at: Time) -> String {
    let at = at.0.with_timezone(&Local);
    format!("<time>{}</time>", at.format("%Y-%m-%d %H:%M:%S"))
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs())
}

#[cfg(test)]
mod tests;
