use chairside_model::{CuffReading, Measured, Metric, Numeric, Value};

use super::*;

/// A driver whose language is one byte a finding: `F` a frame, `1`..`9` a value, `C` a cuff
/// reading, anything else is dropped.
#[derive(Debug, Default)]
struct OneByteDriver {
    offset: u64,
}

impl Driver for OneByteDriver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        let LineInput::Received(bytes) = input else {
            return;
        };
        for byte in bytes {
            self.offset += 1;
            let finding = match byte {
                b'F' => Finding::Frame,
                b'1'..=b'9' => Finding::Reading(saturation(now, byte - b'0')),
                b'C' => Finding::Reading(cuff(now)),
                _ => Finding::Discarded {
                    bytes: 1,
                    why: Discard::BeforeStart,
                },
            };
            out.push(self.offset, finding);
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }
}

fn saturation(now: MonoTime, digit: u8) -> Reading {
    let measured = Measured::Valid(Value::whole(90 + i32::from(digit)));
    Reading::Numeric(Numeric {
        metric: Metric::SpO2,
        measured,
        taken: now,
    })
}

fn cuff(now: MonoTime) -> Reading {
    Reading::Cuff(Cuff::Completed(CuffReading {
        systolic: Some(Value::whole(120)),
        diastolic: Some(Value::whole(80)),
        mean: None,
        taken: now,
    }))
}

const INFO: DriverInfo = DriverInfo {
    name: "one-byte",
    family: "test",
    gives: &[Metric::SpO2],
    line: chairside_protocol::LineSettings::plain(9600),
    other_lines: &[],
    begins: chairside_protocol::Begins::Device,
    can_start_cuff: false,
    maturity: chairside_protocol::Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(OneByteDriver::default()),
};

