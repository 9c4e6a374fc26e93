//! The drills of a configuration: tests that are sent by themselves.

use std::time::Duration;

use chairside_escalation::{Channel, Drill, DrillFor, Person};

use super::duty::{days, time};
use super::{Mistakes, Reader, STAFF, Section, known};

/// Somebody has to receive a drill within this time, when nothing is said.
const DRILL_WITHIN: Duration = Duration::from_mins(10);

/// The longest time that can be said: before the next day's.
const DRILL_WITHIN_MAX: Duration = Duration::from_hours(8);

impl Reader {
    /// Takes the drills, once all duties are known.
    pub(in crate::config) fn drills(&mut self, file: &mut Section, mistakes: &mut Mistakes) {
        for mut section in file.sections("drill", mistakes) {
            let drill = self.drill(&mut section, mistakes);
            self.calling.drills.extend(drill);
            section.finish(mistakes);
        }
    }

    fn drill(&self, section: &mut Section, mistakes: &mut Mistakes) -> Option<Drill> {
        let channel = section.text("channel", mistakes).and_then(|name| {
            let key = section.key("channel");
            known(&self.channels, &name, "channel", &key, mistakes)
        });
        let key = section.key("person");
        let whom = match (section.has("person"), section.has("duty")) {
            (true, false) => {
                let name = section.text("person", mistakes);
                name.and_then(|name| known(&self.people, &name, STAFF, &key, mistakes))
                    .map(DrillFor::Person)
            }
            (false, true) => {
                let (name, key) = (section.text("duty", mistakes), section.key("duty"));
                name.and_then(|name| known(&self.duties, &name, "duty", &key, mistakes))
                    .map(DrillFor::Duty)
            }
            _ => {
                mistakes.add(
                    &key,
                    "a drill is for a person or for a duty, one of the two",
                );
                None
            }
        };
        let days = days(section, mistakes);
        let at = time(section, "at", mistakes);
        let within = if section.has("within_s") {
            section.seconds("within_s", mistakes)
        } else {
            Some(DRILL_WITHIN)
        };
        if within.is_some_and(|within| within > DRILL_WITHIN_MAX) {
            let why = format!("longer than {} s", DRILL_WITHIN_MAX.as_secs());
            mistakes.add(section.key("within_s"), why);
        }
        let (channel, whom) = (channel?, whom?);
        let people = match whom {
            DrillFor::Person(person) => vec![person],
            DrillFor::Duty(duty) => self.ever_on_duty(duty),
        };
        if !people.iter().any(|person| self.has_way(*person, channel)) {
            let why = "nobody whom it is for is reached by this channel: [[staff.contact]] is \
                       missing";
            mistakes.add(section.key("channel"), why);
        }
        Some(Drill {
            channel,
            whom,
            days: days?,
            at: at?,
            within: within?,
        })
    }

    fn has_way(&self, person: Person, channel: Channel) -> bool {
        let contacts = self.calling.people.get(usize::from(person.0));
        let mut contacts = contacts.into_iter().flatten();
        contacts.any(|contact| contact.channel == channel)
    }
}
