//! What is wrong with the doses and the reminders of a protocol.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use chairside_model::Value;

use super::{Found, PRESSURE, ProtocolParts, SESSION, SPO2};
use crate::Expected;

/// Nobody can do something more often and look after a patient. Our design.
const EVERY: RangeInclusive<Duration> = Duration::from_mins(1)..=Duration::from_hours(12);

impl Found {
    pub(super) fn doses(&mut self, parts: &ProtocolParts) {
        let mut seen = BTreeSet::new();
        for bounds in &parts.doses {
            let (drug, route) = (bounds.drug.name(), bounds.route.name());
            let key = format!("dose.{drug}.{route}");
            if !seen.insert((bounds.drug, bounds.route)) {
                self.tell(&key, "there are two of it");
            }
            for (name, expected) in [
                ("amount", bounds.amount),
                ("per_kg", bounds.per_kg),
                ("rate", bounds.rate),
                ("concentration", bounds.concentration),
            ] {
                if let Some(expected) = expected {
                    self.expected(&format!("{key}.{name}"), expected);
                }
            }
            for (name, most) in [
                ("session_max", bounds.session_max),
                ("session_max_per_kg", bounds.session_max_per_kg),
            ] {
                if let Some(most) = most {
                    self.positive(&format!("{key}.{name}"), most);
                }
            }
        }
        if parts.drug.is_some() != parts.route.is_some() {
            self.tell(
                "drug",
                "a drug and its route are planned together, or neither",
            );
        }
    }

    fn expected(&mut self, key: &str, expected: Expected) {
        self.positive(key, expected.least);
        if expected.least > expected.most {
            let (least, most) = (expected.least, expected.most);
            self.tell(key, format!("{least} is more than {most}"));
        }
        if let Some(plan) = expected.plan
            && !(expected.least..=expected.most).contains(&plan)
        {
            let (least, most) = (expected.least, expected.most);
            self.tell(
                key,
                format!("the planned {plan} is not within {least} to {most}"),
            );
        }
    }

    fn positive(&mut self, key: &str, value: Value) {
        if value.number() <= 0.0 {
            self.tell(key, format!("{value} is not above 0"));
        }
    }

    pub(super) fn discharge(&mut self, parts: &ProtocolParts) {
        let plan = &parts.discharge;
        let whole = |number: i16| Value::whole(number);
        for (key, value, range) in [
            ("moaas_least", whole(plan.moaas_least), 0.0..=5.0),
            ("cadss6_above", whole(plan.cadss6_above), 0.0..=24.0),
            ("nausea_most", whole(plan.nausea_most), 0.0..=3.0),
            ("vitals_within", plan.vitals_within, 1.0..=100.0),
            ("systolic_below", plan.systolic_below, PRESSURE),
            ("diastolic_below", plan.diastolic_below, PRESSURE),
            ("rise_most", plan.rise_most, 0.0..=50.0),
            ("spo2_least", plan.spo2_least, SPO2),
        ] {
            self.number(&format!("discharge.{key}"), value, &range);
        }
        if !plan.aldrete.is_printed() {
            let text = plan.aldrete.text();
            let why = format!("{text}: none in print (SpO2 above 90 or 92, pass mark 8 or 9)");
            self.tell("discharge.aldrete", why);
        }
        let minimum = plan.minimum;
        for (key, time) in [
            ("on_air_s", plan.on_air),
            ("quiet_s", plan.quiet),
            ("rating_counts_s", plan.rating_counts),
            ("minimum.intravenous_s", minimum.intravenous),
            ("minimum.intramuscular_s", minimum.intramuscular),
            ("minimum.intranasal_s", minimum.intranasal),
            ("minimum.oral_s", minimum.oral),
            ("minimum.sublingual_s", minimum.sublingual),
            ("minimum.esketamine_s", minimum.esketamine),
        ] {
            self.time(&format!("discharge.{key}"), time, &SESSION);
        }
        let mut seen = BTreeSet::new();
        for item in &plan.answers {
            if !seen.insert(item) {
                let why = format!("{} is asked twice", item.name());
                self.tell("discharge.answers", why);
            }
        }
    }

    pub(super) fn prompts(&mut self, parts: &ProtocolParts) {
        let plan = &parts.prompts;
        self.time("prompt.grace_s", plan.grace, &SESSION);
        let mut seen = BTreeSet::new();
        for rule in &plan.rules {
            let key = format!("prompt.{}", rule.check.name());
            if rule.stages.is_empty() {
                self.tell(&key, "it is due in no stage");
            }
            for stage in &rule.stages {
                let name = stage.name();
                if stage.is_over() {
                    self.tell(&key, format!("{name}: the session is over then"));
                }
                if !seen.insert((rule.check, *stage)) {
                    self.tell(&key, format!("it is due in {name} by two rules"));
                }
            }
            self.time(&format!("{key}.first_s"), rule.first, &SESSION);
            if let Some(every) = rule.every {
                self.time(&format!("{key}.every_s"), every, &EVERY);
            }
        }
    }
}
