//! The tables of records, read back row by row.

use std::borrow::Cow;

use rusqlite::types::Type;

use crate::row::{
    AudioFact, BaselineFact, CareFact, Fact, FloodFact, LimitFact, OperatorFact, Row, Source,
    SuspensionFact, WantedCare, WantedLimit, WantedSession, mono,
};
use crate::samples;

/// What kinds of records there are, each with a table of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Single values.
    Numeric,
    /// Cuff determinations.
    Cuff,
    /// Samples of curves.
    Waveform,
    /// Alarms.
    Alarm,
    /// Links to devices.
    Link,
    /// Bytes that were not used.
    Discarded,
    /// Devices' own alarms.
    DeviceAlarm,
    /// What devices say who they are.
    Identity,
    /// People's actions, once done.
    Operator,
    /// What people did in treatment sessions.
    Care,
    /// What became of people's orders to cuffs.
    Ordered,
    /// Doses that began or ended.
    Dosing,
    /// The record itself, stopping and going on.
    Recording,
    /// Alarms that are paused and rules that are off.
    Suspension,
    /// The sound at each station.
    Audio,
    /// Many alarms at once.
    Flood,
    /// Limits that became others.
    Limit,
    /// Phases of sessions.
    Phase,
    /// Patients' values before their sessions.
    Baseline,
    /// Whether cuff and probe are on the same limb.
    CuffSameLimb,
    /// Sessions that opened and closed.
    Session,
    /// Beds that became simulated, and no longer are.
    Simulated,
    /// What trainers did to simulated patients.
    Trained,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 23] = [
        Self::Numeric,
        Self::Cuff,
        Self::Waveform,
        Self::Alarm,
        Self::Link,
        Self::Discarded,
        Self::DeviceAlarm,
        Self::Identity,
        Self::Operator,
        Self::Care,
        Self::Ordered,
        Self::Dosing,
        Self::Recording,
        Self::Suspension,
        Self::Audio,
        Self::Flood,
        Self::Limit,
        Self::Phase,
        Self::Baseline,
        Self::CuffSameLimb,
        Self::Session,
        Self::Simulated,
        Self::Trained,
    ];

    /// Returns the name of the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Numeric => "numeric",
            Self::Cuff => "cuff",
            Self::Waveform => "waveform",
            Self::Alarm => "alarm",
            Self::Link => "link",
            Self::Discarded => "discarded",
            Self::DeviceAlarm => "device_alarm",
            Self::Identity => "identity",
            Self::Operator => "operator",
            Self::Care => "care",
            Self::Ordered => "cuff_order",
            Self::Dosing => "dosing",
            Self::Recording => "recording",
            Self::Suspension => "suspension",
            Self::Audio => "audio",
            Self::Flood => "flood",
            Self::Limit => "limit_change",
            Self::Phase => "phase",
            Self::Baseline => "baseline",
            Self::CuffSameLimb => "cuff_same_limb",
            Self::Session => "session_change",
            Self::Simulated => "simulation",
            Self::Trained => "training",
        }
    }

    // The columns after seq, number, at_ns and bed are those that `fact` reads, in its order.
    #[expect(clippy::too_many_lines, reason = "one arm for each table")]
    pub(crate) const fn query(self) -> &'static str {
        match self {
            Self::Numeric => {
                "SELECT f.seq, number, at_ns, bed.name, device.name, received_ns, metric, \
                 validity, value, reason, taken_ns FROM numeric f JOIN bed ON bed.id = f.bed \
                 JOIN device ON device.id = f.device WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Cuff => {
                "SELECT f.seq, number, at_ns, bed.name, device.name, received_ns, state, \
                 systolic, diastolic, mean, taken_ns, failure FROM cuff f \
                 JOIN bed ON bed.id = f.bed JOIN device ON device.id = f.device \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Waveform => {
                "SELECT f.seq, number, at_ns, bed.name, device.name, received_ns, metric, \
                 sample_period_ns, scale, samples FROM waveform f JOIN bed ON bed.id = f.bed \
                 JOIN device ON device.id = f.device \
                 WHERE run = ?1 AND f.seq > ?2 AND encoding = 1 ORDER BY f.seq"
            }
            Self::Alarm => {
                "SELECT f.seq, number, at_ns, bed.name, changed_ns, f.id, occurrence, priority, \
                 present, signal, superseded, since_ns, evidence, \"call\", mode FROM alarm f \
                 JOIN bed ON bed.id = f.bed WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Link => {
                "SELECT f.seq, number, at_ns, bed.name, device.name, state FROM link f \
                 JOIN bed ON bed.id = f.bed JOIN device ON device.id = f.device \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Discarded => {
                "SELECT f.seq, number, at_ns, bed.name, device.name, bytes, why \
                 FROM discarded f JOIN bed ON bed.id = f.bed \
                 JOIN device ON device.id = f.device \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::DeviceAlarm => {
                "SELECT f.seq, number, at_ns, bed.name, device.name, priority, text \
                 FROM device_alarm f JOIN bed ON bed.id = f.bed \
                 JOIN device ON device.id = f.device \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Identity => {
                "SELECT f.seq, number, at_ns, bed.name, device.name, text FROM identity f \
                 JOIN bed ON bed.id = f.bed JOIN device ON device.id = f.device \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Operator => {
                "SELECT f.seq, number, at_ns, bed.name, action, occurrence, \"by\", alarm, \
                 seconds, station, reason, limit_key, limit_expected, limit_new, session, \
                 initials, patient_number, \"call\" FROM operator f JOIN bed ON bed.id = f.bed \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Care => {
                "SELECT f.seq, number, at_ns, bed.name, session, entry, action, happened_ns, what, \
                 \"by\", station, reason, passed_over, request FROM care f JOIN bed \
                 ON bed.id = f.bed WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Ordered => {
                "SELECT f.seq, number, at_ns, bed.name, device.name, \"order\", answer \
                 FROM cuff_order f JOIN bed ON bed.id = f.bed \
                 JOIN device ON device.id = f.device \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Dosing => {
                "SELECT f.seq, number, at_ns, bed.name, running FROM dosing f \
                 JOIN bed ON bed.id = f.bed WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Recording => {
                "SELECT f.seq, number, at_ns, NULL, running FROM recording f \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Suspension => {
                "SELECT f.seq, number, at_ns, bed.name, changed_ns, f.id, kind, since_ns, \
                 until_ns, \"by\", reason, ended FROM suspension f JOIN bed ON bed.id = f.bed \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Audio => {
                "SELECT f.seq, number, at_ns, bed.name, changed_ns, station, sound, until_ns, \
                 covers, reminder_ns, cause, \"by\", reason FROM audio f \
                 JOIN bed ON bed.id = f.bed WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Flood => {
                "SELECT f.seq, number, at_ns, bed.name, alarms, since_ns, worst, priority, \
                 until_ns FROM flood f JOIN bed ON bed.id = f.bed \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Limit => {
                "SELECT f.seq, number, at_ns, bed.name, \"key\", old, new, cause \
                 FROM limit_change f JOIN bed ON bed.id = f.bed \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Phase => {
                "SELECT f.seq, number, at_ns, bed.name, phase FROM phase f \
                 JOIN bed ON bed.id = f.bed WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Baseline => {
                "SELECT f.seq, number, at_ns, bed.name, heart_rate, spo2, respiration_rate, \
                 etco2, systolic, diastolic FROM baseline f JOIN bed ON bed.id = f.bed \
                 WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::CuffSameLimb => {
                "SELECT f.seq, number, at_ns, bed.name, same FROM cuff_same_limb f \
                 JOIN bed ON bed.id = f.bed WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Simulated => {
                "SELECT f.seq, number, at_ns, bed.name, simulated FROM simulation f \
                 JOIN bed ON bed.id = f.bed WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Trained => {
                "SELECT f.seq, number, at_ns, bed.name, \"by\", did FROM training f \
                 JOIN bed ON bed.id = f.bed WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
            Self::Session => {
                "SELECT f.seq, number, at_ns, bed.name, open FROM session_change f \
                 JOIN bed ON bed.id = f.bed WHERE run = ?1 AND f.seq > ?2 ORDER BY f.seq"
            }
        }
    }

    /// Returns the query with an end, `?3`, and with another condition if there is any.
    pub(crate) fn until(self, condition: &str) -> String {
        let all = self.query();
        let (what, order) = all
            .rsplit_once(" ORDER BY ")
            .expect("each kind's query says in which order");
        format!("{what} AND f.seq < ?3 {condition} ORDER BY {order}")
    }

    fn fact(self, row: &rusqlite::Row<'_>) -> rusqlite::Result<Fact<'static>> {
        Ok(match self {
            Self::Numeric => Fact::Numeric {
                source: source(row)?,
                metric: text(row, 6)?,
                validity: text(row, 7)?,
                value: row.get(8)?,
                reason: maybe_text(row, 9)?,
                taken: mono(row.get(10)?),
            },
            Self::Cuff => Fact::Cuff {
                source: source(row)?,
                state: text(row, 6)?,
                systolic: row.get(7)?,
                diastolic: row.get(8)?,
                mean: row.get(9)?,
                taken: row.get::<_, Option<i64>>(10)?.map(mono),
                failure: row.get::<_, Option<String>>(11)?.map(Cow::Owned),
            },
            Self::Waveform => {
                let packed: Vec<u8> = row.get(9)?;
                let unpacked = samples::unpack(&packed);
                Fact::Waveform {
                    source: source(row)?,
                    metric: text(row, 6)?,
                    sample_period: mono(row.get(7)?).since_start(),
                    scale: row.get(8)?,
                    samples: Cow::Owned(unpacked.ok_or(rusqlite::Error::InvalidQuery)?),
                }
            }
            Self::Alarm => Fact::Alarm {
                changed: mono(row.get(4)?),
                id: text(row, 5)?,
                occurrence: row.get(6)?,
                priority: text(row, 7)?,
                present: row.get(8)?,
                signal: text(row, 9)?,
                superseded: row.get(10)?,
                since: mono(row.get(11)?),
                evidence: text(row, 12)?,
                call: row.get(13)?,
                mode: maybe_text(row, 14)?,
            },
            Self::Link => Fact::Link {
                device: text(row, 4)?,
                state: text(row, 5)?,
            },
            Self::Discarded => Fact::Discarded {
                device: text(row, 4)?,
                bytes: row.get(5)?,
                why: text(row, 6)?,
            },
            Self::DeviceAlarm => Fact::DeviceAlarm {
                device: text(row, 4)?,
                priority: text(row, 5)?,
                text: text(row, 6)?,
            },
            Self::Identity => Fact::Identity {
                device: text(row, 4)?,
                text: text(row, 5)?,
            },
            Self::Operator => Fact::Operator(operator(row)?),
            Self::Care => Fact::Care(care(row)?),
            Self::Ordered => Fact::Ordered {
                device: text(row, 4)?,
                order: text(row, 5)?,
                answer: text(row, 6)?,
            },
            Self::Dosing => Fact::Dosing {
                running: row.get(4)?,
            },
            Self::Recording => Fact::Recording {
                running: row.get(4)?,
            },
            Self::Suspension => Fact::Suspension(suspension(row)?),
            Self::Audio => Fact::Audio(audio(row)?),
            Self::Flood => Fact::Flood(flood(row)?),
            Self::Limit => Fact::Limit(LimitFact {
                key: text(row, 4)?,
                old: row.get(5)?,
                new: row.get(6)?,
                cause: text(row, 7)?,
            }),
            Self::Phase => Fact::Phase {
                phase: text(row, 4)?,
            },
            Self::Baseline => Fact::Baseline(baseline(row)?),
            Self::CuffSameLimb => Fact::CuffSameLimb { same: row.get(4)? },
            Self::Simulated => Fact::Simulated(row.get(4)?),
            Self::Trained => trained(row)?,
            Self::Session => Fact::Session { open: row.get(4)? },
        })
    }
}

