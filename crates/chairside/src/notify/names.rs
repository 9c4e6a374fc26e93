//! Numbers of this run for names of the configuration and the record, and back.

use std::collections::BTreeMap;

use chairside_alarm::{AlarmId, Occurrence, OperatorAction, Priority, Transition};
use chairside_escalation::{
    CalledAs, Channel, Climbed, ClimbedFor, Delivery, DeliveryId, Ended, Input, Left, Part, Person,
    Purpose,
};
use chairside_model::{BedId, MonoTime};
use chairside_notify::{AlarmState, Message};
use chairside_station::{Entry, Record};
use chairside_store::{DeliveryRow, Outbox, PartRow, RungName, RungRow, Sent};

use super::simulated::Simulated;
use crate::clock::Clock;
use crate::config::Config;

/// The names of a configuration.
#[derive(Debug, Default)]
pub struct Names {
    site: String,
    people: Vec<String>,
    channels: Vec<String>,
    /// Of each bed its id and its name on screen.
    beds: BTreeMap<BedId, (String, String)>,
    /// What is of what is simulated.
    pub(super) simulated: Simulated,
}

impl Names {
    pub(super) fn of(config: &Config, beds: &BTreeMap<String, BedId>) -> Self {
        let channels = config.calling.channels.iter();
        let bed = |bed: &crate::config::Bed| {
            let id = beds.get(&bed.id)?;
            Some((*id, (bed.id.clone(), bed.name.clone())))
        };
        let training = config.beds.iter().filter(|bed| bed.training);
        let training = training.filter_map(|bed| beds.get(&bed.id).copied());
        Self {
            simulated: Simulated::at(training),
            site: config.site.clone(),
            people: config.staff.iter().map(|staff| staff.id.clone()).collect(),
            channels: channels.map(|channel| channel.name.clone()).collect(),
            beds: config.beds.iter().filter_map(bed).collect(),
        }
    }

    /// Returns the id of a person.
    #[must_use]
    pub fn person(&self, person: Person) -> &str {
        name(&self.people, person.0)
    }

    /// Returns the person with that id.
    #[must_use]
    pub fn person_with(&self, id: &str) -> Option<Person> {
        place(&self.people, id).map(Person)
    }

    /// Returns the name of a channel.
    #[must_use]
    pub fn channel(&self, channel: Channel) -> &str {
        name(&self.channels, channel.0)
    }

    /// Returns the channel with that name.
    #[must_use]
    pub fn channel_with(&self, name: &str) -> Option<Channel> {
        place(&self.channels, name).map(Channel)
    }

    /// Returns the person and the channel with those names.
    pub(super) fn way(&self, person: &str, channel: &str) -> Option<(Person, Channel)> {
        Some((self.person_with(person)?, self.channel_with(channel)?))
    }

    /// Returns the id of a bed.
    #[must_use]
    pub fn bed(&self, bed: BedId) -> &str {
        self.beds.get(&bed).map_or("?", |(id, _)| id)
    }

    fn bed_with(&self, id: &str) -> Option<BedId> {
        let mut beds = self.beds.iter();
        beds.find(|(_, (known, _))| known == id)
            .map(|(bed, _)| *bed)
    }

    /// Returns the beds that a message is about, by id.
    pub(super) fn beds_of(&self, delivery: &Delivery) -> Vec<String> {
        let mut beds: Vec<_> = delivery.parts.iter().map(|part| part.bed).collect();
        beds.sort_unstable();
        beds.dedup();
        beds.into_iter()
            .map(|bed| self.bed(bed).to_owned())
            .collect()
    }

