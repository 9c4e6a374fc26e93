use super::*;

fn check_found(bytes: &[u8], expected: &[&str]) {
    let mut framer = Framer::default();
    let mut got = Vec::new();
    framer.push(bytes, |offset, found| {
        got.push(match found {
            Found::Frame { data, length } => format!("{offset} {length} {data:02X?}"),
            Found::Discarded { bytes, why } => format!("{offset} {bytes} {why}"),
        });
    });
    assert_eq!(got, expected, "{bytes:02X?}");
}

fn frame(data: &[u8]) -> Vec<u8> {
    let mut line = Vec::new();
    emit(&mut line, data);
    line
}

/// One byte of user data: 0x11, 0x01, length 1, 0x42.
fn short() -> Vec<u8> {
    frame(&[0x42])
}

#[test]
fn the_published_frames_are_written_as_they_were_seen() {
    for (content, expected) in [
        (
            [0x3A, 0x71].as_slice(),
            [0xC0, 0x3A, 0x71, 0x9B, 0x26, 0xC1].as_slice(),
        ),
        (&[0x3A, 0x91], &[0xC0, 0x3A, 0x91, 0x95, 0x7D, 0xE1, 0xC1]),
    ] {
        let mut line = Vec::new();
        seal(&mut line, content);
        assert_eq!(line, expected);
        // Their check fits, and they are no data export.
        check_found(expected, &[&format!("{0} {0} unknown", expected.len())]);
    }
}

#[test]
fn a_frame_is_found_and_its_pairs_are_single_bytes_again() {
    let line = frame(&[0xC0, 0x00, 0x7D, 0xC1, 0x5D]);
    assert_eq!(
        line[5..13],
        [0x7D, 0xE0, 0x00, 0x7D, 0x5D, 0x7D, 0xE1, 0x5D]
    );
    let length = line.len();
    check_found(&line, &[&format!("{length} {length} [C0, 00, 7D, C1, 5D]")]);
}

#[test]
fn the_header_is_escaped_as_well() {
    let line = frame(&[0; 0xC0]);
    assert_eq!(line[..6], [0xC0, 0x11, 0x01, 0x00, 0x7D, 0xE0]);
    let length = line.len();
    let data = [0_u8; 0xC0];
    check_found(&line, &[&format!("{length} {length} {data:02X?}")]);
}

#[test]
fn the_longest_frame_is_found_and_a_longer_one_is_given_up() {
    let line = frame(&[0xC0; DATA_LENGTH_MAX]);
    assert!(line.len() <= LINE_LENGTH_MAX);
    let mut found = 0;
    Framer::default().push(&line, |_, what| {
        let Found::Frame { data, length } = what else {
            panic!("{what:?}");
        };
        assert_eq!((data.len(), length), (DATA_LENGTH_MAX, line.len()));
        found += 1;
    });
    assert_eq!(found, 1);
    for content in [0x00, 0xC0] {
        let mut line = Vec::new();
        seal(&mut line, &[content; FRAME_LENGTH_MAX - 1]);
        let too_long = if content == 0 {
            1 + FRAME_LENGTH_MAX + 1
        } else {
            1 + 2 * FRAME_LENGTH_MAX
        };
        let rest = line.len() - too_long;
        let good = short();
        let end = line.len() + good.len();
        let first = format!("{too_long} {too_long} too_long");
        let between = format!("{} {rest} before_start", line.len());
        let last = format!("{end} {} [42]", good.len());
        line.extend_from_slice(&good);
        check_found(&line, &[&first, &between, &last]);
    }
}

#[test]
fn a_start_begins_a_frame_wherever_it_stands() {
    for cut in 1..short().len() {
        let mut line = short()[..cut].to_vec();
        line.extend_from_slice(&short());
        let end = line.len();
        check_found(
            &line,
            &[
                &format!("{cut} {cut} malformed"),
                &format!("{end} {} [42]", end - cut),
            ],
        );
    }
}

#[test]
fn a_frame_that_is_given_up_is_not_used() {
    let mut line = short();
    line.insert(5, ESCAPE);
    line[6] = END;
    line.truncate(7);
    line.extend_from_slice(&short());
    check_found(
        &line,
        &[
            "7 7 malformed",
            &format!("{} {} [42]", line.len(), line.len() - 7),
        ],
    );
}

#[test]
fn a_wrong_check_costs_one_frame() {
    let mut line = short();
    line[5] ^= 0x01;
    let bad = line.len();
    line.extend_from_slice(&short());
    let end = line.len();
    check_found(
        &line,
        &[
            &format!("{bad} {bad} checksum"),
            &format!("{end} {} [42]", end - bad),
        ],
    );
}

#[test]
fn a_length_that_is_not_that_of_the_data_is_malformed() {
    let mut line = Vec::new();
    seal(&mut line, &[0x11, 0x01, 0x00, 0x02, 0x42]);
    check_found(&line, &["9 9 malformed"]);
    check_found(&[0xC0, 0xC1], &["2 2 malformed"]);
    check_found(&[0xC0, 0x11, 0xC1], &["3 3 malformed"]);
}

#[test]
fn a_flood_without_a_start_is_reported_as_it_comes() {
    let mut bytes = vec![0x55; 300];
    bytes.extend_from_slice(&short());
    let end = bytes.len();
    check_found(
        &bytes,
        &[
            "256 256 before_start",
            "300 44 before_start",
            &format!("{end} {} [42]", end - 300),
        ],
    );
}

#[test]
fn half_a_frame_is_void_when_the_connection_ends() {
    let mut framer = Framer::default();
    framer.push(&[0xC0, 0x11, 0x01], |_, found| unreachable!("{found:?}"));
    let dropped = framer.reset().map(|(offset, void)| (offset, void.get()));
    assert_eq!(dropped, Some((3, 3)));
    assert_eq!(framer.reset(), None);
    framer.push(&[0x07], |_, found| unreachable!("{found:?}"));
}
