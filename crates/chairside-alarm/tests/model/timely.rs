//! Nothing that the rules call for is missed: what violates a limit for its delay is told at the
//! moment at which the delay is over.

use std::time::Duration;

use chairside_alarm::AlarmId;
use chairside_model::{Measured, Metric, MonoTime};

use crate::chart::{Chart, Limit};
use crate::program::{Run, What};

type Verdict = Result<(), String>;

/// A fall of the saturation may be held back by a jump, and then by a cuff, and what is left of
/// the delay after each: never longer.
const HELD_MAX: Duration = Duration::from_secs(15 + 60 + 10);

/// Each violation that lasts longer than its delay alarms with the first number at or after the
/// end of the delay.
pub(crate) fn every_violation_longer_than_its_delay_alarms_in_time(run: &Run) -> Verdict {
    let chart = Chart::of(run);
    for limit in chart.limits() {
        violations(&chart, limit).map_err(|why| format!("{}: {why}", limit.id))?;
    }
    Ok(())
}

fn violations(chart: &Chart<'_>, limit: Limit) -> Verdict {
    let mut since: Option<(MonoTime, MonoTime)> = None;
    let mut before = limit.device;
    let all = chart.valid_back(limit.metric, MonoTime::ZERO, chart.run.program.end);
    let mut all: Vec<(MonoTime, f64)> = all.collect();
    all.reverse();
    for (place, (now, value)) in all.iter().enumerate() {
        let source = chart.as_of(limit, *now);
        let period = chart.period(source.device);
        // Two numbers may be missing, and the next may come half a period late.
        let gap = if limit.is_of_breathing() {
            Duration::from_secs(2)
        } else {
            (period * 2).max(Duration::from_secs(2)) + period
        };
        let is_another = std::mem::replace(&mut before, source.device) != source.device;
        let all_limits = |violated: bool| {
            let mut limits = chart.in_force(*now);
            limits.all(|profile| limit.is_violated(profile.parts(), *value) == violated)
        };
        // Two numbers of one moment: the good one counts.
        let is_alone = all.get(place + 1).is_none_or(|(next, _)| next > now);
        let goes_on = since.is_some_and(|(_, last)| {
            now.saturating_since(last) <= gap
                && !is_another
                && !chart.is_swapped(source.device, last, *now)
        });
        if !all_limits(true) || !is_alone || (limit.is_of_breathing() && sleeps(chart, limit, *now))
        {
            since = None;
            continue;
        }
        let first = match since {
            Some((first, _)) if goes_on => first,
            _ => *now,
        };
        since = Some((first, *now));
        let lasted = now.saturating_since(first);
        let delay = limit.delay(chart.parts(*now), period);
        let held = if chart.may_be_held(source.metric, first, *now) {
            HELD_MAX
        } else {
            Duration::ZERO
        };
        let second = if limit.is_of_breathing() {
            // Judged at the end of the second in which it came.
            Duration::from_secs(1)
        } else {
            Duration::ZERO
        };
        // The last number of a second is the one that counts.
        let next = all.get(place + 1).map(|(next, _)| *next);
        let is_last = next.is_none_or(|next| next > *now + second);
        // A limit that changes at this very moment waits for the next number.
        let is_retuned = chart.in_force(*now).count() > 1;
        if lasted < delay + held + second
            || is_retuned
            || !is_last
            || chart.is_off(limit.id, first, *now + second)
        {
            continue;
        }
        if !chart.is_present(limit.id, *now + second) {
            return Err(format!("violated from {first} to {now} and not told"));
        }
    }
    Ok(())
}

/// Rules of RR and EtCO2 sleep while no breath is seen (semantics 5): here, generously, whenever
/// CO2 is not surely seen to be breathed.
fn sleeps(chart: &Chart<'_>, limit: Limit, now: MonoTime) -> bool {
    if limit.metric == Metric::EffortRate {
        return false;
    }
    let near = |(at, _): &&(MonoTime, Measured)| {
        at.saturating_since(now) <= Duration::from_secs(1)
            && now.saturating_since(*at) <= Duration::from_secs(3)
    };
    let breathed = |metric: Metric, least: f64| {
        let mut samples = chart.samples(metric).iter().filter(near).peekable();
        samples.peek().is_some()
            && samples.all(|(_, measured)| {
                measured
                    .valid()
                    .is_some_and(|value| value.number() >= least)
            })
    };
    !breathed(Metric::EtCO2, 8.0) || !breathed(Metric::RespirationRate, 1.0)
}

