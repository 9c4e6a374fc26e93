//! What people do in a treatment session: checked, put on record as intended, done, told to
//! everybody, and only then answered (`docs/adr/0025-treatment-session.md`).

use std::collections::VecDeque;

use chairside_alarm::Role;
use chairside_care::{CareAct, CareAction, EntryNumber};
use chairside_model::{BedId, SessionId};
use chairside_station::{CareDenied, Entry, Record};
use chairside_store::{ActionRow, WantedAction};
use tokio::sync::oneshot;
use tracing::warn;

use super::{Intended, Running};
use crate::remedy::without_numbers;

/// Requests that are known to be done. One is sent again within minutes or not at all, and a
/// clinic's beds do a few in a minute.
const DONE_MAX: usize = 256;

/// What a person wants done in a treatment session.
#[derive(Clone, Debug)]
pub struct WantedCare {
    /// The bed.
    pub bed: BedId,
    /// Which session.
    pub session: SessionId,
    /// What.
    pub action: CareAction,
    /// The person, by id.
    pub by: String,
    /// The person's role.
    pub role: Role,
    /// Where it was done, as the client calls itself.
    pub station: Option<String>,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// The person was told what is not met, and goes on all the same.
    pub pass_over: bool,
    /// The client's name for the request.
    pub request: String,
    /// What the whole request as it came is known by, if it has a name: the same one again is not
    /// done twice. A dose whose answer was lost on the way must not be on record two times.
    pub repeats: Option<String>,
    /// When it was pressed is doubted: it is done only if it was done before.
    pub doubted: bool,
}

/// Something was done in a treatment session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CareDone {
    /// In which.
    pub session: SessionId,
    /// The number of its entry.
    pub entry: EntryNumber,
    /// Why the record does not have it yet, if it does not.
    pub not_recorded: Option<String>,
    /// It was done when the same request came before, and not again.
    pub repeated: bool,
}

/// What became of it.
pub type CareOutcome = Result<CareDone, CareDenied>;

/// The requests that were done last, in this run and before.
#[derive(Debug, Default)]
pub struct Cared {
    done: VecDeque<(BedId, String, CareDone)>,
}

impl Cared {
    /// Returns those that made what is on record.
    #[must_use]
    pub fn of(records: &[Record]) -> Self {
        let mut cared = Self::default();
        for record in records {
            if let Entry::Care { bed, entry } = &record.entry
                && let Some(request) = &entry.request
            {
                let done = CareDone {
                    session: entry.session,
                    entry: entry.number,
                    not_recorded: None,
                    repeated: false,
                };
                cared.push(*bed, request.to_string(), done);
            }
        }
        cared
    }

    fn find(&self, what: &WantedCare) -> Option<CareDone> {
        let repeats = what.repeats.as_deref()?;
        let mut done = self.done.iter();
        let same = done.find(|(bed, request, _)| *bed == what.bed && request == repeats);
        same.map(|(_, _, done)| CareDone {
            repeated: true,
            ..done.clone()
        })
    }

    fn keep(&mut self, what: &mut WantedCare, done: &CareDone) {
        let Some(repeats) = what.repeats.take() else {
            return;
        };
        self.push(what.bed, repeats, done.clone());
    }

    fn push(&mut self, bed: BedId, repeats: String, done: CareDone) {
        if self.done.len() == DONE_MAX {
            self.done.pop_front();
        }
        self.done.push_back((bed, repeats, done));
    }
}

impl WantedCare {
    fn act(&self) -> CareAct<'_> {
        CareAct {
            session: self.session,
            action: &self.action,
            by: &self.by,
            station: self.station.as_deref(),
            role: self.role,
            reason: self.reason.as_deref(),
            pass_over: self.pass_over,
            request: self.repeats.as_deref(),
        }
    }
}

impl Running {
    /// Puts on record what a person wants in a treatment session; it is done once it is there.
    pub(super) fn intend_care(
        &mut self,
        what: Box<WantedCare>,
        reply: oneshot::Sender<CareOutcome>,
    ) {
        self.now = self.now.max(self.service.clock.now());
        let station = &self.service.station;
        let done = self.service.cared.find(&what).map(Ok);
        let answer = done.or_else(|| {
            if what.doubted {
                return Some(Err(CareDenied::Failed));
            }
            let checked = station.check_care(self.now, what.bed, &what.act());
            checked.err().map(Err)
        });
        if let Some(answer) = answer {
            // Whoever asked may have gone.
            let _ = reply.send(answer);
            return;
        }
        let row = ActionRow {
            at: self.now,
            bed: what.bed,
            action: WantedAction::Care(what.session, Box::new(what.action.clone())),
            by: what.by.clone(),
            station: what.station.clone(),
            reason: what.reason.clone(),
            request: what.request.clone(),
        };
        self.put_on_record(row, Intended::Treat(what, reply));
    }

    /// Does it, tells everybody, and only then the person.
    pub(super) async fn treat(
        &mut self,
        mut what: WantedCare,
        reply: oneshot::Sender<CareOutcome>,
        committed: Result<(), String>,
    ) {
        // It may have come a second time while the first was on its way to the disk.
        let outcome = match self.service.cared.find(&what) {
            Some(done) => Ok(done),
            None => self.treat_anew(&mut what, committed).await,
        };
        // Whoever asked may have gone.
        let _ = reply.send(outcome);
    }

    /// Does it. What was wanted can be on record and what was done not, where the kernel does not
    /// take it: then nobody would find it again after the service was killed.
    async fn treat_anew(
        &mut self,
        what: &mut WantedCare,
        committed: Result<(), String>,
    ) -> CareOutcome {
        let made = self.treat_now(what);
        let handed_over = self.release().await;
        let entry = made?;
        let not_handed_over =
            || (!handed_over).then(|| "the journal has not taken it in time".to_owned());
        let not_recorded = committed.err().or_else(not_handed_over);
        if let Some(why) = &not_recorded {
            let (bed, by) = (what.bed, &what.by);
            warn!(%bed, by, why, "Entry of a session made, not yet on record.");
        }
        let done = CareDone {
            session: what.session,
            entry,
            not_recorded: not_recorded.map(|why| without_numbers(&why)),
            repeated: false,
        };
        self.service.cared.keep(what, &done);
        Ok(done)
    }

    fn treat_now(&mut self, what: &WantedCare) -> Result<EntryNumber, CareDenied> {
        let (station, out) = (&mut self.service.station, &mut self.out);
        let before = out.records.len();
        station.treat(self.now, what.bed, &what.act(), out)?;
        let mut made = out.records[before..].iter();
        let entry = made.find_map(|record| match &record.entry {
            Entry::Care { entry, .. } => Some(entry.number),
            _ => None,
        });
        entry.ok_or(CareDenied::Failed)
    }
}
