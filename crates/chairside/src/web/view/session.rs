//! What people do at a bed, its treatment session as clients are shown it, and what vanishes when
//! one opens or closes (`docs/adr/0023-sessions.md`).

use chairside_alarm::OperatorAction;
use chairside_care::{Care, PromptState, Treatment};
use chairside_model::{BedId, MonoTime, Patient};
use chairside_station::{Entry, Record};
use chrono::{DateTime, Utc};
use tracing::{info, warn};

use super::{BedInfo, BedState, News, Responses, View};
use crate::clock::wall;
use crate::web::wire;

impl View {
    /// Takes what a person did at a bed.
    pub(super) fn acted(&mut self, bed: BedId, record: &Record, news: &mut News) {
        let Entry::Operator {
            action, by, reason, ..
        } = &record.entry
        else {
            return;
        };
        if let OperatorAction::Decline(occurrence) = action {
            self.alarming(bed, news, |alarms| alarms.declined(*occurrence, by));
            return;
        }
        let Some((_, state)) = self.beds.get_mut(&bed) else {
            return;
        };
        state.sessions.take(record.at, &record.entry);
        match action {
            OperatorAction::Acknowledge(occurrence) => {
                state.alarms.acknowledged(*occurrence, by);
            }
            OperatorAction::SetLimit { key, .. } => {
                let reason = reason.as_deref().unwrap_or_default();
                state.limits.chosen(*key, record.at, by, reason);
            }
            _ => {}
        }
    }

    /// Takes that a session opened or closed at a bed.
    pub(super) fn session(
        &mut self,
        bed: BedId,
        record: &Record,
        news: &mut News,
        out: &mut Vec<wire::ServerMessage>,
    ) {
        let Some((info, state)) = self.beds.get_mut(&bed) else {
            return;
        };
        if state.sessions.take(record.at, &record.entry) {
            state.forget_readings();
            state.limits.end_session();
            news.limits.insert(bed);
            out.push(state.session_message(info, self.zero));
        }
    }
}

impl View {
    /// Takes whether what a bed shows is simulated.
    pub(super) fn simulated(
        &mut self,
        bed: BedId,
        simulated: bool,
        out: &mut Vec<wire::ServerMessage>,
    ) {
        let Some((info, state)) = self.beds.get_mut(&bed) else {
            return;
        };
        if simulated && info.training {
            info!(bed = info.id, "SIMULATED: a bed for training.");
        } else if simulated {
            warn!(bed = info.id, "SIMULATED: what this bed shows is nobody's.");
        } else {
            info!(
                bed = info.id,
                "No simulated device is at this bed any more."
            );
        }
        state.simulated = simulated;
        out.push(state.session_message(info, self.zero));
    }

    /// Returns how soon alarms were answered since the start, at simulated beds or at all others.
    pub(in crate::web) const fn responses(&self, simulated: bool) -> &Responses {
        if simulated {
            &self.simulated_responses
        } else {
            &self.responses
        }
    }

