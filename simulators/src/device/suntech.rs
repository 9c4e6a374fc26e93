//! A simulated `SunTech` blood-pressure module.
//!
//! It answers the two questions of the driver and never speaks first; the cuff follows the
//! patient's story, as if somebody had pressed the device's own button. While the cuff is
//! inflated its pressure falls slowly, and the data stay those of before. When a determination has
//! ended it says so (`K`) before its next answer: that the real one does is what the public
//! description says, and not when.
//! **Not simulated:** starting and stopping on an order, the valves, pulses on the cuff's pressure,
//! the test codes, and what any error means (a determination that failed has error 1).

use std::time::Duration;

use chairside_protocol::suntech::message::{BpData, Reply, Request};

use super::{Simulator, whole};
use crate::patient::{CuffResult, CuffState, Pressures, VitalSigns};

/// The pressure the cuff is inflated to, mmHg, and what it loses in a second.
const INFLATED_TO: f64 = 165.0;
const LOST_IN_A_SECOND: f64 = 3.0;

/// The least pressure while a determination is under way, mmHg.
const LEAST: f64 = 60.0;

/// Beats that it counts in every determination.
const BEATS: u8 = 30;

/// What stands for a determination that failed.
const FAILED: u8 = 1;

/// A simulated module.
#[derive(Debug, Default)]
pub struct Suntech {
    request: Vec<u8>,
    /// Since when the cuff is inflated.
    inflated: Option<Duration>,
    /// When the determination ended that the data are of.
    ended: Option<Duration>,
    data: Option<BpData>,
    /// A determination ended, and nobody was told.
    complete: bool,
    asked: bool,
}

impl Simulator for Suntech {
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        self.follow(now, vitals);
        self.asked |= !received.is_empty();
        for &byte in received {
            if self.request.len() == Request::LENGTH {
                self.request.remove(0);
            }
            self.request.push(byte);
            if let Ok(request) = Request::parse(&self.request) {
                self.request.clear();
                if std::mem::take(&mut self.complete) {
                    Reply::Complete.emit(line);
                }
                self.answer(now, request).emit(line);
            }
        }
    }

    fn next_deadline(&self) -> Option<Duration> {
        None
    }
}

impl Suntech {
    /// Takes over what the patient's cuff did.
    fn follow(&mut self, now: Duration, vitals: &VitalSigns) {
        let CuffState { measuring, last } = vitals.cuff;
        if !measuring {
            self.inflated = None;
        } else if self.inflated.is_none() {
            self.inflated = Some(now);
        }
        if let Some(last) = last.filter(|last| self.ended != Some(last.ended)) {
            // One from before it was first asked is nobody's news.
            self.complete = self.asked;
            self.ended = Some(last.ended);
            self.data = Some(data(last, vitals));
        }
    }

    fn answer(&self, now: Duration, request: Request) -> Reply {
        match request {
            Request::CuffPressure => Reply::CuffPressure(self.inflated.map_or(0, |since| {
                let seconds = now.saturating_sub(since).as_secs_f64();
                whole((INFLATED_TO - LOST_IN_A_SECOND * seconds).max(LEAST))
            })),
            Request::BpData => Reply::BpData(self.data.unwrap_or(NOTHING)),
        }
    }
}

/// The data before the first determination.
const NOTHING: BpData = BpData {
    systolic: 0,
    diastolic: 0,
    beats: 0,
    status: 0,
    test_codes: [0; 8],
    heart_rate: 0,
    spare: [0; 3],
    mean: 0,
    error: 0,
};

fn data(result: CuffResult, vitals: &VitalSigns) -> BpData {
    let Some(pressures) = result.pressures else {
        return BpData {
            error: FAILED,
            ..NOTHING
        };
    };
    let pressure = |one: fn(Pressures) -> Option<f64>| one(pressures).map_or(0, whole);
    // It counts at the cuff what the heart does.
    let rate = vitals.heart_rate.value().or(vitals.pulse_rate.value());
    BpData {
        systolic: pressure(|all| all.systolic),
        diastolic: pressure(|all| all.diastolic),
        beats: BEATS,
        status: 1,
        heart_rate: rate.map_or(0, |rate| u8::try_from(whole(rate)).unwrap_or(u8::MAX)),
        mean: pressure(|all| all.mean),
        ..NOTHING
    }
}

#[cfg(test)]
mod tests;
