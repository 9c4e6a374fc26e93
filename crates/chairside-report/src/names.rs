//! Where the names of a chart's marks and curves stand, for both forms of a document: above the curves
//! and at their ends, and never one over the other.

use crate::chart::Frame;
use crate::document::{Chart, Mark};

/// More rows of names would take the room of the curves: from there on the marks are numbered.
const MOST_ROWS: usize = 4;

/// How far right of its line a name begins, and the least distance of two names, points.
const ASIDE: f32 = 2.0;
const APART: f32 = 4.0;

/// What stands above the curves, and below them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Names {
    /// How many rows of names there are.
    pub(crate) rows: u8,
    /// The names, or numbers, above the curves.
    pub(crate) above: Vec<Name>,
    /// What the numbers mean, in their order; empty where the names themselves stand above.
    pub(crate) legend: Vec<String>,
}

/// Words above the curves.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Name {
    /// Where they begin, points.
    pub(crate) left: f32,
    /// How wide they are, points.
    width: f32,
    /// In which row, 0 being the one next to the curves.
    pub(crate) row: u8,
    /// The words.
    pub(crate) text: String,
}

impl Names {
    /// Places the names of a chart's marks, given how wide words are in points: each in the first
    /// row that has room, or as a number where [`MOST_ROWS`] have none.
    pub(crate) fn of(chart: &Chart, frame: Frame, width: impl Fn(&str) -> f32) -> Self {
        let named = chart.marks.iter().filter(|mark| !mark.label.is_empty());
        let mut marks: Vec<&Mark> = named.collect();
        marks.sort_by(|one, other| one.minute.total_cmp(&other.minute));
        let place = |mark: &Mark, text: String| {
            Name::beside(frame, frame.x(chart, mark.minute), width(&text), text)
        };
        let named = marks.iter().map(|mark| place(mark, mark.label.clone()));
        in_rows(frame, named).unwrap_or_else(|| numbered(&marks, place))
    }
}

/// Returns the name of each curve with where the curve ends, from the highest down, each so far above
/// the one below that both can be read: curves that end at one value have their names one above the
/// other.
pub(crate) fn of_curves(chart: &Chart, frame: Frame, row: f32) -> Vec<(f32, f32, &str)> {
    let series = chart.series.iter().filter(|series| !series.name.is_empty());
    let mut names: Vec<(f32, f32, &str)> = series
        .filter_map(|one| {
            let (minute, value) = one.last()?;
            let end = (frame.x(chart, minute), frame.y(chart, value));
            Some((end.0, end.1, &*one.name))
        })
        .collect();
    names.sort_by(|one, other| one.1.total_cmp(&other.1));
    for at in (1..names.len()).rev() {
        names[at - 1].1 = names[at - 1].1.min(names[at].1 - row);
    }
    names
}

impl Name {
    /// Returns words that stand right of a line, or end at the right edge.
    fn beside(frame: Frame, line: f32, width: f32, text: String) -> Self {
        let last = frame.left + frame.width - width;
        Self {
            left: (line + ASIDE).min(last),
            width,
            row: 0,
            text,
        }
    }

    fn is_apart_from(&self, other: &Self) -> bool {
        self.row != other.row
            || self.left >= other.left + other.width + APART
            || other.left >= self.left + self.width + APART
    }
}

/// Returns the names in rows, unless they need too many or one is wider than the chart.
fn in_rows(frame: Frame, names: impl Iterator<Item = Name>) -> Option<Names> {
    let mut placed = Names::default();
    for mut name in names {
        while !placed.above.iter().all(|other| name.is_apart_from(other)) {
            name.row += 1;
        }
        if usize::from(name.row) >= MOST_ROWS || name.left < frame.left {
            return None;
        }
        placed.rows = placed.rows.max(name.row + 1);
        placed.above.push(name);
    }
    Some(placed)
}

