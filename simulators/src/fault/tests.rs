use proptest::prelude::*;

use super::*;

fn spoiled(spec: &str, seed: u64, sent: &[u8]) -> Vec<u8> {
    let mut line = FaultyLine::new(Faults::parse(spec).unwrap(), seed);
    let mut out = Vec::new();
    line.handle(Duration::ZERO, sent, &mut out);
    drain(&mut line, Duration::ZERO, &mut out);
    out
}

/// Lets time pass until the line holds nothing back, at most a second.
fn drain(line: &mut FaultyLine, mut now: Duration, out: &mut Vec<u8>) {
    while let Some(deadline) = line
        .next_deadline(now)
        .filter(|at| *at < Duration::from_secs(1))
    {
        now = now.max(deadline);
        line.handle(now, &[], out);
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn a_list_of_faults_is_read_in_any_order() {
    let all = "stall=2s/1m, garbage=16/500ms,drop=0.001,flip=1e-4,duplicate=0.5,split=1";
    let expected = Faults {
        drop: 0.001,
        flip: 0.0001,
        duplicate: 0.5,
        split: 1.0,
        stall: Some(Stall {
            length: ms(2000),
            period: ms(60_000),
        }),
        garbage: Some(Garbage {
            bytes: 16,
            period: ms(500),
        }),
    };
    assert_eq!(Faults::parse(all), Ok(expected));
    for text in ["drop=0", "none"] {
        assert_eq!(Faults::parse(text), Ok(Faults::NONE));
    }
}

#[test]
fn a_wrong_list_is_refused_with_the_part_at_fault() {
    for (text, why) in [
        ("", r#"fault "": has no ="#),
        ("drop=0.1,", r#"fault "": has no ="#),
        (
            "drop=2",
            r#"fault "drop=2": "2" is not a probability from 0 to 1"#,
        ),
        (
            "drop=NaN",
            r#"fault "drop=NaN": "NaN" is not a probability from 0 to 1"#,
        ),
        (
            "drop=0.1,drop=0.2",
            r#"fault "drop=0.2": drop stands twice"#,
        ),
        (
            "noise=1",
            r#"fault "noise=1": is none of drop, flip, duplicate, split, stall, garbage"#,
        ),
        (
            "stall=2s",
            r#"fault "stall=2s": "2s" has no period, as in 2s/60s"#,
        ),
        (
            "stall=2s/2s",
            r#"fault "stall=2s/2s": a stall is longer than 0 and shorter than its period"#,
        ),
        (
            "stall=2/60s",
            r#"fault "stall=2/60s": "2" is not a time up to a day, as in 500ms, 2s or 1m"#,
        ),
        (
            "garbage=0/1s",
            r#"fault "garbage=0/1s": "0" is not a number from 1 to 1024"#,
        ),
        (
            "garbage=5/1ms",
            r#"fault "garbage=5/1ms": a period is at least 100ms"#,
        ),
    ] {
        assert_eq!(Faults::parse(text).unwrap_err().to_string(), why);
    }
}

#[test]
fn a_good_line_changes_nothing_and_waits_for_nothing() {
    let mut line = FaultyLine::new(Faults::NONE, 1);
    let mut out = Vec::new();
    line.handle(ms(5), b"abc", &mut out);
    assert_eq!(
        (out.as_slice(), line.next_deadline(ms(5))),
        (&b"abc"[..], None)
    );
}

#[test]
fn each_fault_does_what_its_name_says_about_as_often_as_told() {
    let sent = vec![0x55; 10_000];
    let near = |count: usize| (900..1100).contains(&count);
    assert!(near(10_000 - spoiled("drop=0.1", 1, &sent).len()));
    assert!(near(spoiled("duplicate=0.1", 1, &sent).len() - 10_000));
    let flipped = spoiled("flip=0.1", 1, &sent);
    let turned = |byte: &&u8| (**byte ^ 0x55).is_power_of_two();
    assert_eq!(flipped.len(), sent.len());
    assert!(near(flipped.iter().filter(turned).count()));
    assert!(near(flipped.iter().filter(|byte| **byte != 0x55).count()));
}

#[test]
fn a_split_holds_the_rest_back_for_its_pause() {
    let mut line = FaultyLine::new(Faults::parse("split=1").unwrap(), 1);
    let mut out = Vec::new();
    line.handle(ms(100), b"ab", &mut out);
    assert_eq!(out, b"a");
    assert_eq!(line.next_deadline(ms(100)), Some(ms(120)));
    line.handle(ms(119), &[], &mut out);
    assert_eq!(out, b"a");
    line.handle(ms(120), &[], &mut out);
    assert_eq!(out, b"ab");
}

#[test]
fn a_stall_holds_everything_back_and_then_lets_it_all_come() {
    let faults = Faults::parse("stall=200ms/1s").unwrap();
    let mut line = FaultyLine::new(faults, 3);
    let mut arrivals = Vec::new();
    let mut out = Vec::new();
    for at in 0..10_000 {
        line.handle(ms(at), &[0], &mut out);
        arrivals.push(out.len());
    }
    assert!(out.len() > 9_700, "nothing is lost: {}", out.len());
    let silent = arrivals
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .count();
    assert!(
        (1900..=2000).contains(&silent),
        "{silent} ms of 10 stalls of 200 ms"
    );
    let burst = arrivals.windows(2).map(|pair| pair[1] - pair[0]).max();
    assert!(burst > Some(190));
}

#[test]
fn garbage_comes_by_itself_once_in_each_period() {
    let mut line = FaultyLine::new(Faults::parse("garbage=16/1s").unwrap(), 9);
    let mut out = Vec::new();
    let mut now = Duration::ZERO;
    let mut bursts = 0;
    while let Some(deadline) = line.next_deadline(now).filter(|at| *at < ms(20_000)) {
        now = deadline;
        line.handle(now, &[], &mut out);
        bursts += 1;
        assert_eq!(out.len(), bursts * 16);
    }
    assert_eq!(bursts, 20);
    assert!(out.iter().any(|byte| *byte != out[0]));
}

#[test]
fn what_is_held_back_has_a_limit() {
    let mut line = FaultyLine::new(Faults::parse("split=1").unwrap(), 1);
    let mut out = Vec::new();
    line.handle(ms(0), &[1; 3 * HELD_MAX], &mut out);
    assert_eq!((out.len(), line.held.len()), (1, HELD_MAX));
}

proptest! {
    #[test]
    fn the_same_seed_spoils_the_same_bytes_however_they_are_cut(
        sent in proptest::collection::vec(any::<u8>(), 0..300),
        seed: u64,
        cut in 0_usize..300,
    ) {
        let spec = "drop=0.05,flip=0.05,duplicate=0.05,garbage=3/100ms";
        let whole = spoiled(spec, seed, &sent);
        prop_assert_eq!(&whole, &spoiled(spec, seed, &sent));
        let (first, second) = sent.split_at(cut.min(sent.len()));
        let mut line = FaultyLine::new(Faults::parse(spec).unwrap(), seed);
        let mut out = Vec::new();
        line.handle(Duration::ZERO, first, &mut out);
        line.handle(Duration::ZERO, second, &mut out);
        drain(&mut line, Duration::ZERO, &mut out);
        prop_assert_eq!(out, whole);
    }

    #[test]
    fn a_list_is_written_as_it_is_read(
        drop in 0.0..1.0,
        split in 0.0..1.0,
        stall_ms in proptest::option::of(1_u64..10_000),
        garbage in proptest::option::of(1_usize..1024),
    ) {
        let period = ms(20_000);
        let stall = stall_ms.map(|length| Stall { length: ms(length), period });
        let garbage = garbage.map(|bytes| Garbage { bytes, period });
        let faults = Faults { drop, split, stall, garbage, ..Faults::NONE };
        prop_assert_eq!(Faults::parse(&faults.to_string()), Ok(faults));
    }

    #[test]
    fn any_list_is_read_or_refused(text in "[a-z=0-9./, -]{0,40}") {
        let _ = Faults::parse(&text);
    }
}
