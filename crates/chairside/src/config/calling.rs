//! Who is called when nobody answers: channels, contacts, duties and ladders.
//!
//! What each key means is in `config/clinic.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chairside_escalation::{Channel, Contact, Drill, Duty, Ladder, Person, Rung, Shift, Who};
use chairside_notify::WallClock;
use chairside_notify::answer::AnswerUrl;
use chairside_notify::hl7::{Hl7Sender, Hl7Settings};
use chairside_notify::http::{Http, HttpSettings, ListedHost};
use chairside_notify::mqtt::{MqttPublisher, MqttSettings};

use super::channel::{self, ChannelSettings};
use super::file::Section;
use super::mistake::Mistakes;

mod drill;

/// The days as they are written, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// How soon the last rung may be climbed again: sooner, and a person who runs to the bed is called
/// on the way.
const REPEAT_MIN: Duration = Duration::from_secs(30);

/// What is registered for HL7 over MLLP.
const HL7_PORT: u16 = 2575;

/// The keys of a channel that name files with secrets.
const SECRET_FILES: [&str; 4] = ["token_file", "password_file", "secret_files", "key_file"];

/// What people are in the words of a mistake.
const STAFF: &str = "person of the staff";

/// What stands for whoever is on duty.
const DUTY: &str = "duty:";

/// What stands for everybody there is.
const EVERYONE: &str = "everyone";

/// Who is called when nobody answers.
#[derive(Clone, Debug, Default)]
pub struct Calling {
    /// What all channels over HTTP share.
    pub http: HttpSettings,
    /// Where telephones reach the service to answer, if they do.
    pub answer_url: Option<AnswerUrl>,
    /// The channels, in the order of the file.
    pub channels: Vec<ChannelPlan>,
    /// The alarm manager that is told how each alarm stands.
    pub manager: Option<Hl7Settings>,
    /// The MQTT broker that is told how every bed stands. The beds are not in it.
    pub broker: Option<MqttSettings>,
    /// How each person is reached, in the order of the staff.
    pub people: Vec<Vec<Contact>>,
    /// Who is on duty when.
    pub duties: Vec<Duty>,
    /// The ladders, by name, in the order of the file.
    pub ladders: Vec<(String, Ladder)>,
    /// The tests that are sent by themselves.
    pub drills: Vec<Drill>,
}

/// A channel.
#[derive(Clone, Debug)]
pub struct ChannelPlan {
    /// What people call it.
    pub name: String,
    /// What it is.
    pub settings: ChannelSettings,
    /// The files of its secrets.
    pub files: Vec<PathBuf>,
}

/// What is read, with the names that other sections use.
#[derive(Debug, Default)]
pub(super) struct Reader {
    calling: Calling,
    channels: BTreeMap<String, Channel>,
    people: BTreeMap<String, Person>,
    duties: BTreeMap<String, usize>,
}

impl Reader {
    /// Takes the channels, which contacts name.
    pub(super) fn channels(&mut self, file: &mut Section, folder: &Path, mistakes: &mut Mistakes) {
        if let Some(mut section) = file.optional_section("notify", mistakes) {
            self.calling.http = http(&mut section, folder, mistakes);
            if section.has("answer_url") {
                let key = section.key("answer_url");
                let text = section.text("answer_url", mistakes).unwrap_or_default();
                match AnswerUrl::parse(&text, &self.calling.http.listed) {
                    Ok(url) => self.calling.answer_url = Some(url),
                    Err(why) => mistakes.add(key, why),
                }
            }
            section.finish(mistakes);
        }
        // Whatever is wrong with a channel is told now, and not at the first alarm.
        let epoch = WallClock::new(|| chrono::DateTime::UNIX_EPOCH);
        let http = Http::new(&self.calling.http, epoch)
            .map_err(|error| mistakes.add(format!("notify.{}", error.field), error.why))
            .ok();
        for mut section in file.sections("channel", mistakes) {
            let name = name(&mut section, mistakes);
            let secrets = SECRET_FILES.iter().flat_map(|key| section.peek(key));
            let files = secrets.map(|file| folder.join(file)).collect();
            let settings = channel::read(&mut section, folder, mistakes);
            let path = section.path().to_owned();
            section.finish(mistakes);
            let (Some(name), Some(settings)) = (name, settings) else {
                continue;
            };
            let number = u16::try_from(self.calling.channels.len()).unwrap_or(u16::MAX);
            if self
                .channels
                .insert(name.clone(), Channel(number))
                .is_some()
            {
                mistakes.add(format!("{path}.name"), format!("{name:?} is there twice"));
            }
            if let Some(Err(error)) = http.as_ref().map(|http| settings.check(http)) {
                mistakes.add(format!("{path}.{}", error.field), error.why);
            }
            self.calling.channels.push(ChannelPlan {
                name,
                settings,
                files,
            });
        }
    }

