//! What stands in a document.

/// A document: its title, whom it is about, and its sections in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// What it is.
    pub title: String,
    /// Whom and what it is about, as label and value: stands on top of the first page.
    pub about: Vec<(String, String)>,
    /// The short form of that, which stands on every page: a page that is lost has a name.
    pub running_head: String,
    /// Stands across every page: "SIMULATED".
    pub watermark: Option<String>,
    /// Stands at the foot of every page.
    pub footer: String,
    /// The sections.
    pub sections: Vec<Section>,
}

/// A part of a document under a heading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// What stands under it.
    pub blocks: Vec<Block>,
}

/// What can stand in a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Labels and values.
    Facts(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// Lines that are met, or are not.
    Checklist(Vec<Line>),
    /// Curves over time.
    Chart(Chart),
    /// Lines to sign on, each with what is signed there.
    Signatures(Vec<String>),
}

/// A table whose head stands again on each page that it goes on to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, in order.
    pub rows: Vec<Row>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its head.
    pub head: String,
    /// How wide it is beside the others.
    pub weight: f32,
    /// Whether its cells stand at the right, as numbers do.
    pub is_number: bool,
}

/// A row of a table: a cell for each column, or one cell that goes across all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The cells.
    pub cells: Vec<String>,
    /// What kind of row it is.
    pub kind: RowKind,
}

/// What kind of row it is; said by the row's look beside its words, and never by colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowKind {
    /// Like most.
    #[default]
    Plain,
    /// Set apart: an alarm, a dose.
    Strong,
    /// Something that is not there: a gap.
    Gap,
}

/// A line of a checklist.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// How it stands.
    pub state: LineState,
    /// What it asks for.
    pub text: String,
    /// What was found: the value and its age, who answered.
    pub found: String,
}

/// How a line of a checklist stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// It is met.
    Met,
    /// It is not.
    NotMet,
    /// Nobody knows.
    Missing,
}

impl LineState {
    /// Returns how it stands, in a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "NOT MET",
            Self::Missing => "MISSING",
        }
    }
}

/// Curves over time, on one scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What is drawn, with its unit.
    pub title: String,
    /// The first and the last minute.
    pub minutes: (f32, f32),
    /// The lowest and the highest value.
    pub values: (f32, f32),
    /// The curves.
    pub series: Vec<Series>,
    /// Between a least and a greatest value, behind the curves.
    pub areas: Vec<Area>,
    /// Whether curves and areas are drawn faint: what holds with a reservation, which the title says.
    pub is_faint: bool,
    /// Moments with a name: a dose, an alarm.
    pub marks: Vec<Mark>,
}

/// A curve. Where there is nothing, it has a gap: it is as many pieces as it has points together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// What it is.
    pub name: String,
    /// The pieces; each is minutes and values, in order of time. A piece of one point is a dot.
    pub pieces: Vec<Vec<(f32, f32)>>,
    /// Whether it is drawn with dashes: something that was worked out and not measured.
    pub is_dashed: bool,
}

impl Series {
    /// Returns its last point, beside which its name stands.
    pub(crate) fn last(&self) -> Option<(f32, f32)> {
        self.pieces
            .iter()
            .filter_map(|piece| piece.last())
            .next_back()
            .copied()
    }
}

/// What lies between a least and a greatest value over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Area {
    /// Minutes, the least and the greatest value, in order of time.
    pub points: Vec<(f32, f32, f32)>,
    /// How dark it is: 0 not at all, 1 as the curves.
    pub shade: f32,
}

/// A moment with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When, minutes.
    pub minute: f32,
    /// What. Where it is empty there is a line and no name: it stands in the chart above.
    pub label: String,
}
