//! What a trainer does to the simulated patient of a bed for training: put on record, done, and only
//! then answered.

use chairside_model::BedId;
use chairside_simulators::steered::Steer;
use chairside_station::StationInput;
use tokio::sync::oneshot;
use tracing::info;

use super::Running;

/// What a trainer wants done.
#[derive(Clone, Debug)]
pub struct WantedSteer {
    /// The bed.
    pub bed: BedId,
    /// The same, as the configuration calls it.
    pub bed_id: String,
    /// The trainer, by id.
    pub by: String,
    /// What.
    pub what: Steer,
}

impl Running {
    /// Does it; a bed without a simulated patient has nothing done, and nobody is answered.
    pub(super) async fn train(&mut self, wanted: WantedSteer, reply: oneshot::Sender<()>) {
        let WantedSteer {
            bed,
            bed_id,
            by,
            what,
        } = wanted;
        let Some(patient) = self.service.patients.at(&bed_id).cloned() else {
            return;
        };
        self.now = self.now.max(self.service.clock.now());
        let did = what.name();
        let input = StationInput::Trained { bed, by: &by, did };
        let station = &mut self.service.station;
        station.handle(self.now, input, &mut self.out);
        // The kernel has it before the patient changes, as an alarm before it is told.
        self.release().await;
        patient.steer(what);
        info!(
            bed = bed_id,
            by, did, "A trainer steers a simulated patient."
        );
        // Whoever asked may have gone.
        let _ = reply.send(());
    }
}