/// Plays a story of `(milliseconds, what happened)` and writes down what came of it, one letter
/// an outcome: `F` frame, digits values, `C` cuff, `+` connected, `~` connecting, `-`
/// disconnected, `x3` three bytes dropped.
fn told(line: &mut Line, story: &[(u64, LineInput<'_>)]) -> String {
    let mut text = String::new();
    for (millis, input) in story {
        let mut out = Vec::new();
        line.handle(
            MonoTime::from_millis(*millis),
            *input,
            &mut Vec::new(),
            &mut out,
        );
        for outcome in out {
            match outcome {
                LineOutcome::Frame => text.push('F'),
                LineOutcome::Reading(Reading::Numeric(numeric)) => {
                    let value = numeric.measured.valid().map_or(0.0, Value::number);
                    text += &(value - 90.0).to_string();
                }
                LineOutcome::Reading(Reading::Cuff(_)) => text.push('C'),
                LineOutcome::Link(LinkState::Connected) => text.push('+'),
                LineOutcome::Link(LinkState::Connecting) => text.push('~'),
                LineOutcome::Link(LinkState::Disconnected) => text.push('-'),
                LineOutcome::Discarded(bytes, _) => {
                    text.push('x');
                    text += &bytes.to_string();
                }
                LineOutcome::Reading(Reading::Waveform(_))
                | LineOutcome::Device(_)
                | LineOutcome::Ordered(..) => {
                    unreachable!("the driver has none")
                }
            }
        }
    }
    text
}

fn bytes(text: &str) -> LineInput<'_> {
    LineInput::Received(text.as_bytes())
}

#[test]
fn a_line_is_trusted_at_its_third_good_frame_and_nothing_read_before_is_lost() {
    let mut line = Line::new(&INFO);
    let story = [
        (0, LineInput::Opened),
        (10, bytes("F1F2")),
        (20, bytes("F3F4")),
    ];
    assert_eq!(told(&mut line, &story), "~+F123F4");
}

#[test]
fn a_dropped_byte_starts_the_count_of_good_frames_again() {
    let mut line = Line::new(&INFO);
    let story = [
        (0, LineInput::Opened),
        (10, bytes("F1F2?F3F4")),
        (20, bytes("F5")),
    ];
    assert_eq!(told(&mut line, &story), "~+F345");
}

#[test]
fn a_cuff_reading_outlives_the_noise_before_trust() {
    let mut line = Line::new(&INFO);
    let story = [(0, LineInput::Opened), (10, bytes("FC1?FFF"))];
    assert_eq!(told(&mut line, &story), "~+FC");
}

#[test]
fn a_cuff_reading_outlives_a_line_that_closes_before_trust() {
    let mut line = Line::new(&INFO);
    let story = [
        (0, LineInput::Opened),
        (10, bytes("FC1F2")),
        (20, LineInput::Closed),
        (30, LineInput::Opened),
        (40, bytes("FFF")),
    ];
    assert_eq!(told(&mut line, &story), "~-~+FC");
}

#[test]
fn a_line_that_speaks_seldom_is_trusted_at_its_first_good_frame_and_is_not_silent_soon() {
    let mut line = Line::new(&DriverInfo {
        nominal_period: Duration::from_mins(1),
        ..INFO
    });
    let story = [
        (0, LineInput::Opened),
        (10, bytes("F7")),
        (170_000, LineInput::Tick),
    ];
    assert_eq!(told(&mut line, &story), "~+F7");
    assert_eq!(told(&mut line, &[(180_010, LineInput::Tick)]), "~");
}

#[test]
fn noise_on_a_trusted_line_does_not_cost_it_its_trust() {
    let mut line = Line::new(&INFO);
    let story = [(0, LineInput::Opened), (10, bytes("FFF1??F2"))];
    assert_eq!(told(&mut line, &story), "~+F1F2");
}

#[test]
fn reopening_asks_for_trust_again() {
    let mut line = Line::new(&INFO);
    let story = [
        (0, LineInput::Opened),
        (10, bytes("FFF1")),
        (20, LineInput::Closed),
        (30, LineInput::Opened),
        (40, bytes("F2")),
        (50, bytes("F3F4")),
    ];
    assert_eq!(told(&mut line, &story), "~+F1-~+F234");
}

#[test]
fn half_trusted_readings_of_a_line_that_closes_are_void() {
    let mut line = Line::new(&INFO);
    let story = [
        (0, LineInput::Opened),
        (10, bytes("F1F2")),
        (20, LineInput::Closed),
        (30, LineInput::Opened),
        (40, bytes("FFF")),
    ];
    assert_eq!(told(&mut line, &story), "~-~+F");
}

#[test]
fn a_device_that_falls_silent_is_no_longer_connected_after_three_seconds() {
    let mut line = Line::new(&INFO);
    let story = [(0, LineInput::Opened), (1000, bytes("FFF"))];
    assert_eq!(told(&mut line, &story), "~+F");
    assert_eq!(line.next_deadline(), Some(MonoTime::from_millis(4000)));
    assert_eq!(told(&mut line, &[(3999, LineInput::Tick)]), "");
    assert_eq!(told(&mut line, &[(4000, LineInput::Tick)]), "~");
    assert_eq!(line.next_deadline(), None);
    assert_eq!(
        told(&mut line, &[(9000, bytes("F"))]),
        "+F",
        "the port stayed open: trust stays"
    );
}

#[test]
fn a_frame_at_the_last_moment_keeps_the_link_however_its_bytes_are_cut() {
    for pieces in [vec!["?F"], vec!["?", "F"]] {
        let mut line = Line::new(&INFO);
        told(&mut line, &[(0, LineInput::Opened), (1000, bytes("FFF"))]);
        let story: Vec<_> = pieces.iter().map(|piece| (4000, bytes(piece))).collect();
        assert_eq!(told(&mut line, &story), "F", "{pieces:?}");
        assert_eq!(
            told(&mut line, &[(4000, LineInput::Tick)]),
            "",
            "{pieces:?}"
        );
    }
}

#[test]
fn dropped_bytes_are_summed_up_for_a_second() {
    let mut line = Line::new(&INFO);
    told(&mut line, &[(0, LineInput::Opened), (0, bytes("FFF"))]);
    assert_eq!(
        told(&mut line, &[(100, bytes("?")), (600, bytes("??F"))]),
        "F"
    );
    assert_eq!(told(&mut line, &[(1100, LineInput::Tick)]), "x3");
    assert_eq!(told(&mut line, &[(2100, LineInput::Tick)]), "");
}

#[test]
fn dropped_bytes_are_summed_up_when_the_port_goes() {
    let mut line = Line::new(&INFO);
    let story = [
        (0, LineInput::Opened),
        (0, bytes("??")),
        (1, LineInput::Closed),
    ];
    assert_eq!(told(&mut line, &story), "~-x2");
}

#[test]
fn what_is_kept_back_from_an_untrusted_line_is_bounded() {
    let mut line = Line::new(&INFO);
    told(&mut line, &[(0, LineInput::Opened), (0, bytes("F"))]);
    let many = "1".repeat(10 * WITHHELD_MAX);
    told(&mut line, &[(0, bytes(&many))]);
    assert_eq!(line.withheld.len(), WITHHELD_MAX);
}
