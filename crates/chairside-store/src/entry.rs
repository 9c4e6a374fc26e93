//! Rows of an earlier run as records of this one.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{
    AirwayMode, AlarmId, Occurrence, Phase, Priority, SignalPresence, Transition,
};
use chairside_model::{
    BedId, Cuff, CuffAnswer, CuffFailure, CuffOrder, CuffReading, DeviceId, Measured, Metric,
    MonoTime, Numeric, Observation, Reading, SampleArray, Unavailable, Value,
};
use chairside_protocol::Discard;
use chairside_station::{Entry, LinkState, Record};

use crate::row::{Fact, Names, Row};

mod people;

/// The numbers that this run gives to the names in the record.
#[derive(Debug)]
pub(crate) struct Numbers<'a> {
    beds: BTreeMap<&'a str, BedId>,
    devices: BTreeMap<&'a str, DeviceId>,
}

/// From an earlier run's clock to this run's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shift {
    /// What is added to a time, nanoseconds.
    pub(crate) nanoseconds: i128,
}

impl Shift {
    /// Of a run that ended before this run's clock began: all of it becomes its zero.
    pub(crate) const TO_ZERO: Self = Self {
        nanoseconds: i128::MIN / 2,
    };

    /// Returns the time on this run's clock; what was before its zero becomes its zero.
    pub(crate) fn apply(self, at: MonoTime) -> MonoTime {
        let shifted = self.signed(at).max(0);
        let nanoseconds = u64::try_from(shifted).unwrap_or(u64::MAX);
        MonoTime::from_start(Duration::from_nanos(nanoseconds))
    }

    /// Returns the time on this run's clock, nanoseconds, also when it is before its zero.
    pub(crate) fn signed(self, at: MonoTime) -> i128 {
        let at = i128::try_from(at.since_start().as_nanos()).unwrap_or(i128::MAX / 2);
        at + self.nanoseconds
    }
}

impl<'a> Numbers<'a> {
    pub(crate) fn of(names: &'a Names) -> Self {
        let beds = names.beds.iter();
        let devices = names.devices.iter();
        Self {
            beds: beds.map(|(id, name)| (name.as_str(), *id)).collect(),
            devices: devices.map(|(id, name)| (name.as_str(), *id)).collect(),
        }
    }

    /// Returns the record of a row; nothing when its bed or device is not configured any more, or
    /// when a word of it is not known.
    pub(crate) fn record(&self, row: &Row<'_>, shift: Shift) -> Option<Record> {
        Some(Record {
            sequence: row.number,
            at: shift.apply(row.at),
            entry: self.entry(row, shift)?,
        })
    }

    fn entry(&self, row: &Row<'_>, shift: Shift) -> Option<Entry> {
        if let Fact::Recording { running } = row.fact {
            return Some(Entry::Recording { running });
        }
        let bed = self.beds.get(row.bed.as_deref()?).copied()?;
        Some(match &row.fact {
            Fact::Numeric { source, .. }
            | Fact::Cuff { source, .. }
            | Fact::Waveform { source, .. } => Entry::Observed {
                bed,
                observation: Observation {
                    device: self.device(&source.device)?,
                    received: shift.apply(source.received),
                    reading: reading(&row.fact, shift)?,
                },
            },
            Fact::Alarm { .. } => Entry::Alarm {
                bed,
                transition: transition(&row.fact, shift)?,
            },
            Fact::Link { device, state } => Entry::Link {
                bed,
                device: self.device(device)?,
                state: LinkState::from_name(state)?,
            },
            Fact::Discarded { device, bytes, why } => Entry::Discarded {
                bed,
                device: self.device(device)?,
                bytes: *bytes,
                why: Discard::ALL.into_iter().find(|one| one.name() == why)?,
            },
            Fact::Operator(fact) => Entry::Operator {
                bed,
                action: people::action(fact)?,
                by: (&*fact.by).into(),
                station: fact.station.as_deref().map(Into::into),
                reason: fact.reason.as_deref().map(Into::into),
            },
            Fact::Care(fact) => {
                let happened = fact.happened.map(|at| shift.apply(at));
                let entry = fact.entry_at(happened).inspect_err(|error| {
                    tracing::warn!(%error, "An entry of a treatment session cannot be read.");
                });
                Entry::Care {
                    bed,
                    entry: Box::new(entry.ok()?),
                }
            }
            Fact::Limit(fact) => Entry::Limit {
                bed,
                change: people::limit(fact)?,
            },
            Fact::Phase { phase } => Entry::Phase {
                bed,
                phase: Phase::from_name(phase)?,
            },
            Fact::Baseline(fact) => Entry::Baseline {
                bed,
                baseline: people::baseline(fact),
            },
            Fact::CuffSameLimb { same } => Entry::CuffSameLimb { bed, same: *same },
            &Fact::Simulated(simulated) => Entry::Simulated { bed, simulated },
            Fact::Trained { by, did } => {
                let (by, did) = ((&**by).into(), (&**did).into());
                Entry::Trained { bed, by, did }
            }
            Fact::Session { open } => Entry::Session { bed, open: *open },
            Fact::Suspension(fact) => Entry::Suspension {
                bed,
                change: people::suspension(fact, shift)?,
            },
            Fact::Audio(fact) => Entry::Audio {
                bed,
                change: people::audio(fact, shift)?,
            },
            Fact::Flood(fact) => {
                let flood = match fact {
                    Some(fact) => Some(people::flood(fact, shift)?),
                    None => None,
                };
                Entry::Flood { bed, flood }
            }
            &Fact::Dosing { running } => Entry::Dosing { bed, running },
            Fact::Identity { device, text } => Entry::Identity {
                bed,
                device: self.device(device)?,
                text: (&**text).into(),
            },
            Fact::Ordered {
                device,
                order,
                answer,
            } => Entry::Ordered {
                bed,
                device: self.device(device)?,
                order: CuffOrder::from_name(order)?,
                answer: CuffAnswer::from_name(answer)?,
            },
            // The words of a device's own alarm are those of its driver; nothing goes on from it.
            Fact::DeviceAlarm { .. } | Fact::Recording { .. } => return None,
        })
    }

