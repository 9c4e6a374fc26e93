//! Which driver fits a line: listen first, ask after, and only where nobody speaks.
//!
//! An [`Identification`] tries one setting of the line after the other. It **listens** as long as
//! something comes by itself, and lets every driver with those settings read. Only a line on which
//! nothing came at all is **asked**, by one driver after the other, in the words with which it
//! begins its ordinary conversation: no driver sends a byte that starts a cuff or changes a
//! setting. Something that speaks and that nobody understands is never spoken to.
//!
//! No port and no clock: the caller opens the line as [`Identification::line`] says, hands in what
//! comes, and writes what is to be sent.

use std::collections::VecDeque;
use std::time::Duration;

use chairside_model::{Cadence, Cuff, Measured, Metric, MonoTime, Reading};

use crate::{Begins, Driver, DriverInfo, DriverOutput, Finding, LineInput, LineSettings};

/// A device that sends by itself has sent something by then, at whatever rate the line is set:
/// the slowest sends every two seconds.
const SILENT: Duration = Duration::from_millis(2_600);

/// Nobody listens longer than this to one setting of a line on which something comes.
const LISTEN_MAX: Duration = Duration::from_secs(7);

/// A stream without a checksum may look right for a moment: it must for so many of its periods.
const SUSTAINED_PERIODS: u32 = 2;

/// A driver may need some periods before it knows the format of what comes.
const LISTEN_PERIODS: u32 = SUSTAINED_PERIODS + 4;

/// So many sound frames must have come by themselves.
const FRAMES_MIN: u32 = 3;

/// This many bytes, and to every driver not one frame or less than half of them: these are not the
/// settings of the line.
const HOPELESS: u64 = 400;

/// So many bytes are some lines of text, or frames of the slowest devices.
const SOME: u64 = 40;

/// How long a device may take to answer the question with which a conversation begins, unless its
/// numbers come more rarely.
const ANSWER: Duration = Duration::from_millis(1_500);

/// A device with numbers every second that has not sent one byte by then does not answer.
const FIRST_BYTE: Duration = Duration::from_secs(1);

/// Of a hundred bytes, so many must be in sound frames.
const USED_MIN_PERCENT: u64 = 90;

/// A search for the driver that fits a line.
#[derive(Debug)]
pub struct Identification {
    /// What is still to be tried, the present one first.
    trials: VecDeque<Trial>,
    candidates: Vec<Candidate>,
    /// When the present trial began; nothing until the line is open.
    began: Option<MonoTime>,
    /// What came at each setting so far.
    heard: Vec<Heard>,
    /// Bytes that came in the present trial; another one may have had the same setting.
    here: u64,
    asked: Vec<&'static DriverInfo>,
    fits: Vec<Evidence>,
    found: DriverOutput,
}

/// One setting of the line, and who reads.
#[derive(Debug)]
struct Trial {
    line: LineSettings,
    drivers: Vec<&'static DriverInfo>,
    asks: bool,
}

/// How much came at one setting of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The setting.
    pub line: LineSettings,
    /// Bytes.
    pub bytes: u64,
}

/// What speaks for a driver.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The driver.
    pub driver: &'static DriverInfo,
    /// How the line was set.
    pub line: LineSettings,
    /// Whether it was asked; else the device sent by itself.
    pub asked: bool,
    /// Sound frames.
    pub frames: u32,
    /// Bytes that came, from the first sound frame on.
    pub bytes: u64,
    /// How many of them could not be used.
    pub discarded: u64,
    /// What the device said last of each metric.
    pub readings: Vec<(Metric, Measured)>,
    /// What the device calls itself.
    pub identity: Option<Box<str>>,
}

/// How a search ended.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The first is the driver of the device; the others, where there are any, can read it too.
    Fits(Vec<Evidence>),
    /// No driver fits.
    Unknown {
        /// What came, at each setting that was listened to; empty if the line was silent.
        heard: Vec<Heard>,
        /// Who asked and was not answered.
        asked: Vec<&'static DriverInfo>,
    },
}