fn trained(row: &rusqlite::Row<'_>) -> rusqlite::Result<Fact<'static>> {
    Ok(Fact::Trained {
        by: text(row, 4)?,
        did: text(row, 5)?,
    })
}

fn audio(row: &rusqlite::Row<'_>) -> rusqlite::Result<AudioFact<'static>> {
    Ok(AudioFact {
        changed: mono(row.get(4)?),
        station: text(row, 5)?,
        sound: text(row, 6)?,
        until: row.get::<_, Option<i64>>(7)?.map(mono),
        covers: row.get(8)?,
        reminder: row.get::<_, Option<i64>>(9)?.map(mono),
        cause: text(row, 10)?,
        by: text(row, 11)?,
        reason: maybe_text(row, 12)?,
    })
}

fn flood(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<FloodFact<'static>>> {
    let alarms = row.get(4)?;
    if alarms == 0 {
        return Ok(None);
    }
    Ok(Some(FloodFact {
        alarms,
        since: mono(row.get(5)?),
        worst: text(row, 6)?,
        priority: text(row, 7)?,
        until: mono(row.get(8)?),
    }))
}

fn operator(row: &rusqlite::Row<'_>) -> rusqlite::Result<OperatorFact<'static>> {
    Ok(OperatorFact {
        action: text(row, 4)?,
        occurrence: row.get(5)?,
        by: text(row, 6)?,
        alarm: maybe_text(row, 7)?,
        seconds: row.get(8)?,
        station: maybe_text(row, 9)?,
        reason: maybe_text(row, 10)?,
        limit: wanted_limit(row, 11)?,
        session: wanted_session(row, 14)?,
        call: row.get(17)?,
    })
}

fn care(row: &rusqlite::Row<'_>) -> rusqlite::Result<CareFact<'static>> {
    let passed_over: Vec<String> = json(row, 12)?;
    Ok(CareFact {
        session: text(row, 4)?,
        entry: row.get(5)?,
        action: text(row, 6)?,
        happened: row.get::<_, Option<i64>>(7)?.map(mono),
        what: text(row, 8)?,
        by: text(row, 9)?,
        station: maybe_text(row, 10)?,
        reason: maybe_text(row, 11)?,
        passed_over: passed_over.into_iter().map(Cow::Owned).collect(),
        request: maybe_text(row, 13)?,
    })
}

fn json<T: serde::de::DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}

fn suspension(row: &rusqlite::Row<'_>) -> rusqlite::Result<SuspensionFact<'static>> {
    Ok(SuspensionFact {
        changed: mono(row.get(4)?),
        id: text(row, 5)?,
        kind: text(row, 6)?,
        since: mono(row.get(7)?),
        until: mono(row.get(8)?),
        by: text(row, 9)?,
        reason: text(row, 10)?,
        ended: maybe_text(row, 11)?,
    })
}

fn baseline(row: &rusqlite::Row<'_>) -> rusqlite::Result<BaselineFact> {
    let systolic: Option<f64> = row.get(8)?;
    Ok(BaselineFact {
        heart_rate: row.get(4)?,
        spo2: row.get(5)?,
        respiration_rate: row.get(6)?,
        etco2: row.get(7)?,
        pressure: systolic.zip(row.get(9)?),
    })
}

/// Reads the limit that an action is about, in three columns from this one on.
pub(crate) fn wanted_limit(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<WantedLimit<'static>>> {
    let Some(key) = maybe_text(row, column)? else {
        return Ok(None);
    };
    Ok(Some(WantedLimit {
        key,
        expected: row.get(column + 1)?,
        new: row.get(column + 2)?,
    }))
}

/// Reads what an action is to do in a treatment session, in two columns from this one on.
pub(crate) fn wanted_care(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<WantedCare>> {
    let Some(what) = row.get(column)? else {
        return Ok(None);
    };
    let happened: Option<i64> = row.get(column + 1)?;
    Ok(Some(WantedCare {
        happened: happened.map(mono),
        what,
    }))
}

/// Reads the session that an action is about, in three columns from this one on.
pub(crate) fn wanted_session(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<WantedSession<'static>>> {
    let Some(id) = maybe_text(row, column)? else {
        return Ok(None);
    };
    Ok(Some(WantedSession {
        id,
        initials: maybe_text(row, column + 1)?,
        number: maybe_text(row, column + 2)?,
    }))
}

/// Reads a row of a kind's query, and its `seq`.
pub(crate) fn read(kind: Kind, row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, Row<'static>)> {
    let read = Row {
        number: row.get(1)?,
        at: mono(row.get(2)?),
        bed: row.get::<_, Option<String>>(3)?.map(Cow::Owned),
        fact: kind.fact(row)?,
    };
    Ok((row.get(0)?, read))
}

fn source(row: &rusqlite::Row<'_>) -> rusqlite::Result<Source<'static>> {
    Ok(Source {
        device: text(row, 4)?,
        received: mono(row.get(5)?),
    })
}

fn text(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Cow<'static, str>> {
    Ok(Cow::Owned(row.get(column)?))
}

fn maybe_text(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<Cow<'static, str>>> {
    Ok(row.get::<_, Option<String>>(column)?.map(Cow::Owned))
}