    /// Returns what a record says to the escalation, if it says anything.
    pub(super) fn input<'a>(&self, record: &'a Record) -> Option<Input<'a>> {
        match &record.entry {
            Entry::Alarm { bed, transition } => {
                let simulated = self.simulated.is(*bed, transition);
                Some(Input::Alarm(*bed, transition, simulated))
            }
            Entry::Operator {
                bed, action, by, ..
            } => match action {
                OperatorAction::Decline(occurrence) => {
                    Some(Input::Declined(*bed, *occurrence, self.person_with(by)?))
                }
                // Whoever is at the bed has come, also without having said so.
                action => action
                    .answered_call()
                    .map(|call| Input::Accepted(*bed, call, self.person_with(by))),
            },
            Entry::Simulated {
                bed,
                simulated: false,
            } => Some(Input::Patients(*bed)),
            Entry::Session { bed, .. } => Some(Input::Session(*bed)),
            _ => None,
        }
    }

    /// Returns the message of a delivery, as every attempt has it.
    pub(super) fn message(&self, delivery: &Delivery, key: String, clock: &Clock) -> Message {
        let part = |part: &Part| {
            let (bed, bed_name) = self.beds.get(&part.bed).cloned().unwrap_or_default();
            chairside_notify::Part {
                bed,
                bed_name,
                simulated: part.simulated,
                alarm: part.alarm.name(),
                occurrence: part.occurrence.0,
                priority: part.priority,
                since: clock.wall(part.since),
            }
        };
        Message {
            key,
            at: clock.wall(delivery.at),
            site: self.site.clone(),
            purpose: match delivery.purpose {
                Purpose::Call => chairside_notify::Purpose::Call,
                Purpose::AllClear => chairside_notify::Purpose::AllClear,
                Purpose::Answered => chairside_notify::Purpose::Answered,
                Purpose::Test | Purpose::Drill => chairside_notify::Purpose::Test,
            },
            priority: delivery.priority,
            parts: delivery.parts.iter().map(part).collect(),
            answer: None,
        }
    }

    /// Returns how an alarm stands, for a system that follows alarms.
    pub(super) fn alarm_state(&self, bed: BedId, told: &Transition, clock: &Clock) -> AlarmState {
        let (id, name) = self.beds.get(&bed).cloned().unwrap_or_default();
        AlarmState {
            bed: id,
            bed_name: name,
            id: told.id,
            occurrence: told.occurrence.0,
            priority: told.priority,
            present: told.present,
            signal: told.signal,
            since: clock.wall(told.since),
            at: clock.wall(told.at),
            reading: None,
            evidence: told.evidence.clone(),
            simulated: self.simulated.is(bed, told),
        }
    }

    pub(super) fn rung_row(&self, at: MonoTime, bed: BedId, climbed: &Climbed) -> RungRow {
        let way = |(person, channel): &(Person, Channel)| {
            let (person, channel) = (self.person(*person), self.channel(*channel));
            (person.to_owned(), channel.to_owned())
        };
        RungRow {
            at,
            rung: RungName {
                bed: self.bed(bed).to_owned(),
                first_call: climbed.first_call,
                rung: climbed.rung,
                round: climbed.round,
            },
            priority: climbed.priority.name().to_owned(),
            why: climbed.why.name().to_owned(),
            ways: climbed.ways.iter().map(way).collect(),
        }
    }

    pub(super) fn delivery_row(&self, delivery: &Delivery, key: String) -> DeliveryRow {
        let part = |part: &Part| PartRow {
            bed: self.bed(part.bed).to_owned(),
            alarm: part.alarm.name().to_owned(),
            occurrence: part.occurrence.0,
            priority: part.priority.name().to_owned(),
            call: part.call,
            since: part.since,
            simulated: part.simulated,
        };
        let rung = |called: &CalledAs| RungName {
            bed: self.bed(called.bed).to_owned(),
            first_call: called.first_call,
            rung: called.rung,
            round: called.round,
        };
        DeliveryRow {
            at: delivery.at,
            key,
            person: self.person(delivery.person).to_owned(),
            channel: self.channel(delivery.channel).to_owned(),
            purpose: delivery.purpose.name().to_owned(),
            priority: delivery.priority.name().to_owned(),
            parts: delivery.parts.iter().map(part).collect(),
            rungs: delivery.called_as.iter().map(rung).collect(),
        }
    }

    /// Returns what earlier runs left, and the key of each of its messages. What names a bed, a
    /// person or a channel that is not configured any more is left out.
    pub(super) fn left(&self, outbox: &Outbox) -> (Left, Vec<String>) {
        let mut left = Left::default();
        for row in &outbox.rungs {
            left.climbed.extend(self.climbed(row));
        }
        let mut keys = Vec::new();
        for sent in &outbox.deliveries {
            if let Some(delivery) = self.delivery(&sent.delivery) {
                let ended = sent.ended.as_ref().map(|(_, name)| ended(name));
                left.deliveries.push((delivery, sent.tried(), ended));
                keys.push(sent.delivery.key.clone());
            }
        }
        (left, keys)
    }

    /// Returns the messages that have not ended and that nobody gets any more.
    pub(super) fn nobodys<'a>(&self, outbox: &'a Outbox) -> impl Iterator<Item = &'a Sent> {
        let all = outbox.deliveries.iter();
        all.filter(|sent| sent.ended.is_none() && self.delivery(&sent.delivery).is_none())
    }

    fn climbed(&self, row: &RungRow) -> Option<(MonoTime, BedId, Climbed)> {
        let way = |(person, channel): &(String, String)| {
            Some((self.person_with(person)?, self.channel_with(channel)?))
        };
        let climbed = Climbed {
            first_call: row.rung.first_call,
            rung: row.rung.rung,
            priority: Priority::from_name(&row.priority)?,
            round: row.rung.round,
            why: ClimbedFor::Time,
            ways: row.ways.iter().filter_map(way).collect(),
        };
        Some((row.at, self.bed_with(&row.rung.bed)?, climbed))
    }

    fn delivery(&self, row: &DeliveryRow) -> Option<Delivery> {
        let part = |part: &PartRow| {
            Some(Part {
                bed: self.bed_with(&part.bed)?,
                alarm: AlarmId::from_name(&part.alarm)?,
                occurrence: Occurrence(part.occurrence),
                priority: Priority::from_name(&part.priority)?,
                call: part.call,
                since: part.since,
                simulated: part.simulated,
            })
        };
        let rung = |rung: &RungName| {
            Some(CalledAs {
                bed: self.bed_with(&rung.bed)?,
                first_call: rung.first_call,
                rung: rung.rung,
                round: rung.round,
            })
        };
        let purposes = [
            Purpose::Call,
            Purpose::AllClear,
            Purpose::Answered,
            Purpose::Test,
            Purpose::Drill,
        ];
        Some(Delivery {
            id: DeliveryId(0),
            at: row.at,
            person: self.person_with(&row.person)?,
            channel: self.channel_with(&row.channel)?,
            purpose: purposes.into_iter().find(|one| one.name() == row.purpose)?,
            priority: Priority::from_name(&row.priority)?,
            parts: row.parts.iter().filter_map(part).collect(),
            called_as: row.rungs.iter().filter_map(rung).collect(),
        })
    }
}

/// How a message ended; what is not known any more has ended all the same.
fn ended(name: &str) -> Ended {
    let all = [Ended::Taken, Ended::Refused, Ended::NotNeeded];
    let known = all.into_iter().find(|ended| ended.name() == name);
    known.unwrap_or(Ended::NotNeeded)
}

fn name(names: &[String], place: u16) -> &str {
    names.get(usize::from(place)).map_or("?", String::as_str)
}

fn place(names: &[String], name: &str) -> Option<u16> {
    let place = names.iter().position(|known| known == name)?;
    u16::try_from(place).ok()
}
