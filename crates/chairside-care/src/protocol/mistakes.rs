//! What is wrong with a protocol.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use chairside_alarm::{Bounds, LimitKey};
use chairside_model::Value;

use super::{Blocks, Mistake, ProtocolParts};

mod plans;

/// A cuff that is pumped up more often hurts the arm, and one less often than hourly is no
/// schedule. Our design.
const CUFF: RangeInclusive<Duration> = Duration::from_mins(1)..=Duration::from_hours(1);

/// Times of a session that are no cuff intervals. Our design.
const SESSION: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_hours(24);

/// Two readings of less are one state of the patient; of more, the first has expired
/// ([`READING_COUNTS`](crate::READING_COUNTS)) before there is time to go on. Our design.
const APART: RangeInclusive<Duration> = Duration::from_mins(1)..=Duration::from_mins(20);

/// For how long a probe can be asked to be valid. Our design.
const PROBE: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_mins(10);

/// Pressures at which a gate can ask, mmHg. Our design.
const PRESSURE: RangeInclusive<f64> = 50.0..=250.0;

/// Heart rates of a gate, /min. Our design.
const HEART_RATE: RangeInclusive<f64> = 20.0..=220.0;

/// Saturations of a gate, %. Below 85 it would keep nobody. Our design.
const SPO2: RangeInclusive<f64> = 85.0..=100.0;

/// Breaths of a gate, /min. Our design.
const RESPIRATION_RATE: RangeInclusive<f64> = 2.0..=60.0;

/// Weights that can be believed unasked, kg. Our design.
const WEIGHT: RangeInclusive<f64> = 2.0..=500.0;

/// The scale of MOAA/S.
const MOAAS: RangeInclusive<i16> = 0..=5;

/// More items than a person answers. Our design.
const ITEMS_MAX: usize = 100;

/// The longest name, bytes: it stands in every record.
const NAME_MAX: usize = 32;

/// Returns every mistake.
pub(super) fn of(parts: &ProtocolParts) -> Vec<Mistake> {
    let mut found = Found(Vec::new());
    found.name("name", parts.name.as_str());
    found.cuff(parts);
    found.gate(parts);
    found.screening(parts);
    found.bounds("weight", parts.weight, &WEIGHT);
    found.doses(parts);
    found.prompts(parts);
    found.discharge(parts);
    found.limits(parts);
    found.0
}

struct Found(Vec<Mistake>);

impl Found {
    fn tell(&mut self, key: impl Into<String>, why: impl Into<String>) {
        let (key, why) = (key.into(), why.into());
        self.0.push(Mistake { key, why });
    }

    fn name(&mut self, key: &str, name: &str) {
        let known = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit();
        let is_name = name.chars().all(|one| known(one) || "-_.".contains(one));
        if !is_name || name.len() > NAME_MAX {
            self.tell(
                key,
                format!(
                    "\"{name}\" is no name: at most {NAME_MAX} letters (a-z), digits, '-', '_' and '.'"
                ),
            );
        }
    }

    fn time(&mut self, key: &str, time: Duration, range: &RangeInclusive<Duration>) {
        if !range.contains(&time) {
            let (least, most) = (range.start().as_secs(), range.end().as_secs());
            let time = time.as_secs_f64();
            self.tell(key, format!("{time} s is not within {least} to {most} s"));
        }
    }

    fn number(&mut self, key: &str, value: Value, range: &RangeInclusive<f64>) {
        if !range.contains(&value.number()) {
            let (least, most) = (range.start(), range.end());
            self.tell(key, format!("{value} is not within {least} to {most}"));
        }
    }

    fn bounds(&mut self, key: &str, bounds: Bounds, range: &RangeInclusive<f64>) {
        self.number(key, bounds.least, range);
        self.number(key, bounds.most, range);
        self.below(key, bounds.least, key, bounds.most);
    }

