//! Drills: tests of a way to people that are sent by themselves, so that a way that has gone is
//! found out before an alarm needs it.

use std::time::Duration;

use chairside_model::MonoTime;

use crate::plan::{Channel, DAY_MINUTES, Moment, Person, Plan, WeekMinute};

/// A drill is sent so late at most, after a restart for instance; later it is left to the next day.
/// Minutes.
const LATE_MAX: u16 = 60;

/// Two drills are at least so far apart: a clock that is set back has an hour twice.
const APART_MIN: Duration = Duration::from_hours(12);

/// A test that is sent by itself on days at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drill {
    /// By what.
    pub channel: Channel,
    /// To whom.
    pub whom: DrillFor,
    /// Whether it is sent on that day; Monday is the first.
    pub days: [bool; 7],
    /// When, minutes from midnight.
    pub at: u16,
    /// Somebody has to say within this time that it came.
    pub within: Duration,
}

/// Whom a drill is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrillFor {
    /// This person.
    Person(Person),
    /// Whoever is on duty, by the place among [`Plan::duties`].
    Duty(usize),
}

/// The drills, and what became of the last of each.
#[derive(Debug, Default)]
pub struct Drills(Vec<State>);

#[derive(Debug)]
struct State {
    drill: Drill,
    /// When it was last sent.
    sent: Option<MonoTime>,
    /// What nobody has received yet.
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    people: Vec<Person>,
    until: MonoTime,
    /// Since when one before it is missed, which nobody has received either.
    missed: Option<MonoTime>,
}

impl Drill {
    /// Whether that is one of its times, or not long after it.
    fn is_at(&self, at: Moment) -> bool {
        let (day, minute) = at.week.day_and_minute();
        let (late, day) = match minute.checked_sub(self.at) {
            Some(late) => (late, day),
            // It was due before midnight.
            None => (minute + DAY_MINUTES - self.at, (day + 6) % 7),
        };
        self.days[day] && late < LATE_MAX
    }

    /// Returns on which day it is sent next, 0 for Monday, and whether that is today; nothing when
    /// it has no day.
    #[must_use]
    pub fn next_day(&self, at: WeekMinute) -> Option<(usize, bool)> {
        let (today, minute) = at.day_and_minute();
        // In a week it is the same day again.
        let mut ahead = (0..=7).map(|ahead| ((today + ahead) % 7, ahead));
        let next = ahead.find(|(day, ahead)| self.days[*day] && (*ahead > 0 || minute < self.at));
        next.map(|(day, ahead)| (day, ahead == 0))
    }

    fn people(&self, plan: &Plan, at: Moment) -> Vec<Person> {
        let mut people = match self.whom {
            DrillFor::Person(person) => vec![person],
            DrillFor::Duty(duty) => {
                let duty = plan.duties.get(duty);
                duty.map_or_else(Vec::new, |duty| duty.on_duty(at.week))
            }
        };
        people.retain(|person| plan.address(*person, self.channel).is_some());
        people
    }
}

impl Drills {
    /// Makes them; none has ever been sent.
    #[must_use]
    pub fn new(drills: Vec<Drill>) -> Self {
        let drills = drills.into_iter().map(|drill| State {
            drill,
            sent: None,
            open: None,
        });
        Self(drills.collect())
    }

    /// Returns to whom a drill is sent now, by what: each is answered by an
    /// [`Input::Drill`](crate::Input::Drill).
    pub fn due(&mut self, plan: &Plan, at: Moment) -> Vec<(Person, Channel)> {
        let mut ways = Vec::new();
        for state in &mut self.0 {
            let apart = |sent| at.now.saturating_since(sent) >= APART_MIN;
            if !state.drill.is_at(at) || !state.sent.is_none_or(apart) {
                continue;
            }
            let people = state.drill.people(plan, at);
            state.send(at.now, &people);
            ways.extend(
                people
                    .into_iter()
                    .map(|person| (person, state.drill.channel)),
            );
        }
        ways
    }

    /// Follows a drill that an earlier run sent to a person at that time.
    pub fn sent(&mut self, at: Moment, (person, channel): (Person, Channel)) {
        for state in &mut self.0 {
            let theirs = match state.drill.whom {
                DrillFor::Person(whom) => whom == person,
                DrillFor::Duty(_) => true,
            };
            if theirs && state.drill.channel == channel && state.drill.is_at(at) {
                state.send(at.now, &[person]);
            }
        }
    }

