//! Whether a dose may be given as far as the clinic's protocol goes: ready, or not ready, because.
//!
//! The gate says what it finds and never starts anything: a person goes on, or a clinician passes
//! over it with a reason.

use std::fmt::Write as _;

use chairside_alarm::{Baseline, Bounds};
use chairside_model::{Metric, MonoTime, Value};

use crate::chart::Chart;
use crate::{Blocks, GatePlan, Item, ItemAnswer, Said, ScreeningItem};

/// What the gate must know that neither a person nor a reading tells. What was not told is not so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GateFacts {
    /// Every device of the bed is connected, and is the one of the session.
    pub link_live: bool,
    /// A person heard the test sound at a nurse station today.
    pub sound_heard: bool,
}

/// What the gate finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Each thing that it looks at, in the order of the protocol.
    pub lines: Vec<GateLine>,
}

/// One thing that the gate looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateLine {
    /// Which.
    pub item: GateItem,
    /// Whether it is as it must be.
    pub standing: Standing,
    /// What was found, in words with the numbers.
    pub because: Box<str>,
}

/// What the gate looks at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GateItem {
    /// The session's protocol is one of the clinic's.
    Protocol,
    /// An item of the screening or of the emergency kit.
    Screening(Item),
    /// Two cuff readings, far enough apart.
    Readings,
    /// The last cuff reading.
    Pressure,
    /// Heart or pulse rate.
    HeartRate,
    /// Saturation.
    SpO2,
    /// Breaths, where the bed has a device for them.
    RespirationRate,
    /// The patient's baseline.
    Baseline,
    /// The devices are connected.
    Link,
    /// The probe has been valid for long enough.
    Probe,
    /// The test sound was heard today.
    Sound,
}

impl GateItem {
    /// Returns the name used in JSON; of an item of the screening its own.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Protocol => "protocol",
            Self::Screening(item) => item.as_str(),
            Self::Readings => "readings",
            Self::Pressure => "pressure",
            Self::HeartRate => "heart_rate",
            Self::SpO2 => "spo2",
            Self::RespirationRate => "respiration_rate",
            Self::Baseline => "baseline",
            Self::Link => "link",
            Self::Probe => "probe",
            Self::Sound => "sound",
        }
    }
}

/// How one thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// As it must be.
    Met,
    /// A clinician's note will do.
    Note,
    /// Nobody answered or measured it.
    Missing,
    /// Not as it must be.
    NotMet,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 4] = [Self::Met, Self::Note, Self::Missing, Self::NotMet];

    /// Returns the name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Note => "note",
            Self::Missing => "missing",
            Self::NotMet => "not_met",
        }
    }
}

/// What the gate looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Looked<'a> {
    pub(crate) plan: &'a GatePlan,
    pub(crate) screening: &'a [ScreeningItem],
    pub(crate) chart: &'a Chart,
    pub(crate) facts: GateFacts,
    pub(crate) baseline: Option<&'a Baseline>,
    pub(crate) now: MonoTime,
}

impl Gate {
    /// Tells whether everything is as it must be.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.unmet().next().is_none()
    }

    /// Returns what is not as it must be.
    pub fn unmet(&self) -> impl Iterator<Item = &GateLine> {
        let is_unmet = |line: &&GateLine| line.standing != Standing::Met;
        self.lines.iter().filter(is_unmet)
    }

    /// Looks at everything.
    pub(crate) fn of<'a>(
        looked: &Looked<'_>,
        answer: impl Fn(&Item) -> Option<&'a ItemAnswer>,
    ) -> Self {
        let answered = looked.screening.iter();
        let mut lines: Vec<_> = answered
            .map(|item| asked(item, answer(&item.name)))
            .collect();
        lines.extend([
            looked.readings(),
            looked.pressure(),
            looked.heart_rate(),
            looked.spo2(),
            looked.respiration_rate(),
            looked.taken(),
            told(
                GateItem::Link,
                looked.facts.link_live,
                "the devices are connected",
                "a device is not connected, or is another one",
            ),
            looked.probe(),
            told(
                GateItem::Sound,
                looked.facts.sound_heard,
                "the test sound was heard today",
                "nobody said today that the test sound is heard",
            ),
        ]);
        Self { lines }
    }
}

fn line(item: GateItem, standing: Standing, because: impl Into<Box<str>>) -> GateLine {
    let because = because.into();
    GateLine {
        item,
        standing,
        because,
    }
}

fn told(item: GateItem, is_so: bool, so: &str, not: &str) -> GateLine {
    if is_so {
        line(item, Standing::Met, so)
    } else {
        line(item, Standing::NotMet, not)
    }
}

fn asked(item: &ScreeningItem, answer: Option<&ItemAnswer>) -> GateLine {
    let label = item.label.as_str();
    let blocks = item.blocks_on.map(Blocks::said);
    let (standing, said) = match answer.map(|answer| answer.said) {
        None => (Standing::Missing, "not answered"),
        Some(Said::Unknown) if blocks.is_some() => (Standing::NotMet, "nobody knows"),
        Some(said) if blocks == Some(said) => (Standing::NotMet, said.name()),
        Some(Said::Unknown) => (Standing::Met, "nobody knows"),
        Some(said) => (Standing::Met, said.name()),
    };
    let mut because = format!("{label}: {said}");
    if let Some(note) = answer.and_then(|answer| answer.note.as_ref()) {
        let _ = write!(because, " ({})", note.as_str());
    }
    line(GateItem::Screening(item.name.clone()), standing, because)
}