/// Returns numbers in one row, with what each means. Those that would stand over one another are
/// told together: "3-5".
fn numbered(marks: &[&Mark], place: impl Fn(&Mark, String) -> Name) -> Names {
    // The first and the last of each group, from 0.
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let stand = |(first, last): (usize, usize)| {
        let text = if first == last {
            format!("{}", first + 1)
        } else {
            format!("{}-{}", first + 1, last + 1)
        };
        place(marks[first], text)
    };
    for at in 0..marks.len() {
        let mut group = (at, at);
        // A group grows wider and can reach the one before it, at the right edge above all.
        while let Some(before) =
            groups.pop_if(|before| !stand(*before).is_apart_from(&stand(group)))
        {
            group.0 = before.0;
        }
        groups.push(group);
    }
    let meaning = |(at, mark): (usize, &&Mark)| {
        format!("{}: {} ({:.0} min)", at + 1, mark.label, mark.minute)
    };
    Names {
        rows: 1,
        above: groups.into_iter().map(stand).collect(),
        legend: marks.iter().enumerate().map(meaning).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Series;

    const FRAME: Frame = Frame {
        left: 30.0,
        top: 18.0,
        width: 660.0,
        height: 170.0,
    };

    /// As wide as in a font whose letters are all the same.
    fn width(text: &str) -> f32 {
        text.chars().map(|_| 5.0).sum()
    }

    fn chart(marks: &[(f32, &str)]) -> Chart {
        let mark = |(minute, label): &(f32, &str)| Mark {
            minute: *minute,
            label: (*label).to_owned(),
        };
        Chart {
            minutes: (0.0, 120.0),
            values: (0.0, 100.0),
            marks: marks.iter().map(mark).collect(),
            ..Chart::default()
        }
    }

    fn told(names: &Names) -> Vec<String> {
        let one = |name: &Name| format!("{}@{}", name.text, name.row);
        names.above.iter().map(one).collect()
    }

    #[test]
    fn curves_that_end_at_one_value_have_their_names_one_above_the_other() {
        let series = |name: &str, value: f32| Series {
            name: name.to_owned(),
            pieces: vec![vec![(0.0, 50.0), (120.0, value)]],
            is_dashed: false,
        };
        let chart = Chart {
            minutes: (0.0, 120.0),
            values: (0.0, 100.0),
            series: vec![
                series("rate", 50.0),
                series("systolic", 90.0),
                series("diastolic", 50.0),
            ],
            ..Chart::default()
        };
        let names = of_curves(&chart, FRAME, 10.0);
        let order: Vec<_> = names.iter().map(|(_, _, name)| *name).collect();
        assert_eq!(order[0], "systolic");
        assert!(names[1].1 <= names[2].1 - 10.0, "{names:?}");
        let at = |value: f32| FRAME.y(&chart, value);
        assert!(
            (names[0].1 - at(90.0)).abs() < 0.1,
            "it has room: {names:?}"
        );
        assert!((names[2].1 - at(50.0)).abs() < 0.1, "{names:?}");
    }

    #[test]
    fn a_name_goes_up_a_row_only_where_the_row_below_has_no_room() {
        let marks = [
            (40.0, "peak"),
            (10.0, "dosing"),
            (10.5, "35 mg in 40 min"),
            (12.0, "rate"),
            (120.0, "discharged"),
        ];
        let names = Names::of(&chart(&marks), FRAME, width);
        let expected = [
            "dosing@0",
            "35 mg in 40 min@1",
            "rate@2",
            "peak@0",
            "discharged@0",
        ];
        assert_eq!(told(&names), expected);
        assert_eq!((names.rows, names.legend.len()), (3, 0));
        let last = names.above.last().unwrap();
        assert!(last.left + last.width <= 690.0, "{last:?}");
    }

    #[test]
    fn too_many_names_become_numbers_and_those_in_one_place_are_told_together() {
        let mut marks = vec![(10.0, "a dose"); 5];
        marks.push((60.0, "peak"));
        marks.extend([(119.5, "held"), (120.0, "stopped")]);
        let names = Names::of(&chart(&marks), FRAME, width);
        assert_eq!(told(&names), ["1-5@0", "6@0", "7-8@0"]);
        assert_eq!(names.legend.len(), 8);
        assert_eq!(names.legend[5], "6: peak (60 min)");
    }

    #[test]
    fn a_name_that_is_wider_than_the_chart_is_told_below_it() {
        let long = "a very long name ".repeat(10);
        let names = Names::of(&chart(&[(3.0, &long)]), FRAME, width);
        assert_eq!(told(&names), ["1@0"]);
        assert!(names.legend[0].contains(&long));
    }

    #[test]
    fn no_two_names_stand_over_one_another_however_many_there_are() {
        let given = std::env::var("CHAIRSIDE_SEED").ok();
        let mut seed: u32 = given.map_or(0x5eed, |given| given.parse().expect("a number"));
        println!("CHAIRSIDE_SEED={seed}");
        let mut next = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % below
        };
        let letters = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
        let (mut rows, mut numbers) = (0, 0);
        for round in 0..2000_u32 {
            let mut mark = |_| {
                let minute = f32::from(u16::try_from(next(1300)).unwrap()) / 10.0;
                (minute, &letters[next(50) as usize..])
            };
            let marks: Vec<_> = (0..round % 60).map(&mut mark).collect();
            let names = Names::of(&chart(&marks), FRAME, width);
            rows += u32::from(names.rows > 1);
            numbers += u32::from(!names.legend.is_empty());
            assert!(usize::from(names.rows) <= MOST_ROWS);
            let told = names.legend.len().max(names.above.len());
            assert_eq!(told, marks.len(), "every mark is told: {marks:?}");
            for (at, name) in names.above.iter().enumerate() {
                let right = name.left + name.width;
                assert!(name.left >= 30.0 && right <= 690.1, "{name:?}");
                for other in &names.above[..at] {
                    assert!(name.is_apart_from(other), "{name:?} {other:?} of {marks:?}");
                }
            }
        }
        assert!(rows > 100 && numbers > 100, "{rows} {numbers}");
    }
}
