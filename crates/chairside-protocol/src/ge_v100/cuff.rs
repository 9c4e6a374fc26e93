//! What the replies to `NA`, one a second, say about determinations, each said once.

use chairside_model::{Cuff, CuffFailure, CuffReading, Measured, Metric, MonoTime, Value};

use super::message::{NibpAge, NibpReply, NibpStatus};
use super::recency::Recency;
use crate::pressures::cuff_reading;

/// Watches the cuff from one reply to the next.
#[derive(Debug)]
pub(super) struct CuffWatch {
    phase: Phase,
    recency: Recency<Pressures>,
}

type Pressures = [Option<u16>; 3];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Measuring,
    Failed(NibpStatus),
}

impl Default for CuffWatch {
    fn default() -> Self {
        Self {
            phase: Phase::Idle,
            recency: Recency::new(NibpAge::OLDEST.duration()),
        }
    }
}

impl CuffWatch {
    /// Takes the next reply and returns what is new in it.
    pub(super) fn take(&mut self, now: MonoTime, reply: &NibpReply) -> Option<Cuff> {
        match reply.status {
            NibpStatus::Busy => self.enter(Phase::Measuring).then_some(Cuff::Measuring),
            NibpStatus::Done => {
                let measured = self.phase == Phase::Measuring;
                self.phase = Phase::Idle;
                // A determination that was under way and left nothing new was cancelled.
                let cancelled = measured.then_some(Cuff::Cancelled);
                self.determination(now, reply).or(cancelled)
            }
            NibpStatus::Failed => self.failed(reply.status, CuffFailure::NoDetermination),
            NibpStatus::PumpUpTimeout => self.failed(reply.status, CuffFailure::PumpUp),
            NibpStatus::TotalTimeout | NibpStatus::SinglePressureTimeout => {
                self.failed(reply.status, CuffFailure::Timeout)
            }
            NibpStatus::Overpressure => self.failed(reply.status, CuffFailure::Overpressure),
            // The monitor does not know whether anything began or ended; neither do we.
            NibpStatus::Unknown => None,
        }
    }

    /// Tells whether a determination is under way, by the last reply that said.
    pub(super) fn is_measuring(&self) -> bool {
        self.phase == Phase::Measuring
    }

    fn enter(&mut self, phase: Phase) -> bool {
        std::mem::replace(&mut self.phase, phase) != phase
    }

    /// The values that come with a failure are old or zero and are not looked at.
    fn failed(&mut self, status: NibpStatus, why: CuffFailure) -> Option<Cuff> {
        self.enter(Phase::Failed(status))
            .then_some(Cuff::Failed(why))
    }

    fn determination(&mut self, now: MonoTime, reply: &NibpReply) -> Option<Cuff> {
        let age = reply.age?.duration();
        let pressures = [reply.systolic, reply.diastolic, reply.mean];
        if !self.recency.is_new(now, age, pressures) {
            return None;
        }
        Some(
            reading(reply, now.saturating_sub(age))
                .map_or(Cuff::Failed(CuffFailure::NoDetermination), Cuff::Completed),
        )
    }
}

fn reading(reply: &NibpReply, taken: MonoTime) -> Option<CuffReading> {
    let systolic = believable(Metric::NibpSystolic, reply.systolic);
    let diastolic = believable(Metric::NibpDiastolic, reply.diastolic);
    let mean = believable(Metric::NibpMean, reply.mean);
    cuff_reading([systolic, diastolic, mean], taken)
}