/// One driver that reads along.
#[derive(Debug)]
struct Candidate {
    driver: Box<dyn Driver>,
    evidence: Evidence,
    /// When its first and its last sound frame came.
    sound: Option<(MonoTime, MonoTime)>,
}

impl Identification {
    /// Plans a search among these drivers.
    #[must_use]
    pub fn new(drivers: &'static [DriverInfo]) -> Self {
        let mut trials = VecDeque::new();
        for of in [first_line as fn(&DriverInfo) -> &[LineSettings], |info| {
            info.other_lines
        }] {
            trials.extend(listening(drivers, of));
            trials.extend(asking(drivers, of));
        }
        Self {
            trials,
            candidates: Vec::new(),
            began: None,
            heard: Vec::new(),
            here: 0,
            asked: Vec::new(),
            fits: Vec::new(),
            found: DriverOutput::default(),
        }
    }

    /// Returns how the line must be set now, or nothing when the search is over. Whenever it
    /// changes the line is opened anew, and that is handed in as [`LineInput::Opened`].
    #[must_use]
    pub fn line(&self) -> Option<LineSettings> {
        self.trials.front().map(|trial| trial.line)
    }

    /// Takes what happened on the line, and appends what is to be sent.
    pub fn handle(&mut self, now: MonoTime, input: LineInput<'_>, transmit: &mut Vec<u8>) {
        match input {
            LineInput::Opened => self.begin(now, transmit),
            LineInput::Received(bytes) => self.hear(now, bytes, transmit),
            LineInput::Tick => self.tick(now, transmit),
            // Whoever opens it again begins the trial again.
            LineInput::Closed => self.began = None,
        }
        while let Some(began) = self.began
            && let Some(trial) = self.trials.front()
            && (now >= began + self.longest(trial) || self.is_decided(now, trial))
        {
            let line = trial.line;
            self.end();
            // The same setting goes on on the open line.
            if self.line() == Some(line) {
                self.begin(now, transmit);
            }
        }
    }

    /// Returns when a [`LineInput::Tick`] is wanted.
    #[must_use]
    pub fn next_deadline(&self) -> Option<MonoTime> {
        let began = self.began?;
        let trial = self.trials.front()?;
        let asking = self.candidates.iter().filter(|_| trial.asks);
        let ticks = asking.filter_map(|candidate| candidate.driver.next_deadline());
        Some(ticks.fold(began + self.longest(trial), MonoTime::min))
    }

