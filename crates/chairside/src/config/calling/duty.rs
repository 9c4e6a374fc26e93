//! Who is on duty when.

use std::collections::BTreeSet;

use chairside_escalation::{Duty, Person, Shift, WEEK_MINUTES, WeekMinute};

use super::{Mistakes, Reader, STAFF, Section, known};

/// The days as they are written, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Reader {
    pub(super) fn duty(&self, section: &mut Section, mistakes: &mut Mistakes) -> Duty {
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

    /// Takes a list of people.
    pub(super) fn staff(
        &self,
        section: &mut Section,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Vec<Person> {
        let path = section.key(key);
        let names = section.texts(key, mistakes).unwrap_or_default();
        names
            .iter()
            .filter_map(|name| known(&self.people, name, STAFF, &path, mistakes))
            .collect()
    }
}

/// Takes the days of the week; every day when nothing is said.
pub(super) fn days(section: &mut Section, mistakes: &mut Mistakes) -> Option<[bool; 7]> {
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

/// Takes a time of day, `08:00`, as minutes from midnight.
pub(super) fn time(
    section: &mut Section,
    key: &'static str,
    mistakes: &mut Mistakes,
) -> Option<u16> {
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

/// The minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

/// Returns when in the week, Monday first, nobody is on any of these duties, as a person writes it.
pub(super) fn first_gap(duties: &[&Duty]) -> Option<String> {
    let is_left = |minute: &u16| {
        let at = WeekMinute::new(*minute);
        duties.iter().all(|duty| duty.on_duty(at).is_empty())
    };
    // Somebody is missing from the end of a shift on, or from the beginning of the week.
    let ends = duties.iter().flat_map(|duty| &duty.shifts);
    let ends: BTreeSet<u16> = ends.map(|shift| shift.to).chain([0]).collect();
    let days = (0..WEEK_MINUTES).step_by(DAY_MINUTES.into());
    let mut moments = days.flat_map(|day| ends.iter().map(move |end| day + end));
    let minute = moments.find(is_left)?;
    let day = DAYS.get(usize::from(minute / DAY_MINUTES))?;
    let (hour, minute) = (minute / 60 % 24, minute % 60);
    Some(format!("{day} {hour:02}:{minute:02}"))
}
