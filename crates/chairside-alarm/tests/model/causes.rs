//! No alarm without a cause, and none without evidence: what must have been said for each onset.

use std::collections::BTreeSet;
use std::time::Duration;

use chairside_alarm::{AirwayMode, AlarmId, SuspensionKind, Transition};
use chairside_model::{Cuff, Measured, Metric, MonoTime};

use crate::chart::{Chart, Limit, gap_of};
use crate::program::{Record, Run, What};

type Verdict = Result<(), String>;

/// The words of these are the cause itself: there is no number and no device to it.
const WITHOUT_NUMBERS: [AlarmId; 5] = [
    AlarmId::NibpFailed,
    AlarmId::BedFailed,
    AlarmId::Spo2CuffSameLimb,
    AlarmId::PatientCall,
    AlarmId::HelpWanted,
];

/// An onset tells the readings that fired it (semantics 13).
pub(crate) fn every_alarm_has_evidence(run: &Run) -> Verdict {
    for told in run.told() {
        let words = &told.evidence;
        let names = words.contains(|letter: char| letter.is_ascii_digit());
        if words.trim().is_empty() || !(names || WITHOUT_NUMBERS.contains(&told.id)) {
            return Err(format!("{} at {} says {words:?}", told.id, told.at));
        }
    }
    Ok(())
}

pub(crate) fn no_alarm_begins_without_a_cause(run: &Run) -> Verdict {
    let chart = Chart::of(run);
    let mut known = BTreeSet::new();
    for record in &run.records {
        for told in record
            .told
            .iter()
            .filter(|told| known.insert(told.occurrence))
        {
            // A rule that is on again tells what it knows, however old.
            if !is_on_again(record, told.id) {
                let caused = has_cause(&chart, told);
                caused.map_err(|why| format!("{} at {}: {why}", told.id, told.at))?;
            }
        }
    }
    Ok(())
}

fn is_on_again(record: &Record, id: AlarmId) -> bool {
    record.suspended.iter().any(|change| {
        let suspension = &change.suspension;
        suspension.id == id && suspension.kind == SuspensionKind::RuleOff && change.ended.is_some()
    })
}

fn has_cause(chart: &Chart<'_>, told: &Transition) -> Verdict {
    let at = told.at;
    if let Some(limit) = chart.limits().into_iter().find(|limit| limit.id == told.id) {
        return is_violated_for_the_delay(chart, limit, told);
    }
    let breath = |seconds| chart.any_valid(Metric::EtCO2, (at, seconds), |value| value >= 8.0);
    let none = |seconds| chart.any_valid(Metric::EtCO2, (at, seconds), |value| value < 8.0);
    let low = |most: f64| chart.any_valid(Metric::SpO2, (at, 12.0), |value| value <= most);
    let valid = |metric, seconds| chart.any_valid(metric, (at, seconds), |_| true);
    let holds = match told.id {
        AlarmId::Spo2Fall => low(95.0),
        AlarmId::Apnea => {
            let apnea = chart.parts(at).airway.apnea.expect("it is on");
            !breath(apnea.no_breath.as_secs_f64()) && none(5.0)
        }
        AlarmId::AirwayObstruction => match told.mode.ok_or("it has no mode")? {
            AirwayMode::Co2AndEffort => {
                !breath(12.0)
                    && none(5.0)
                    && chart.any_valid(Metric::EffortRate, (at, 9.0), |value| value >= 6.0)
            }
            AirwayMode::Co2 => !breath(15.0) && none(5.0),
            AirwayMode::Spo2Only => low(92.0),
        },
        AlarmId::AirwayPartial => breath(16.0),
        AlarmId::Spo2ProbeOff => {
            let off = |measured: &Measured| matches!(measured, Measured::Unavailable(why) if why.is_probe_off());
            let said = chart.samples(Metric::SpO2).iter();
            let mut recent = said.filter(|(said, _)| {
                *said <= at && at.saturating_since(*said) < Duration::from_secs(4)
            });
            recent.any(|(_, measured)| off(measured)) && !valid(Metric::SpO2, 5.0)
        }
        AlarmId::Spo2NoData => !valid(Metric::SpO2, 30.0),
        AlarmId::Co2NoData => !valid(Metric::EtCO2, 30.0),
        AlarmId::Spo2CuffSameLimb => {
            let cycles = chart
                .cuff
                .iter()
                .filter(|(began, cuff)| *began <= at && matches!(cuff, Cuff::Measuring));
            cycles.count() >= 3
        }
        AlarmId::NibpOverdue => is_overdue(chart, at),
        AlarmId::LineGarbled => chart.devices().any(|device| {
            let delay = (chart.period(device) * 4).max(Duration::from_secs(10));
            happened(
                chart.run,
                at,
                |what| matches!(what, What::Heard(it) if *it == device),
            ) && is_silent(chart, device, at, delay)
        }),
        AlarmId::DeviceLinkLost => chart.devices().any(|device| {
            let delay = (chart.period(device) * 3).max(Duration::from_secs(10));
            told.evidence.contains(&device.to_string()) && is_silent(chart, device, at, delay)
        }),
        AlarmId::DeviceSwapped => happened(chart.run, at, |what| {
            matches!(what, What::Identity(device, text)
                if told.evidence.contains(&format!("{device} says it is {text}")))
        }),
        AlarmId::BedFailed => happened(chart.run, at, |what| matches!(what, What::BedFailed(_))),
        AlarmId::RecordingStopped => happened(chart.run, before(at, 5), |what| {
            matches!(what, What::Recording(false))
        }),
        AlarmId::NoStation => happened(chart.run, before(at, 15), |what| {
            matches!(what, What::Session(true) | What::Audience(false))
        }),
        AlarmId::DeliveryFailed => happened(chart.run, before(at, 10), |what| {
            matches!(what, What::Delivered(false))
        }),
        // `calls` looks at these.
        AlarmId::PatientCall | AlarmId::HelpWanted => true,
        // One reading decides: `cuff` looks at these.
        _ => chart.cuff.iter().any(|(came, _)| *came == at),
    };
    holds
        .then_some(())
        .ok_or_else(|| format!("nothing of the kind was said: {}", told.evidence))
}

