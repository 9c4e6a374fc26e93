//! Who was not reached, and which programs are not told: what becomes `DELIVERY_FAILED` at a bed.

use chairside_model::{BedId, MonoTime};
use chairside_station::Station;

use super::Notify;

impl Notify {
    /// Returns by what somebody was called for a bed who has not been reached, in words; nothing
    /// when everybody was.
    #[must_use]
    pub fn unreached(&self, bed: BedId) -> Option<String> {
        let mut ways: Vec<_> = self.escalation.unreached(bed).collect();
        ways.sort_unstable();
        ways.dedup();
        let names = ways.iter().map(|(person, channel)| {
            let (person, channel) = (self.names.person(*person), self.names.channel(*channel));
            format!("{person} by {channel}")
        });
        let names: Vec<_> = names.collect();
        if self.escalation.calls_nobody(bed) {
            return Some("there is nobody to call".to_owned());
        }
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// Lets the host's loudspeaker know what calls, and whether it is needed.
    pub fn sound(&self, station: &Station, is_needed: bool) {
        if let Some(loudspeaker) = &self.loudspeaker {
            loudspeaker.tell(station, is_needed);
        }
    }

    /// Returns since when the host's loudspeaker plays nothing though there is one, and why.
    #[must_use]
    pub fn unplayed(&self) -> Option<(MonoTime, String)> {
        self.loudspeaker.as_ref()?.failing()
    }

    /// Looks how it stands with the programs that follow alarms and with the loudspeaker, and
    /// which ways are called today.
    pub fn look(&mut self, now: MonoTime) {
        let followers = self.followers.look(now);
        let loudspeaker = self.loudspeaker.as_mut().map(|one| one.look(now));
        self.watched
            .looked(followers, self.drills(now), loudspeaker);
        self.tell_called(now);
    }

    /// Returns since when a program that follows alarms is not told of a bed, and why.
    #[must_use]
    pub fn untold(&self, now: MonoTime, bed: BedId) -> Option<(MonoTime, String)> {
        self.followers.untold(now, self.names.bed(bed))
    }

    /// The beds that have a ladder.
    pub fn beds(&self) -> impl Iterator<Item = BedId> {
        self.escalation.plan().ladders.keys().copied()
    }
}
