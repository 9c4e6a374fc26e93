//! The features of the airway rules as they are written: every window is gone through anew each
//! second. For sources of one sample a second.

/// What a source says of a channel at one second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Said {
    /// There is no such channel, or nothing of it came.
    Nothing,
    /// No value.
    Missing,
    /// A value.
    Value(f64),
}

/// Everything that came of a bed in one second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    pub(crate) oximeter_frame: bool,
    pub(crate) capnograph_frame: bool,
    pub(crate) spo2: Said,
    pub(crate) pulse: Said,
    pub(crate) etco2: Said,
    pub(crate) rr: Said,
    pub(crate) effort: Said,
    pub(crate) curve: Said,
}

/// Which channels the bed has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Has {
    pub(crate) spo2: bool,
    pub(crate) co2: bool,
    /// The rate of breaths is evaluated here.
    pub(crate) rr: bool,
}

/// The session's baseline: saturation, EtCO2, RR, pulse.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Before {
    pub(crate) spo2: Option<f64>,
    pub(crate) etco2: Option<f64>,
    pub(crate) rr: Option<f64>,
    pub(crate) pulse: Option<f64>,
}

/// The features of a second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Features {
    pub(super) s: Option<f64>,
    pub(super) d: Option<f64>,
    pub(super) m: Option<f64>,
    pub(super) nb: Option<f64>,
    pub(super) a: Option<f64>,
    pub(super) a0: Option<f64>,
    pub(super) hr: Option<f64>,
    pub(super) hr0: Option<f64>,
    pub(super) rr: Option<f64>,
    pub(super) rr0: Option<f64>,
    pub(super) effort: Option<f64>,
    /// In numbers: the latest one is no breath.
    pub(super) denied: bool,
    /// The last breath since CO2 is measured.
    pub(super) last_breath: Option<usize>,
    pub(super) asleep: bool,
    /// A jump is being held back: nothing of the saturation begins or ends.
    pub(super) held: bool,
    /// What came in this second, for the limits.
    pub(super) new_rr: Option<f64>,
    pub(super) new_etco2: Option<f64>,
}

fn median(values: impl Iterator<Item = Option<f64>>, least: usize) -> Option<f64> {
    let mut values: Vec<f64> = values.flatten().collect();
    values.sort_by(f64::total_cmp);
    let count = values.len();
    (count >= least).then(|| f64::midpoint(values[(count - 1) / 2], values[count / 2]))
}

/// The values that stand at each second: one stands for the next second as well if nothing comes.
fn standing(said: &[Said]) -> Vec<Option<f64>> {
    (0..said.len())
        .map(
            |t| match (said[t], t.checked_sub(1).map(|before| said[before])) {
                (Said::Value(value), _) | (Said::Nothing, Some(Said::Value(value))) => Some(value),
                _ => None,
            },
        )
        .collect()
}

/// Samples of a jump and fourteen seconds after it are held back, once a minute. Returns what is
/// left, and when something is held.
fn without_steps(said: &[Said]) -> (Vec<Said>, Vec<bool>) {
    let mut kept: Vec<(usize, f64)> = Vec::new();
    let mut started: Option<usize> = None;
    let (mut left, mut holds) = (Vec::new(), Vec::new());
    for (t, said) in said.iter().enumerate() {
        let held = started.is_some_and(|start| t < start + 15);
        let Said::Value(value) = *said else {
            left.push(*said);
            holds.push(held);
            continue;
        };
        let recent = kept.iter().filter(|(at, _)| t - at <= 5);
        let middle = median(recent.map(|(_, value)| Some(*value)), 3);
        let jump = middle.is_some_and(|middle| (value - middle).abs() >= 8.0);
        let begins = !held && jump && started.is_none_or(|start| t >= start + 60);
        if begins {
            started = Some(t);
        }
        holds.push(held || begins);
        if held || begins {
            left.push(Said::Missing);
        } else {
            kept.push((t, value));
            left.push(*said);
        }
    }
    (left, holds)
}