const fn before(at: MonoTime, seconds: u64) -> MonoTime {
    at.saturating_sub(Duration::from_secs(seconds))
}

fn happened(run: &Run, at: MonoTime, is: impl Fn(&What) -> bool) -> bool {
    let steps = &run.program.steps;
    let from = steps.partition_point(|step| step.at < at);
    let moment = steps[from..].iter().take_while(|step| step.at == at);
    moment.map(|step| &step.what).any(is)
}

/// No frame came for at least that long, by that moment.
fn is_silent(
    chart: &Chart<'_>,
    device: chairside_model::DeviceId,
    at: MonoTime,
    delay: Duration,
) -> bool {
    let frames = chart.frames(device);
    let heard = frames.partition_point(|frame| *frame <= at);
    let last = heard
        .checked_sub(1)
        .map_or(MonoTime::ZERO, |last| frames[last]);
    at.saturating_since(last) >= delay
}

fn is_overdue(chart: &Chart<'_>, at: MonoTime) -> bool {
    let nibp = &chart.parts(at).nibp;
    let allowed = nibp.interval + nibp.overdue_grace;
    let good = chart.cuff.iter().filter_map(|(came, cuff)| match cuff {
        Cuff::Completed(reading)
            if *came <= at && chart.is_of_this_monitor(reading.taken, *came) =>
        {
            Some(reading.taken)
        }
        _ => None,
    });
    let last = good.chain(chart.turned(at)).max();
    let last = last.unwrap_or(MonoTime::ZERO);
    at.saturating_since(last) >= allowed
}

/// Returns the whole second at which what came at that moment is judged.
fn second_of(moment: MonoTime) -> u128 {
    moment.since_start().as_nanos().div_ceil(1_000_000_000)
}

/// What comes at the very moment at which another device says who it is may be of either.
fn is_swapped_between(chart: &Chart<'_>, limit: Limit, from: MonoTime, to: MonoTime) -> bool {
    let moment = Duration::from_millis(1);
    chart.is_swapped(limit.device, from + moment, to.saturating_sub(moment))
}

/// The latest number violates the limit, and so do all before it back to one that is as old as the
/// delay, without more missing than semantics 2 and 12 forgive.
fn is_violated_for_the_delay(chart: &Chart<'_>, limit: Limit, told: &Transition) -> Verdict {
    let at = told.at;
    let second = Duration::from_secs(u64::from(limit.is_of_breathing()));
    // Of breathing the last word of a second counts, also when it takes a number back.
    let counts = |said: MonoTime| {
        let words = chart.samples(limit.metric).iter();
        !limit.is_of_breathing()
            || words
                .skip_while(|(other, _)| *other <= said)
                .take_while(|(other, _)| *other <= at)
                .all(|(other, _)| second_of(*other) != second_of(said))
    };
    let mut back = chart
        .valid_back(limit.metric, MonoTime::ZERO, at)
        .filter(|(said, _)| counts(*said))
        .peekable();
    let Some((newest, value)) = back.peek().copied() else {
        return Err("there is no number".to_owned());
    };
    let source = chart.as_of(limit, newest);
    let period = chart.period(source.device);
    let gap = gap_of(period);
    if at.saturating_since(newest) > gap + second {
        return Err(format!("the latest number is of {newest}"));
    }
    let violates = |(said, value): (MonoTime, f64)| {
        let by =
            |profile: &chairside_alarm::AlarmProfile| limit.is_violated(profile.parts(), value);
        // What is judged at the end of its second is judged by the limits of then.
        chart.in_force(said).any(by)
            || (limit.is_of_breathing() && chart.in_force(said + second).any(by))
    };
    if !violates((newest, value)) {
        return Err(format!("the latest number, {value}, violates nothing"));
    }
    if !told.evidence.contains(&value.to_string()) {
        return Err(format!("{value} is not in its words: {}", told.evidence));
    }
    let mut first = newest;
    for sample in back {
        if !violates(sample)
            || first.saturating_since(sample.0) > gap + second
            || is_swapped_between(chart, source, sample.0, first)
        {
            break;
        }
        first = sample.0;
    }
    let delay = limit.delay(chart.parts(at), period);
    if at.saturating_since(first) + second < delay
        && !chart.may_be_held(source.metric, before(first, 5), at)
    {
        return Err(format!("violated since {first} only, {}", told.evidence));
    }
    Ok(())
}
