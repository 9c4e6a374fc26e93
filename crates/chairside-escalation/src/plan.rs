//! Who there is, how they are reached, and who is called in which order.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::Priority;
use chairside_model::{BedId, MonoTime};

/// A person, by the place among [`Plan::people`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(pub u16);

/// A channel, by its place in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel(pub u16);

/// A minute of the clinic's week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WeekMinute(u16);

/// Minutes of a week.
pub const WEEK_MINUTES: u16 = 7 * DAY_MINUTES;

pub(crate) const DAY_MINUTES: u16 = 24 * 60;

/// When something happens: by the clock that never falls, and by the clinic's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// For everything that is measured.
    pub now: MonoTime,
    /// For who is on duty.
    pub week: WeekMinute,
}

/// How a person is reached by a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The channel.
    pub channel: Channel,
    /// A telephone number, a mailbox, a topic: what the channel takes.
    pub address: String,
}

/// Who is on duty when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duty {
    /// The shifts; several may overlap.
    pub shifts: Vec<Shift>,
    /// Who is called while there is no shift.
    pub otherwise: Vec<Person>,
}

/// A time of the week in which people are on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Whether it begins on that day; Monday is the first.
    pub days: [bool; 7],
    /// Its beginning, minutes from midnight.
    pub from: u16,
    /// Its end, minutes from midnight; at or before the beginning it is on the next day.
    pub to: u16,
    /// Who is on duty.
    pub people: Vec<Person>,
}

/// Whom a rung calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// This person.
    Person(Person),
    /// Whoever is on duty, by the place among [`Plan::duties`].
    Duty(usize),
    /// Everybody there is.
    Everyone,
}

/// A rung of a ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// So long after an alarm of high priority called.
    pub high_after: Duration,
    /// So long after one of medium priority called; it is not climbed for those without.
    pub medium_after: Option<Duration>,
    /// Whom it calls.
    pub who: Vec<Who>,
    /// By which channels; by every one the person has when nothing is said.
    pub by: Option<BTreeSet<Channel>>,
}

/// Whom a bed calls, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// At least one, the first first; their times do not fall.
    pub rungs: Vec<Rung>,
    /// The last rung is climbed again after so long, for ever, until somebody answers.
    pub repeat_after: Duration,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// How each person is reached, the best way first.
    pub people: Vec<Vec<Contact>>,
    /// Who is on duty.
    pub duties: Vec<Duty>,
    /// The ladder of each bed; one without calls nobody.
    pub ladders: BTreeMap<BedId, Ladder>,
}

impl WeekMinute {
    /// The minute that is `minute` after Monday, 00:00, in whatever week.
    #[must_use]
    pub const fn new(minute: u16) -> Self {
        Self(minute % WEEK_MINUTES)
    }

    /// Returns the day, 0 for Monday, and the minute of the day.
    pub(crate) const fn day_and_minute(self) -> (usize, u16) {
        ((self.0 / DAY_MINUTES) as usize, self.0 % DAY_MINUTES)
    }
}

impl Duty {
    /// Returns who is on duty: the people of every shift that runs, or else who is called
    /// otherwise.
    #[must_use]
    pub fn on_duty(&self, at: WeekMinute) -> Vec<Person> {
        let mut people: Vec<Person> = Vec::new();
        for shift in self.shifts.iter().filter(|shift| shift.runs(at)) {
            for person in &shift.people {
                if !people.contains(person) {
                    people.push(*person);
                }
            }
        }
        if people.is_empty() {
            people.clone_from(&self.otherwise);
        }
        people
    }

    /// Returns who is on duty at any time from `at` until midnight; somebody may be there twice.
    fn on_duty_until_midnight(&self, at: WeekMinute) -> Vec<Person> {
        let (_, minute) = at.day_and_minute();
        let midnight = at.0 - minute;
        // Who is on duty changes only where a shift begins or ends.
        let changes = self.shifts.iter().flat_map(|shift| [shift.from, shift.to]);
        let changes = changes.filter(|change| (minute + 1..DAY_MINUTES).contains(change));
        let minutes = changes.chain([minute]);
        minutes
            .flat_map(|minute| self.on_duty(WeekMinute(midnight + minute)))
            .collect()
    }
}

impl Shift {
    fn runs(&self, at: WeekMinute) -> bool {
        let (day, minute) = at.day_and_minute();
        let (today, yesterday) = (self.days[day], self.days[(day + 6) % 7]);
        if self.from < self.to {
            today && (self.from..self.to).contains(&minute)
        } else {
            (today && minute >= self.from) || (yesterday && minute < self.to)
        }
    }
}