    fn below(&mut self, key: &str, less: Value, more_key: &str, more: Value) {
        if less >= more {
            let than = if key == more_key { "" } else { more_key };
            let than = format!("{than} {more}");
            self.tell(key, format!("{less} is not below {}", than.trim_start()));
        }
    }

    fn cuff(&mut self, parts: &ProtocolParts) {
        let cuff = &parts.cuff;
        for (key, interval) in [
            ("cuff.baseline_s", cuff.baseline),
            ("cuff.dosing_s", cuff.dosing),
            ("cuff.recovery_s", cuff.recovery),
            ("cuff.late_s", cuff.late),
            ("cuff.close_s", cuff.close),
        ] {
            self.time(key, interval, &CUFF);
        }
        self.time("cuff.late_after_s", cuff.late_after, &SESSION);
        self.time("cuff.close_after_alarm_s", cuff.close_after_alarm, &SESSION);
        if !MOAAS.contains(&cuff.close_moaas) {
            let (least, most) = (MOAAS.start(), MOAAS.end());
            let why = format!("{} is not within {least} to {most}", cuff.close_moaas);
            self.tell("cuff.close_moaas", why);
        }
        // Who is to be watched closely is never watched less for it.
        let least = cuff.dosing.min(cuff.recovery).min(cuff.late);
        if cuff.close > least {
            let (close, least) = (cuff.close.as_secs_f64(), least.as_secs_f64());
            let why = format!("{close} s is longer than the {least} s of a patient who is well");
            self.tell("cuff.close_s", why);
        }
    }

    fn gate(&mut self, parts: &ProtocolParts) {
        let gate = &parts.gate;
        self.time("gate.readings_apart_s", gate.readings_apart, &APART);
        self.time("gate.probe_valid_s", gate.probe_valid, &PROBE);
        for (note_key, note, block_key, block) in [
            (
                "gate.systolic_note",
                gate.systolic_note,
                "gate.systolic_block",
                gate.systolic_block,
            ),
            (
                "gate.diastolic_note",
                gate.diastolic_note,
                "gate.diastolic_block",
                gate.diastolic_block,
            ),
        ] {
            self.number(note_key, note, &PRESSURE);
            self.number(block_key, block, &PRESSURE);
            self.below(note_key, note, block_key, block);
        }
        self.bounds("gate.heart_rate", gate.heart_rate, &HEART_RATE);
        self.number("gate.spo2_least", gate.spo2_least, &SPO2);
        let breaths = gate.respiration_rate;
        self.bounds("gate.respiration_rate", breaths, &RESPIRATION_RATE);
    }

    fn limits(&mut self, parts: &ProtocolParts) {
        for (phase, numbers) in &parts.limits {
            let phase = phase.name();
            for key in numbers.keys() {
                let name = key.name();
                if name.is_empty() {
                    let why = format!("{} has no such limit", key.alarm());
                    self.tell(format!("limits.{phase}"), why);
                } else if *key == LimitKey::CuffInterval {
                    let why = "the cuff's intervals stand in cuff";
                    self.tell(format!("limits.{phase}.{name}"), why);
                }
            }
        }
    }

    fn screening(&mut self, parts: &ProtocolParts) {
        if parts.screening.len() > ITEMS_MAX {
            let why = format!("more than {ITEMS_MAX} items are answered by nobody");
            self.tell("screening", why);
        }
        if !parts.screening.iter().any(|item| item.kit) {
            self.tell("screening", "no item is of the emergency kit");
        }
        let mut names = BTreeSet::new();
        for item in &parts.screening {
            let name = item.name.as_str();
            let key = format!("screening.{name}");
            self.name(&key, name);
            if !names.insert(name) {
                self.tell(&key, "two items have this name");
            }
            if item.kit && item.blocks_on != Some(Blocks::No) {
                let why = "an item of the emergency kit must be there: it blocks on no";
                self.tell(format!("{key}.blocks_on"), why);
            }
        }
    }
}