    /// Takes that a person has received a test or a drill: the way works.
    pub fn received(&mut self, (person, channel): (Person, Channel)) {
        for state in &mut self.0 {
            let of_it = |open: &mut Open| open.people.is_empty() || open.people.contains(&person);
            if state.drill.channel == channel {
                state.open.take_if(of_it);
            }
        }
    }

    /// Returns the drills that nobody has received in time, each with when its time was over, until
    /// somebody has received a test by the same way.
    pub fn missed(&self, now: MonoTime) -> impl Iterator<Item = (&Drill, MonoTime)> {
        let states = self.0.iter();
        states.filter_map(move |state| Some((&state.drill, state.missed(now)?)))
    }

    /// Returns when each was last sent, and since when it is missed, in their order.
    pub fn standing(
        &self,
        now: MonoTime,
    ) -> impl Iterator<Item = (&Drill, Option<MonoTime>, Option<MonoTime>)> {
        let states = self.0.iter();
        states.map(move |state| (&state.drill, state.sent, state.missed(now)))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl State {
    fn missed(&self, now: MonoTime) -> Option<MonoTime> {
        let open = self.open.as_ref()?;
        let over = (open.until <= now).then_some(open.until);
        open.missed.or(over)
    }

    fn send(&mut self, now: MonoTime, people: &[Person]) {
        let again = self
            .sent
            .is_some_and(|sent| now.saturating_since(sent) < APART_MIN);
        if let (true, Some(open)) = (again, &mut self.open) {
            // The same drill, to another of those on duty.
            open.people.extend(people);
            return;
        }
        if again {
            // Somebody has received it already.
            return;
        }
        let missed = self.missed(now);
        self.sent = Some(now);
        self.open = Some(Open {
            people: people.to_vec(),
            until: now + self.drill.within,
            missed,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{Contact, Duty};

    const PHONES: Channel = Channel(0);
    const MN: Person = Person(0);
    const AK: Person = Person(1);
    const DAY: Duration = Duration::from_hours(24);

    /// Monday, 00:00, of the week in which the tests begin.
    const MONDAY: MonoTime = MonoTime::from_secs(1_000_000);

    /// So long after that Monday began.
    fn at(after: Duration) -> Moment {
        let minutes = after.as_secs() / 60 % (7 * 24 * 60);
        Moment {
            now: MONDAY + after,
            week: WeekMinute::new(u16::try_from(minutes).unwrap()),
        }
    }

    fn time(day: u32, hour: u64, minute: u64) -> Duration {
        DAY * day + Duration::from_mins(hour * 60 + minute)
    }

    fn plan() -> Plan {
        let by_phone = |address: &str| {
            vec![Contact {
                channel: PHONES,
                address: address.to_owned(),
            }]
        };
        Plan {
            people: vec![by_phone("mn"), by_phone("ak"), Vec::new()],
            duties: vec![Duty {
                shifts: Vec::new(),
                otherwise: vec![MN, AK, Person(2)],
            }],
            ladders: BTreeMap::new(),
        }
    }

    /// At nine on workdays, to be received within ten minutes.
    fn drill(whom: DrillFor) -> Drill {
        Drill {
            channel: PHONES,
            whom,
            days: [true, true, true, true, true, false, false],
            at: 9 * 60,
            within: Duration::from_mins(10),
        }
    }

    fn drills(whom: DrillFor) -> Drills {
        Drills::new(vec![drill(whom)])
    }

    fn missed(drills: &Drills, after: Duration) -> bool {
        drills.missed(at(after).now).count() > 0
    }

    #[test]
    fn each_workday_has_one_drill_at_its_time() {
        let mut drills = drills(DrillFor::Person(MN));
        let mut sent = Vec::new();
        for second in 0..(14 * 24 * 60 * 2) {
            let after = Duration::from_secs(second * 30);
            for way in drills.due(&plan(), at(after)) {
                assert_eq!(way, (MN, PHONES));
                sent.push(after);
            }
        }
        let days = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11];
        assert_eq!(sent, days.map(|day| time(day, 9, 0)));
    }

    #[test]
    fn a_service_that_starts_late_sends_it_within_the_hour_and_else_not_that_day() {
        for (start, expected) in [
            (time(0, 9, 59), Some(time(0, 9, 59))),
            (time(0, 10, 0), None),
            (time(0, 8, 59), None),
            (time(5, 9, 0), None),
        ] {
            let mut drills = drills(DrillFor::Person(MN));
            let sent = !drills.due(&plan(), at(start)).is_empty();
            assert_eq!(sent, expected.is_some(), "{start:?}");
        }
    }

    #[test]
    fn the_next_is_today_until_its_time_and_else_on_the_next_of_its_days() {
        let mut workdays = drill(DrillFor::Person(MN));
        for (now, next) in [
            (time(0, 8, 59), Some((0, true))),
            (time(0, 9, 0), Some((1, false))),
            (time(4, 9, 30), Some((0, false))),
            (time(6, 12, 0), Some((0, false))),
        ] {
            assert_eq!(workdays.next_day(at(now).week), next, "{now:?}");
        }
        workdays.days = [false, true, false, false, false, false, false];
        let after = at(time(1, 9, 0)).week;
        assert_eq!(workdays.next_day(after), Some((1, false)), "in a week");
        workdays.days = [false; 7];
        assert_eq!(workdays.next_day(after), None);
    }

    #[test]
    fn midnight_is_not_the_end_of_its_hour() {
        let mut at_night = drill(DrillFor::Person(MN));
        at_night.at = 23 * 60 + 30;
        for (start, sent) in [
            (time(1, 0, 10), true),
            (time(1, 0, 30), false),
            (time(5, 0, 10), true),
            (time(0, 0, 10), false),
        ] {
            let mut drills = Drills::new(vec![at_night.clone()]);
            assert_eq!(
                !drills.due(&plan(), at(start)).is_empty(),
                sent,
                "{start:?}"
            );
        }
    }

    #[test]
    fn an_hour_that_is_there_twice_has_one_drill() {
        let mut drills = drills(DrillFor::Person(MN));
        assert_eq!(drills.due(&plan(), at(time(0, 9, 30))).len(), 1);
        // The clock of the wall was set back by an hour; the one that is measured by was not.
        let again = Moment {
            now: at(time(0, 10, 0)).now,
            ..at(time(0, 9, 0))
        };
        assert_eq!(drills.due(&plan(), again), []);
        assert_eq!(drills.due(&plan(), at(time(1, 9, 0))).len(), 1);
    }

    #[test]
    fn a_restart_sends_it_no_second_time_and_forgets_nothing() {
        let sent = at(time(0, 9, 0));
        let mut before = drills(DrillFor::Person(MN));
        assert_eq!(before.due(&plan(), sent).len(), 1);
        let mut after = drills(DrillFor::Person(MN));
        after.sent(sent, (MN, PHONES));
        for minute in 1..60 {
            assert_eq!(after.due(&plan(), at(time(0, 9, minute))), []);
            assert_eq!(missed(&after, time(0, 9, minute)), minute >= 10);
        }
        after.received((MN, PHONES));
        assert!(!missed(&after, time(0, 10, 0)));
        assert_eq!(after.due(&plan(), at(time(0, 9, 30))), []);
    }

    #[test]
    fn one_that_nobody_receives_in_time_is_missed_until_a_test_of_that_way_is_received() {
        let mut drills = drills(DrillFor::Person(MN));
        drills.due(&plan(), at(time(0, 9, 0)));
        assert!(!missed(&drills, time(0, 9, 9)));
        assert!(missed(&drills, time(0, 9, 10)));
        // The next day's does not make it good by itself.
        drills.due(&plan(), at(time(1, 9, 0)));
        assert!(missed(&drills, time(1, 9, 1)));
        drills.received((AK, PHONES));
        drills.received((MN, Channel(1)));
        assert!(missed(&drills, time(1, 9, 2)), "those are other ways");
        drills.received((MN, PHONES));
        assert!(!missed(&drills, time(1, 9, 30)));
        drills.due(&plan(), at(time(2, 9, 0)));
        assert!(!missed(&drills, time(2, 9, 9)), "it begins anew");
        assert!(missed(&drills, time(2, 9, 10)));
    }

    #[test]
    fn one_of_those_on_duty_is_enough_and_nobody_on_duty_is_not() {
        let mut drills = drills(DrillFor::Duty(0));
        let ways = drills.due(&plan(), at(time(0, 9, 0)));
        assert_eq!(ways, [(MN, PHONES), (AK, PHONES)]);
        drills.received((AK, PHONES));
        assert!(!missed(&drills, time(0, 9, 30)));
        let mut again = self::drills(DrillFor::Duty(0));
        for person in [MN, AK] {
            again.sent(at(time(0, 9, 0)), (person, PHONES));
        }
        again.received((AK, PHONES));
        assert!(!missed(&again, time(0, 9, 30)), "also after a restart");

        let nobody = Plan::default();
        let mut drills = self::drills(DrillFor::Duty(0));
        assert_eq!(drills.due(&nobody, at(time(0, 9, 0))), []);
        assert!(missed(&drills, time(0, 9, 10)));
    }
}
