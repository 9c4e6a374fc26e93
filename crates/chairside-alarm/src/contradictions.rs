//! What a set of limits must not say. Every mistake is found, each with its key in the file.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use chairside_model::Value;

use crate::{AlarmId, Priority, ProfileError, ProfileParts, TechnicalRule};

mod adjust;
mod airway;
mod cuff;
mod limits;

pub(crate) use airway::APNEA_S;
pub(crate) use cuff::{CUFF_TIMES_S, PRESSURE_LIMITS, PRESSURE_MIN};
pub(crate) use limits::range as limit_range;

/// The longest delay or hold of any rule. Longer ones make an alarm that comes too late to be one;
/// products go up to 30 s for saturation, breathing rules to 60 s.
const DELAY_MAX: Duration = Duration::from_mins(2);

/// The same, as numbers of a limit's key.
pub(crate) const DELAYS_S: RangeInclusive<f64> = 0.0..=120.0;

/// The longest time that missing samples are forgiven.
const GAP_TOLERANCE_MAX: Duration = Duration::from_secs(10);

/// The longest that a cuff on the probe's limb may blind the saturation
/// (`docs/alarms.md`, semantics 6).
const CUFF_HOLD_MAX: Duration = Duration::from_mins(1);

/// The longest that a jump may delay the saturation (semantics 7).
const STEP_HOLD_MAX: Duration = Duration::from_secs(30);

/// The longest that a dose counts as acting after its end.
const DOSING_TAIL_MAX: Duration = Duration::from_hours(24);

/// What a limit of the perfusion index can be, %: oximeters show 0.02 to 20.
const PERFUSION_LIMITS: RangeInclusive<f64> = 0.02..=20.0;

/// Finds every mistake of a profile and of how it may change.
pub(crate) fn contradictions(parts: &ProfileParts) -> Vec<ProfileError> {
    let mut found = Found(in_itself(parts));
    adjust::adjustments(parts, &mut found);
    found.0
}

/// Finds every mistake of the limits as they stand.
pub(crate) fn in_itself(parts: &ProfileParts) -> Vec<ProfileError> {
    let mut found = Found::default();
    if parts.name.trim().is_empty() {
        found.add("name", "a profile needs a name");
    }
    limits::thresholds(&parts.thresholds, &mut found);
    cuff::nibp(&parts.nibp, &mut found);
    airway::airway(&parts.airway, &mut found);
    technical(parts, &mut found);
    holds(parts, &mut found);
    found.lasts("signals.realarm_s", parts.signals.realarm, 60..=180);
    families(parts, &mut found);
    found.0
}

#[derive(Default)]
struct Found(Vec<ProfileError>);

impl Found {
    fn add(&mut self, key: impl Into<String>, why: impl Into<String>) {
        self.0.push(ProfileError {
            key: key.into(),
            why: why.into(),
        });
    }

    fn unless(&mut self, holds: bool, key: impl Into<String>, why: impl fmt::Display) {
        if !holds {
            self.add(key, why.to_string());
        }
    }

    fn within(&mut self, key: impl Into<String>, is: Value, range: RangeInclusive<f64>) {
        let why = format!("{is} is not within {} to {}", range.start(), range.end());
        self.unless(range.contains(&is.number()), key, why);
    }

    fn lasts(&mut self, key: impl Into<String>, is: Duration, seconds: RangeInclusive<u64>) {
        let why = format!(
            "{} s is not within {} to {} s",
            is.as_secs_f64(),
            seconds.start(),
            seconds.end()
        );
        let least = Duration::from_secs(*seconds.start());
        let most = Duration::from_secs(*seconds.end());
        self.unless((least..=most).contains(&is), key, why);
    }

    fn at_most(&mut self, key: impl Into<String>, is: Duration, most: Duration) {
        let why = format!("{} s is more than {} s", is.as_secs_f64(), most.as_secs());
        self.unless(is <= most, key, why);
    }
}

fn no_less_urgent(mild: Priority, bad: Priority, key: String, milder: AlarmId, found: &mut Found) {
    let why = format!(
        "{} is less urgent than {milder}, {}",
        bad.name(),
        mild.name()
    );
    found.unless(bad >= mild, key, why);
}