fn believable(metric: Metric, pressure: Option<u16>) -> Option<Value> {
    Measured::plausible(metric, f64::from(pressure?)).valid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ge_v100::message::{NibpMode, PatientType};
    use std::time::Duration;

    fn reply(status: NibpStatus, age_s: u64, pressures: [u16; 3]) -> NibpReply {
        let [systolic, diastolic, mean] =
            pressures.map(|pressure| (pressure != 0).then_some(pressure));
        NibpReply {
            status,
            patient: PatientType::Adult,
            mode: NibpMode::Normal,
            age: NibpAge::whole_seconds(Duration::from_secs(age_s)),
            systolic,
            diastolic,
            mean,
        }
    }

    fn completed(pressures: [u16; 3]) -> Option<[Option<f64>; 3]> {
        let reply = reply(NibpStatus::Done, 45, pressures);
        match CuffWatch::default().take(MonoTime::from_secs(100), &reply) {
            Some(Cuff::Completed(reading)) => {
                assert_eq!(reading.taken, MonoTime::from_secs(55));
                Some(
                    [reading.systolic, reading.diastolic, reading.mean]
                        .map(|value| value.map(Value::number)),
                )
            }
            Some(Cuff::Failed(CuffFailure::NoDetermination)) => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_pressures_that_can_be_are_values() {
        assert_eq!(
            completed([118, 76, 92]),
            Some([Some(118.0), Some(76.0), Some(92.0)])
        );
        assert_eq!(
            completed([118, 0, 92]),
            Some([Some(118.0), None, Some(92.0)])
        );
        assert_eq!(
            completed([118, 76, 130]),
            Some([Some(118.0), Some(76.0), None])
        );
        assert_eq!(
            completed([118, 76, 20]),
            Some([Some(118.0), Some(76.0), None])
        );
        assert_eq!(
            completed([999, 76, 92]),
            Some([None, Some(76.0), Some(92.0)])
        );
        assert_eq!(completed([76, 118, 92]), None);
        assert_eq!(completed([90, 90, 90]), None);
        assert_eq!(completed([0, 0, 0]), None);
    }

    #[test]
    fn each_inflation_is_told_from_its_start_to_its_end() {
        let mut watch = CuffWatch::default();
        let zero = [0, 0, 0];
        let story = [
            (
                1,
                reply(NibpStatus::Busy, 9999, zero),
                Some(Cuff::Measuring),
            ),
            (2, reply(NibpStatus::Busy, 9999, zero), None),
            (
                3,
                reply(NibpStatus::Failed, 0, zero),
                Some(Cuff::Failed(CuffFailure::NoDetermination)),
            ),
            (4, reply(NibpStatus::Failed, 1, zero), None),
            (
                5,
                reply(NibpStatus::Busy, 9999, zero),
                Some(Cuff::Measuring),
            ),
            (
                6,
                reply(NibpStatus::Failed, 0, zero),
                Some(Cuff::Failed(CuffFailure::NoDetermination)),
            ),
            (
                7,
                reply(NibpStatus::PumpUpTimeout, 0, zero),
                Some(Cuff::Failed(CuffFailure::PumpUp)),
            ),
            (
                8,
                reply(NibpStatus::TotalTimeout, 0, zero),
                Some(Cuff::Failed(CuffFailure::Timeout)),
            ),
            (
                9,
                reply(NibpStatus::Overpressure, 0, zero),
                Some(Cuff::Failed(CuffFailure::Overpressure)),
            ),
            (10, reply(NibpStatus::Unknown, 9999, zero), None),
            (11, reply(NibpStatus::Done, 9999, zero), None),
        ];
        for (second, reply, expected) in story {
            assert_eq!(
                watch.take(MonoTime::from_secs(second), &reply),
                expected,
                "at {second} s"
            );
        }
    }

    #[test]
    fn a_first_inflation_that_is_cancelled_leaves_no_reading() {
        let mut watch = CuffWatch::default();
        let mut take =
            |second, status| watch.take(MonoTime::from_secs(second), &reply(status, 9999, [0; 3]));
        assert_eq!(take(1, NibpStatus::Busy), Some(Cuff::Measuring));
        assert_eq!(take(2, NibpStatus::Unknown), None);
        assert_eq!(take(3, NibpStatus::Done), Some(Cuff::Cancelled));
        assert_eq!(take(4, NibpStatus::Done), None);
    }

    #[test]
    fn a_cancelled_inflation_is_told_and_does_not_publish_the_reading_before_it_again() {
        let mut watch = CuffWatch::default();
        let mut take = |second, status, age_s| {
            watch.take(
                MonoTime::from_secs(second),
                &reply(status, age_s, [118, 76, 92]),
            )
        };
        assert!(matches!(
            take(1, NibpStatus::Done, 300),
            Some(Cuff::Completed(_))
        ));
        assert_eq!(take(2, NibpStatus::Busy, 9999), Some(Cuff::Measuring));
        assert_eq!(take(20, NibpStatus::Done, 319), Some(Cuff::Cancelled));
        assert_eq!(take(21, NibpStatus::Done, 320), None);
    }
}
