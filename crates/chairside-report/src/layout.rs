//! Which marks stand where on which page. Points, from the top left corner.

use crate::chart::Frame;
use crate::document::{Block, Chart, Document, Line, LineState, Row, RowKind, Section, Table};
use crate::drawing::outline;
use crate::font::{Fonts, Style};
use crate::names::{Names, of_curves};

/// A4.
pub(crate) const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 42.0;
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// Where the foot of a page begins.
const FOOT: f32 = PAGE.1 - 54.0;

const BODY: Style = Style::plain(9.0);
const LABEL: Style = Style::bold(9.0);
const HEADING: Style = Style::bold(12.0);
const TITLE: Style = Style::bold(18.0);
const SMALL: Style = Style::plain(7.0);
/// Between a cell's edge and its words.
const PAD: f32 = 3.0;
const CHART_HEIGHT: f32 = 120.0;

/// How dark something is: 0 black, 1 white.
pub(crate) type Gray = f32;

/// Something that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Drawn {
    /// Words, from the left end of their base line.
    Words {
        x: f32,
        y: f32,
        style: Style,
        text: String,
    },
    /// Words across the page, light.
    Across(String),
    /// A line through points.
    Stroke {
        points: Vec<(f32, f32)>,
        width: f32,
        gray: Gray,
        is_dashed: bool,
    },
    /// A filled polygon.
    Area(Vec<(f32, f32)>, Gray),
    /// A filled rectangle: left, top, width, height.
    Box(f32, f32, f32, f32, Gray),
}

/// A row of a table whose cells are broken into lines.
struct BrokenRow {
    kind: RowKind,
    cells: Vec<BrokenCell>,
}

struct BrokenCell {
    width: f32,
    is_number: bool,
    lines: Vec<String>,
}

impl BrokenRow {
    fn height(&self) -> f32 {
        let most = self.cells.iter().map(|cell| cell.lines.len()).max();
        let most = u16::try_from(most.unwrap_or(1)).unwrap_or(u16::MAX);
        f32::from(most) * BODY.line() + PAD
    }

    /// Leaves the lines that fit into so much, one at least, and returns the rest.
    fn split_off(&mut self, room: f32) -> Self {
        let mut kept = 1;
        while f32::from(kept + 1_u16) * BODY.line() + PAD <= room {
            kept += 1;
        }
        let rest = |cell: &mut BrokenCell| BrokenCell {
            lines: cell
                .lines
                .split_off(usize::from(kept).min(cell.lines.len())),
            ..*cell
        };
        Self {
            kind: self.kind,
            cells: self.cells.iter_mut().map(rest).collect(),
        }
    }
}

/// A page.
pub(crate) type Page = Vec<Drawn>;

/// Lays a document out.
pub(crate) fn pages(document: &Document) -> Vec<Page> {
    let mut sheet = Sheet {
        fonts: Fonts::new(),
        document,
        pages: Vec::new(),
        y: 0.0,
    };
    sheet.turn();
    sheet.paragraph(&document.title, TITLE, WIDTH, 0.0);
    sheet.facts(&document.about);
    for section in &document.sections {
        sheet.section(section);
    }
    sheet.finish()
}

struct Sheet<'a> {
    fonts: Fonts,
    document: &'a Document,
    pages: Vec<Page>,
    /// Where the next thing begins.
    y: f32,
}

