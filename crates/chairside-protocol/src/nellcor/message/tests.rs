use super::*;

/// The manuals' example, with a code and a star.
const LINE: &str = "12-NOV-97 14:00:07      98*   120     50     SL";

fn measurement() -> Measurement {
    Measurement {
        clock: DeviceTime {
            day: 12,
            month: Month::new(11).expect("November is the eleventh"),
            year: 97,
            hour: 14,
            minute: 0,
            second: 7,
        },
        saturation: Some(Field {
            number: 98,
            outside: true,
        }),
        rate: Some(Field {
            number: 120,
            outside: false,
        }),
        amplitude: Some(50),
        status: Status::SATURATION_LOW,
        unknown_code: None,
    }
}

fn read(line: &str) -> Result<Message, Discard> {
    Message::parse(line.as_bytes())
}

fn values(line: &str) -> Measurement {
    match read(line) {
        Ok(Message::Measurement(measurement, _)) => measurement,
        other => panic!("{line}: {other:?}"),
    }
}

fn layout(line: &str) -> Layout {
    match read(line) {
        Ok(Message::Measurement(_, layout)) => layout,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn the_manuals_example_is_read_and_written() {
    assert_eq!(values(LINE), measurement());
    let mut line = Vec::new();
    measurement().emit(&mut line);
    assert_eq!(line, format!("{LINE}\r\n").as_bytes());
}

#[test]
fn dashes_are_no_value_each_for_itself() {
    let values = values("12-NOV-97 14:00:07     ---    120    ---     PS SO LB MO");
    assert_eq!(values.saturation, None);
    assert_eq!(values.rate.map(|rate| rate.number), Some(120));
    assert_eq!(values.amplitude, None);
    let codes = [
        Status::PULSE_SEARCH,
        Status::SENSOR_OFF,
        Status::LOW_BATTERY,
        Status::INTERFERENCE,
    ];
    assert_eq!(
        values.status,
        codes.into_iter().fold(Status::NONE, |all, code| all | code)
    );
}

#[test]
fn a_code_that_nobody_knows_is_kept() {
    let values = values("12-NOV-97 14:00:07     100    120     50     XY SL QQ");
    assert_eq!(values.status, Status::SATURATION_LOW);
    assert_eq!(values.unknown_code, UnknownCode::new(*b"XY"));
    assert_eq!(UnknownCode::new(*b"SL"), None);
    assert_eq!(UnknownCode::new(*b"x1"), None);
}

#[test]
fn the_columns_end_where_the_numbers_do_whatever_their_digits() {
    let whole = layout("12-NOV-97 14:00:05     100    120     50");
    for line in [
        LINE,
        "12-NOV-97 14:00:07       9*    20*     5     SL PL",
        "12-NOV-97 14:00:07     ---    ---    ---",
    ] {
        assert_eq!(layout(line), whole, "{line}");
    }
    for line in [
        "12-NOV-97 14:00:05     10    120     50",
        "12-NOV-97 14:00:05     100    12     50",
        "12-NOV-97 14:00:05     100    120     5",
        "12-NOV-97 14:00:05    100    120     50",
    ] {
        assert_ne!(layout(line), whole, "{line}");
    }
}

#[test]
fn what_cannot_be_is_malformed() {
    for line in [
        "12-NOV-97 14:00:07",
        "12-NOV-97 14:00:07      98    120",
        "12-NOV-97 14:00:0798    120     50",
        "12-NOV-97 14:00:07      98    120     50     S",
        "12-NOV-97 14:00:07      98    120     50     sl",
        "12-NOV-97 14:00:07      98    120     50     SLPL",
        "12-NOV-97 14:00:07      98    120     50     SL PL AO LB BU",
        "12-NOV-97 14:00:07      98    120     50*",
        "12-NOV-97 14:00:07      98**  120     50",
        "12-NOV-97 14:00:07      *98   120     50",
        "12-NOV-97 14:00:07      --    120     50",
        "12-NOV-97 14:00:07     ---*   120     50",
        "12-NOV-97 14:00:07      9-    120     50",
        "12-NOV-97 14:00:07      00    120     50",
        "12-NOV-97 14:00:07    1000    120     50",
        "12-NOX-97 14:00:07      98    120     50",
        "1 -NOV-97 14:00:07      98    120     50",
        "12-NOV-97 14.00:07      98    120     50",
        "12-NOV-97 14:00:7       98    120     50",
        "12-NOV-97\t14:00:07      98    120     50",
    ] {
        assert_eq!(read(line), Err(Discard::Malformed), "{line}");
    }
}

#[test]
fn headings_are_told_apart() {
    for (line, heading) in [
        (
            "NPB-290    VERSION 1.0.0.1    CRC: XXXX  SpO2 Limit: 30-100%    PR Limit: 100-180BPM",
            Heading::Model,
        ),
        (
            "    ADULT       0SAT-S      SPO2 RESP MODE: NORMAL",
            Heading::Mode,
        ),
        (
            "TIME            %SPO2   BPM    PA     Status",
            Heading::Columns,
        ),
        ("TIME %SpO2 BPM PA Status", Heading::Columns),
        (
            "NPB-290    VERSION 1.0.0.1    TREND  SpO2 Limit: 30-100%    PR Limit: 100-180BPM",
            Heading::Trend,
        ),
        ("TIME            %SPO2   BPM    PA", Heading::TrendColumns),
        ("Output Complete", Heading::End),
        ("    0) Exit Interactive Mode", Heading::Menu),
    ] {
        assert_eq!(read(line), Ok(Message::Heading(heading)), "{line}");
    }
}

#[test]
fn every_heading_is_read_as_it_is_written() {
    for heading in [
        Heading::Model,
        Heading::Mode,
        Heading::Columns,
        Heading::Trend,
        Heading::TrendColumns,
        Heading::End,
        Heading::Menu,
    ] {
        let mut line = Vec::new();
        heading.emit(&mut line);
        let text = line.strip_suffix(b"\r\n").expect("every line has its end");
        assert_eq!(Message::parse(text), Ok(Message::Heading(heading)));
    }
}

#[test]
fn any_other_text_is_unknown_and_what_is_no_text_is_noise() {
    for line in [
        "",
        "login:",
        "    1) Dump Instrument Info",
        "TIME OF DAY",
        "TIME %SPO2 BPM PA Status Mode",
        "NPB-290    VERSION 1.0.0.1",
        "ADULTS ONLY",
    ] {
        assert_eq!(read(line), Err(Discard::Unknown), "{line}");
    }
    assert_eq!(Message::parse(b"\0\0TIME"), Err(Discard::BeforeStart));
}
