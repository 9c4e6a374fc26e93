//! A document as a page of its own, to look at and to print.

use crate::document::{Block, Chart, Document, Line, LineState, Row, RowKind, Section, Table};
use crate::drawing::Drawing;
use crate::font::Fonts;

const STYLE: &str = "
body { font: 10.5pt/1.4 'DejaVu Sans', Verdana, sans-serif; color: #000; background: #fff; max-width: 190mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 18pt; margin: 0 0 4mm; } h2 { font-size: 13pt; margin: 7mm 0 2mm; break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 5mm; margin: 0; } dt { font-weight: bold; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 0.3mm solid #bbb; padding: 0.8mm 1.2mm; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; } tr { break-inside: avoid; } tr.strong td { font-weight: bold; } tr.gap td { background: #ebebeb; }
ul.checklist { list-style: none; padding: 0; margin: 0; } ul.checklist li { padding: 0.6mm 0 0.6mm 24mm; text-indent: -24mm; } ul.checklist b { display: inline-block; width: 24mm; text-indent: 0; }
ul.checklist li.open { font-weight: bold; } .signature { border-top: 0.3mm solid #000; margin: 12mm 0 0; padding-top: 1mm; font-size: 8.5pt; } figure { margin: 2mm 0; break-inside: avoid; } p.legend { margin: 0; font-size: 8pt; } svg { width: 100%; height: auto; }
.watermark { position: fixed; inset: 40% 0 auto; text-align: center; font-size: 70pt; font-weight: bold; color: #0000001a; transform: rotate(-30deg); pointer-events: none; }
footer { margin-top: 8mm; font-size: 8pt; border-top: 0.3mm solid #bbb; padding-top: 1mm; }
@page { size: A4; margin: 14mm; } @media print { body { margin: 0; max-width: none; padding: 0; } }
";

/// Returns a document as an HTML page that needs nothing else: no script, no other file.
#[must_use]
pub fn html(document: &Document) -> String {
    let mut page = Page {
        text: String::new(),
        fonts: Fonts::new(),
    };
    let title = escaped(&document.title);
    page.put(&format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>"
    ));
    if let Some(words) = &document.watermark {
        page.element("div", "watermark", words);
    }
    page.element("h1", "", &document.title);
    page.facts(&document.about);
    for section in &document.sections {
        page.section(section);
    }
    page.element("footer", "", &document.footer);
    page.put("</body></html>");
    page.text
}

/// Returns words as they stand in a page, between tags and between quotation marks: no name can
/// become a part of the page.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// How large the curves of a chart are, units of its drawing.
const CURVES: (f32, f32) = (660.0, 170.0);

struct Page {
    text: String,
    fonts: Fonts,
}

impl Page {
    fn put(&mut self, markup: &str) {
        self.text.push_str(markup);
    }

    fn element(&mut self, name: &str, class: &str, text: &str) {
        let text = escaped(text);
        let class = if class.is_empty() {
            String::new()
        } else {
            format!(" class=\"{class}\"")
        };
        self.put(&format!("<{name}{class}>{text}</{name}>"));
    }

    fn section(&mut self, section: &Section) {
        self.put("<section>");
        self.element("h2", "", &section.heading);
        for block in &section.blocks {
            match block {
                Block::Text(text) => self.element("p", "", text),
                Block::Facts(facts) => self.facts(facts),
                Block::Table(table) => self.table(table),
                Block::Checklist(lines) => self.checklist(lines),
                Block::Chart(chart) => self.chart(chart),
                Block::Signatures(whose) => {
                    for words in whose {
                        self.element("p", "signature", words);
                    }
                }
            }
        }
        self.put("</section>");
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        self.put("<dl>");
        for (label, value) in facts {
            self.element("dt", "", label);
            self.element("dd", "", value);
        }
        self.put("</dl>");
    }

    fn table(&mut self, table: &Table) {
        self.put("<table><thead><tr>");
        for column in &table.columns {
            let class = if column.is_number { "number" } else { "" };
            self.element("th", class, &column.head);
        }
        self.put("</tr></thead><tbody>");
        for row in &table.rows {
            self.row(table, row);
        }
        self.put("</tbody></table>");
    }

    fn row(&mut self, table: &Table, row: &Row) {
        self.put(match row.kind {
            RowKind::Plain => "<tr>",
            RowKind::Strong => "<tr class=\"strong\">",
            RowKind::Gap => "<tr class=\"gap\">",
        });
        if let [across] = &row.cells[..] {
            let across = escaped(across);
            let columns = table.columns.len();
            self.put(&format!("<td colspan=\"{columns}\">{across}</td>"));
        } else {
            for (cell, column) in row.cells.iter().zip(&table.columns) {
                let class = if column.is_number { "number" } else { "" };
                self.element("td", class, cell);
            }
        }
        self.put("</tr>");
    }

    fn checklist(&mut self, lines: &[Line]) {
        self.put("<ul class=\"checklist\">");
        for line in lines {
            self.put(if line.state == LineState::Met {
                "<li>"
            } else {
                "<li class=\"open\">"
            });
            self.element("b", "", line.state.word());
            self.put(&escaped(&line.text));
            if !line.found.is_empty() {
                self.put(": ");
                self.put(&escaped(&line.found));
            }
            self.put("</li>");
        }
        self.put("</ul>");
    }

    fn chart(&mut self, chart: &Chart) {
        self.put("<figure>");
        self.element("figcaption", "", &chart.title);
        let mut drawing = Drawing::new(&self.fonts, CURVES);
        let legend = drawing.chart(chart);
        let drawn = drawing.inline(&chart.title);
        self.put(&drawn);
        if !legend.is_empty() {
            self.element("p", "legend", &legend.join("; "));
        }
        self.put("</figure>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_a_part_of_the_page() {
        assert_eq!(
            escaped("<b onclick=\"x\">Room 1 & 'two'</b>"),
            "&lt;b onclick=&quot;x&quot;&gt;Room 1 &amp; &#39;two&#39;&lt;/b&gt;"
        );
    }
}
