//! Tables and figures as the page writes them.

use std::fmt::Write;

/// A table of the page.
#[derive(Debug)]
pub(super) struct Table(String);

impl Table {
    pub(super) fn new(heads: &[&str]) -> Self {
        let mut table = Self(String::new());
        table.row(heads);
        table.row(&vec!["---"; heads.len()]);
        table
    }

    pub(super) fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        self.0.push('|');
        for cell in cells {
            write!(self.0, " {} |", cell.as_ref()).expect("text takes everything");
        }
        self.0.push('\n');
    }

    pub(super) fn text(self) -> String {
        self.0
    }
}

/// Returns the median; nothing of nothing.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len();
    (count > 0).then(|| f64::midpoint(sorted[(count - 1) / 2], sorted[count / 2]))
}

/// Returns the least and the greatest; nothing of nothing.
pub(super) fn ends(values: &[f64]) -> Option<(f64, f64)> {
    let first = *values.first()?;
    let ends =
        |(least, greatest): (f64, f64), value: &f64| (least.min(*value), greatest.max(*value));
    Some(values.iter().fold((first, first), ends))
}

/// Writes seconds, whole where they are.
pub(super) fn seconds(value: Option<f64>) -> String {
    match value {
        Some(value) if value.fract() == 0.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.1}"),
        None => "–".to_owned(),
    }
}

/// Writes so many in so many hours as a rate.
pub(super) fn rate(count: usize, hours: f64) -> String {
    format!("{:.1}", per_hour(count, hours))
}

/// Returns so many in so many hours as a rate.
pub(super) fn per_hour(count: usize, hours: f64) -> f64 {
    f64::from(u32::try_from(count).expect("alarms are few")) / hours
}