    /// Returns how the search ended.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        if self.fits.is_empty() {
            Verdict::Unknown {
                heard: self.heard.into_iter().filter(|one| one.bytes > 0).collect(),
                asked: self.asked,
            }
        } else {
            Verdict::Fits(self.fits)
        }
    }

    /// Lets the drivers of the present trial begin on a line that was just opened.
    fn begin(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        let Some(trial) = self.trials.front() else {
            return;
        };
        self.began = Some(now);
        self.here = 0;
        self.candidates = trial
            .drivers
            .iter()
            .map(|info| Candidate::new(info, trial))
            .collect();
        if trial.asks {
            self.asked.extend(&trial.drivers);
        }
        self.all(now, LineInput::Opened, transmit);
    }

    fn hear(&mut self, now: MonoTime, bytes: &[u8], transmit: &mut Vec<u8>) {
        let Some(trial) = self.trials.front() else {
            return;
        };
        let line = trial.line;
        self.here += bytes.len() as u64;
        if !trial.asks {
            let at = self.heard.iter().position(|one| one.line == line);
            let at = at.unwrap_or_else(|| {
                self.heard.push(Heard { line, bytes: 0 });
                self.heard.len() - 1
            });
            self.heard[at].bytes += bytes.len() as u64;
        }
        self.all(now, LineInput::Received(bytes), transmit);
    }

    /// A driver that only listens has nothing that is due.
    fn tick(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        if self.trials.front().is_some_and(|trial| trial.asks) {
            self.all(now, LineInput::Tick, transmit);
        }
    }

    fn all(&mut self, now: MonoTime, input: LineInput<'_>, transmit: &mut Vec<u8>) {
        let Self {
            candidates, found, ..
        } = self;
        for candidate in candidates {
            candidate.take(now, input, found);
            if candidate.evidence.asked {
                transmit.extend_from_slice(&found.transmit);
            }
        }
    }

    fn has_heard(&self) -> bool {
        self.heard.iter().any(|one| one.bytes > 0)
    }

    /// How long the present trial may take.
    fn longest(&self, trial: &Trial) -> Duration {
        let period = trial.drivers.iter().map(|info| info.nominal_period).max();
        let period = period.unwrap_or_default();
        if trial.asks {
            let answers = self.candidates.iter().any(|one| one.evidence.bytes > 0);
            if answers || period > FIRST_BYTE {
                ANSWER.max(period + Duration::from_millis(500))
            } else {
                FIRST_BYTE
            }
        } else if self.has_heard() {
            LISTEN_MAX.min(period * LISTEN_PERIODS + Duration::from_millis(500))
        } else {
            SILENT
        }
    }

    /// Tells whether the present trial need not go on: somebody fits, or it is noise to all.
    fn is_decided(&self, now: MonoTime, trial: &Trial) -> bool {
        let is_noise = !trial.asks
            && (self.here >= HOPELESS || self.is_slow_noise(now, trial))
            && self.candidates.iter().all(Candidate::hears_noise);
        is_noise || self.candidates.iter().any(Candidate::fits)
    }

    /// Tells whether a device that sends seldom would have been understood by now.
    fn is_slow_noise(&self, now: MonoTime, trial: &Trial) -> bool {
        let period = trial.drivers.iter().map(|info| info.nominal_period).max();
        let enough = LISTEN_MAX.min(period.unwrap_or_default() * 2 + Duration::from_millis(600));
        let began = self.began.unwrap_or(now);
        self.here >= SOME && now >= began + enough
    }

    /// Ends the present trial, and drops those that are of no use any more.
    fn end(&mut self) {
        let Some(ended) = self.trials.pop_front() else {
            return;
        };
        self.began = None;
        let candidates = std::mem::take(&mut self.candidates);
        let fits = candidates.into_iter().filter(Candidate::fits);
        self.fits.extend(fits.map(|candidate| candidate.evidence));
        self.fits
            .sort_by_key(|fit| (fit.discarded, u32::MAX - fit.frames));
        if !self.fits.is_empty() {
            self.trials.clear();
        } else if !ended.asks {
            // Something that speaks is not spoken to; a line on which nothing comes is only asked.
            let asks = !self.has_heard();
            self.trials.retain(|trial| trial.asks == asks);
        }
    }
}

impl Candidate {
    fn new(info: &'static DriverInfo, trial: &Trial) -> Self {
        Self {
            driver: (info.build)(),
            evidence: Evidence {
                driver: info,
                line: trial.line,
                asked: trial.asks,
                frames: 0,
                bytes: 0,
                discarded: 0,
                readings: Vec::new(),
                identity: None,
            },
            sound: None,
        }
    }

    fn take(&mut self, now: MonoTime, input: LineInput<'_>, found: &mut DriverOutput) {
        found.clear();
        self.driver.handle(now, input, found);
        let evidence = &mut self.evidence;
        if let LineInput::Received(bytes) = input {
            evidence.bytes += bytes.len() as u64;
        }
        for event in &found.events {
            match &event.finding {
                Finding::Frame => {
                    evidence.frames += 1;
                    self.sound = Some((self.sound.map_or(now, |(first, _)| first), now));
                }
                Finding::Discarded { bytes, .. } if self.sound.is_some() => {
                    evidence.discarded += *bytes as u64;
                }
                // Whoever begins in the middle of a frame cannot use the rest of it.
                Finding::Discarded { bytes, .. } => {
                    evidence.bytes = evidence.bytes.saturating_sub(*bytes as u64);
                }
                Finding::DeviceAlarm { .. } => {}
                Finding::Identity(text) => evidence.identity = Some(text.clone()),
                Finding::Reading(reading) => evidence.read(reading),
            }
        }
    }

