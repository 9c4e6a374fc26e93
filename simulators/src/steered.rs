//! A patient whom a trainer steers: the story goes on, and what the trainer does comes on top.
//!
//! The courses are **not physiology**: they are as fast as a lesson needs them, and raise the
//! alarms that people are to be trained on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::patient::{CuffResult, CuffState, Missing, Patient, Pressures, Signal, VitalSigns};
use crate::scenario::CUFF_CYCLE;

/// By how much a raised pressure is higher, mmHg: the systolic and the diastolic one.
const RAISED_MMHG: (f64, f64) = (60.0, 40.0);

/// A saturation begins to fall so long after the airway closed.
const RESERVE: Duration = Duration::from_secs(15);

/// It falls by so much in a second, %.
const FALL_PER_S: f64 = 0.7;

/// At most by so much, %.
const FALL_MAX: f64 = 30.0;

/// And rises again by so much in a second, %.
const RISE_PER_S: f64 = 1.0;

/// What a trainer can do to a simulated patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steer {
    /// The cuff measures, and finds the pressure high from now on.
    RaisePressure,
    /// The cuff measures, and finds the pressure as the story has it.
    LowerPressure,
    /// No breath comes any more, and after a while the saturation falls.
    CloseAirway,
    /// Breaths come again, and the saturation rises.
    OpenAirway,
    /// The probe is off the finger.
    PullProbe,
    /// It is on the finger again.
    ReplaceProbe,
    /// Another patient comes, for who is trained next: the story from its beginning, and nothing of
    /// what was done before or is still on its way back.
    BeginLesson,
}

impl Steer {
    /// Everything: each trouble with what undoes it after it, and last what brings another patient.
    pub const ALL: [Self; 7] = [
        Self::RaisePressure,
        Self::LowerPressure,
        Self::CloseAirway,
        Self::OpenAirway,
        Self::PullProbe,
        Self::ReplaceProbe,
        Self::BeginLesson,
    ];

    /// Returns the name used in JSON and in the record.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RaisePressure => "raise_pressure",
            Self::LowerPressure => "lower_pressure",
            Self::CloseAirway => "close_airway",
            Self::OpenAirway => "open_airway",
            Self::PullProbe => "pull_probe",
            Self::ReplaceProbe => "replace_probe",
            Self::BeginLesson => "begin_lesson",
        }
    }

    /// Returns what has that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|steer| steer.name() == name)
    }
}

/// A patient who is steered while the story runs, and another one with each lesson. The devices of one patient ask in the order of
/// time; what a trainer does happens at the last moment that was asked for.
#[derive(Debug)]
pub struct Steered {
    patient: Arc<dyn Patient>,
    steering: Mutex<Steering>,
}

/// How a steered patient is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SteeredState {
    /// The pressure is raised.
    pub pressure_raised: bool,
    /// The airway is closed.
    pub airway_closed: bool,
    /// The probe is off the finger.
    pub probe_off: bool,
    /// What sensors on the patient would say.
    pub vitals: VitalSigns,
}

#[derive(Clone, Copy, Debug, Default)]
struct Steering {
    /// The last moment that was asked for.
    now: Duration,
    /// When this patient came: the story begins then.
    came: Duration,
    pressure: Option<PressureTurned>,
    airway: Airway,
    probe_off: bool,
}

/// A pressure that was raised, or lowered again.
#[derive(Clone, Copy, Debug)]
struct PressureTurned {
    raised: bool,
    at: Duration,
    /// What the cuff had last found then.
    before: Option<CuffResult>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Airway {
    closed: bool,
    /// When it last opened or closed.
    turned: Duration,
    /// How far the saturation had fallen then, %.
    fallen: f64,
}

impl Steered {
    /// Makes a patient whom nobody has steered yet.
    #[must_use]
    pub fn new(patient: Arc<dyn Patient>) -> Self {
        Self {
            patient,
            steering: Mutex::default(),
        }
    }

