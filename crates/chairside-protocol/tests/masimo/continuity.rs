//! What has to be said twice before it is believed.

use super::{check, line, lines_of};

/// A line with this serial number, 62 bytes long.
fn of(serial_number: &str) -> String {
    line(&format!("SN={serial_number} EXC=0000800"))
}

fn found(lines: &[String]) -> Vec<String> {
    let kept = |line: &String| !line.contains("PulseRate") && !line.contains("frame");
    let found = lines_of(lines.concat().as_bytes()).into_iter().filter(kept);
    found.collect()
}

#[test]
fn the_identity_is_told_at_the_second_line_that_says_it_and_once() {
    assert_eq!(
        found(&[of("0000093112"), of("0000093112"), of("0000093112"),]),
        [
            "62 SpO2 98",
            "124 identity 0000093112",
            "124 SpO2 98",
            "186 SpO2 98"
        ]
    );
}

#[test]
fn another_oximeter_is_believed_at_its_second_line_and_says_who_it_is_first() {
    let (one, other) = (of("0000093112"), of("0000012345"));
    assert_eq!(
        found(&[one.clone(), one, other.clone(), other.clone(), other]),
        [
            "62 SpO2 98",
            "124 identity 0000093112",
            "124 SpO2 98",
            "186 62 malformed",
            "248 identity 0000012345",
            "248 SpO2 98",
            "310 SpO2 98",
        ]
    );
}

#[test]
fn a_damaged_serial_number_costs_its_line_alone() {
    let (good, bad) = (of("0000093112"), of("0000093113"));
    assert_eq!(
        found(&[
            good.clone(),
            good.clone(),
            bad.clone(),
            good.clone(),
            bad,
            good
        ]),
        [
            "62 SpO2 98",
            "124 identity 0000093112",
            "124 SpO2 98",
            "186 62 malformed",
            "248 SpO2 98",
            "310 62 malformed",
            "372 SpO2 98",
        ]
    );
}

#[test]
fn an_oximeter_that_has_no_serial_number_has_no_identity() {
    let none = of("----------");
    assert_eq!(found(&[none.clone(), none]), ["62 SpO2 98", "124 SpO2 98"]);
}

#[test]
fn dashes_in_between_do_not_let_another_oximeter_in_unannounced() {
    let (one, none, other) = (of("0000093112"), of("----------"), of("0000012345"));
    assert_eq!(
        found(&[one.clone(), one, none, other.clone(), other])[3..],
        [
            "186 SpO2 98",
            "248 62 malformed",
            "310 identity 0000012345",
            "310 SpO2 98"
        ]
    );
}

#[test]
fn an_exception_that_lost_a_digit_is_not_believed() {
    let whole = line("ALARM=000000 EXC=0000C00");
    let short = line("ALARM=000000 EXC=000000");
    let short_alarm = line("ALARM=00012 EXC=0000C00");
    for damaged in [&short, &short_alarm] {
        let got = found(&[whole.clone(), damaged.clone(), whole.clone()]);
        assert_eq!(got.len(), 3, "{got:?}");
        assert!(got[0].ends_with("SpO2 98?"), "{got:?}");
        assert!(got[1].ends_with("malformed"), "{got:?}");
        assert!(got[2].ends_with("SpO2 98?"), "{got:?}");
    }
    // Said twice it is another oximeter's way.
    let got = found(&[whole, short.clone(), short]);
    assert!(got[2].ends_with("SpO2 98"), "{got:?}");
}

#[test]
fn a_line_that_opens_again_begins_anew() {
    use chairside_model::MonoTime;
    use chairside_protocol::{DriverOutput, LineInput};

    let mut driver = (super::INFO.build)();
    let mut out = DriverOutput::default();
    let now = MonoTime::ZERO;
    for serial_number in ["0000093112", "0000012345"] {
        out.clear();
        driver.handle(now, LineInput::Opened, &mut out);
        for _ in 0..2 {
            let line = of(serial_number);
            driver.handle(now, LineInput::Received(line.as_bytes()), &mut out);
        }
        let found: Vec<_> = out
            .events
            .iter()
            .map(|event| super::shown(&event.finding))
            .collect();
        assert_eq!(
            found,
            [
                "frame".to_owned(),
                "SpO2 98".to_owned(),
                "PulseRate 123".to_owned(),
                "frame".to_owned(),
                format!("identity {serial_number}"),
                "SpO2 98".to_owned(),
                "PulseRate 123".to_owned(),
            ]
        );
        driver.handle(now, LineInput::Received(b"03/17"), &mut out);
        out.clear();
        driver.handle(now, LineInput::Closed, &mut out);
        assert_eq!(super::shown(&out.events[0].finding), "5 before_start");
    }
    check(b"", &[]);
}