fn slope(values: &[Option<f64>]) -> Option<f64> {
    let points: Vec<(f64, f64)> = (0..)
        .zip(values)
        .filter_map(|(t, value)| Some((f64::from(t), (*value)?)))
        .collect();
    let (first, last) = (points.first()?.0, points.last()?.0);
    if points.len() < 20 || last - first < 20.0 {
        return None;
    }
    let n = f64::from(u32::try_from(points.len()).expect("thirty at most"));
    let (t, v) = points
        .iter()
        .fold((0.0, 0.0), |(t, v), point| (t + point.0, v + point.1));
    let (tv, tt) = points.iter().fold((0.0, 0.0), |(tv, tt), (at, value)| {
        (tv + at * value, tt + at * at)
    });
    Some(60.0 * (n * tv - t * v) / (n * tt - t * t))
}

/// One way of seeing breaths: since when there was none, the last one, the last sample.
#[derive(Clone, Copy, Debug, Default)]
struct Watch {
    since: usize,
    last: Option<usize>,
    sample: Option<usize>,
}

impl Watch {
    fn take(&mut self, t: usize, value: f64) {
        if !self.measures(t) {
            (self.since, self.last) = (t, None);
        }
        self.sample = Some(t);
        if value >= 8.0 {
            (self.since, self.last) = (t, Some(t));
        }
    }

    /// Two samples may be missing.
    fn measures(&self, t: usize) -> bool {
        self.sample.is_some_and(|sample| t - sample <= 3)
    }
}

/// Every channel as it stands at each second.
struct Columns {
    spo2: Vec<Option<f64>>,
    held: Vec<bool>,
    pulse: Vec<Option<f64>>,
    etco2: Vec<Option<f64>>,
    effort: Vec<Option<f64>>,
    /// The rate as the capnograph tells it, and what is left of it: a rate of nought beside
    /// breaths, or without CO2, is none.
    raw_rr: Vec<Option<f64>>,
    rr_said: Vec<Said>,
    rr: Vec<Option<f64>>,
}

impl Columns {
    fn new(heard: &[Heard], has: Has) -> Self {
        let column = |of: fn(&Heard) -> Said| -> Vec<Said> { heard.iter().map(of).collect() };
        let (spo2, held) = without_steps(&column(|heard| heard.spo2));
        let etco2 = standing(&column(|heard| heard.etco2));
        let told = column(|heard| heard.rr);
        let raw_rr = standing(&told);
        let rr_said: Vec<Said> = (0..told.len())
            .map(|t| {
                let nought = raw_rr[t].is_some_and(|rate| rate <= 0.0);
                let unavailable = has.co2 && nought && etco2[t].is_none_or(|etco2| etco2 >= 8.0);
                if unavailable { Said::Missing } else { told[t] }
            })
            .collect();
        Self {
            spo2: standing(&spo2),
            held,
            pulse: standing(&column(|heard| heard.pulse)),
            etco2,
            effort: standing(&column(|heard| heard.effort)),
            raw_rr,
            rr: standing(&rr_said),
            rr_said,
        }
    }

    fn both_nought(&self, t: usize) -> bool {
        self.raw_rr[t].is_some_and(|rate| rate <= 0.0)
            && self.etco2[t].is_some_and(|etco2| etco2 < 8.0)
    }

    fn baselines(&self, t: usize, before: Before) -> [Option<f64>; 4] {
        let baseline = |values: &[Option<f64>], session: Option<f64>| {
            let window = t.checked_sub(60).and_then(|to| {
                let from = t.saturating_sub(180);
                median(values[from..=to].iter().copied(), 60)
            });
            window.or(session)
        };
        [
            baseline(&self.spo2, before.spo2),
            baseline(&self.etco2, before.etco2),
            baseline(&self.rr, before.rr),
            baseline(&self.pulse, before.pulse),
        ]
    }

