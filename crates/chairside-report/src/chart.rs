//! Where the lines of a chart are drawn, for both forms of a document.

use crate::document::Chart;

/// A rectangle that a chart is drawn in, points: left, top, width, height.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// A line of the scale: where it is, and what stands at it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f32,
    pub(crate) label: String,
}

impl Frame {
    /// Returns where a minute is.
    pub(crate) fn x(self, chart: &Chart, minute: f32) -> f32 {
        self.left + self.width * share(minute, chart.minutes)
    }

    /// Returns where a value is; the lowest is at the bottom.
    pub(crate) fn y(self, chart: &Chart, value: f32) -> f32 {
        self.top + self.height * (1.0 - share(value, chart.values))
    }

    /// Returns the lines of the values.
    pub(crate) fn value_ticks(self, chart: &Chart) -> Vec<Tick> {
        ticks(chart.values, 5.0, |value| self.y(chart, value))
    }

    /// Returns the lines of the minutes.
    pub(crate) fn minute_ticks(self, chart: &Chart) -> Vec<Tick> {
        ticks(chart.minutes, 12.0, |minute| self.x(chart, minute))
    }
}

/// Returns where a number lies between two, 0 to 1. What lies outside is drawn at the edge.
fn share(number: f32, (low, high): (f32, f32)) -> f32 {
    if high > low {
        ((number - low) / (high - low)).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// Returns round numbers between two, at most about `most` of them.
fn ticks((low, high): (f32, f32), most: f32, place: impl Fn(f32) -> f32) -> Vec<Tick> {
    const STEPS: [f32; 14] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 50.0, 60.0, 100.0, 200.0, 500.0, 1000.0, 2000.0,
    ];
    let step = STEPS.into_iter().find(|step| (high - low) / step <= most);
    let step = step.unwrap_or(10_000.0);
    let mut at = (low / step).ceil() * step;
    let mut found = Vec::new();
    while at <= high {
        found.push(Tick {
            at: place(at),
            label: format!("{at:.0}"),
        });
        at += step;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_higher_is_drawn_higher_and_what_is_outside_at_the_edge() {
        let chart = Chart {
            minutes: (0.0, 120.0),
            values: (40.0, 200.0),
            ..Chart::default()
        };
        let frame = Frame {
            left: 10.0,
            top: 20.0,
            width: 240.0,
            height: 80.0,
        };
        let heights =
            [40.0, 120.0, 200.0, 999.0].map(|value| format!("{:.1}", frame.y(&chart, value)));
        assert_eq!(heights, ["100.0", "60.0", "20.0", "20.0"]);
        assert_eq!(format!("{:.1}", frame.x(&chart, 60.0)), "130.0");
        let labels = |ticks: Vec<Tick>| ticks.into_iter().map(|tick| tick.label);
        let values: Vec<_> = labels(frame.value_ticks(&chart)).collect();
        assert_eq!(values, ["50", "100", "150", "200"]);
        let minutes: Vec<_> = labels(frame.minute_ticks(&chart)).collect();
        assert_eq!(minutes.first().map(String::as_str), Some("0"));
        assert_eq!(minutes.last().map(String::as_str), Some("120"));
    }
}