    fn device(&self, name: &str) -> Option<DeviceId> {
        self.devices.get(name).copied()
    }
}

fn reading(fact: &Fact<'_>, shift: Shift) -> Option<Reading> {
    match fact {
        Fact::Numeric {
            metric,
            validity,
            value,
            reason,
            taken,
            ..
        } => Some(Reading::Numeric(Numeric {
            metric: Metric::from_name(metric)?,
            measured: measured(validity, *value, reason.as_deref())?,
            taken: shift.apply(*taken),
        })),
        Fact::Cuff {
            state,
            systolic,
            diastolic,
            mean,
            taken,
            failure,
            ..
        } => Some(Reading::Cuff(match &**state {
            "measuring" => Cuff::Measuring,
            "cancelled" => Cuff::Cancelled,
            "failed" => Cuff::Failed(CuffFailure::from_name(failure.as_deref()?)?),
            "completed" => Cuff::Completed(CuffReading {
                systolic: systolic.and_then(Value::finite),
                diastolic: diastolic.and_then(Value::finite),
                mean: mean.and_then(Value::finite),
                taken: shift.apply((*taken)?),
            }),
            _ => return None,
        })),
        Fact::Waveform {
            metric,
            sample_period,
            scale,
            samples,
            ..
        } => Some(Reading::Waveform(SampleArray {
            metric: Metric::from_name(metric)?,
            sample_period: *sample_period,
            scale: *scale,
            samples: samples.iter().copied().collect(),
        })),
        _ => None,
    }
}

fn transition(fact: &Fact<'_>, shift: Shift) -> Option<Transition> {
    let Fact::Alarm {
        changed,
        id,
        occurrence,
        priority,
        present,
        signal,
        superseded,
        since,
        evidence,
        call,
        mode,
    } = fact
    else {
        return None;
    };
    Some(Transition {
        at: shift.apply(*changed),
        id: AlarmId::from_name(id)?,
        occurrence: Occurrence(*occurrence),
        priority: Priority::from_name(priority)?,
        present: *present,
        signal: SignalPresence::from_name(signal)?,
        superseded: *superseded,
        since: shift.apply(*since),
        call: call.unwrap_or(0),
        mode: mode.as_deref().and_then(AirwayMode::from_name),
        evidence: evidence.clone().into_owned(),
    })
}

fn measured(validity: &str, value: Option<f64>, reason: Option<&str>) -> Option<Measured> {
    let value = value.and_then(Value::finite);
    match validity {
        "valid" => value.map(Measured::Valid),
        "questionable" => value.map(Measured::Questionable),
        "unavailable" => Unavailable::from_name(reason?).map(Measured::Unavailable),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