    /// Does something to the patient; what is so already stays as it is.
    pub fn steer(&self, what: Steer) {
        let mut steering = self.lock();
        match what {
            Steer::RaisePressure => self.turn_pressure(&mut steering, true),
            Steer::LowerPressure => self.turn_pressure(&mut steering, false),
            Steer::CloseAirway => steering.turn_airway(true),
            Steer::OpenAirway => steering.turn_airway(false),
            Steer::PullProbe => steering.probe_off = true,
            Steer::ReplaceProbe => steering.probe_off = false,
            Steer::BeginLesson => {
                *steering = Steering {
                    now: steering.now,
                    came: steering.now,
                    ..Steering::default()
                };
            }
        }
    }

    /// Returns how the patient is, at the last moment that a device asked for.
    #[must_use]
    pub fn state(&self) -> SteeredState {
        let steering = self.lock();
        let told = self.told(&steering, steering.now);
        SteeredState {
            pressure_raised: steering.pressure.is_some_and(|turned| turned.raised),
            airway_closed: steering.airway.closed,
            probe_off: steering.probe_off,
            vitals: steering.on(told, steering.now),
        }
    }

    fn turn_pressure(&self, steering: &mut Steering, raised: bool) {
        let is = steering.pressure.is_some_and(|turned| turned.raised);
        if raised != is {
            let told = self.told(steering, steering.now);
            steering.pressure = Some(PressureTurned {
                raised,
                at: steering.now,
                before: steering.cuff(told.cuff, steering.now).last,
            });
        }
    }

    /// Returns the patient whom nobody steers.
    fn told(&self, steering: &Steering, at: Duration) -> VitalSigns {
        let mut told = self.patient.at(steering.in_story(at));
        if let Some(last) = &mut told.cuff.last {
            last.ended += steering.came;
        }
        told
    }

    fn lock(&self) -> MutexGuard<'_, Steering> {
        // Each change is whole before the next begins.
        self.steering.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Patient for Steered {
    fn at(&self, at: Duration) -> VitalSigns {
        let mut steering = self.lock();
        steering.now = steering.now.max(at);
        steering.on(self.told(&steering, at), at)
    }

    fn link_down(&self, at: Duration) -> bool {
        let at = self.lock().in_story(at);
        self.patient.link_down(at)
    }
}

impl Steering {
    /// Returns how far into the story of this patient a moment lies.
    const fn in_story(&self, at: Duration) -> Duration {
        at.saturating_sub(self.came)
    }

    fn turn_airway(&mut self, closed: bool) {
        if closed != self.airway.closed {
            self.airway = Airway {
                closed,
                turned: self.now,
                fallen: self.airway.fallen_at(self.now),
            };
        }
    }

    fn on(&self, told: VitalSigns, at: Duration) -> VitalSigns {
        let mut vitals = told;
        vitals.cuff = self.cuff(told.cuff, at);
        let fallen = self.airway.fallen_at(at);
        vitals.spo2 = changed(told.spo2, |spo2| spo2 - fallen);
        if self.airway.closed {
            // As in the scenarios: nothing breathes, and the capnograph says so.
            vitals.respiration_rate = changed(told.respiration_rate, |_| 0.0);
            vitals.etco2 = changed(told.etco2, |_| 0.0);
        }
        if self.probe_off {
            let of_probe = told.heart_rate == told.pulse_rate;
            vitals.spo2 = off(told.spo2);
            vitals.pulse_rate = off(told.pulse_rate);
            vitals.perfusion_index = off(told.perfusion_index);
            if of_probe {
                vitals.heart_rate = off(told.heart_rate);
            }
        }
        vitals
    }