    /// Tells whether the driver can use nothing of what comes, or not half of it.
    const fn hears_noise(&self) -> bool {
        let Evidence {
            bytes, discarded, ..
        } = self.evidence;
        self.sound.is_none() || discarded * 2 > bytes
    }

    /// Tells whether the driver can read what comes: sound frames that say something of a
    /// patient, hardly anything else, and for long enough. An answer to our own question proves
    /// more than what came by itself, but an echo of the question is no answer.
    fn fits(&self) -> bool {
        let evidence = &self.evidence;
        let Some((first, last)) = self.sound else {
            return false;
        };
        let used = evidence.bytes.saturating_sub(evidence.discarded);
        let is_clean = used * 100 >= evidence.bytes * USED_MIN_PERCENT;
        let period = evidence.driver.nominal_period;
        let lasted = last.saturating_since(first);
        let is_sustained = evidence.asked
            || (evidence.frames >= FRAMES_MIN && lasted >= period * SUSTAINED_PERIODS * 9 / 10);
        let is_paced = evidence.driver.pace.is_none_or(|pace| {
            let a_second = f64::from(evidence.frames) / lasted.as_secs_f64();
            (pace.least.into()..=pace.most.into()).contains(&a_second)
        });
        // A device that has nothing but a cuff says nothing of a patient until somebody uses it.
        let gives = evidence.driver.gives;
        let waits = gives
            .iter()
            .all(|metric| metric.cadence() == Cadence::Aperiodic);
        let says_enough = !evidence.readings.is_empty() || (waits && evidence.frames >= FRAMES_MIN);
        is_clean && is_sustained && is_paced && says_enough
    }
}

impl Evidence {
    fn read(&mut self, reading: &Reading) {
        match reading {
            Reading::Numeric(numeric) => self.say(numeric.metric, numeric.measured),
            Reading::Cuff(Cuff::Completed(cuff)) => {
                for (metric, value) in cuff.numerics() {
                    self.say(metric, Measured::Valid(value));
                }
            }
            // A curve or a cuff at work has no number to show.
            Reading::Cuff(_) | Reading::Waveform(_) => {}
        }
    }

    fn say(&mut self, metric: Metric, measured: Measured) {
        match self.readings.iter_mut().find(|(of, _)| *of == metric) {
            Some((_, last)) => *last = measured,
            None => self.readings.push((metric, measured)),
        }
    }
}

fn first_line(info: &DriverInfo) -> &[LineSettings] {
    std::slice::from_ref(&info.line)
}

/// One trial for each setting, that of most drivers first; all drivers with it read.
fn listening(drivers: &'static [DriverInfo], of: fn(&DriverInfo) -> &[LineSettings]) -> Vec<Trial> {
    let mut trials: Vec<Trial> = Vec::new();
    for info in drivers {
        for line in of(info) {
            match trials.iter_mut().find(|trial| trial.line == *line) {
                Some(trial) => trial.drivers.push(info),
                None => trials.push(Trial {
                    line: *line,
                    drivers: vec![info],
                    asks: false,
                }),
            }
        }
    }
    trials.sort_by_key(|trial| std::cmp::Reverse(trial.drivers.len()));
    trials
}

/// One trial for each driver that begins to speak, the quickest first.
fn asking(drivers: &'static [DriverInfo], of: fn(&DriverInfo) -> &[LineSettings]) -> Vec<Trial> {
    let asks = |info: &&DriverInfo| info.begins == Begins::Driver;
    let mut trials: Vec<Trial> = drivers
        .iter()
        .filter(asks)
        .flat_map(|info| {
            of(info).iter().map(move |line| Trial {
                line: *line,
                drivers: vec![info],
                asks: true,
            })
        })
        .collect();
    trials.sort_by_key(|trial| trial.drivers[0].nominal_period);
    trials
}