    /// Takes which alarm manager is told.
    pub(super) fn manager(&mut self, file: &mut Section, site: &str, mistakes: &mut Mistakes) {
        let Some(mut section) = file.optional_section("alarm_manager", mistakes) else {
            return;
        };
        let host = section.text("host", mistakes);
        let port = channel::port(&mut section, HL7_PORT, mistakes);
        let mut texts = ["application", "eui64", "receiver", "receiver_facility"].map(|key| {
            let given = section.has(key);
            given.then(|| section.text(key, mistakes)).flatten()
        });
        if let (Some(host), Some(port)) = (host, port) {
            let usual = Hl7Settings::of(host, port, site);
            let settings = Hl7Settings {
                application: texts[0].take().unwrap_or(usual.application),
                eui64: texts[1].take(),
                receiver: texts[2].take().unwrap_or(usual.receiver),
                receiver_facility: texts[3].take().unwrap_or(usual.receiver_facility),
                ..Hl7Settings::of(usual.host, port, site)
            };
            // Whatever is wrong with it is told now, and not at the first alarm.
            let epoch = WallClock::new(|| chrono::DateTime::UNIX_EPOCH);
            if let Err(error) = Hl7Sender::new(settings.clone(), epoch) {
                mistakes.add(section.key(error.field), error.why);
            }
            self.calling.manager = Some(settings);
        }
        section.finish(mistakes);
    }

    /// Takes which MQTT broker is told.
    pub(super) fn broker(
        &mut self,
        file: &mut Section,
        (site, folder): (&str, &Path),
        mistakes: &mut Mistakes,
    ) {
        let Some(mut section) = file.optional_section("mqtt", mistakes) else {
            return;
        };
        let before = mistakes.count();
        let host = section.text("host", mistakes);
        let tls = channel::optional_truth(&mut section, "tls", mistakes).unwrap_or(true);
        let port = channel::port(&mut section, if tls { 8883 } else { 1883 }, mistakes);
        let unprotected_hosts = if section.has("unprotected_hosts") {
            section
                .texts("unprotected_hosts", mistakes)
                .unwrap_or_default()
        } else {
            Vec::new()
        };
        let (user, password) = channel::login(&mut section, folder, mistakes);
        let ca_file = channel::file(&mut section, "ca_file", folder, mistakes);
        if let (Some(host), Some(port)) = (host, port)
            && mistakes.count() == before
        {
            let settings = MqttSettings {
                tls,
                unprotected_hosts,
                ca_file,
                user,
                password,
                ..MqttSettings::of(host, port, site)
            };
            let epoch = WallClock::new(|| chrono::DateTime::UNIX_EPOCH);
            if let Err(error) = MqttPublisher::new(settings.clone(), epoch) {
                mistakes.add(section.key(error.field), error.why);
            }
            self.calling.broker = Some(settings);
        }
        section.finish(mistakes);
    }

    /// Takes how a person is reached. Called for each in the order of the file.
    pub(super) fn contacts(
        &mut self,
        id: Option<&str>,
        staff: &mut Section,
        mistakes: &mut Mistakes,
    ) {
        let mut contacts: Vec<Contact> = Vec::new();
        for mut section in staff.sections("contact", mistakes) {
            let channel = section.text("channel", mistakes);
            let channel = channel.and_then(|name| {
                let key = section.key("channel");
                known(&self.channels, &name, "channel", &key, mistakes)
            });
            let address = section.text("address", mistakes);
            if let (Some(channel), Some(address)) = (channel, address) {
                if contacts.iter().any(|known| known.channel == channel) {
                    let why = "the person is there twice by this channel";
                    mistakes.add(section.key("channel"), why);
                }
                contacts.push(Contact { channel, address });
            }
            section.finish(mistakes);
        }
        let number = u16::try_from(self.calling.people.len()).unwrap_or(u16::MAX);
        self.people
            .insert(id.unwrap_or_default().to_owned(), Person(number));
        self.calling.people.push(contacts);
    }

    /// Takes duties and ladders, once all people are known.
    pub(super) fn ladders(&mut self, file: &mut Section, mistakes: &mut Mistakes) {
        for mut section in file.sections("duty", mistakes) {
            let name = name(&mut section, mistakes);
            let duty = self.duty(&mut section, mistakes);
            if let Some(name) = name {
                let place = self.calling.duties.len();
                if self.duties.insert(name.clone(), place).is_some() {
                    mistakes.add(section.key("name"), format!("{name:?} is there twice"));
                }
                self.calling.duties.push(duty);
            }
            section.finish(mistakes);
        }
        for mut section in file.sections("ladder", mistakes) {
            let name = name(&mut section, mistakes);
            let ladder = self.ladder(&mut section, mistakes);
            if let (Some(name), Some(ladder)) = (name, ladder) {
                if self.calling.ladders.iter().any(|(known, _)| *known == name) {
                    mistakes.add(section.key("name"), format!("{name:?} is there twice"));
                }
                self.calling.ladders.push((name, ladder));
            }
            section.finish(mistakes);
        }
    }

