//! What is told of a lesson: the patient, what the trainer did, and how soon each alarm was answered,
//! by the definitions of the response figures (`docs/http.md`).

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_model::Metric;
use chairside_simulators::patient::{Pressures, VitalSigns};
use chairside_simulators::steered::SteeredState;
use chairside_store::{HowSoon, Lesson, LessonAlarm, TrainersDeed, percentile};
use serde::Serialize;

use crate::number::Number;
use crate::web::wire::Time;

/// The answer. Written out in `docs/http.md`.
#[derive(Debug, Serialize)]
pub(super) struct Told<'a> {
    bed: &'a str,
    from: Time,
    patient: Patient,
    deeds: Vec<Deed<'a>>,
    alarms: Vec<Alarm>,
    median: Times,
}

/// How the simulated patient is.
#[derive(Debug, Serialize)]
struct Patient {
    pressure_raised: bool,
    airway_closed: bool,
    probe_off: bool,
    /// What sensors say, in each metric's unit; one that says nothing is not in it.
    vitals: BTreeMap<&'static str, Number>,
}

#[derive(Debug, Serialize)]
struct Deed<'a> {
    at: Time,
    by: &'a str,
    #[serde(rename = "do")]
    did: &'a str,
}

#[derive(Debug, Serialize)]
struct Alarm {
    id: &'static str,
    occurrence: String,
    priority: &'static str,
    called: Time,
    over: bool,
    #[serde(flatten)]
    times: Times,
}

/// Seconds from the first call.
#[derive(Debug, PartialEq, Serialize)]
struct Times {
    #[serde(rename = "acknowledged_s")]
    acknowledged: Option<f64>,
    #[serde(rename = "accepted_s")]
    accepted: Option<f64>,
    #[serde(rename = "arrived_s")]
    arrived: Option<f64>,
}

impl<'a> Told<'a> {
    /// Tells a lesson of a bed.
    pub(super) fn of(bed: &'a str, patient: &SteeredState, lesson: &'a Lesson) -> Self {
        Self {
            bed,
            from: Time(lesson.from),
            patient: Patient::of(patient),
            deeds: lesson.deeds.iter().map(Deed::of).collect(),
            alarms: lesson.alarms.iter().map(Alarm::of).collect(),
            median: Times::of(median(&lesson.alarms)),
        }
    }
}

impl Patient {
    fn of(state: &SteeredState) -> Self {
        let values = vitals(&state.vitals).into_iter();
        let values = values.filter_map(|(metric, value)| Some((metric.name(), Number(value?))));
        Self {
            pressure_raised: state.pressure_raised,
            airway_closed: state.airway_closed,
            probe_off: state.probe_off,
            vitals: values.collect(),
        }
    }
}

impl<'a> Deed<'a> {
    fn of(deed: &'a TrainersDeed) -> Self {
        Self {
            at: Time(deed.at),
            by: &deed.by,
            did: &deed.did,
        }
    }
}

impl Alarm {
    fn of(alarm: &LessonAlarm) -> Self {
        Self {
            id: alarm.id.name(),
            occurrence: alarm.occurrence.to_string(),
            priority: alarm.priority.name(),
            called: Time(alarm.called),
            over: alarm.is_over,
            times: Times::of(alarm.soon),
        }
    }
}

impl Times {
    fn of(soon: HowSoon) -> Self {
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        Self {
            acknowledged: seconds(soon.acknowledged),
            accepted: seconds(soon.accepted),
            arrived: seconds(soon.arrived),
        }
    }
}

/// Returns what sensors on a patient say, in the order in which it is read; nothing where there is no
/// sensor or it says nothing.
pub(super) fn vitals(vitals: &VitalSigns) -> [(Metric, Option<f64>); 6] {
    let pressures = vitals.cuff.last.and_then(|last| last.pressures);
    let pressure = |of: fn(&Pressures) -> Option<f64>| pressures.as_ref().and_then(of);
    [
        (Metric::SpO2, vitals.spo2.value()),
        (Metric::HeartRate, vitals.heart_rate.value()),
        (Metric::RespirationRate, vitals.respiration_rate.value()),
        (Metric::EtCO2, vitals.etco2.value()),
        (Metric::NibpSystolic, pressure(|all| all.systolic)),
        (Metric::NibpDiastolic, pressure(|all| all.diastolic)),
    ]
}

/// Returns the middle of each kind of answer (nearest rank), of the alarms that had one.
pub(super) fn median(alarms: &[LessonAlarm]) -> HowSoon {
    let middle = |of: fn(&HowSoon) -> Option<Duration>| {
        let mut times: Vec<Duration> = alarms.iter().filter_map(|one| of(&one.soon)).collect();
        times.sort_unstable();
        percentile(&times, 50)
    };
    HowSoon {
        acknowledged: middle(|soon| soon.acknowledged),
        accepted: middle(|soon| soon.accepted),
        arrived: middle(|soon| soon.arrived),
    }
}

#[cfg(test)]
mod tests {
    use chairside_alarm::{AlarmId, Priority};
    use chrono::DateTime;

    use super::*;

    fn alarm(acknowledged: Option<u64>, arrived: Option<u64>) -> LessonAlarm {
        let after = |seconds: Option<u64>| seconds.map(Duration::from_secs);
        LessonAlarm {
            called: DateTime::UNIX_EPOCH,
            id: AlarmId::Spo2Low,
            occurrence: 1,
            priority: Priority::High,
            is_over: true,
            soon: HowSoon {
                acknowledged: after(acknowledged),
                accepted: None,
                arrived: after(arrived),
            },
        }
    }

    #[test]
    fn the_middle_is_that_of_those_who_answered_and_nothing_where_nobody_did() {
        assert_eq!(median(&[]), HowSoon::default());
        let alarms = [
            alarm(Some(9), None),
            alarm(None, Some(30)),
            alarm(Some(1), None),
            alarm(Some(5), None),
        ];
        let middle = Times::of(median(&alarms));
        let expected = Times {
            acknowledged: Some(5.0),
            accepted: None,
            arrived: Some(30.0),
        };
        assert_eq!(middle, expected);
    }
}
