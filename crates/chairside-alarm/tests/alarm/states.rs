//! The table of states and events of `docs/alarms.md`, walked cell by cell.

use std::collections::{BTreeMap, BTreeSet};

use chairside_alarm::{AlarmId, SuspensionKind};
use chairside_model::MonoTime;

use crate::adult;
use crate::chart::{Chart, Story};
use crate::docs::table;

/// A walk for each cell, and for each half of a cell with two: the state, the event, the alarm,
/// the second by whose end the event has happened and before which the state holds, and a chart
/// that leads there.
const WALKS: &str = "
absent, off | violated for its delay | SPO2_LOW | 10 | spo2 91x11
absent, off | acknowledged | SPO2_LOW | 22 | spo2 91x11 95x12; nurse @22 ack-last
absent, off | samples go missing | SPO2_LOW | 12 | spo2 91x8 nonex9
absent, off | alarm paused | SPO2_LOW | 12 | spo2 97x30; nurse @12 pause SPO2_LOW 60
absent, off | rule off | SPO2_LOW | 12 | spo2 97x30; nurse @12 off SPO2_LOW 60
absent, off | session opens or closes | SPO2_LOW | 12 | spo2 97x30; session @12 opens

present, on | violated for its delay | SPO2_LOW | 25 | spo2 91x40
present, on | good for its hold, latching | SPO2_VERY_LOW | 17 | spo2 87x7 91x12
present, on | good for its hold, not latching | SPO2_LOW | 21 | spo2 91x11 95x12
present, on | acknowledged | SPO2_LOW | 20 | spo2 91x30; nurse @20 ack SPO2_LOW
present, on | something worse joins | SPO2_LOW | 17 | spo2 91x12 87x9
present, on | samples go missing | SPO2_LOW | 20 | spo2 91x11 nonex20
present, on | alarm paused | SPO2_LOW | 20 | spo2 91x30; nurse @20 pause SPO2_LOW 60
present, on | rule off | SPO2_LOW | 20 | spo2 91x30; nurse @20 off SPO2_LOW 60
present, on | session opens or closes | SPO2_LOW | 20 | spo2 91x30; session @12 opens @20 closes

present, acknowledged | violated for its delay | SPO2_LOW | 25 | spo2 91x40; nurse @12 ack SPO2_LOW
present, acknowledged | good for its hold, latching | SPO2_VERY_LOW | 17 | spo2 87x7 91x12; nurse @6 ack SPO2_VERY_LOW
present, acknowledged | good for its hold, not latching | SPO2_LOW | 21 | spo2 91x11 95x12; nurse @12 ack SPO2_LOW
present, acknowledged | acknowledged | SPO2_LOW | 20 | spo2 91x30; nurse @12 ack SPO2_LOW @20 ack SPO2_LOW
present, acknowledged | something worse joins | SPO2_LOW | 17 | spo2 91x12 87x9; nurse @11 ack SPO2_LOW
present, acknowledged | samples go missing | SPO2_LOW | 20 | spo2 91x11 nonex20; nurse @11 ack SPO2_LOW
present, acknowledged | called again | SPO2_LOW | 192 | spo2 91x200; nurse @12 ack SPO2_LOW
present, acknowledged | alarm paused | SPO2_LOW | 20 | spo2 91x30; nurse @12 ack SPO2_LOW @20 pause SPO2_LOW 60
present, acknowledged | rule off | SPO2_LOW | 20 | spo2 91x30; nurse @12 ack SPO2_LOW @20 off SPO2_LOW 60
present, acknowledged | session opens or closes | SPO2_LOW | 20 | spo2 91x30; session @2 opens @20 closes; nurse @12 ack SPO2_LOW

present, paused | violated for its delay | SPO2_LOW | 25 | spo2 91x40; nurse @12 pause SPO2_LOW 60
present, paused | good for its hold, not latching | SPO2_LOW | 21 | spo2 91x11 95x12; nurse @12 pause SPO2_LOW 60
present, paused | acknowledged | SPO2_LOW | 20 | spo2 91x30; nurse @12 pause SPO2_LOW 60 @20 ack-last
present, paused | something worse joins | SPO2_LOW | 17 | spo2 91x12 87x9; nurse @11 pause SPO2_LOW 60
present, paused | samples go missing | SPO2_LOW | 20 | spo2 91x11 nonex20; nurse @11 pause SPO2_LOW 60
present, paused | alarm paused | SPO2_LOW | 20 | spo2 91x30; nurse @12 pause SPO2_LOW 10 @20 pause SPO2_LOW 10
present, paused | pause ends | SPO2_LOW | 22 | spo2 91x30; nurse @12 pause SPO2_LOW 10
present, paused | rule off | SPO2_LOW | 20 | spo2 91x30; nurse @12 pause SPO2_LOW 60 @20 off SPO2_LOW 60
present, paused | session opens or closes | SPO2_LOW | 20 | spo2 91x30; session @2 opens @20 closes; nurse @12 pause SPO2_LOW 60

absent, latched | violated for its delay | SPO2_VERY_LOW | 24 | spo2 87x7 91x12 87x6
absent, latched | acknowledged | SPO2_VERY_LOW | 20 | spo2 87x7 91x20; nurse @20 ack SPO2_VERY_LOW
absent, latched | samples go missing | SPO2_VERY_LOW | 25 | spo2 87x7 91x12 nonex20
absent, latched | session opens or closes | SPO2_VERY_LOW | 20 | spo2 87x7 91x20; session @2 opens @20 closes

