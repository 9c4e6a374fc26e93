//! Both forms of a document have all of its words.

use chairside_report::{
    Area, Block, Chart, Column, Document, Line, LineState, Mark, Row, RowKind, Section, Series,
    Table, html, pdf,
};

/// A document with everything that can stand in one, on several pages.
fn document() -> Document {
    let column = |head: &str, weight, is_number| Column {
        head: head.to_owned(),
        weight,
        is_number,
    };
    let row = |minute: u16| Row {
        cells: vec![
            format!("{:02}:{:02}", 9 + minute / 60, minute % 60),
            format!("{}/{}", 118 + minute % 40, 74 + minute % 20),
            "97".to_owned(),
            format!(
                "note {minute}: <b>dizzy</b> & \"warm\"; sitting up, says she feels like floating"
            ),
        ],
        kind: RowKind::Plain,
    };
    let across = |text: &str, kind| Row {
        cells: vec![text.to_owned()],
        kind,
    };
    let mut rows: Vec<Row> = (0..90).map(row).collect();
    rows.insert(
        5,
        across(
            "09:04 HR_HIGH, medium: answered after 12 s by M. N.",
            RowKind::Strong,
        ),
    );
    rows.insert(9, across("No SpO2 for 48 s: sensor off", RowKind::Gap));
    Document {
        title: "Treatment session".to_owned(),
        about: vec![("Patient".to_owned(), "Ä. Ö., number 2026/1042".to_owned())],
        running_head: "Ä. Ö. · 2026/1042 · session 00005f1c2c9a04b7".to_owned(),
        watermark: Some("SIMULATED".to_owned()),
        footer: "Research and demonstration software. Not a medical device.".to_owned(),
        sections: vec![
            course(),
            Section {
                heading: "Flow sheet".to_owned(),
                blocks: vec![Block::Table(Table {
                    columns: vec![
                        column("time", 1.0, false),
                        column("NIBP, mmHg", 1.5, true),
                        column("SpO2, %", 1.0, true),
                        column("notes", 4.0, false),
                    ],
                    rows,
                })],
            },
            discharge(),
        ],
    }
}

/// Curves with gaps, under some marks and under more than there is room for names of.
fn course() -> Section {
    let curve = |name: &str, base: f32, is_dashed| Series {
        name: name.to_owned(),
        pieces: vec![
            (0_u8..20)
                .map(|at| (f32::from(at) * 2.0, base + f32::from(at)))
                .collect(),
            vec![(50.0, base + 5.0)],
            (30_u8..60)
                .map(|at| (f32::from(at) * 2.0, base + 60.0 - f32::from(at)))
                .collect(),
        ],
        is_dashed,
    };
    let mark = |minute, label: &str| Mark {
        minute,
        label: label.to_owned(),
    };
    Section {
        heading: "Course".to_owned(),
        blocks: vec![
            Block::Chart(Chart {
                title: "Blood pressure, mmHg, and pulse, /min".to_owned(),
                minutes: (0.0, 120.0),
                values: (40.0, 200.0),
                series: vec![
                    curve("systolic", 118.0, false),
                    curve("predicted", 70.0, true),
                ],
                areas: vec![Area {
                    points: (0_u8..60)
                        .map(|at| (f32::from(at) * 2.0, 60.0, 80.0 + f32::from(at)))
                        .collect(),
                    shade: 0.2,
                }],
                is_faint: false,
                marks: vec![
                    mark(5.0, "dosing"),
                    mark(5.5, "infusion 35 mg in 40 min begins"),
                    mark(9.0, "another rate: 0.7 mg/min"),
                    mark(45.0, "infusion ends"),
                    mark(46.0, "peak"),
                    mark(120.0, "discharged"),
                ],
            }),
            Block::Chart(Chart {
                title: "SpO2, %, with many marks".to_owned(),
                minutes: (0.0, 120.0),
                values: (70.0, 100.0),
                series: vec![curve("SpO2", 90.0, false)],
                areas: Vec::new(),
                is_faint: true,
                marks: (0_u8..30)
                    .map(|at| mark(f32::from(at) * f32::from(at) / 7.0, "the infusion is held"))
                    .collect(),
            }),
        ],
    }
}

fn discharge() -> Section {
    Section {
        heading: "Discharge".to_owned(),
        blocks: vec![
            Block::Checklist(vec![
                Line {
                    state: LineState::Met,
                    text: "MOAA/S 5".to_owned(),
                    found: "5, 4 min old, by M. N.".to_owned(),
                },
                Line {
                    state: LineState::Missing,
                    text: "escort is here".to_owned(),
                    found: String::new(),
                },
            ]),
            Block::Text("The clinic's criteria are named here; none says it is safe.".to_owned()),
            Block::Signatures(vec!["Nurse, date".to_owned()]),
        ],
    }
}

/// Keeps a form for whoever wants to look at it.
fn keep(name: &str, form: impl AsRef<[u8]>) {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(path, form).expect("the folder of the tests can be written");
}

#[test]
fn the_page_has_every_word_and_no_markup_of_a_person() {
    let page = html(&document());
    keep("report.html", &page);
    for words in [
        "Ä. Ö., number 2026/1042",
        "note 89",
        "MISSING",
        "SIMULATED",
        "escort",
        "infusion 35 mg in 40 min begins",
        "30: the infusion is held (120 min)",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("&lt;b&gt;dizzy&lt;/b&gt; &amp; &quot;warm&quot;"));
    assert!(!page.contains("<b>dizzy"), "what a person wrote is text");
    assert!(!page.contains("<script"));
    assert_eq!(page.matches("<tr").count(), 93, "a head and each row");
}

#[test]
fn the_file_is_a_pdf_and_the_same_document_gives_the_same_bytes() {
    let file = pdf(&document()).unwrap();
    keep("report.pdf", &file);
    assert!(file.starts_with(b"%PDF-"));
    assert!(file.trim_ascii_end().ends_with(b"%%EOF"));
    assert_eq!(file, pdf(&document()).unwrap());
    let mut other = document();
    other.sections.truncate(1);
    assert!(pdf(&other).unwrap().len() < file.len());
}
