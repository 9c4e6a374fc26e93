use super::*;

/// A Rad-8 without a sensor, with the stray per cent sign behind BPM.
const RAD8: &str = "03/19/16 13:37:12 SN=0000093112 SPO2=---% BPM=---% DESAT=-- PIDELTA=+-- \
                    ALARM=0000 EXC=000001";

const RADICAL7: &str = "03/17/16 19:19:36 SN=---------- SPO2=098% BPM=123 PI=00.55 SPCO=--% \
                        SPMET=--.-% SPHB=--.- SPOC=-- RESVD=--- DESAT=-- PIDELTA=+-- PVI=--- \
                        ALARM=000012 EXC=0000C00 EXC1=00000000";

fn radical7() -> Second {
    Second {
        clock: DeviceTime {
            month: 3,
            day: 17,
            year: 16,
            hour: 19,
            minute: 19,
            second: 36,
        },
        serial_number: None,
        saturation: Some(98),
        rate: Some(123),
        perfusion_index: PerfusionIndex::Hundredths(55),
        alarms: Some(Hexadecimal {
            flags: Alarms::SATURATION_LOW | Alarms::ACTIVE,
            digits: 6,
        }),
        exceptions: Hexadecimal {
            flags: Exceptions::SET | Exceptions::LOW_SIGNAL_QUALITY,
            digits: 7,
        },
    }
}

fn rad8() -> Second {
    Second {
        clock: DeviceTime {
            month: 3,
            day: 19,
            year: 16,
            hour: 13,
            minute: 37,
            second: 12,
        },
        serial_number: SerialNumber::new("0000093112"),
        saturation: None,
        rate: None,
        perfusion_index: PerfusionIndex::NotSent,
        alarms: Some(Hexadecimal {
            flags: Alarms::NONE,
            digits: 4,
        }),
        exceptions: Hexadecimal {
            flags: Exceptions::NO_SENSOR,
            digits: 6,
        },
    }
}

fn written(second: &Second, model: Model) -> String {
    let mut line = Vec::new();
    second.emit(model, &mut line);
    String::from_utf8(line).expect("a line is text")
}

fn check(tokens: &str, expected: Result<Second, Discard>) {
    let line = format!("03/17/16 19:19:36{tokens}");
    assert_eq!(Second::parse(line.as_bytes()), expected, "{tokens}");
}

#[test]
fn a_radical_7s_line_is_read_and_written() {
    assert_eq!(Second::parse(RADICAL7.as_bytes()), Ok(radical7()));
    let written = written(&radical7(), Model::Radical7);
    assert_eq!(written, format!("{RADICAL7}\n\r"));
}

#[test]
fn a_rad_8s_line_is_read_and_written() {
    assert_eq!(Second::parse(RAD8.as_bytes()), Ok(rad8()));
    let without_stray = RAD8.replace("BPM=---%", "BPM=---");
    let written = written(&rad8(), Model::Rad8);
    assert_eq!(written, format!("{without_stray}\n\r"));
}

#[test]
fn tokens_are_read_by_their_keys_and_not_by_their_place() {
    check(
        " EXC=0000C00 NEW=7 ALARM=000012 PI=00.55% BPM=123 SPO2=098 ",
        Ok(radical7()),
    );
}

#[test]
fn a_line_of_the_trend_memory_is_none_of_now() {
    check(
        " SpO2=097 PR=069 PI=04.69 EXC=800:SET",
        Err(Discard::Unknown),
    );
    check(
        " SPO2=000 PR=000 PI=00.00 EXC=800:OffPat",
        Err(Discard::Unknown),
    );
}

#[test]
fn without_saturation_rate_or_exceptions_a_line_says_nothing() {
    for tokens in [
        "",
        " BPM=123 EXC=0000C00",
        " SPO2=098 EXC=0000C00",
        " SPO2=098 BPM=123 ALARM=000012",
    ] {
        check(tokens, Err(Discard::Malformed));
    }
}

#[test]
fn a_value_of_any_other_form_is_none() {
    for tokens in [
        "SPO2=98% BPM=123 EXC=800",
        "SPO2=0098 BPM=123 EXC=800",
        "SPO2=09-% BPM=123 EXC=800",
        "SPO2=--% BPM=123 EXC=800",
        "SPO2=098%% BPM=123 EXC=800",
        "SPO2=098% BPM=12 EXC=800",
        "SPO2=098% BPM=1A3 EXC=800",
        "SPO2=098% BPM= EXC=800",
        "SPO2=098% BPM=123 EXC=",
        "SPO2=098% BPM=123 EXC=80G",
        "SPO2=098% BPM=123 EXC=000000800",
        "SPO2=098% BPM=123 EXC=c00",
        "SPO2=098% BPM=123 PI=0.55 EXC=800",
        "SPO2=098% BPM=123 PI=00-55 EXC=800",
        "SPO2=098% BPM=123 PI=00.5- EXC=800",
        "SPO2=098% BPM=123 ALARM=? EXC=800",
        "SPO2=098% BPM=123 SN=123 EXC=800",
        "SPO2=098% SPO2=097% BPM=123 EXC=800",
        "SPO2=098%  BPM=123 EXC=800",
        "SPO2=098%BPM=123 EXC=800",
        "SPO2=098% BPM=123 PVI EXC=800",
        "SPO2=098% BPM=123 =7 EXC=800",
        "SPO2=098% BPM=123 PVI=1/3 EXC=800",
        "SPO2=098% BPM=123 PVI=1234567890123 EXC=800",
        "SPO2=098% BPM=123 EXC=800 x",
    ] {
        check(&format!(" {tokens}"), Err(Discard::Malformed));
    }
}

#[test]
fn a_line_begins_with_a_date_and_a_time() {
    let good = b"03/17/16 19:19:36 SPO2=098% BPM=123 EXC=800";
    assert!(Second::parse(good).is_ok());
    for position in 0..17 {
        let mut bytes = *good;
        bytes[position] = b'-';
        assert_eq!(Second::parse(&bytes), Err(Discard::Malformed), "{position}");
    }
    for length in 0..good.len() - 2 {
        assert!(Second::parse(&good[..length]).is_err(), "{length}");
    }
}
