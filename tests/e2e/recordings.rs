//! Each recording gives its expected events, each of them in full.
//!
//! `UPDATE_EXPECT=1` rewrites the expected events. `UPDATE_RECORDINGS=1` makes the recordings
//! anew that our simulators made, which is for when a recording is missing and not for when one
//! fails: a recording is kept so that tomorrow's driver still reads what yesterday's device said.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chairside_e2e::conversation::{self, From, Replayed, Said};
use chairside_e2e::story::Story;
use chairside_e2e::{capture, devices};
use chairside_protocol::driver_named;

/// A recording that our simulators made: its name, what happens in it, and for how long.
struct Made {
    name: &'static str,
    story: fn() -> Story,
    length: Duration,
}

const MADE: [Made; 2] = [
    Made {
        name: "well",
        story: Story::well,
        length: Duration::from_secs(12),
    },
    Made {
        name: "desaturation",
        story: || {
            Story::well()
                .cuff(3, 128.0, 76.0)
                .spo2(5, 87.0)
                .rate(6, 104.0)
                .probe_off(10)
                .spo2(14, 96.0)
                .cuff(16, 196.0, 112.0)
                .cuff_fails(21)
        },
        length: Duration::from_secs(25),
    },
];

#[test]
fn each_recording_gives_its_expected_events() {
    if std::env::var_os("UPDATE_RECORDINGS").is_some() {
        make();
    }
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in captures() {
        seen += 1;
        let device = folder_of(&path);
        let text = fs::read_to_string(&path).unwrap();
        let said = capture::read(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let mut driver = (driver_named(&device)
            .expect("the folder is a driver's name")
            .build)();
        let replayed = conversation::replay(&mut *driver, &said);

        assert_same_questions(&path, &said, &replayed);
        let events = events(&replayed);
        let expected = path.with_extension("events");
        if update {
            fs::write(&expected, &events).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != events {
            wrong.push(format!(
                "{}\n{}",
                expected.display(),
                difference(&expected, &events)
            ));
        }
    }
    assert!(seen >= 3, "{seen} recordings");
    assert!(
        wrong.is_empty(),
        "UPDATE_EXPECT=1 rewrites these, and the difference is to be read:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn each_recording_says_where_it_comes_from() {
    for path in captures() {
        let provenance = path.with_extension("toml");
        let text = fs::read_to_string(&provenance).unwrap();
        let table: toml::Table = text.parse().unwrap();
        for key in ["device", "driver", "made_by", "how", "contains"] {
            let said = table
                .get(key)
                .and_then(toml::Value::as_str)
                .unwrap_or_default();
            assert!(!said.is_empty(), "{}: {key}", provenance.display());
        }
        assert_eq!(table["driver"].as_str(), Some(folder_of(&path).as_str()));
        let synthetic = table.get("synthetic").and_then(toml::Value::as_bool);
        assert!(synthetic.is_some(), "{}: synthetic", provenance.display());
    }
}

/// What the driver asks is part of the recording: the same questions at the same times.
fn assert_same_questions(path: &Path, said: &[Said], replayed: &Replayed) {
    let asked: Vec<Said> = said
        .iter()
        .filter(|said| said.from == From::Host)
        .cloned()
        .collect();
    let (last, sent) = (said.last().unwrap().at, &replayed.sent);
    let sent: Vec<Said> = sent
        .iter()
        .filter(|sent| sent.at <= last)
        .cloned()
        .collect();
    assert!(
        asked.starts_with(&sent),
        "{}: the driver asks otherwise:\n{}\nrecorded:\n{}",
        path.display(),
        capture::write(&sent),
        capture::write(&asked)
    );
}

fn events(replayed: &Replayed) -> String {
    let mut text = String::new();
    for (at, event) in &replayed.events {
        let (seconds, micros) = (at.as_secs(), at.subsec_micros());
        writeln!(
            text,
            "+{seconds}.{micros:06} @{} {:?}",
            event.offset, event.finding
        )
        .unwrap();
    }
    text
}

fn difference(expected: &Path, events: &str) -> String {
    let expected = fs::read_to_string(expected).unwrap_or_default();
    let lines = expected.lines().zip(events.lines());
    match (1..).zip(lines).find(|(_, (was, is))| was != is) {
        Some((number, (was, is))) => format!("line {number}:\n- {was}\n+ {is}"),
        None => format!(
            "{} lines instead of {}",
            events.lines().count(),
            expected.lines().count()
        ),
    }
}

fn make() {
    for simulated in devices::all() {
        let driver = simulated.driver;
        let variant = simulated.name.strip_prefix(driver.name);
        let variant = variant.expect("a device's name begins with its driver's");
        for made in &MADE {
            let said = conversation::talk(
                &mut *simulated.driver(),
                &mut *simulated.simulator(),
                &(made.story)(),
                made.length,
            );
            let folder = folder().join(driver.name);
            fs::create_dir_all(&folder).unwrap();
            let path = folder.join(format!("{}{variant}", made.name));
            fs::write(path.with_extension("capture"), capture::write(&said)).unwrap();
            let provenance = format!(
                "device = \"simulated {}\"\n\
                 driver = \"{}\"\n\
                 synthetic = true\n\
                 made_by = \"chairside-simulators {}\"\n\
                 how = \"tests/e2e/recordings.rs with UPDATE_RECORDINGS=1: the simulator {} and \
                 the driver in virtual time, the story called {}\"\n\
                 contains = \"no patient\"\n",
                driver.family,
                driver.name,
                env!("CARGO_PKG_VERSION"),
                simulated.name,
                made.name,
            );
            fs::write(path.with_extension("toml"), provenance).unwrap();
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings")
}

fn folder_of(path: &Path) -> String {
    let folder = path.parent().and_then(Path::file_name).unwrap();
    folder.to_str().unwrap().to_owned()
}

fn captures() -> Vec<PathBuf> {
    let devices = fs::read_dir(folder()).unwrap();
    let files = devices.flat_map(|device| fs::read_dir(device.unwrap().path()).unwrap());
    let mut captures: Vec<PathBuf> = files
        .map(|file| file.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "capture")
        })
        .collect();
    captures.sort();
    captures
}