    fn ever_on_duty(&self, duty: usize) -> Vec<Person> {
        let duty = self.calling.duties.get(duty).cloned().unwrap_or_default();
        let shifts = duty.shifts.into_iter().flat_map(|shift| shift.people);
        shifts.chain(duty.otherwise).collect()
    }

    /// Takes which ladder a bed has: the first where it does not say.
    pub(super) fn of_bed(&self, bed: &mut Section, mistakes: &mut Mistakes) -> Option<Ladder> {
        let ladders = &self.calling.ladders;
        if !bed.has("ladder") {
            return ladders.first().map(|(_, ladder)| ladder.clone());
        }
        let name = bed.text("ladder", mistakes)?;
        let by_name = ladders.iter().cloned().collect();
        known(&by_name, &name, "ladder", &bed.key("ladder"), mistakes)
    }

    pub(super) fn finish(self) -> Calling {
        self.calling
    }

    fn duty(&self, section: &mut Section, mistakes: &mut Mistakes) -> Duty {
        let shifts = section.sections("shift", mistakes);
        let shifts = shifts
            .into_iter()
            .filter_map(|shift| self.shift(shift, mistakes));
        let shifts = shifts.collect();
        let otherwise = if section.has("otherwise") {
            self.staff(section, "otherwise", mistakes)
        } else {
            Vec::new()
        };
        Duty { shifts, otherwise }
    }

    fn shift(&self, mut section: Section, mistakes: &mut Mistakes) -> Option<Shift> {
        let days = days(&mut section, mistakes)?;
        let from = time(&mut section, "from", mistakes);
        let to = time(&mut section, "to", mistakes);
        let people = self.staff(&mut section, "people", mistakes);
        section.finish(mistakes);
        Some(Shift {
            days,
            from: from?,
            to: to?,
            people,
        })
    }

    fn ladder(&self, section: &mut Section, mistakes: &mut Mistakes) -> Option<Ladder> {
        let repeat_after = section.seconds("repeat_s", mistakes);
        if repeat_after.is_some_and(|after| after < REPEAT_MIN) {
            let why = format!("shorter than {} s", REPEAT_MIN.as_secs());
            mistakes.add(section.key("repeat_s"), why);
        }
        let mut rungs: Vec<Rung> = Vec::new();
        for section in section.sections("rung", mistakes) {
            let path = section.path().to_owned();
            let Some(rung) = self.rung(section, mistakes) else {
                continue;
            };
            if let Some(before) = rungs.last() {
                let falls = |one: Option<Duration>, next: Option<Duration>| {
                    one.zip(next).is_some_and(|(one, next)| next < one)
                };
                for (key, one, next) in [
                    (
                        "high_after_s",
                        Some(before.high_after),
                        Some(rung.high_after),
                    ),
                    ("medium_after_s", before.medium_after, rung.medium_after),
                ] {
                    if falls(one, next) {
                        let why = "earlier than the rung below";
                        mistakes.add(format!("{path}.{key}"), why);
                    }
                }
            }
            rungs.push(rung);
        }
        if rungs.is_empty() {
            mistakes.add(section.key("rung"), "missing: nobody would be called");
            return None;
        }
        Some(Ladder {
            rungs,
            repeat_after: repeat_after?,
        })
    }

    fn rung(&self, mut section: Section, mistakes: &mut Mistakes) -> Option<Rung> {
        let high_after = section.seconds("high_after_s", mistakes);
        let medium_after = section.optional_seconds("medium_after_s", mistakes);
        let key = section.key("call");
        let names = section.texts("call", mistakes);
        let by = if section.has("by") {
            let key = section.key("by");
            let names = section.texts("by", mistakes)?;
            let by = names
                .iter()
                .filter_map(|name| known(&self.channels, name, "channel", &key, mistakes));
            Some(by.collect::<BTreeSet<_>>())
        } else {
            None
        };
        section.finish(mistakes);
        let names = names?;
        if names.is_empty() {
            mistakes.add(&key, "empty: nobody would be called");
        }
        let who: Vec<Who> = names
            .iter()
            .filter_map(|name| self.who(name, &key, mistakes))
            .collect();
        let rung = Rung {
            high_after: high_after?,
            medium_after,
            who,
            by,
        };
        self.is_reachable(&rung, &names, &key, mistakes);
        Some(rung)
    }

