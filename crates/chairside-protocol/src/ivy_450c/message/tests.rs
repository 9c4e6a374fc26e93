use super::*;

/// The text of the capture's shape, with the numbers of the sheet's worked decode.
const TEXT: &[u8] =
    b"HR=1;80;ECG-II-DIAG;\rRR=1;35;APNEA: 20 SEC;\rETCO2=1;;;\rSPO2=1;100;PR=80 ;\r\
NIBP=4;121;75;92;80;;\rP1=3;111;73;88;;\rP2=3;;;;NO TRANSDUCER;\rT1=1;;;\rT2=1;;;\r";

fn with_text(text: &[u8]) -> Vec<u8> {
    let samples: Vec<u8> = (0..400_u16)
        .map(|place| (place % 251).to_le_bytes()[0])
        .collect();
    [&BEGIN[..], &samples, text, &[END]].concat()
}

#[test]
fn the_worked_text_has_the_sheets_numbers() {
    let bytes = with_text(TEXT);
    let message = Message::parse(&bytes).unwrap();
    let expected = Numbers {
        heart_rate: Some(80),
        heart_rate_label: "ECG-II-DIAG",
        respiration_rate: Some(35),
        etco2: None,
        saturation: Some(100),
        pulse_rate: Some(80),
        nibp: [Some(121), Some(75), Some(92), Some(80)],
    };
    assert_eq!(message.numbers, expected);
    assert_eq!((message.ecg[0], message.ecg[199]), (0, 199));
    assert_eq!((message.resp[0], message.resp[49]), (200, 249));
    assert_eq!((message.pleth[0], message.pleth[1]), (250, 0));
}

#[test]
fn what_is_written_is_read_again() {
    let bytes = with_text(TEXT);
    let message = Message::parse(&bytes).unwrap();
    let mut line = Vec::new();
    message.emit(&mut line);
    assert_eq!(Message::parse(&line), Ok(message));
}

#[test]
fn what_is_no_number_is_none() {
    for field in ["", "  ", "---", "8x", "1234", "-5", "9.5"] {
        let bytes = with_text(format!("HR=1;{field};ECG-II-DIAG;\r").as_bytes());
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(message.numbers.heart_rate, None, "{field:?}");
    }
    let bytes = with_text(b"HR=1;0;;\rSPO2=1;97;;\r");
    let numbers = Message::parse(&bytes).unwrap().numbers;
    assert_eq!((numbers.heart_rate, numbers.pulse_rate), (Some(0), None));
}

#[test]
fn a_text_that_does_not_fit_itself_is_malformed() {
    for (text, what) in [
        (&b""[..], "no text"),
        (b"HR=1;80;;", "no end of a line"),
        (b"R=1;80;;\r", "a byte was lost before it"),
        (b"xHR=1;80;;\r", "one came too much"),
        (b"HR=1;80;;RR=1;35;;\r", "two lines in one"),
        (b"HR=1;80;\r", "a field is missing"),
        (b"HR=1;80;;;\r", "a field too much"),
        (b"HR=2;80;;;\r", "two heart rates"),
        (b"HR=0;;\r", "no value"),
        (b"HR=x;80;;\r", "not a count"),
        (b"HR=1;80;;\r\r", "an empty line"),
        (b"HR=1;80;;\r=1;;;\r", "no name"),
        (b"HR=1;80;\x80;\r", "not ASCII"),
        (b"HR=1;80;;\rNIBP=3;121;75;92;;\r", "three pressures"),
    ] {
        let bytes = with_text(text);
        assert_eq!(Message::parse(&bytes), Err(Discard::Malformed), "{what}");
    }
    let bytes = with_text(TEXT);
    for cut in [0, 8, 9, 409, bytes.len() - 1] {
        assert_eq!(Message::parse(&bytes[..cut]), Err(Discard::Malformed));
    }
}

#[test]
fn a_line_that_is_not_known_is_left_alone() {
    let bytes = with_text(b"HR=1;80;;\rCO=2;1;2;;\rSPO2=1;97;PR=70 ;\r");
    let numbers = Message::parse(&bytes).unwrap().numbers;
    assert_eq!(
        (numbers.saturation, numbers.pulse_rate),
        (Some(97), Some(70))
    );
}
