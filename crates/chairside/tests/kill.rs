//! A kill at any moment loses no alarm and no acknowledgement that a client was told of
//! (issue 2, item 8; reliability goal R5).
#![expect(clippy::unwrap_used, reason = "a test's helpers fail as its tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use chairside_e2e::chance::Chance;
use chairside_e2e::client::Client;
use chairside_e2e::clinic::{self, Planned, device, plug_in, write_config};
use chairside_e2e::program::Program;
use chairside_e2e::story::Story;
use chairside_simulators::clock::Clock;
use chairside_store::{Fact, Kind, OperatorFact, Reader};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout_at};

const BINARY: &str = env!("CARGO_BIN_EXE_chairside");

const KILLS: u64 = 100;

/// Beds, each of which begins a life with alarms.
const BEDS: [&str; 4] = ["1", "2", "3", "4"];

/// A life in which nothing more is told ends after this time.
const LIFE: Duration = Duration::from_millis(700);

/// Changes of each bed's pressure: enough for the slowest machine.
const CYCLES: u64 = 100;

/// How a life ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// While the program starts and completes the last record: so long after its start.
    Starting(Duration),
    /// So long after a client came.
    Serving(Duration),
    /// At the very moment at which a client has been told something for the nth time: what was
    /// not with the kernel then is lost now.
    Telling(u64),
    /// While somebody else holds the database, so that nothing is committed: what clients were
    /// told of is in the journal and nowhere else.
    Locked,
}

impl End {
    fn by(chance: &mut Chance) -> Self {
        match chance.within(0..5) {
            0 => Self::Starting(Duration::from_millis(chance.within(0..150))),
            1 => Self::Serving(Duration::from_millis(chance.within(0..700))),
            2 => Self::Locked,
            // The alarms of four beds, and the answers to those that are acknowledged.
            _ => Self::Telling(chance.within(1..10)),
        }
    }
}

/// A state of an alarm, as a client is told of it and as the record has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    bed: String,
    occurrence: u64,
    id: String,
    priority: String,
    present: bool,
    signal: String,
    superseded: bool,
}

/// What clients were told of: each state of each alarm, and acknowledgements by bed and
/// occurrence.
#[derive(Debug, Default)]
struct Told {
    alarms: BTreeSet<State>,
    acknowledgements: BTreeSet<(String, u64)>,
}

#[tokio::test]
async fn a_kill_at_any_moment_loses_nothing_that_a_client_was_told_of() {
    let mut chance = Chance::of_this_run("kills");
    let folder = tempfile::tempdir().unwrap();
    let planned = beds();
    let _devices = plug_in(folder.path(), &planned);
    let config = write_config(folder.path(), &planned);

    let mut told = Told::default();
    for _ in 0..KILLS {
        let end = End::by(&mut chance);
        let mut program = serve(&config);
        if let End::Starting(life) = end {
            sleep(life).await;
            program.kill();
            continue;
        }
        let address = program.address().await;
        let lock = matches!(end, End::Locked).then(|| lock(&clinic::data(folder.path())));
        let mut client = Client::connect(address).await;
        told.note(&client.snapshot);
        follow(&mut client, end, &mut told, &mut chance).await;
        program.kill();
        drop(lock);
        // What the kernel had for the client is told as well.
        while let Ok(message) = client.read().await {
            told.note(&message);
        }
    }
    assert!(
        told.alarms.len() > 100,
        "{chance}: {} states of alarms",
        told.alarms.len()
    );
    assert!(told.acknowledgements.len() > 20, "{chance}: {told:?}");

    // One more start completes the record, and a stop closes it.
    let mut program = serve(&config);
    program.address().await;
    assert!(program.terminate().await.success());
    let kept = kept(&clinic::data(folder.path()));
    let alarms: Vec<_> = told.alarms.difference(&kept.alarms).collect();
    assert!(alarms.is_empty(), "{chance}: lost alarms {alarms:#?}");
    let lost: Vec<_> = told
        .acknowledgements
        .difference(&kept.acknowledgements)
        .collect();
    assert!(lost.is_empty(), "{chance}: lost acknowledgements {lost:?}");
    println!(
        "{KILLS} kills, {} states of alarms and {} acknowledgements told, none lost",
        told.alarms.len(),
        told.acknowledgements.len()
    );
}

/// Every bed's cuff gives a very high pressure and then a good one, again and again, so that alarms
/// begin and end in each life.
fn beds() -> [Planned; BEDS.len()] {
    let mut first = 0;
    BEDS.map(|bed| {
        first += 1;
        let story = (0..CYCLES).fold(Story::well(), |story, cycle| {
            let at = first + 6 * cycle;
            story.cuff(at, 204.0, 118.0).cuff(at + 3, 118.0, 76.0)
        });
        device(bed, "ge-v100", story)
    })
}

fn serve(config: &Path) -> Program {
    Program::serve(Path::new(BINARY), config)
}

/// Takes the database's only place for a writer, until this is dropped.
fn lock(data: &Path) -> Connection {
    let connection = Connection::open(data.join("record.db")).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}