/// A device of which no frame comes is told at the very moment (the table of equipment).
pub(crate) fn every_device_that_falls_silent_is_told(run: &Run) -> Verdict {
    let chart = Chart::of(run);
    for device in chart.devices() {
        let delay = (chart.period(device) * 3).max(Duration::from_secs(10));
        let frames = chart.frames(device).iter().copied();
        let from = [MonoTime::ZERO].into_iter().chain(frames.clone());
        let to = frames.chain([run.program.end + Duration::from_millis(1)]);
        for (last, next) in from.zip(to) {
            let due = last + delay;
            if due < next && !chart.is_present(AlarmId::DeviceLinkLost, due) {
                return Err(format!("{device} is silent from {last} to {next}"));
            }
        }
    }
    Ok(())
}

/// What is told from outside: the record, the displays, the delivery.
pub(crate) fn what_no_device_says_is_told_when_its_delay_is_over(run: &Run) -> Verdict {
    let chart = Chart::of(run);
    let (mut session, mut hears) = (false, false);
    // Since when each is bad.
    let mut bad = [None; 3];
    let ids = [
        (AlarmId::RecordingStopped, 5),
        (AlarmId::NoStation, 15),
        (AlarmId::DeliveryFailed, 10),
    ];
    let ends = run
        .program
        .steps
        .iter()
        .map(|step| (step.at, Some(&step.what)));
    for (now, what) in ends.chain([(run.program.end, None)]) {
        for ((id, delay), since) in ids.iter().zip(&bad) {
            let due: Option<MonoTime> = since.map(|since| since + Duration::from_secs(*delay));
            let is_told = |due| chart.is_present(*id, due) || chart.is_off(*id, due, due);
            if due.is_some_and(|due| due < now && !is_told(due)) {
                return Err(format!("{id} was due at {due:?}"));
            }
        }
        let [record, station, delivery] = &mut bad;
        let is = |place: &mut Option<MonoTime>, good: bool| {
            *place = if good { None } else { place.or(Some(now)) };
        };
        match what {
            Some(What::Recording(runs)) => is(record, *runs),
            Some(What::Delivered(all)) => is(delivery, *all),
            Some(What::Session(open)) => {
                session = *open;
                is(station, hears || !session);
            }
            Some(What::Audience(now_hears)) => {
                hears = *now_hears;
                is(station, hears || !session);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Nobody breathes without CO2: one of the two alarms about it stands when the time of APNEA has
/// passed, whichever it is.
pub(crate) fn no_breath_for_the_time_of_an_apnoea_alarms(run: &Run) -> Verdict {
    let chart = Chart::of(run);
    let mut since: Option<(MonoTime, MonoTime)> = None;
    for (now, measured) in chart.samples(Metric::EtCO2) {
        let denied = measured.valid().is_some_and(|value| value.number() < 8.0);
        if !denied {
            since = None;
            continue;
        }
        let first = match since {
            Some((first, last)) if now.saturating_since(last) <= Duration::from_secs(2) => first,
            _ => *now,
        };
        since = Some((first, *now));
        // The longest that was in force meanwhile.
        let limits = run.limits.iter().filter(|(from, _)| from <= now);
        let longest = limits.filter_map(|(_, profile)| profile.parts().airway.apnea);
        let longest = longest
            .map(|apnea| apnea.no_breath)
            .max()
            .unwrap_or_default();
        let told = [AlarmId::Apnea, AlarmId::AirwayObstruction];
        let due = longest + Duration::from_secs(2);
        let device = crate::program::CAPNOGRAPH;
        if now.saturating_since(first) >= due
            && !chart.is_swapped(device, first, *now)
            && !told.iter().any(|id| chart.is_present(*id, *now))
        {
            return Err(format!(
                "no breath from {first} to {now} and nobody is told"
            ));
        }
    }
    Ok(())
}