impl Sheet<'_> {
    fn page(&mut self) -> &mut Page {
        self.pages.last_mut().expect("the first is turned to first")
    }

    /// Begins a page.
    fn turn(&mut self) {
        let mut page = Page::new();
        if let Some(words) = &self.document.watermark {
            page.push(Drawn::Across(words.clone()));
        }
        self.pages.push(page);
        self.y = MARGIN;
    }

    /// Begins a page if there is no room for so much.
    fn need(&mut self, height: f32) {
        if self.y + height > FOOT {
            self.turn();
        }
    }

    fn words(&mut self, x: f32, y: f32, style: Style, text: &str) {
        let text = text.to_owned();
        self.page().push(Drawn::Words { x, y, style, text });
    }

    /// Writes a paragraph, so far from the left.
    fn paragraph(&mut self, text: &str, style: Style, width: f32, indent: f32) {
        for line in self.fonts.broken(text, style, width - indent) {
            self.need(style.line());
            self.y += style.line();
            self.words(MARGIN + indent, self.y - style.size * 0.3, style, &line);
        }
        self.y += style.size * 0.4;
    }

    fn section(&mut self, section: &Section) {
        // A heading does not stand alone at the end of a page.
        self.need(HEADING.line() * 4.0);
        self.y += HEADING.size;
        self.paragraph(&section.heading, HEADING, WIDTH, 0.0);
        for block in &section.blocks {
            match block {
                Block::Text(text) => self.paragraph(text, BODY, WIDTH, 0.0),
                Block::Facts(facts) => self.facts(facts),
                Block::Table(table) => self.table(table),
                Block::Checklist(lines) => self.checklist(lines),
                Block::Chart(chart) => self.chart(chart),
                Block::Signatures(whose) => self.signatures(whose),
            }
        }
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        const LABELS: f32 = 150.0;
        for (label, value) in facts {
            let labels = self.fonts.broken(label, LABEL, LABELS - PAD);
            let values = self.fonts.broken(value, BODY, WIDTH - LABELS);
            let lines = labels.len().max(values.len());
            for at in 0..lines {
                self.need(BODY.line());
                self.y += BODY.line();
                let y = self.y - BODY.size * 0.3;
                if let Some(label) = labels.get(at) {
                    self.words(MARGIN, y, LABEL, label);
                }
                if let Some(value) = values.get(at) {
                    self.words(MARGIN + LABELS, y, BODY, value);
                }
            }
        }
        self.y += BODY.size * 0.4;
    }

    fn checklist(&mut self, lines: &[Line]) {
        const STATES: f32 = 52.0;
        for line in lines {
            let style = if line.state == LineState::Met {
                BODY
            } else {
                LABEL
            };
            let words = if line.found.is_empty() {
                line.text.clone()
            } else {
                format!("{}: {}", line.text, line.found)
            };
            self.need(style.line());
            let top = self.y + style.line() - style.size * 0.3;
            self.words(MARGIN, top, style, line.state.word());
            self.paragraph(&words, style, WIDTH, STATES);
        }
    }

    fn table(&mut self, table: &Table) {
        let head = Row {
            cells: table
                .columns
                .iter()
                .map(|column| column.head.clone())
                .collect(),
            kind: RowKind::Strong,
        };
        let head = self.broken(table, &head);
        self.need(head.height());
        self.row(&head);
        for row in &table.rows {
            let mut row = self.broken(table, row);
            if row.height() > FOOT - self.y {
                self.turn();
                self.row(&head);
            }
            // One that is taller than a page goes on over the next ones.
            while row.height() > FOOT - self.y {
                let rest = row.split_off(FOOT - self.y);
                self.row(&row);
                self.turn();
                self.row(&head);
                row = rest;
            }
            self.row(&row);
        }
        self.y += BODY.size * 0.6;
    }

    fn broken(&self, table: &Table, row: &Row) -> BrokenRow {
        let cell = |text: &String, width: f32, is_number: bool| BrokenCell {
            width,
            is_number,
            lines: self
                .fonts
                .broken(text, cell_style(row.kind), width - 2.0 * PAD),
        };
        let cells = match &row.cells[..] {
            [across] => vec![cell(across, WIDTH, false)],
            cells => {
                let columns = table.columns.iter().zip(widths(table));
                let cells = cells.iter().zip(columns);
                cells
                    .map(|(text, (column, width))| cell(text, width, column.is_number))
                    .collect()
            }
        };
        BrokenRow {
            kind: row.kind,
            cells,
        }
    }

    fn row(&mut self, row: &BrokenRow) {
        let (top, height, style) = (self.y, row.height(), cell_style(row.kind));
        if row.kind == RowKind::Gap {
            self.page()
                .push(Drawn::Box(MARGIN, top, WIDTH, height, 0.92));
        }
        let mut x = MARGIN;
        for cell in &row.cells {
            let mut y = top;
            for line in &cell.lines {
                y += BODY.line();
                let right = x + cell.width - PAD - self.fonts.width(line, style);
                let left = if cell.is_number { right } else { x + PAD };
                self.words(left, y - BODY.size * 0.3, style, line);
            }
            x += cell.width;
        }
        self.y = top + height;
        self.rule(0.75);
    }

    /// Draws a line across the page.
    fn rule(&mut self, gray: Gray) {
        let y = self.y;
        self.stroke(vec![(MARGIN, y), (MARGIN + WIDTH, y)], 0.4, gray, false);
    }

    fn stroke(&mut self, points: Vec<(f32, f32)>, width: f32, gray: Gray, is_dashed: bool) {
        self.page().push(Drawn::Stroke {
            points,
            width,
            gray,
            is_dashed,
        });
    }

    fn chart(&mut self, chart: &Chart) {
        const SCALE: f32 = 24.0;
        let mut frame = Frame {
            left: MARGIN + SCALE,
            top: 0.0,
            width: WIDTH - SCALE,
            height: CHART_HEIGHT,
        };
        let names = Names::of(chart, frame, |words| self.fonts.width(words, SMALL));
        let above = f32::from(names.rows) * SMALL.line();
        self.need(CHART_HEIGHT + above + 60.0);
        self.paragraph(&chart.title, LABEL, WIDTH, 0.0);
        let top = self.y + above;
        frame.top = top;
        for tick in frame.value_ticks(chart) {
            let line = vec![(frame.left, tick.at), (frame.left + frame.width, tick.at)];
            self.stroke(line, 0.3, 0.8, false);
            self.words(MARGIN, tick.at + SMALL.size * 0.35, SMALL, &tick.label);
        }
        let bottom = top + frame.height;
        for tick in frame.minute_ticks(chart) {
            self.stroke(
                vec![(tick.at, bottom), (tick.at, bottom + 3.0)],
                0.3,
                0.4,
                false,
            );
            self.words(
                tick.at - 4.0,
                bottom + 3.0 + SMALL.line(),
                SMALL,
                &tick.label,
            );
        }
        for mark in &chart.marks {
            let x = frame.x(chart, mark.minute);
            self.stroke(vec![(x, top), (x, bottom)], 0.5, 0.55, true);
        }
        for name in &names.above {
            let y = top - 2.0 - f32::from(name.row) * SMALL.line();
            self.words(name.left, y, SMALL, &name.text);
        }
        self.curves(chart, frame);
        self.name_curves(chart, frame);
        self.y = bottom + 2.0 * SMALL.line() + 6.0;
        if !names.legend.is_empty() {
            self.paragraph(&names.legend.join("; "), SMALL, WIDTH, SCALE);
        }
    }

    fn curves(&mut self, chart: &Chart, frame: Frame) {
        let ink = if chart.is_faint { 0.55 } else { 0.0 };
        for area in &chart.areas {
            let gray = 1.0 - area.shade * (1.0 - ink);
            let points = outline(chart, frame, area);
            self.page().push(Drawn::Area(points, gray));
        }
        for series in &chart.series {
            for piece in &series.pieces {
                let point = |(minute, value): &(f32, f32)| {
                    (frame.x(chart, *minute), frame.y(chart, *value))
                };
                let points: Vec<_> = piece.iter().map(point).collect();
                match points[..] {
                    [(x, y)] => self
                        .page()
                        .push(Drawn::Box(x - 1.2, y - 1.2, 2.4, 2.4, ink)),
                    _ => self.stroke(points, 0.9, ink, series.is_dashed),
                }
            }
        }
    }

    /// Names each curve at the end of its last piece.
    fn name_curves(&mut self, chart: &Chart, frame: Frame) {
        for (x, y, name) in of_curves(chart, frame, SMALL.line()) {
            let left = x.min(MARGIN + WIDTH - self.fonts.width(name, SMALL));
            self.words(left, y - 3.0, SMALL, name);
        }
    }

    fn signatures(&mut self, whose: &[String]) {
        for words in whose {
            self.need(44.0);
            self.y += 28.0;
            self.rule(0.0);
            self.paragraph(words, SMALL, WIDTH, 0.0);
        }
    }

    /// Writes the head and the foot of each page, now that it is known how many there are.
    fn finish(mut self) -> Vec<Page> {
        let last = self.pages.len();
        for number in 1..=last {
            let page = format!("page {number} of {last}");
            let width = self.fonts.width(&page, SMALL);
            let foot = self
                .fonts
                .broken(&self.document.footer, SMALL, WIDTH - width - 20.0);
            let page_words = |x, y, text| Drawn::Words {
                x,
                y,
                style: SMALL,
                text,
            };
            let drawn = &mut self.pages[number - 1];
            drawn.push(page_words(MARGIN, 26.0, self.document.running_head.clone()));
            let mut y = FOOT + 12.0;
            drawn.push(page_words(MARGIN + WIDTH - width, y, page));
            for line in foot {
                drawn.push(page_words(MARGIN, y, line));
                y += SMALL.line();
            }
        }
        self.pages
    }
}