/// Follows the feed until the end has come, notes what it tells, and acknowledges some of the
/// alarms at once.
async fn follow(client: &mut Client, end: End, told: &mut Told, chance: &mut Chance) {
    let clock = Clock::start();
    let (until, mut left) = match end {
        End::Starting(life) | End::Serving(life) => (life, u64::MAX),
        End::Telling(times) => (LIFE, times),
        End::Locked => (LIFE, u64::MAX),
    };
    // What cannot be committed is answered with a warning, after a while.
    let acts = !matches!(end, End::Locked);
    let mut asked = BTreeSet::new();
    while let Ok(message) = timeout_at(clock.timer(until), client.read()).await {
        let message = message.expect("the program serves until it is killed");
        if told.note(&message) {
            left -= 1;
            if left == 0 {
                return;
            }
        }
        for State {
            bed, occurrence, ..
        } in states_in(&message)
        {
            if acts && asked.insert((bed.clone(), occurrence)) && chance.once_in(2) {
                client
                    .send(&json!({
                        "type": "acknowledge", "bed": bed, "by": "mn",
                        "occurrence": occurrence.to_string(),
                        "request": format!("{bed} {occurrence}"),
                    }))
                    .await;
            }
        }
    }
}

impl Told {
    /// Notes what a message tells, and says whether any of it is new.
    fn note(&mut self, message: &Value) -> bool {
        let before = (self.alarms.len(), self.acknowledgements.len());
        self.alarms.extend(states_in(message));
        for (bed, alarm) in active(message) {
            if alarm["signal"] == "acknowledged" {
                self.acknowledgements.insert((bed, occurrence(alarm)));
            }
        }
        if message["type"] == "result" && message["ok"] == true {
            assert_eq!(message.get("warning"), None, "the disk is in order");
            let request = message["request"].as_str().expect("ours");
            let (bed, occurrence) = request.split_once(' ').expect("ours");
            let occurrence = occurrence.parse().expect("ours");
            self.acknowledgements.insert((bed.to_owned(), occurrence));
        }
        before != (self.alarms.len(), self.acknowledgements.len())
    }
}

fn states_in(message: &Value) -> Vec<State> {
    let text = |alarm: &Value, key: &str| alarm[key].as_str().expect("a text").to_owned();
    let flag = |alarm: &Value, key: &str| alarm[key].as_bool().expect("a flag");
    let state = |(bed, alarm): (String, &Value)| State {
        bed,
        occurrence: occurrence(alarm),
        id: text(alarm, "id"),
        priority: text(alarm, "priority"),
        present: flag(alarm, "present"),
        signal: text(alarm, "signal"),
        superseded: flag(alarm, "superseded"),
    };
    active(message).into_iter().map(state).collect()
}

/// Returns the alarms of a message with their beds: of an `alarms` message or of a snapshot.
fn active(message: &Value) -> Vec<(String, &Value)> {
    let beds = match message["type"].as_str() {
        Some("alarms") => std::slice::from_ref(message),
        Some("snapshot") => message["alarms"].as_array().expect("a list"),
        _ => &[],
    };
    let alarms = beds.iter().flat_map(|bed| {
        let name = bed["bed"].as_str().expect("a name");
        let active = bed["active"].as_array().expect("a list");
        active.iter().map(move |alarm| (name.to_owned(), alarm))
    });
    alarms.collect()
}

fn occurrence(alarm: &Value) -> u64 {
    let text = alarm["occurrence"].as_str().expect("an occurrence");
    text.parse().expect("a number")
}

/// Returns what the record has, after its own check of itself.
fn kept(data: &Path) -> Told {
    let reader = Reader::open(data).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    let mut kept = Told::default();
    let mut ids = BTreeMap::new();
    for run in reader.runs().unwrap() {
        for row in reader.rows(&run, Kind::Alarm).unwrap() {
            let bed = row.bed.expect("an alarm has a bed").into_owned();
            if let Fact::Alarm {
                id,
                occurrence,
                priority,
                present,
                signal,
                superseded,
                ..
            } = row.fact
            {
                let id = id.into_owned();
                let known = ids.insert((bed.clone(), occurrence), id.clone());
                assert!(
                    known.is_none_or(|known| known == id),
                    "an occurrence is one alarm for ever"
                );
                kept.alarms.insert(State {
                    bed,
                    occurrence,
                    id,
                    priority: priority.into_owned(),
                    present,
                    signal: signal.into_owned(),
                    superseded,
                });
            }
        }
        for row in reader.rows(&run, Kind::Operator).unwrap() {
            let bed = row.bed.expect("an action has a bed").into_owned();
            if let Fact::Operator(OperatorFact { occurrence, .. }) = row.fact {
                kept.acknowledgements.insert((bed, occurrence));
            }
        }
        // An action that was put on record and not done before the end counts as kept: the
        // intent is what the person was answered by.
        for intent in reader.intents(&run).unwrap() {
            kept.acknowledgements
                .insert((intent.bed, intent.occurrence));
        }
    }
    kept
}