    /// Returns what is known of a second without baselines and breaths.
    fn second(&self, heard: &Heard, t: usize) -> Features {
        let now = |values: &[Option<f64>], seconds: usize, least: usize| {
            let from = (t + 1).saturating_sub(seconds);
            median(values[from..=t].iter().copied(), least)
        };
        let new = |said: Said| match said {
            Said::Value(value) => Some(value),
            Said::Missing | Said::Nothing => None,
        };
        Features {
            s: now(&self.spo2, 5, 3),
            m: slope(&self.spo2[(t + 1).saturating_sub(30)..=t]),
            a: now(&self.etco2, 15, 8),
            hr: now(&self.pulse, 5, 3),
            rr: now(&self.rr, 5, 3),
            effort: now(&self.effort, 5, 3),
            held: self.held[t],
            new_rr: new(self.rr_said[t]),
            new_etco2: new(heard.etco2),
            ..Features::default()
        }
    }
}

/// Works out the features of every second.
pub(super) fn features(heard: &[Heard], has: Has, before: Before) -> Vec<Features> {
    let columns = Columns::new(heard, has);
    let mut breaths = Breaths::default();
    let mut frozen: Option<(usize, [Option<f64>; 4])> = None;
    let mut all = Vec::new();
    for (t, heard) in heard.iter().enumerate() {
        let mut second = columns.second(heard, t);
        breaths.take(t, heard);
        breaths.tell(t, columns.both_nought(t), &mut second);
        let live = columns.baselines(t, before);
        if frozen.is_some_and(|(since, _)| t - since >= 300) {
            frozen = None;
        }
        let mut used = frozen.map_or(live, |(_, values)| values);
        let d = |used: [Option<f64>; 4]| Some(used[0]? - second.s?);
        let is_suspect = |used: [Option<f64>; 4]| {
            d(used).is_some_and(|d| d >= 3.0)
                || second.nb.is_some_and(|nb| nb >= 8.0)
                || second.a.zip(used[1]).is_some_and(|(a, a0)| a <= 0.7 * a0)
        };
        let recovered = !has.spo2 || d(used).is_some_and(|d| d < 2.0);
        if frozen.is_some() && recovered && !is_suspect(used) {
            frozen = None;
            used = live;
        }
        if frozen.is_none() && is_suspect(used) {
            frozen = Some((t, used));
        }
        second.d = d(used);
        [_, second.a0, second.rr0, second.hr0] = used;
        all.push(second);
    }
    all
}

/// Both ways of seeing breaths.
#[derive(Clone, Copy, Debug, Default)]
struct Breaths {
    curve: Watch,
    numbers: Watch,
    shows_breath: bool,
}

impl Breaths {
    fn take(&mut self, t: usize, heard: &Heard) {
        if let Said::Value(value) = heard.curve {
            self.curve.take(t, value);
        }
        if let Said::Value(value) = heard.etco2 {
            self.shows_breath = value >= 8.0;
            self.numbers.take(t, value);
        }
    }

    fn tell(&self, t: usize, both_nought: bool, second: &mut Features) {
        if self.curve.measures(t) {
            let nb = as_seconds(t - self.curve.since);
            second.nb = Some(nb);
            second.last_breath = self.curve.last;
            second.asleep = nb >= 20.0 || both_nought;
        } else if self.numbers.measures(t) {
            let fresh = self.numbers.sample.is_some_and(|sample| t - sample <= 1);
            second.nb = Some(if self.shows_breath && fresh {
                0.0
            } else {
                as_seconds(t - self.numbers.since)
            });
            second.last_breath = self.numbers.last;
            second.denied = !self.shows_breath;
            second.asleep = !self.shows_breath;
        }
    }
}

fn as_seconds(seconds: usize) -> f64 {
    f64::from(u32::try_from(seconds).expect("recordings are short"))
}