fn technical(parts: &ProfileParts, found: &mut Found) {
    let rules = &parts.technical;
    let link = &rules.device_link_lost;
    let timed = [
        (AlarmId::Spo2ProbeOff, rules.spo2_probe_off),
        (AlarmId::Spo2NoData, rules.spo2_no_data),
        (
            AlarmId::Spo2LowPerfusion,
            rules.spo2_low_perfusion.map(|rule| TechnicalRule {
                delay: rule.delay,
                clear_hold: rule.clear_hold,
                priority: rule.priority,
            }),
        ),
        (AlarmId::Co2NoData, rules.co2_no_data),
        (AlarmId::LineGarbled, rules.line_garbled),
        (AlarmId::RecordingStopped, Some(rules.recording_stopped)),
        (AlarmId::NoStation, rules.no_station),
        (AlarmId::DeliveryFailed, rules.delivery_failed),
        (
            AlarmId::DeviceLinkLost,
            Some(TechnicalRule {
                delay: link.delay,
                clear_hold: link.clear_hold,
                priority: link.priority_other,
            }),
        ),
    ];
    for (id, rule) in timed {
        let Some(rule) = rule else { continue };
        found.at_most(format!("technical.{id}.delay_s"), rule.delay, DELAY_MAX);
        found.at_most(
            format!("technical.{id}.clear_hold_s"),
            rule.clear_hold,
            DELAY_MAX,
        );
    }
    if let Some(weak) = rules.spo2_low_perfusion {
        let key = "technical.SPO2_LOW_PERFUSION.pi_lt";
        found.within(key, weak.below, PERFUSION_LIMITS);
    }
    if let Some(garbled) = rules.line_garbled {
        let never = "a line cannot be garbled before its next frame is due";
        let key = "technical.LINE_GARBLED.delay_s";
        found.unless(garbled.delay >= Duration::from_secs(1), key, never);
    }
    let key = |field: &str| format!("technical.DEVICE_LINK_LOST.{field}");
    let never = "a device cannot be lost before its next frame is due";
    found.unless(link.delay >= Duration::from_secs(1), key("delay_s"), never);
    found.at_most(key("dosing_tail_s"), link.dosing_tail, DOSING_TAIL_MAX);
    let (dosing, other) = (link.priority_dosing, link.priority_other);
    let why = format!(
        "{} is less urgent than without a dose, {}",
        dosing.name(),
        other.name()
    );
    found.unless(dosing >= other, key("priority_dosing"), why);
}

fn holds(parts: &ProfileParts, found: &mut Found) {
    let holds = &parts.holds;
    found.at_most("gap_tolerance_s", holds.gap_tolerance, GAP_TOLERANCE_MAX);
    found.at_most(
        "holds.cuff_same_limb_max_s",
        holds.cuff_same_limb_max,
        CUFF_HOLD_MAX,
    );
    found.at_most("holds.cuff_release_s", holds.cuff_release, CUFF_HOLD_MAX);
    found.at_most("holds.step_hold_s", holds.step_hold, STEP_HOLD_MAX);
    found.at_most(
        "holds.after_hold_delay_max_s",
        holds.after_hold_delay_max,
        DELAY_MAX,
    );
    let why = format!("{} is no step", holds.step_points);
    found.unless(holds.step_points.number() > 0.0, "holds.step_points", why);
}

/// The priority an alarm has in this profile; nothing when it is off.
fn priority(parts: &ProfileParts, id: AlarmId) -> Option<Priority> {
    let (nibp, airway) = (&parts.nibp, &parts.airway);
    match id {
        AlarmId::Spo2Fall => airway.spo2_fall.map(|rule| rule.priority),
        AlarmId::Apnea => airway.apnea.map(|rule| rule.priority),
        AlarmId::AirwayObstruction => airway.obstruction.map(|rule| rule.priority),
        AlarmId::AirwayPartial => airway.partial.map(|rule| rule.priority),
        AlarmId::NibpHigh => nibp.high.map(|rule| rule.priority),
        AlarmId::NibpVeryHigh => nibp.very_high.map(|rule| rule.priority),
        AlarmId::NibpRise => nibp.rise.map(|rule| rule.priority),
        AlarmId::NibpLow => nibp.low.map(|rule| rule.priority),
        AlarmId::NibpVeryLow => nibp.very_low.map(|rule| rule.priority),
        // A limit of a continuous signal, or no member of any family.
        other => limits::of(&parts.thresholds, other).map(|rule| rule.priority),
    }
}

fn families(parts: &ProfileParts, found: &mut Found) {
    let mut seen: Vec<AlarmId> = Vec::new();
    for family in &parts.families {
        let mut milder: Option<(AlarmId, Priority)> = None;
        for id in family {
            let key = format!("families.{id}");
            found.unless(
                !seen.contains(id),
                &key,
                "this alarm is in a family already",
            );
            seen.push(*id);
            let Some(priority) = priority(parts, *id) else {
                continue;
            };
            if let Some((mild, urgent)) = milder {
                let why = format!("the mildest comes first, and it is milder than {mild}");
                found.unless(priority >= urgent, &key, why);
            }
            milder = Some((*id, priority));
        }
        let swapped = limits::MILDER
            .iter()
            .chain(&cuff::MILDER)
            .chain(&airway::MILDER)
            .find(|(mild, bad)| {
                let place = |id: &AlarmId| family.iter().position(|member| member == id);
                place(bad).is_some_and(|bad| place(mild).is_some_and(|mild| bad < mild))
            });
        if let Some((mild, bad)) = swapped {
            found.add(
                format!("families.{bad}"),
                format!("the mildest comes first: {mild}"),
            );
        }
    }
}