    /// Takes how the treatment sessions of each bed stand, as the core has them.
    pub fn resume_care<'a>(&mut self, care: impl Fn(BedId) -> Option<&'a Care>) {
        for (bed, (_, state)) in &mut self.beds {
            state.care = care(*bed).and_then(Care::treatment).map(care_state);
        }
    }

    /// Takes the entries of treatment sessions that are among records, and appends what clients
    /// are told of them; `care` gives the sessions as the core has them.
    pub(in crate::web) fn follow_care<'a>(
        &mut self,
        records: &[Record],
        care: impl Fn(BedId) -> Option<&'a Care>,
        out: &mut Vec<wire::ServerMessage>,
    ) {
        for record in records {
            let Entry::Care { bed, entry } = &record.entry else {
                continue;
            };
            let (Some((info, state)), Some(care)) = (self.beds.get_mut(bed), care(*bed)) else {
                continue;
            };
            state.care = care.treatment().map(care_state);
            let stands = care.find(entry.session);
            out.extend(stands.map(|one| {
                wire::ServerMessage::Care(wire::CareOfBed {
                    bed: info.id.clone(),
                    session: entry.session.to_string(),
                    stage: one.stage().name(),
                    entry: entry.number,
                })
            }));
        }
    }

    /// Looks how many checks of each open treatment session are due, and appends what clients are
    /// told where there are other ones than before; `care` gives the sessions as the core has them.
    pub(in crate::web) fn follow_checks<'a>(
        &mut self,
        now: MonoTime,
        care: impl Fn(BedId) -> Option<&'a Care>,
        out: &mut Vec<wire::ServerMessage>,
    ) {
        for (bed, (info, state)) in &mut self.beds {
            let prompts = care(*bed).and_then(Care::treatment);
            let prompts = prompts.map_or_else(Vec::new, |open| open.prompts(now));
            let due = prompts
                .iter()
                .filter(|one| one.state(now) != PromptState::Ahead);
            let due = due.count();
            if state.due != due {
                state.due = due;
                out.push(state.session_message(info, self.zero));
            }
        }
    }

    /// Returns for whom a session without a protocol is open at a bed, and since when.
    pub(in crate::web) fn session_without_protocol(
        &self,
        bed: BedId,
    ) -> Option<(Patient, MonoTime)> {
        let (_, state) = self.beds.get(&bed)?;
        let (since, opened) = state.sessions.open()?;
        let opened = opened.filter(|opened| !opened.treatment)?;
        Some((opened.patient, since))
    }

    /// Tells whether somebody else than that person has answered what a bed called later.
    #[must_use]
    pub fn others_know_more(&self, bed: BedId, by: &str, call: u64) -> bool {
        let state = self.beds.get(&bed);
        state.is_some_and(|(_, state)| state.people.others_know_more(by, call))
    }

    /// Follows who is responsible for a bed, and how soon they answered.
    pub(super) fn follow_people(&mut self, record: &Record, news: &mut News) {
        let Some(bed) = record.entry.bed() else {
            return;
        };
        if self.is_simulated(bed) {
            self.simulated_responses.take(record);
        } else {
            self.responses.take(record);
        }
        if let Some((_, state)) = self.beds.get_mut(&bed)
            && state.people.take(record.at, &record.entry)
        {
            news.alarms.insert(bed);
        }
    }
}

fn care_state(open: &Treatment) -> wire::CareState {
    wire::CareState {
        session: open.session().to_string(),
        protocol: open.protocol().name().to_owned(),
        stage: open.stage().name(),
        entry: open.next_number() - 1,
    }
}

impl BedState {
    /// Returns the alarms of the bed, with who is responsible for them.
    pub(super) fn alarms_message(
        &self,
        info: &BedInfo,
        now: MonoTime,
        zero: DateTime<Utc>,
    ) -> wire::Alarms {
        let time = |at| wire::Time(wall(zero, at));
        let responsible = self.people.person().map(|person| wire::Responsible {
            by: person.by.to_string(),
            at: time(person.at),
            arrived_at: person.arrived.map(time),
            call: person.call,
        });
        let alarms = self.alarms.message(info, now, zero);
        wire::Alarms {
            responsible,
            ..alarms
        }
    }

    /// Forgets what was measured of the patient who was here before.
    pub(super) fn forget_readings(&mut self) {
        self.values.clear();
        // A determination that is under way goes on; that one failed is no news of this patient.
        self.cuff = self.cuff.filter(|cuff| cuff.state == "measuring");
    }

    pub(super) fn session(&self, zero: DateTime<Utc>) -> wire::SessionState {
        let time = |at| wire::Time(wall(zero, at));
        let session = self.sessions.open().and_then(|(since, opened)| {
            let opened = opened?;
            let patient = opened.patient;
            let said = |text: Option<&str>| text.map(str::to_owned);
            let is_said = patient.initials().or_else(|| patient.number()).is_some();
            Some(wire::Session {
                session: opened.id.to_string(),
                opened: time(since),
                by: opened.by.to_string(),
                treatment: opened.treatment,
                patient: is_said.then(|| wire::Patient {
                    initials: said(patient.initials()),
                    number: said(patient.number()),
                }),
                phase: self.limits.phase(),
                due: self.due,
            })
        });
        wire::SessionState {
            session,
            readings_from: self.sessions.turned().map(time),
            simulated: self.simulated,
        }
    }

    pub(super) fn session_message(
        &self,
        info: &BedInfo,
        zero: DateTime<Utc>,
    ) -> wire::ServerMessage {
        wire::ServerMessage::Session(wire::SessionOfBed {
            bed: info.id.clone(),
            session: self.session(zero),
        })
    }
}