impl Looked<'_> {
    fn readings(&self) -> GateLine {
        let apart = self.plan.readings_apart;
        let minutes = apart.as_secs_f64() / 60.0;
        if let Some((before, last)) = self.chart.pair(self.now, apart) {
            let apart = last.taken.saturating_since(before.taken).as_secs() / 60;
            let because = format!("two cuff readings, {apart} min apart");
            return line(GateItem::Readings, Standing::Met, because);
        }
        let so_far = self.chart.pressures(self.now).count();
        let because = format!("two cuff readings {minutes} min apart are needed; {so_far} so far");
        line(GateItem::Readings, Standing::Missing, because)
    }

    fn pressure(&self) -> GateLine {
        let item = GateItem::Pressure;
        let Some(last) = self.chart.pressure(self.now) else {
            return line(item, Standing::Missing, "no cuff reading that counts");
        };
        let (systolic, diastolic) = (last.systolic, last.diastolic);
        let reaches = |sys: Value, dia: Value| systolic >= sys || diastolic >= dia;
        let GatePlan {
            systolic_note,
            diastolic_note,
            systolic_block,
            diastolic_block,
            ..
        } = *self.plan;
        let read = format!("the last cuff reading is {systolic}/{diastolic} mmHg");
        if reaches(systolic_block, diastolic_block) {
            let because = format!("{read}: from {systolic_block}/{diastolic_block} on it blocks");
            line(item, Standing::NotMet, because)
        } else if reaches(systolic_note, diastolic_note) {
            let because = format!(
                "{read}: from {systolic_note}/{diastolic_note} on a clinician's note is needed"
            );
            line(item, Standing::Note, because)
        } else {
            line(item, Standing::Met, read)
        }
    }

    fn heart_rate(&self) -> GateLine {
        let rate = self.chart.heart_rate(self.now).map(|rate| rate.value);
        let Some(rate) = rate else {
            return line(GateItem::HeartRate, Standing::Missing, "no heart rate now");
        };
        within(
            GateItem::HeartRate,
            "heart rate",
            rate,
            self.plan.heart_rate,
        )
    }

    fn spo2(&self) -> GateLine {
        let item = GateItem::SpO2;
        let Some(spo2) = self.chart.numeric(self.now, Metric::SpO2) else {
            return line(item, Standing::Missing, "no SpO2 now");
        };
        let spo2 = spo2.value;
        let least = self.plan.spo2_least;
        if spo2 >= least {
            return line(item, Standing::Met, format!("SpO2 {spo2} %"));
        }
        // Whoever comes with little has it as their own baseline: a person must look at it.
        let own = self.baseline.and_then(|own| own.spo2);
        let own = own.filter(|own| spo2 >= *own);
        match own {
            Some(own) => line(
                item,
                Standing::Note,
                format!(
                    "SpO2 {spo2} % is below {least} %, and the patient's own is {own} %: a \
                     clinician's note is needed"
                ),
            ),
            None => line(
                item,
                Standing::NotMet,
                format!("SpO2 {spo2} % is below {least} %"),
            ),
        }
    }

    fn respiration_rate(&self) -> GateLine {
        let item = GateItem::RespirationRate;
        let rate = self.chart.numeric(self.now, Metric::RespirationRate);
        match rate {
            Some(rate) => within(item, "breaths", rate.value, self.plan.respiration_rate),
            None if self.chart.has_source(Metric::RespirationRate) => {
                line(item, Standing::Missing, "no breaths now")
            }
            None => line(item, Standing::Met, "breaths are not measured"),
        }
    }

    fn taken(&self) -> GateLine {
        let item = GateItem::Baseline;
        match self.baseline {
            Some(_) => line(item, Standing::Met, "the baseline was taken"),
            None => line(item, Standing::Missing, "the baseline was not taken"),
        }
    }

    fn probe(&self) -> GateLine {
        let item = GateItem::Probe;
        let needed = self.plan.probe_valid;
        let Some(valid) = self.chart.valid_for(self.now, Metric::SpO2) else {
            return line(item, Standing::Missing, "the probe gives no valid SpO2");
        };
        let (valid_s, needed_s) = (valid.as_secs(), needed.as_secs());
        let because = format!("the probe has been valid for {valid_s} s, of {needed_s} s");
        if valid >= needed {
            line(item, Standing::Met, because)
        } else {
            line(item, Standing::NotMet, because)
        }
    }
}

fn within(item: GateItem, what: &str, value: Value, bounds: Bounds) -> GateLine {
    if bounds.contain(value) {
        line(item, Standing::Met, format!("{what} {value}/min"))
    } else {
        let Bounds { least, most } = bounds;
        let because = format!("{what} {value}/min is not within {least} to {most}");
        line(item, Standing::NotMet, because)
    }
}

#[cfg(test)]
mod tests;