impl Rung {
    /// Returns how long after a call of that priority it is climbed, if it is.
    pub(crate) const fn after(&self, priority: Priority) -> Option<Duration> {
        match priority {
            Priority::High => Some(self.high_after),
            Priority::Medium => self.medium_after,
            Priority::Low => None,
        }
    }
}

impl Ladder {
    /// Whether one of its rungs may call by that channel.
    #[must_use]
    pub fn uses(&self, channel: Channel) -> bool {
        let uses = |rung: &Rung| rung.by.as_ref().is_none_or(|by| by.contains(&channel));
        self.rungs.iter().any(uses)
    }
}

impl Plan {
    /// Returns each way to a person by which a bed's ladder calls at any time from `at` until
    /// midnight, by who is on duty then.
    #[must_use]
    pub fn called_until_midnight(&self, at: WeekMinute) -> BTreeSet<(Person, Channel)> {
        let rungs = self.ladders.values().flat_map(|ladder| &ladder.rungs);
        let ways =
            rungs.flat_map(|rung| self.ways_of(rung, |duty| duty.on_duty_until_midnight(at)));
        ways.map(|(person, contact)| (person, contact.channel))
            .collect()
    }

    /// Returns each person that a rung calls, with the ways to reach them; a person without any is
    /// left out.
    pub(crate) fn ways(&self, rung: &Rung, at: WeekMinute) -> Vec<(Person, &Contact)> {
        self.ways_of(rung, |duty| duty.on_duty(at))
    }

    fn ways_of(
        &self,
        rung: &Rung,
        on_duty: impl Fn(&Duty) -> Vec<Person>,
    ) -> Vec<(Person, &Contact)> {
        let mut people: Vec<Person> = Vec::new();
        for who in &rung.who {
            let called = match who {
                Who::Person(person) => vec![*person],
                Who::Duty(duty) => self.duties.get(*duty).map_or_else(Vec::new, &on_duty),
                Who::Everyone => (0..self.people.len())
                    .filter_map(|place| u16::try_from(place).ok().map(Person))
                    .collect(),
            };
            for person in called {
                if !people.contains(&person) {
                    people.push(person);
                }
            }
        }
        let by = |contact: &&Contact| {
            let by = rung.by.as_ref();
            by.is_none_or(|by| by.contains(&contact.channel))
        };
        people
            .into_iter()
            .flat_map(|person| {
                let contacts = self.people.get(usize::from(person.0));
                let contacts = contacts.into_iter().flatten().filter(by);
                contacts.map(move |contact| (person, contact))
            })
            .collect()
    }

