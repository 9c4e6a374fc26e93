//! Charts as SVG: within a page, or as a picture of their own.

use crate::chart::Frame;
use crate::document::{Area, Chart, Series};
use crate::font::{Fonts, Style};
use crate::html::escaped;
use crate::names::{Names, of_curves};

/// How large the letters are and how high a row of them is, units of the drawing.
const LETTERS: f32 = 9.0;
const ROW: f32 = 10.0;

/// Where the curves begin, right of the values' scale, and what is left free behind them.
const LEFT: f32 = 30.0;
const RIGHT: f32 = 20.0;

/// The curves of a picture of their own, units: so narrow that its words can be read on a
/// telephone.
const OWN: (f32, f32) = (360.0, 90.0);

/// The ink of a picture of its own, on a dark and on a light ground: it has no ground itself.
const INK: &str = "<style>svg{color:#f8fafc}\
    @media (prefers-color-scheme:light){svg{color:#0f172a}}</style>";

/// Returns charts one below the other as an SVG picture, on the ground of whatever shows it: with
/// their titles, and light or dark as that is.
#[must_use]
pub fn svg(charts: &[Chart]) -> String {
    let fonts = Fonts::new();
    let mut drawing = Drawing::new(&fonts, OWN);
    for chart in charts {
        drawing.paragraph(&chart.title);
        let legend = drawing.chart(chart);
        drawing.paragraph(&legend.join("; "));
    }
    let titles: Vec<&str> = charts.iter().map(|chart| &*chart.title).collect();
    let attributes =
        "xmlns=\"http://www.w3.org/2000/svg\" font-family=\"'DejaVu Sans', Verdana, sans-serif\"";
    drawing.finish(&titles.join("; "), attributes, INK)
}

/// Returns a chart as an element of a page, in the page's own ink: its title is a name for who
/// cannot see it, and stands in the page where the page says it.
#[must_use]
pub fn inline_svg(chart: &Chart) -> String {
    let fonts = Fonts::new();
    let mut drawing = Drawing::new(&fonts, OWN);
    drawing.chart(chart);
    drawing.inline(&chart.title)
}

/// Charts that are drawn below one another.
pub(crate) struct Drawing<'a> {
    fonts: &'a Fonts,
    /// How large the curves of a chart are.
    size: (f32, f32),
    /// Where the next thing begins.
    y: f32,
    markup: String,
}

impl<'a> Drawing<'a> {
    pub(crate) fn new(fonts: &'a Fonts, size: (f32, f32)) -> Self {
        Self {
            fonts,
            size,
            y: 0.0,
            markup: String::new(),
        }
    }

    /// Draws a chart, and returns what its numbers mean, where it has any.
    pub(crate) fn chart(&mut self, chart: &Chart) -> Vec<String> {
        let (width, height) = self.size;
        let mut frame = Frame {
            left: LEFT,
            top: self.y,
            width,
            height,
        };
        let names = Names::of(chart, frame, |words| self.width(words));
        frame.top += ROW * f32::from(names.rows) + 2.0;
        let bottom = frame.top + height;
        self.scale(chart, frame);
        for mark in &chart.marks {
            let x = frame.x(chart, mark.minute);
            self.line(&[(x, frame.top), (x, bottom)], 0.5, true);
        }
        for name in &names.above {
            let y = frame.top - 2.0 - ROW * f32::from(name.row);
            self.words(name.left, y, &name.text);
        }
        let opacity = if chart.is_faint { 0.45 } else { 1.0 };
        self.put(&format!("<g opacity=\"{opacity}\">"));
        for area in &chart.areas {
            self.area(chart, frame, area);
        }
        for series in &chart.series {
            self.series(chart, frame, series);
        }
        self.put("</g>");
        for (x, y, name) in of_curves(chart, frame, ROW) {
            let left = x.min(frame.left + frame.width - self.width(name));
            self.words(left, y - 4.0, name);
        }
        self.y = bottom + 2.0 * ROW + 2.0;
        names.legend
    }

    /// Returns the drawing as an element of a page, under a name for who cannot see it.
    pub(crate) fn inline(self, label: &str) -> String {
        self.finish(label, "", "")
    }

    fn finish(self, label: &str, attributes: &str, before: &str) -> String {
        let (width, label) = (LEFT + self.size.0 + RIGHT, escaped(label));
        format!(
            "<svg viewBox=\"0 0 {width:.0} {:.0}\" role=\"img\" aria-label=\"{label}\" \
             font-size=\"{LETTERS}\" fill=\"currentColor\" stroke-width=\"1\" {attributes}>\
             {before}{}</svg>",
            self.y, self.markup
        )
    }

    fn put(&mut self, markup: &str) {
        self.markup.push_str(markup);
    }