    /// The cuff measures when the pressure turns, so that nobody waits for the story's next time.
    fn cuff(&self, told: CuffState, at: Duration) -> CuffState {
        let Some(turned) = self.pressure else {
            return told;
        };
        let ended = turned.at + CUFF_CYCLE;
        if at < ended {
            return CuffState {
                measuring: true,
                last: turned.before,
            };
        }
        let last = told.last.map(|last| CuffResult {
            ended: last.ended.max(ended),
            pressures: last.pressures.map(|found| turned.pressures(found)),
        });
        CuffState { last, ..told }
    }
}

impl PressureTurned {
    fn pressures(self, found: Pressures) -> Pressures {
        if !self.raised {
            return found;
        }
        let (systolic, diastolic) = RAISED_MMHG;
        let add = |mmhg: Option<f64>, more: f64| mmhg.map(|mmhg| mmhg + more);
        Pressures {
            systolic: add(found.systolic, systolic),
            diastolic: add(found.diastolic, diastolic),
            // A third of the way up from the diastolic pressure.
            mean: add(found.mean, (systolic + 2.0 * diastolic) / 3.0),
        }
    }
}

impl Airway {
    /// Returns how far the saturation has fallen, %.
    fn fallen_at(self, at: Duration) -> f64 {
        let since = at.saturating_sub(self.turned);
        if self.closed {
            let falling = since.saturating_sub(RESERVE).as_secs_f64();
            (self.fallen + FALL_PER_S * falling).min(FALL_MAX)
        } else {
            (self.fallen - RISE_PER_S * since.as_secs_f64()).max(0.0)
        }
    }
}

fn changed(signal: Signal, change: impl FnOnce(f64) -> f64) -> Signal {
    match signal {
        Signal::Value(value) => Signal::Value(change(value)),
        Signal::Missing(_) | Signal::NoChannel => signal,
    }
}

const fn off(signal: Signal) -> Signal {
    match signal {
        Signal::Value(_) | Signal::Missing(_) => Signal::Missing(Missing::ProbeOff),
        Signal::NoChannel => Signal::NoChannel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories;

    fn patient() -> (Arc<dyn Patient>, Steered) {
        let story: Arc<dyn Patient> = Arc::new(stories::built_in().remove(1));
        (Arc::clone(&story), Steered::new(story))
    }

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn value(signal: Signal) -> f64 {
        signal.value().expect("the story has a value here")
    }

    #[test]
    fn whom_nobody_steers_has_the_story() {
        let (story, steered) = patient();
        for second in (0..600).step_by(7) {
            assert_eq!(story.at(at(second)), steered.at(at(second)));
        }
    }

    #[test]
    fn a_closed_airway_stops_the_breath_at_once_and_the_saturation_falls_until_it_opens() {
        let (story, steered) = patient();
        steered.at(at(100));
        steered.steer(Steer::CloseAirway);
        let closed = steered.at(at(101));
        assert_eq!(closed.etco2, Signal::Value(0.0));
        assert_eq!(closed.respiration_rate, Signal::Value(0.0));
        assert_eq!(closed.spo2, story.at(at(101)).spo2);
        let fallen = |second| value(story.at(at(second)).spo2) - value(steered.at(at(second)).spo2);
        assert!((fallen(125) - 7.0).abs() < 1e-9);
        assert!((fallen(400) - FALL_MAX).abs() < 1e-9);
        steered.steer(Steer::OpenAirway);
        assert_eq!(steered.at(at(401)).etco2, story.at(at(401)).etco2);
        assert!((fallen(410) - 20.0).abs() < 1e-9);
        assert!(fallen(431).abs() < 1e-9);
    }

    #[test]
    fn a_raised_pressure_is_measured_at_once_and_so_is_that_it_fell() {
        let (story, steered) = patient();
        let before = steered.at(at(100)).cuff.last;
        steered.steer(Steer::RaisePressure);
        let measuring = steered.at(at(120)).cuff;
        assert_eq!((measuring.measuring, measuring.last), (true, before));
        let systolic = |cuff: CuffState| {
            let pressures = cuff.last.and_then(|last| last.pressures);
            pressures
                .and_then(|found| found.systolic)
                .expect("it was measured")
        };
        let raised = steered.at(at(136)).cuff;
        assert_eq!(raised.last.map(|last| last.ended), Some(at(135)));
        assert!((systolic(raised) - systolic(story.at(at(136)).cuff) - 60.0).abs() < 1e-9);
        steered.steer(Steer::RaisePressure);
        assert!(!steered.at(at(137)).cuff.measuring, "it is raised already");
        steered.steer(Steer::LowerPressure);
        assert_eq!(steered.at(at(150)).cuff.last, raised.last);
        let lowered = steered.at(at(173)).cuff;
        assert!((systolic(lowered) - systolic(story.at(at(173)).cuff)).abs() < 1e-9);
    }

    #[test]
    fn a_pulled_probe_is_off_until_it_is_on_again() {
        let (story, steered) = patient();
        steered.steer(Steer::PullProbe);
        let pulled = steered.at(at(50));
        assert_eq!(pulled.spo2, Signal::Missing(Missing::ProbeOff));
        assert_eq!(pulled.pulse_rate, Signal::Missing(Missing::ProbeOff));
        assert_eq!(
            pulled.etco2,
            story.at(at(50)).etco2,
            "the capnograph goes on"
        );
        steered.steer(Steer::ReplaceProbe);
        assert_eq!(steered.at(at(51)), story.at(at(51)));
    }

    #[test]
    fn the_state_is_what_the_devices_were_last_told() {
        let (_, steered) = patient();
        steered.at(at(100));
        for trouble in [Steer::RaisePressure, Steer::CloseAirway, Steer::PullProbe] {
            steered.steer(trouble);
        }
        let vitals = steered.at(at(140));
        let state = steered.state();
        assert_eq!(state.vitals, vitals);
        let troubles = (state.pressure_raised, state.airway_closed, state.probe_off);
        assert_eq!(troubles, (true, true, true));
    }

    /// How the story is so long after its beginning, of a patient who came at `came`.
    fn fresh(story: &dyn Patient, came: u64, second: u64) -> VitalSigns {
        let mut fresh = story.at(at(second));
        if let Some(last) = &mut fresh.cuff.last {
            last.ended += at(came);
        }
        fresh
    }

    #[test]
    fn a_lesson_begins_with_another_patient_in_whom_nothing_is_on_its_way_back() {
        let story: Arc<dyn Patient> = Arc::new(stories::built_in().remove(3));
        let steered = Steered::new(Arc::clone(&story));
        steered.at(at(700));
        for trouble in [Steer::RaisePressure, Steer::CloseAirway, Steer::PullProbe] {
            steered.steer(trouble);
        }
        let low = steered.at(at(760));
        let systolic = |vitals: VitalSigns| {
            let found = vitals.cuff.last.and_then(|last| last.pressures);
            found.and_then(|found| found.systolic)
        };
        assert!(systolic(low) > systolic(story.at(at(760))), "it was raised");
        // Some of it was undone, and lasts: that is over as well.
        steered.steer(Steer::OpenAirway);
        steered.steer(Steer::ReplaceProbe);
        let rising = steered.at(at(765));
        assert!(value(rising.spo2) < value(story.at(at(765)).spo2) - 10.0);
        steered.steer(Steer::BeginLesson);
        let state = steered.state();
        let troubles = (state.pressure_raised, state.airway_closed, state.probe_off);
        assert_eq!(troubles, (false, false, false));
        assert_eq!(state.vitals, fresh(&*story, 765, 0));
        for second in [0, 1, 4, 30, 400, 1000] {
            let told = steered.at(at(765 + second));
            assert_eq!(told, fresh(&*story, 765, second), "{second} s");
            assert!(
                told.cuff.last.is_none_or(|last| last.ended >= at(765)),
                "no pressure of the lesson before"
            );
        }
        // And the next one with yet another.
        steered.steer(Steer::CloseAirway);
        steered.steer(Steer::BeginLesson);
        assert_eq!(steered.at(at(1770)), fresh(&*story, 1765, 5));
    }

    #[test]
    fn every_name_is_its_own() {
        for steer in Steer::ALL {
            assert_eq!(Steer::from_name(steer.name()), Some(steer));
        }
        assert_eq!(Steer::from_name("give_ketamine"), None);
    }
}
