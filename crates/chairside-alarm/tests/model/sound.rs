//! Who hears it (`docs/alarms.md`), as a machine of its own: per station, apart from conditions
//! and signals.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{AlarmId, AudioCause, OperatorAction, Refusal, SignalPresence, Sound};
use chairside_model::MonoTime;

use crate::program::{Person, Record, Run, STATIONS};

const REMINDER: Duration = Duration::from_mins(3);

#[derive(Clone, Copy, Debug)]
enum Silence {
    /// Calls up to this number.
    Paused { covers: u64, until: MonoTime },
    /// People were reminded last at some moment, or switched it off then.
    Off {
        since: MonoTime,
        reminded: MonoTime,
        until: MonoTime,
    },
}

impl Silence {
    const fn until(self) -> MonoTime {
        match self {
            Self::Paused { until, .. } | Self::Off { until, .. } => until,
        }
    }
}

/// A pause covers the calls of before it and no later one; sound that is off covers all; both have
/// an owner and an end, and people are reminded.
pub(crate) fn each_station_hears_what_it_has_not_silenced(run: &Run) -> Result<(), String> {
    let mut silent: BTreeMap<&str, Silence> = BTreeMap::new();
    let mut last_call = 0;
    for record in &run.records {
        follow(&mut silent, last_call, record).map_err(|why| format!("at {}: {why}", record.at))?;
        last_call = record.last_call;
    }
    let late = silent
        .values()
        .find(|silence| silence.until() < run.program.end);
    late.map_or(Ok(()), |silence| {
        Err(format!("{silence:?} is not over at the end"))
    })
}

fn follow(
    silent: &mut BTreeMap<&'static str, Silence>,
    last_call: u64,
    record: &Record,
) -> Result<(), String> {
    let now = record.at;
    let mut told = Vec::new();
    for change in &record.sound {
        if change.by.is_empty() || change.at != now {
            return Err(format!("{change:?} has no owner or another time"));
        }
        told.push((&*change.station, change.cause, change.sound.name()));
    }
    // It is looked at by ticks, and before what a person does.
    let is_looked_at = record.is_tick || !record.sound.is_empty();
    let mut expected = Vec::new();
    for station in in_order() {
        match silent.get(station).copied() {
            Some(silence) if silence.until() <= now && (is_looked_at || silence.until() < now) => {
                silent.remove(station);
                expected.push((station, AudioCause::Time, "on"));
            }
            Some(Silence::Off {
                since,
                reminded,
                until,
            }) if is_looked_at && reminded < now && is_time_to_remind(since, now) => {
                let reminded = now;
                let off = Silence::Off {
                    since,
                    reminded,
                    until,
                };
                silent.insert(station, off);
                expected.push((station, AudioCause::Reminder, "off"));
            }
            _ => {}
        }
    }
    if let Some((person, action, said)) = &record.person
        && action.is_about_sound()
    {
        let check = check(person, *action, silent);
        if *said != check {
            return Err(format!("{action:?} is {said:?} and not {check:?}"));
        }
        if check.is_ok() {
            expected.push((
                person.station,
                AudioCause::Person,
                act(silent, person, *action, now, last_call),
            ));
        }
    }
    if record.session_turned {
        let ended = in_order()
            .into_iter()
            .filter(|station| silent.remove(station).is_some());
        expected.extend(ended.map(|station| (station, AudioCause::Session, "on")));
    }
    if told != expected {
        return Err(format!("{told:?} was told of the sound, not {expected:?}"));
    }
    for change in &record.sound {
        let until = silent.get(&*change.station).map(|silence| silence.until());
        if change.sound.until() != until {
            return Err(format!("{change:?} ends at another time than {until:?}"));
        }
        if let Sound::Off { reminder, .. } = change.sound
            && reminder > now + REMINDER
        {
            return Err(format!("nobody is reminded before {reminder}"));
        }
    }
    if record.silent_stations > silent.len() {
        return Err(format!("{} stations are kept", record.silent_stations));
    }
    heard(silent, record)
}

fn in_order() -> [&'static str; STATIONS.len()] {
    let mut stations = STATIONS;
    stations.sort_unstable();
    stations
}

/// Whole reminders have passed since it was switched off.
fn is_time_to_remind(since: MonoTime, now: MonoTime) -> bool {
    let passed = now.saturating_since(since);
    !passed.is_zero() && passed.as_millis().is_multiple_of(REMINDER.as_millis())
}

fn check(
    person: &Person,
    action: OperatorAction,
    silent: &BTreeMap<&str, Silence>,
) -> Result<(), Refusal> {
    action.check_role(person.role)?;
    let (seconds, most) = match action {
        OperatorAction::PauseAudio { seconds } => (seconds, 120),
        OperatorAction::AudioOff { seconds } => (seconds, 4 * 3600),
        _ if silent.contains_key(person.station) => return Ok(()),
        _ => return Err(Refusal::NothingToEnd),
    };
    let is_within = (1..=most).contains(&seconds);
    is_within.then_some(()).ok_or(Refusal::Seconds { most })
}

fn act(
    silent: &mut BTreeMap<&'static str, Silence>,
    person: &Person,
    action: OperatorAction,
    now: MonoTime,
    covers: u64,
) -> &'static str {
    let until = |seconds: u32| now + Duration::from_secs(seconds.into());
    let (silence, name) = match action {
        OperatorAction::PauseAudio { seconds } => {
            let until = until(seconds);
            (Silence::Paused { covers, until }, "paused")
        }
        OperatorAction::AudioOff { seconds } => {
            let off = Silence::Off {
                since: now,
                reminded: now,
                until: until(seconds),
            };
            (off, "off")
        }
        _ => {
            silent.remove(person.station);
            return "on";
        }
    };
    silent.insert(person.station, silence);
    name
}

fn heard(silent: &BTreeMap<&str, Silence>, record: &Record) -> Result<(), String> {
    for (station, sounding) in STATIONS.iter().zip(&record.sounding) {
        let calls = |alarm: &&chairside_alarm::Transition| {
            let silenced = match silent.get(station) {
                None => false,
                Some(Silence::Paused { covers, .. }) => alarm.call <= *covers,
                Some(Silence::Off { .. }) => true,
            };
            alarm.signal == SignalPresence::On && !alarm.superseded && !silenced
        };
        let expected: Vec<AlarmId> = (record.standing.iter().filter(calls))
            .map(|alarm| alarm.id)
            .collect();
        if *sounding != expected {
            return Err(format!("{station} hears {sounding:?} and not {expected:?}"));
        }
    }
    Ok(())
}
