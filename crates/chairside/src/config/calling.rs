//! Who is called when nobody answers: channels, contacts, duties and ladders.
//!
//! What each key means is in `config/clinic.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chairside_escalation::{Channel, Contact, Drill, Duty, Ladder, Person};
use chairside_notify::WallClock;
use chairside_notify::answer::AnswerUrl;
use chairside_notify::hl7::Hl7Settings;
use chairside_notify::http::{Http, HttpSettings, ListedHost};
use chairside_notify::mqtt::MqttSettings;

use super::channel::{self, ChannelSettings};
use super::file::Section;
use super::mistake::Mistakes;
use crate::loudspeaker::LoudspeakerSettings;

mod drill;
mod duty;
mod followers;
mod ladder;

/// The keys of a channel that name files with secrets.
const SECRET_FILES: [&str; 4] = ["token_file", "password_file", "secret_files", "key_file"];

/// What people are in the words of a mistake.
const STAFF: &str = "person of the staff";

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
    /// What each of the duties is called.
    pub duty_names: Vec<String>,
    /// The ladders, by name, in the order of the file.
    pub ladders: Vec<(String, Ladder)>,
    /// The tests that are sent by themselves.
    pub drills: Vec<Drill>,
    /// The host's own loudspeaker, where there is one.
    pub loudspeaker: Option<LoudspeakerSettings>,
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

    /// Takes where the host itself plays.
    pub(super) fn loudspeaker(
        &mut self,
        file: &mut Section,
        folder: &Path,
        mistakes: &mut Mistakes,
    ) {
        let Some(mut section) = file.optional_section("loudspeaker", mistakes) else {
            return;
        };
        let file = channel::file(&mut section, "file", folder, mistakes);
        let device = if file.is_none() {
            section.text("device", mistakes)
        } else {
            section.optional_text("device", mistakes)
        };
        if file.is_some() && device.is_some() {
            mistakes.add(section.key("device"), "a device or a file, one of the two");
        }
        let device = device.map(LoudspeakerSettings::Device);
        self.calling.loudspeaker = file.map(LoudspeakerSettings::File).or(device);
        section.finish(mistakes);
    }

    pub(super) fn finish(self) -> Calling {
        self.calling
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

fn name(section: &mut Section, mistakes: &mut Mistakes) -> Option<String> {
    super::parse::id(section, "name", mistakes)
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
