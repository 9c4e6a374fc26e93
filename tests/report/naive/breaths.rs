//! When the patient last breathed: on the CO2 curve where it comes, else in the numbers.

use super::rules::Rules;
use crate::recording::Recording;

/// What is known of breaths at a second at which CO2 is measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Breath {
    /// Seconds since the last breath, or since CO2 is measured.
    pub(super) nb: u64,
    /// The last breath since CO2 is measured.
    pub(super) last: Option<usize>,
    /// Seen on the curve, not in numbers.
    pub(super) on_curve: bool,
    /// In numbers: the latest one denies a breath.
    pub(super) denied: bool,
}

/// CO2 as it is measured one way.
#[derive(Clone, Copy, Debug, Default)]
struct Measured {
    since: usize,
    last_breath: Option<usize>,
    sample: Option<(usize, f64)>,
}

impl Measured {
    fn take(&mut self, t: usize, co2: f64, is_breath: bool, gap: usize) {
        if !self.is_measured(t, gap) {
            (self.since, self.last_breath) = (t, None);
        }
        self.sample = Some((t, co2));
        if is_breath {
            self.last_breath = Some(t);
        }
    }

    /// More than two samples may not be missing.
    fn is_measured(&self, t: usize, gap: usize) -> bool {
        self.sample.is_some_and(|(at, _)| t - at <= gap)
    }

    fn nb(&self, t: usize) -> u64 {
        (t - self.last_breath.unwrap_or(self.since)) as u64
    }
}

pub(super) fn breaths(recording: &Recording, rules: &Rules) -> Vec<Option<Breath>> {
    let period = usize::try_from(recording.period).expect("it is short");
    let (mut curve, mut numbers) = (Measured::default(), Measured::default());
    let seconds = recording.seconds.iter().enumerate();
    seconds
        .map(|(t, second)| {
            if let Some(co2) = second.curve {
                curve.take(t, co2, co2 >= rules.breath, 3);
            }
            if let Some(etco2) = second.row.and_then(|row| row.etco2) {
                numbers.take(t, etco2, etco2 >= rules.breath, 3 * period);
            }
            if curve.is_measured(t, 3) {
                return Some(Breath {
                    nb: curve.nb(t),
                    last: curve.last_breath,
                    on_curve: true,
                    denied: false,
                });
            }
            let (at, etco2) = numbers.sample?;
            if !numbers.is_measured(t, 3 * period) {
                return None;
            }
            let denied = etco2 < rules.breath;
            // A number stands for one and a half periods.
            let stands = 2 * (t - at) <= 3 * period;
            Some(Breath {
                nb: if stands && !denied { 0 } else { numbers.nb(t) },
                last: numbers.last_breath,
                on_curve: false,
                denied,
            })
        })
        .collect()
}

/// How long breaths have come again at each second, s: until now while they come close together,
/// else from the first of them to the last. `pause` seconds without one begin it anew, and so does
/// a number that denies one.
pub(super) fn breathing_for(
    breaths: impl Iterator<Item = Option<Breath>>,
    pause: u64,
) -> Vec<usize> {
    let mut first: Option<usize> = None;
    breaths
        .enumerate()
        .map(|(t, breath)| {
            let Some(breath) = breath.filter(|breath| breath.nb < pause && !breath.denied) else {
                first = None;
                return 0;
            };
            if first.is_none() {
                first = breath.last;
            }
            let until = if breath.nb < 8 { Some(t) } else { breath.last };
            until.zip(first).map_or(0, |(until, first)| until - first)
        })
        .collect()
}
