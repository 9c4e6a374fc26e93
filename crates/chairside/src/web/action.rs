//! What people can do, whichever way it comes in.

use chairside_alarm::{Occurrence, Refusal};
use tokio::sync::oneshot;

use super::{Web, wire};
use crate::service::{Acknowledge, Command, Outcome};

/// Names and ids longer than this are not ours.
const TEXT_MAX: usize = 128;

impl Web {
    /// Acknowledges an alarm and waits until that is on record and told to everybody.
    pub(super) async fn acknowledge(&self, wanted: wire::Acknowledge) -> wire::ActionResult {
        let request = wanted.request.clone();
        let outcome = match self.checked(wanted) {
            Ok(acknowledge) => self.command(acknowledge).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(Outcome::Done) => wire::ActionResult::done(request, None),
            Ok(Outcome::NotRecorded(why)) => {
                let warning = format!("acknowledged, but not yet on record: {why}");
                wire::ActionResult::done(request, Some(warning))
            }
            Ok(Outcome::Refused(Refusal::NoSuchOccurrence)) => wire::ActionResult::refused(
                request,
                "that alarm is over or was acknowledged already; nothing was changed",
            ),
            Err(error) => wire::ActionResult::refused(request, error),
        }
    }

    /// Turns the words of the wire into what they name.
    fn checked(&self, wanted: wire::Acknowledge) -> Result<Acknowledge, String> {
        let texts = [&wanted.by, &wanted.request, &wanted.bed];
        let long = texts
            .into_iter()
            .chain(&wanted.station)
            .any(|text| text.len() > TEXT_MAX);
        if long {
            return Err(format!("a text is longer than {TEXT_MAX} bytes"));
        }
        let bed = self.hub.with_view(|view| view.bed_with_id(&wanted.bed));
        let bed = bed.ok_or_else(|| format!("there is no bed {:?}", wanted.bed))?;
        let number = wanted.occurrence.parse();
        let number = number
            .map_err(|error| format!("{:?} is not an occurrence: {error}", wanted.occurrence))?;
        if !self.hub.staff().iter().any(|person| person.id == wanted.by) {
            return Err(format!(
                "there is nobody with the id {:?} on the staff",
                wanted.by
            ));
        }
        Ok(Acknowledge {
            bed,
            occurrence: Occurrence(number),
            by: wanted.by,
            station: wanted.station,
            request: wanted.request,
        })
    }

    async fn command(&self, acknowledge: Acknowledge) -> Result<Outcome, String> {
        let (reply, answer) = oneshot::channel();
        let sent = self
            .commands
            .try_send(Command::Acknowledge(acknowledge, reply));
        sent.map_err(|error| format!("the service is busy or ending: {error}"))?;
        answer
            .await
            .map_err(|error| format!("the service is ending: {error}"))
    }
}