    /// Returns how wide words are at most in a browser, which has the wide letters of our condensed
    /// ones or narrower ones.
    fn width(&self, words: &str) -> f32 {
        self.fonts.width(words, Style::plain(LETTERS)) / 0.9 * 1.05
    }

    fn paragraph(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let width = (LEFT + self.size.0) * 0.9 / 1.05;
        for line in self.fonts.broken(text, Style::plain(LETTERS), width) {
            self.y += ROW + 1.0;
            self.words(0.0, self.y, &line);
        }
        self.y += 4.0;
    }

    fn scale(&mut self, chart: &Chart, frame: Frame) {
        let right = frame.left + frame.width;
        for tick in frame.value_ticks(chart) {
            self.line(&[(frame.left, tick.at), (right, tick.at)], 0.2, false);
            self.words(2.0, tick.at + 3.0, &tick.label);
        }
        let bottom = frame.top + frame.height;
        for tick in frame.minute_ticks(chart) {
            self.line(&[(tick.at, bottom), (tick.at, bottom + 4.0)], 0.6, false);
            self.words(tick.at - 4.0, bottom + 14.0, &tick.label);
        }
    }

    fn area(&mut self, chart: &Chart, frame: Frame, area: &Area) {
        let points = outline(chart, frame, area);
        let (points, opacity) = (path(&points), area.shade);
        self.put(&format!(
            "<polygon points=\"{points}\" fill-opacity=\"{opacity}\"/>"
        ));
    }

    fn series(&mut self, chart: &Chart, frame: Frame, series: &Series) {
        for piece in &series.pieces {
            let place =
                |(minute, value): &(f32, f32)| (frame.x(chart, *minute), frame.y(chart, *value));
            let points: Vec<_> = piece.iter().map(place).collect();
            match points[..] {
                [(x, y)] => self.put(&format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\"/>")),
                _ => self.line(&points, 1.0, series.is_dashed),
            }
        }
    }

    fn words(&mut self, x: f32, y: f32, text: &str) {
        let text = escaped(text);
        self.put(&format!("<text x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>"));
    }

    fn line(&mut self, points: &[(f32, f32)], opacity: f32, is_dashed: bool) {
        let dash = if is_dashed {
            " stroke-dasharray=\"5 3\""
        } else {
            ""
        };
        let points = path(points);
        self.put(&format!(
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"currentColor\" \
             stroke-opacity=\"{opacity}\"{dash}/>"
        ));
    }
}

/// Returns the points around an area: along its least values, and back along its greatest.
pub(crate) fn outline(chart: &Chart, frame: Frame, area: &Area) -> Vec<(f32, f32)> {
    let place = |minute, value| (frame.x(chart, minute), frame.y(chart, value));
    let low = area
        .points
        .iter()
        .map(|(minute, low, _)| place(*minute, *low));
    let high = area
        .points
        .iter()
        .map(|(minute, _, high)| place(*minute, *high));
    low.chain(high.rev()).collect()
}

fn path(points: &[(f32, f32)]) -> String {
    let places: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    places.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_of_a_page_has_neither_style_nor_script_and_a_name() {
        let chart = Chart {
            title: "A & B".to_owned(),
            minutes: (0.0, 3.0),
            values: (0.0, 100.0),
            series: vec![Series {
                name: "<i>systolic</i>".to_owned(),
                pieces: vec![vec![(1.0, 50.0), (1.0, 70.0)], vec![(1.0, 70.0)]],
                is_dashed: false,
            }],
            ..Chart::default()
        };
        let drawing = inline_svg(&chart);
        assert!(
            drawing.contains("role=\"img\" aria-label=\"A &amp; B\""),
            "{drawing}"
        );
        assert!(drawing.contains("&lt;i&gt;systolic"), "{drawing}");
        assert_eq!(drawing.matches("<circle").count(), 1, "{drawing}");
        for unsafe_part in ["<style", "style=", "<script", "<i>"] {
            assert!(!drawing.contains(unsafe_part), "{unsafe_part}: {drawing}");
        }
    }

    #[test]
    fn an_area_goes_along_the_least_and_back_along_the_greatest() {
        let chart = Chart {
            minutes: (0.0, 100.0),
            values: (0.0, 100.0),
            areas: vec![Area {
                points: vec![(0.0, 10.0, 20.0), (100.0, 30.0, 60.0)],
                shade: 0.2,
            }],
            is_faint: true,
            title: "A & B".to_owned(),
            ..Chart::default()
        };
        let picture = svg(&[chart]);
        // The title stands above, 15 units high, and the curves begin two units below it.
        let points = "30.0,98.0 390.0,80.0 390.0,53.0 30.0,89.0";
        assert!(picture.contains(points), "{picture}");
        assert!(picture.contains("opacity=\"0.45\"") && picture.contains("A &amp; B"));
        assert!(!picture.contains("<script"));
    }
}
