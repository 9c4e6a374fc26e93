//! The simulated patient of a bed for training, and the devices that the service simulates there.

use std::fs;
use std::path::{Path, PathBuf};

use chairside_protocol::DriverInfo;
use chairside_simulators::device::simulator_named;
use chairside_simulators::scenario::{Scenario, ScenarioFile};
use chairside_simulators::stories;

use super::Port;
use super::file::Section;
use super::mistake::Mistakes;
use crate::near;

/// The folder of the links to simulated devices, in the folder of the record.
const FOLDER: &str = "simulated";

/// Keys of a device that say where it is plugged in.
const PLUGGED_IN: [&str; 4] = ["port", "command", "baud", "peer"];

/// Takes the scenario of a bed, if there is one; nothing too when it cannot be used.
pub(super) fn scenario(
    section: &mut Section,
    folder: &Path,
    training: bool,
    mistakes: &mut Mistakes,
) -> Option<Scenario> {
    let name = section.optional_text("scenario", mistakes)?;
    let key = section.key("scenario");
    if !training {
        let why = "only a bed for training has a simulated patient: add training = true";
        mistakes.add(key, why);
        return None;
    }
    let path = Path::new(&name);
    let found = if path.extension().is_some_and(|kind| kind == "json") {
        read(&folder.join(path))
    } else {
        built_in(&name)
    };
    found.map_err(|why| mistakes.add(key, why)).ok()
}

fn built_in(name: &str) -> Result<Scenario, String> {
    let mut stories = stories::built_in();
    let place = stories.iter().position(|story| story.id == name);
    let known = stories.iter().map(|story| &*story.id);
    let place =
        place.ok_or_else(|| near::no_such(name, "built-in scenario or FILE.json", known))?;
    Ok(stories.swap_remove(place))
}

fn read(path: &Path) -> Result<Scenario, String> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    let file = ScenarioFile::parse(&text).map_err(|error| format!("{shown}: {error}"))?;
    let [scenario] = <[Scenario; 1]>::try_from(file.scenarios)
        .map_err(|all| format!("{shown}: has {} scenarios, and not one", all.len()))?;
    Ok(scenario)
}

/// Takes where a device is that the service simulates: nowhere, and its driver must have a
/// simulator. The link to it is in the folder of the record.
pub(super) fn port(
    section: &mut Section,
    driver: Option<&'static DriverInfo>,
    (data, name): (&Path, &str),
    mistakes: &mut Mistakes,
) -> Option<(Port, Option<u32>)> {
    let before = mistakes.count();
    for key in PLUGGED_IN {
        if section.take(key).is_some() {
            let why = "the bed has a scenario: the service simulates its devices, and none is \
                       plugged in";
            mistakes.add(section.key(key), why);
        }
    }
    if let Some(driver) = driver.filter(|driver| simulator_named(driver.name).is_none()) {
        let why = format!("{:?} has no simulator", driver.name);
        mistakes.add(section.key("driver"), why);
    }
    let path: PathBuf = data.join(FOLDER).join(name);
    (mistakes.count() == before).then_some((Port::Serial(path), None))
}