    fn who(&self, name: &str, key: &str, mistakes: &mut Mistakes) -> Option<Who> {
        if name == EVERYONE {
            return Some(Who::Everyone);
        }
        if let Some(duty) = name.strip_prefix(DUTY) {
            return known(&self.duties, duty, "duty", key, mistakes).map(Who::Duty);
        }
        known(&self.people, name, "person of the staff", key, mistakes).map(Who::Person)
    }

    /// Whoever is named must have a way that the rung uses, or the name deceives.
    fn is_reachable(&self, rung: &Rung, names: &[String], key: &str, mistakes: &mut Mistakes) {
        let reached = |person: Person| {
            let contacts = self.calling.people.get(usize::from(person.0));
            contacts.into_iter().flatten().any(|contact| {
                let by = rung.by.as_ref();
                by.is_none_or(|by| by.contains(&contact.channel))
            })
        };
        let id_of = |person: Person| {
            let mut people = self.people.iter();
            let found = people.find(|(_, known)| **known == person);
            found.map_or("?", |(id, _)| id)
        };
        for (who, name) in rung.who.iter().zip(names) {
            let unreached: Vec<_> = match who {
                Who::Person(person) => vec![*person],
                Who::Duty(duty) => self.ever_on_duty(*duty),
                Who::Everyone => {
                    let all: Vec<_> = self.people.values().copied().collect();
                    if all.iter().any(|person| reached(*person)) {
                        continue;
                    }
                    all
                }
            };
            let mut unreached: Vec<_> = unreached
                .into_iter()
                .filter(|person| !reached(*person))
                .map(id_of)
                .collect();
            unreached.sort_unstable();
            unreached.dedup();
            if !unreached.is_empty() {
                let why = format!(
                    "{name:?} calls {}, who cannot be reached by a channel of this rung: \
                     [[staff.contact]] is missing",
                    unreached.join(", ")
                );
                mistakes.add(key, why);
            }
        }
    }

    /// Takes a list of people.
    fn staff(
        &self,
        section: &mut Section,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Vec<Person> {
        let path = section.key(key);
        let names = section.texts(key, mistakes).unwrap_or_default();
        names
            .iter()
            .filter_map(|name| known(&self.people, name, "person of the staff", &path, mistakes))
            .collect()
    }
}

/// Takes what all channels over HTTP share.
fn http(section: &mut Section, folder: &Path, mistakes: &mut Mistakes) -> HttpSettings {
    let mut listed = Vec::new();
    if section.has("listed_hosts") {
        let key = section.key("listed_hosts");
        for host in section.texts("listed_hosts", mistakes).unwrap_or_default() {
            match ListedHost::parse(&host) {
                Ok(host) => listed.push(host),
                Err(why) => mistakes.add(&key, why),
            }
        }
    }
    HttpSettings {
        listed,
        ca_file: channel::file(section, "ca_file", folder, mistakes),
    }
}

/// Takes the days of the week; every day when nothing is said.
fn days(section: &mut Section, mistakes: &mut Mistakes) -> Option<[bool; 7]> {
    let mut days = [!section.has("days"); 7];
    if !days[0] {
        let key = section.key("days");
        for name in section.texts("days", mistakes)? {
            if let Some(day) = DAYS.iter().position(|day| *day == name) {
                days[day] = true;
            } else {
                let why = format!("{name:?} is no day; there are: {}", DAYS.join(", "));
                mistakes.add(&key, why);
            }
        }
    }
    Some(days)
}

fn name(section: &mut Section, mistakes: &mut Mistakes) -> Option<String> {
    super::parse::id(section, "name", mistakes)
}

/// Takes a time of day, `08:00`, as minutes from midnight.
fn time(section: &mut Section, key: &'static str, mistakes: &mut Mistakes) -> Option<u16> {
    let text = section.text(key, mistakes)?;
    let minutes = text.split_once(':').and_then(|(hours, minutes)| {
        let two = |text: &str, max: u16| {
            let number: u16 = (text.len() == 2).then(|| text.parse().ok())??;
            (number <= max).then_some(number)
        };
        Some(two(hours, 23)? * 60 + two(minutes, 59)?)
    });
    if minutes.is_none() {
        let why = format!("{text:?} is no time of day, like \"08:00\"");
        mistakes.add(section.key(key), why);
    }
    minutes
}

/// Looks a name up.
fn known<T: Clone>(
    there_are: &BTreeMap<String, T>,
    name: &str,
    what: &str,
    key: &str,
    mistakes: &mut Mistakes,
) -> Option<T> {
    let found = there_are.get(name).cloned();
    if found.is_none() {
        let names = there_are.keys().map(String::as_str);
        let meant = crate::near::did_you_mean(name, names.clone());
        let names: Vec<_> = names.collect();
        let why = if names.is_empty() {
            format!("{name:?} is no {what}; there is none")
        } else {
            format!(
                "{name:?} is no {what}; there are: {}{meant}",
                names.join(", ")
            )
        };
        mistakes.add(key, why);
    }
    found
}