absent, off, alarm paused | violated for its delay | SPO2_LOW | 12 | spo2 97x2 91x12; nurse @1 pause SPO2_LOW 60
absent, off, alarm paused | acknowledged | SPO2_LOW | 25 | spo2 91x11 95x20; nurse @22 pause SPO2_LOW 60 @25 ack-last
absent, off, alarm paused | something worse joins | SPO2_LOW | 7 | spo2 93x2 87x9; nurse @1 pause SPO2_LOW 60
absent, off, alarm paused | samples go missing | SPO2_LOW | 8 | spo2 97x5 nonex10; nurse @1 pause SPO2_LOW 60
absent, off, alarm paused | alarm paused | SPO2_LOW | 5 | spo2 97x10; nurse @1 pause SPO2_LOW 5 @5 pause SPO2_LOW 5
absent, off, alarm paused | pause ends | SPO2_LOW | 6 | spo2 97x10; nurse @1 pause SPO2_LOW 5
absent, off, alarm paused | rule off | SPO2_LOW | 5 | spo2 97x10; nurse @1 pause SPO2_LOW 60 @5 off SPO2_LOW 60
absent, off, alarm paused | session opens or closes | SPO2_LOW | 5 | spo2 97x10; session @5 opens; nurse @1 pause SPO2_LOW 60

absent, off, rule off | violated for its delay | SPO2_LOW | 12 | spo2 97x2 91x20; nurse @1 off SPO2_LOW 60
absent, off, rule off | acknowledged | SPO2_LOW | 20 | spo2 91x30; nurse @12 off SPO2_LOW 60 @20 ack-last
absent, off, rule off | something worse joins | SPO2_LOW | 17 | spo2 91x12 87x9; nurse @11 off SPO2_LOW 60
absent, off, rule off | samples go missing | SPO2_LOW | 15 | spo2 91x12 nonex10; nurse @11 off SPO2_LOW 60
absent, off, rule off | rule off | SPO2_LOW | 20 | spo2 91x30; nurse @11 off SPO2_LOW 10 @20 off SPO2_LOW 10
absent, off, rule off | rule on | SPO2_LOW | 21 | spo2 91x30; nurse @11 off SPO2_LOW 10
absent, off, rule off | rule on | SPO2_LOW | 20 | spo2 97x30; nurse @11 off SPO2_LOW 60 @20 on SPO2_LOW
absent, off, rule off | session opens or closes | SPO2_LOW | 20 | spo2 91x30; session @2 opens @20 closes; nurse @11 off SPO2_LOW 60
absent, off, rule off | session opens or closes | SPO2_LOW | 20 | spo2 97x30; session @2 opens @20 closes; nurse @11 off SPO2_LOW 60
";

/// Returns the state of the alarm before that second.
fn state(story: &Story, id: AlarmId, before: u64) -> String {
    let is_before = |at: MonoTime| at.since_start().as_secs() < before;
    let mut told = story.told.iter().rev();
    let told = told.find(|told| told.id == id && is_before(told.at));
    let mut state = told.map_or_else(
        || "absent, off".to_owned(),
        |told| {
            let present = if told.present { "present" } else { "absent" };
            format!("{present}, {}", told.signal.name())
        },
    );
    let mut changes = story.suspensions.iter().rev();
    let change = changes.find(|change| change.suspension.id == id && is_before(change.at));
    if let Some(change) = change.filter(|change| change.ended.is_none()) {
        match change.suspension.kind {
            SuspensionKind::RuleOff => state.push_str(", rule off"),
            // What is present says so itself.
            SuspensionKind::AlarmPaused if state == "present, paused" => {}
            SuspensionKind::AlarmPaused => state.push_str(", alarm paused"),
        }
    }
    state
}

#[test]
fn every_cell_of_the_table_of_states_and_events_is_as_the_page_says() {
    let (head, rows) = table("States and events");
    let mut cells: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
    for row in &rows {
        let events = head.iter().zip(row).skip(1);
        for (event, becomes) in events.filter(|(_, cell)| *cell != "–") {
            let becomes = becomes.split(" or ").map(str::to_owned).collect();
            cells.insert((&row[0], event), becomes);
        }
    }
    for walk in WALKS.lines().filter(|line| !line.is_empty()) {
        let [before, event, id, at, chart] = walk.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("a walk has five parts: {walk}");
        };
        let id = AlarmId::from_name(id).expect("an alarm");
        let at = at.parse().expect("a second");
        let story = Chart::read(&chart.replace("; ", "\n")).story(adult::parts(), 0);
        assert_eq!(state(&story, id, at), before, "before {walk}");
        let left = cells.get_mut(&(before, event));
        let left = left.unwrap_or_else(|| panic!("the page has no cell for {walk}"));
        let becomes = state(&story, id, at + 1);
        assert!(left.remove(&becomes), "{becomes:?}, not {left:?}: {walk}");
    }
    cells.retain(|_, left| !left.is_empty());
    assert!(cells.is_empty(), "cells that no test walks: {cells:?}");
}
