//! Who there is, who is on duty and who is called in which order, by the names of the
//! configuration: what the page about calling people shows.

use chairside_escalation::{
    Channel, Contact, Drill, DrillFor, Duty, Ladder, Person, Rung, WEEK_MINUTES, WeekMinute, Who,
};
use chrono::{DateTime, Datelike, Local, Timelike};

use crate::config::Config;

/// The people of a configuration and how they are called.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// The clinic's name for this installation.
    pub site: String,
    /// Each person's id and name.
    pub people: Vec<(String, String)>,
    /// By which channels each person is reached.
    pub contacts: Vec<Vec<Contact>>,
    /// The names of the channels.
    pub channels: Vec<String>,
    /// The duties and their names.
    pub duties: Vec<(String, Duty)>,
    /// The ladders, their names, and the names of the beds that call by each.
    pub ladders: Vec<(String, Ladder, Vec<String>)>,
    /// The names of the beds that call nobody.
    pub without_ladder: Vec<String>,
    /// The tests that are sent by themselves.
    pub drills: Vec<Drill>,
}

/// Whom something is for, to be put into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom<'r> {
    /// A person, by name.
    Person(&'r str),
    /// Whoever is on that duty.
    Duty(&'r str),
    /// Everybody there is.
    Everyone,
}

impl Roster {
    /// Takes what a configuration says.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let calling = &config.calling;
        let people = config.staff.iter();
        let beds_of = |ladder: Option<&Ladder>| {
            let beds = config.beds.iter();
            let beds = beds.filter(|bed| bed.ladder.as_ref() == ladder);
            beds.map(|bed| bed.name.clone()).collect()
        };
        let ladders = calling.ladders.iter();
        let ladders = ladders.map(|(name, ladder)| {
            let beds = beds_of(Some(ladder));
            (name.clone(), ladder.clone(), beds)
        });
        let duties = calling.duty_names.iter().cloned();
        Self {
            site: config.site.clone(),
            people: people
                .map(|one| (one.id.clone(), one.name.clone()))
                .collect(),
            contacts: calling.people.clone(),
            channels: calling
                .channels
                .iter()
                .map(|one| one.name.clone())
                .collect(),
            duties: duties.zip(calling.duties.iter().cloned()).collect(),
            ladders: ladders.collect(),
            without_ladder: beds_of(None),
            drills: calling.drills.clone(),
        }
    }

    /// Returns the name of the person with that id, or the id where there is none.
    #[must_use]
    pub fn name_of<'r>(&'r self, id: &'r str) -> &'r str {
        let mut people = self.people.iter();
        let known = people.find(|(known, _)| known == id);
        known.map_or(id, |(_, name)| name)
    }

    /// Returns the name of a person.
    #[must_use]
    pub fn person(&self, person: Person) -> &str {
        let person = self.people.get(usize::from(person.0));
        person.map_or("?", |(_, name)| name)
    }

    /// Returns the name of a channel.
    #[must_use]
    pub fn channel(&self, channel: Channel) -> &str {
        let channel = self.channels.get(usize::from(channel.0));
        channel.map_or("?", String::as_str)
    }

    /// Returns whom a drill is for.
    #[must_use]
    pub fn whom(&self, drill: &Drill) -> Whom<'_> {
        match drill.whom {
            DrillFor::Person(person) => Whom::Person(self.person(person)),
            DrillFor::Duty(duty) => self.duty(duty),
        }
    }

    /// Returns whom a rung calls.
    pub fn called<'r>(&'r self, rung: &'r Rung) -> impl Iterator<Item = Whom<'r>> {
        rung.who.iter().map(|who| match who {
            Who::Person(person) => Whom::Person(self.person(*person)),
            Who::Duty(duty) => self.duty(*duty),
            Who::Everyone => Whom::Everyone,
        })
    }

    fn duty(&self, place: usize) -> Whom<'_> {
        let duty = self.duties.get(place);
        Whom::Duty(duty.map_or("?", |(name, _)| name))
    }
}

/// Returns the minute of the clinic's week.
#[must_use]
pub fn week_minute(wall: DateTime<Local>) -> WeekMinute {
    let day = wall.weekday().num_days_from_monday();
    let minute = (day * 24 + wall.hour()) * 60 + wall.minute();
    WeekMinute::new(u16::try_from(minute).unwrap_or(WEEK_MINUTES))
}
