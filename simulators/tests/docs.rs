//! What `docs/simulators.md` shows is what the code reads.

use chairside_simulators::device::{simulator_named, simulator_names};
use chairside_simulators::fault::Faults;
use chairside_simulators::scenario::ScenarioFile;
use chairside_simulators::series::Series;

const PAGE: &str = include_str!("../../docs/simulators.md");

/// Returns what stands between the fences of the first block in this language.
fn block(language: &str) -> &'static str {
    let (_, after) = PAGE
        .split_once(&format!("```{language}\n"))
        .expect("the page has such a block");
    after.split_once("```").expect("the block has an end").0
}

#[test]
fn the_pages_scenario_is_read() {
    let file = ScenarioFile::parse(block("json")).unwrap();
    let story = &file.scenarios[0];
    assert_eq!(
        (story.nibp.len(), story.flags.len(), story.link_down.len()),
        (3, 1, 1)
    );
}

#[test]
fn the_pages_series_is_read() {
    assert_eq!(Series::parse(block("csv")).unwrap().rows().len(), 2);
}

#[test]
fn every_fault_of_the_pages_table_is_read() {
    let faults = PAGE
        .lines()
        .filter_map(|line| line.split('|').nth(2))
        .filter_map(|cell| cell.trim().strip_prefix('`')?.strip_suffix('`'))
        .filter(|cell| cell.contains('='));
    let mut read = 0;
    for fault in faults {
        assert_ne!(Faults::parse(fault), Ok(Faults::NONE), "{fault}");
        assert!(Faults::parse(fault).is_ok(), "{fault}");
        read += 1;
    }
    assert_eq!(read, 6);
}

#[test]
fn the_page_names_every_simulated_device_there_is() {
    for name in simulator_names() {
        assert!(PAGE.contains(&format!("`{name}`")), "{name}");
        assert!(simulator_named(name).is_some());
    }
    assert!(simulator_named("no-such-device").is_none());
}
