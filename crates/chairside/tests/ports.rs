//! Cables that are pulled and put back, seen from outside of the real program (reliability goals
//! R1 and R2): what it costs, and what it leaves behind.

use std::path::Path;
use std::time::Duration;

use chairside_e2e::client::Client;
use chairside_e2e::clinic::{device, plug_in, write_config};
use chairside_e2e::process::{descriptors, processor_time};
use chairside_e2e::program::Program;
use chairside_e2e::story::Story;
use tokio::time::sleep;

const BINARY: &str = env!("CARGO_BIN_EXE_chairside");

/// How often the cable is pulled. A port that closes within a second is given a second before the
/// next try, so a cycle takes about that long.
const CYCLES: usize = 20;

/// A link is up again in this time (goal R2: 2 s), on a machine that runs other tests.
const HEALED: Duration = Duration::from_secs(10);

/// How long a dead port is watched.
const WATCHED: Duration = Duration::from_secs(3);

fn serve(config: &Path) -> Program {
    Program::serve(Path::new(BINARY), config)
}

#[tokio::test]
async fn pulled_cables_leave_no_descriptor_behind() {
    let folder = tempfile::tempdir().unwrap();
    let planned = [device("1", "nonin", Story::well())];
    let devices = plug_in(folder.path(), &planned);
    let mut program = serve(&write_config(folder.path(), &planned));
    let mut client = Client::connect(program.address().await).await;
    client.link(HEALED, "1-nonin", "connected").await;

    let cable = &devices["1-nonin"];
    let mut before = 0;
    for cycle in 0..=CYCLES {
        cable.unplug().await;
        client.link(HEALED, "1-nonin", "disconnected").await;
        cable.replug().await.unwrap();
        client.link(HEALED, "1-nonin", "connected").await;
        // After the first cycle everything that is opened once has been.
        if cycle == 0 {
            before = descriptors(program.id());
        }
    }
    assert_eq!(
        descriptors(program.id()),
        before,
        "descriptors after {CYCLES} cycles"
    );
    client.close().await;
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_dead_port_uses_no_processor_time() {
    let folder = tempfile::tempdir().unwrap();
    let planned = [device("1", "nonin", Story::well())];
    let devices = plug_in(folder.path(), &planned);
    let mut program = serve(&write_config(folder.path(), &planned));
    let mut client = Client::connect(program.address().await).await;
    client.link(HEALED, "1-nonin", "connected").await;
    devices["1-nonin"].unplug().await;
    client.link(HEALED, "1-nonin", "disconnected").await;
    client.close().await;

    let before = processor_time(program.id());
    sleep(WATCHED).await;
    let used = processor_time(program.id()).saturating_sub(before);
    // The whole process, heartbeats and attempts to open the port included, and a build that
    // is not optimized, on a machine that runs other tests. A read that returns nothing for ever
    // takes all that it is given.
    let share = used.as_secs_f64() / WATCHED.as_secs_f64();
    assert!(share < 0.2, "{:.1} % of a core", share * 100.0);
    assert!(program.terminate().await.success());
}