    /// Returns where a person is reached by a channel.
    #[must_use]
    pub fn address(&self, person: Person, channel: Channel) -> Option<&str> {
        let contacts = self.people.get(usize::from(person.0))?;
        let contact = contacts.iter().find(|contact| contact.channel == channel)?;
        Some(&contact.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY: u16 = 0;
    const SUNDAY: u16 = 6 * DAY_MINUTES;

    fn at(day: u16, hour: u16, minute: u16) -> WeekMinute {
        WeekMinute::new(day + hour * 60 + minute)
    }

    fn shift(days: &[usize], from: u16, to: u16, person: u16) -> Shift {
        let mut on = [false; 7];
        for day in days {
            on[*day] = true;
        }
        Shift {
            days: on,
            from,
            to,
            people: vec![Person(person)],
        }
    }

    #[test]
    fn a_shift_begins_with_its_first_minute_and_is_over_at_its_last() {
        let duty = Duty {
            shifts: vec![shift(&[0], 8 * 60, 16 * 60, 1)],
            otherwise: vec![Person(9)],
        };
        assert_eq!(duty.on_duty(at(MONDAY, 7, 59)), [Person(9)]);
        assert_eq!(duty.on_duty(at(MONDAY, 8, 0)), [Person(1)]);
        assert_eq!(duty.on_duty(at(MONDAY, 15, 59)), [Person(1)]);
        assert_eq!(duty.on_duty(at(MONDAY, 16, 0)), [Person(9)]);
        assert_eq!(duty.on_duty(at(SUNDAY, 8, 0)), [Person(9)]);
    }

    #[test]
    fn a_night_shift_belongs_to_the_day_it_begins_on() {
        let duty = Duty {
            shifts: vec![shift(&[6], 22 * 60, 6 * 60, 1)],
            otherwise: Vec::new(),
        };
        assert_eq!(duty.on_duty(at(SUNDAY, 21, 59)), []);
        assert_eq!(duty.on_duty(at(SUNDAY, 22, 0)), [Person(1)]);
        assert_eq!(duty.on_duty(at(MONDAY, 5, 59)), [Person(1)]);
        assert_eq!(duty.on_duty(at(MONDAY, 6, 0)), []);
        assert_eq!(duty.on_duty(at(MONDAY, 22, 0)), []);
    }

    #[test]
    fn a_shift_that_ends_when_it_begins_is_a_whole_day() {
        let whole = shift(&[0], 8 * 60, 8 * 60, 1);
        assert!(whole.runs(at(MONDAY, 8, 0)));
        assert!(whole.runs(at(DAY_MINUTES, 7, 59)));
        assert!(!whole.runs(at(DAY_MINUTES, 8, 0)));
    }

    #[test]
    fn shifts_that_overlap_are_both_on_duty_and_nobody_twice() {
        let duty = Duty {
            shifts: vec![
                shift(&[0], 0, 600, 1),
                shift(&[0], 0, 700, 2),
                shift(&[0], 0, 700, 1),
            ],
            otherwise: Vec::new(),
        };
        assert_eq!(duty.on_duty(at(MONDAY, 0, 1)), [Person(1), Person(2)]);
    }

    #[test]
    fn a_rung_calls_each_person_once_by_its_channels_only() {
        let contact = |channel, address: &str| Contact {
            channel: Channel(channel),
            address: address.into(),
        };
        let plan = Plan {
            people: vec![
                vec![contact(0, "a"), contact(1, "b")],
                vec![contact(0, "c")],
                Vec::new(),
            ],
            duties: Vec::new(),
            ladders: BTreeMap::new(),
        };
        let mut rung = Rung {
            high_after: Duration::ZERO,
            medium_after: None,
            who: vec![Who::Person(Person(1)), Who::Everyone],
            by: None,
        };
        let addresses = |rung: &Rung| -> Vec<String> {
            let ways = plan.ways(rung, at(0, 0, 0)).into_iter();
            ways.map(|(_, contact)| contact.address.clone()).collect()
        };
        assert_eq!(addresses(&rung), ["c", "a", "b"]);
        rung.by = Some(BTreeSet::from([Channel(1)]));
        assert_eq!(addresses(&rung), ["b"]);
        assert_eq!(plan.address(Person(0), Channel(1)), Some("b"));
        assert_eq!(plan.address(Person(1), Channel(1)), None);
    }

    #[test]
    fn the_ways_of_a_day_are_those_of_everybody_on_duty_until_midnight_at_any_bed() {
        let contact = |channel| Contact {
            channel: Channel(channel),
            address: "a".to_owned(),
        };
        let rung = |who, by: &[u16]| Rung {
            high_after: Duration::ZERO,
            medium_after: None,
            who: vec![who],
            by: Some(by.iter().copied().map(Channel).collect()),
        };
        let ladder = |rungs| Ladder {
            rungs,
            repeat_after: Duration::from_mins(1),
        };
        let both = vec![rung(Who::Duty(0), &[0]), rung(Who::Person(Person(3)), &[1])];
        let plan = Plan {
            // The last is on no rung.
            people: (0..5).map(|_| vec![contact(0), contact(1)]).collect(),
            duties: vec![Duty {
                shifts: vec![
                    shift(&[0], 8 * 60, 16 * 60, 0),
                    shift(&[6], 8 * 60, 16 * 60, 1),
                ],
                otherwise: vec![Person(2)],
            }],
            ladders: BTreeMap::from([
                (BedId(1), ladder(vec![rung(Who::Duty(0), &[0])])),
                (BedId(2), ladder(both)),
            ]),
        };
        let called = |day, hour| -> Vec<(u16, u16)> {
            let ways = plan.called_until_midnight(at(day, hour, 0)).into_iter();
            ways.map(|(person, channel)| (person.0, channel.0))
                .collect()
        };
        let manager = (3, 1);
        assert_eq!(called(MONDAY, 7), [(0, 0), (2, 0), manager]);
        assert_eq!(called(MONDAY, 16), [(2, 0), manager]);
        assert_eq!(called(DAY_MINUTES, 0), [(2, 0), manager], "nobody's shift");
        assert_eq!(called(SUNDAY, 0), [(1, 0), (2, 0), manager]);
        assert!(
            Plan::default()
                .called_until_midnight(at(0, 0, 0))
                .is_empty()
        );
    }
}