const fn cell_style(kind: RowKind) -> Style {
    match kind {
        RowKind::Strong => LABEL,
        RowKind::Plain | RowKind::Gap => BODY,
    }
}

fn widths(table: &Table) -> Vec<f32> {
    let all: f32 = table.columns.iter().map(|column| column.weight).sum();
    let columns = table.columns.iter();
    columns.map(|column| WIDTH * column.weight / all).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Column;

    fn long_table(rows: usize) -> Document {
        let column = |head: &str| Column {
            head: head.to_owned(),
            weight: 1.0,
            is_number: false,
        };
        let row = |at: usize| Row {
            cells: vec![format!("row {at}"), "word ".repeat(at % 70)],
            kind: RowKind::Plain,
        };
        Document {
            running_head: "M. K.".to_owned(),
            footer: "Not a medical device. ".repeat(8),
            sections: vec![Section {
                heading: "Flow sheet".to_owned(),
                blocks: vec![Block::Table(Table {
                    columns: vec![column("time"), column("what")],
                    rows: (0..rows).map(row).collect(),
                })],
            }],
            ..Document::default()
        }
    }

    fn words(page: &Page) -> impl Iterator<Item = (f32, f32, &str, Style)> {
        page.iter().filter_map(|drawn| match drawn {
            Drawn::Words { x, y, style, text } => Some((*x, *y, text.as_str(), *style)),
            _ => None,
        })
    }

    #[test]
    fn every_row_stands_on_a_page_whose_table_has_a_head_and_which_says_whose_it_is() {
        let pages = pages(&long_table(120));
        assert!(pages.len() > 3, "{}", pages.len());
        for (at, page) in pages.iter().enumerate() {
            for one in [
                "M. K.",
                "time",
                &format!("page {} of {}", at + 1, pages.len()),
            ] {
                assert!(
                    words(page).any(|(_, _, text, _)| text == one),
                    "{one} on {at}"
                );
            }
        }
        let all: Vec<&str> = pages
            .iter()
            .flat_map(|page| words(page).map(|word| word.2))
            .collect();
        for row in 0..120 {
            let name = format!("row {row}");
            assert_eq!(
                all.iter().filter(|text| **text == name).count(),
                1,
                "{name}"
            );
        }
    }

    #[test]
    fn a_row_that_is_taller_than_a_page_goes_on_over_the_next_ones_and_loses_no_word() {
        let mut document = long_table(3);
        let Block::Table(table) = &mut document.sections[0].blocks[0] else {
            unreachable!("a table was put there")
        };
        let long: Vec<String> = (0..3000).map(|at| format!("w{at}")).collect();
        table.rows[1].cells[1] = long.join(" ");
        let pages = pages(&document);
        assert!(pages.len() > 3, "{}", pages.len());
        let mut all = String::new();
        for page in &pages {
            for (_, y, text, _) in words(page) {
                assert!(y < PAGE.1 - 8.0, "{text}: {y}");
                all.push_str(text);
                all.push(' ');
            }
        }
        let all: std::collections::BTreeSet<&str> = all.split_whitespace().collect();
        for at in 0..3000 {
            assert!(all.contains(&*format!("w{at}")), "w{at}");
        }
    }

    #[test]
    fn nothing_stands_outside_of_the_page() {
        let fonts = Fonts::new();
        for page in pages(&long_table(90)) {
            for (x, y, text, style) in words(&page) {
                let right = x + fonts.width(text, style);
                assert!(
                    x >= MARGIN - 0.1 && right <= PAGE.0 - MARGIN + 0.1,
                    "{text}: {x}..{right}"
                );
                assert!(y > 0.0 && y < PAGE.1, "{text}: {y}");
            }
        }
    }
}
