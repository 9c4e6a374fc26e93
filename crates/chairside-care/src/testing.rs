//! What tests of this crate share.

use std::collections::BTreeMap;

use crate::{
    Blocks, CuffPlan, Drug, GatePlan, ProtocolParts, Route, ScreeningItem, Text, weight_default,
};

pub(crate) fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

/// A protocol with the sheet's numbers: two questions, and oxygen of the kit.
pub(crate) fn iv_parts() -> ProtocolParts {
    let item = |name, label, blocks_on, kit| ScreeningItem {
        name: text(name),
        label: text(label),
        blocks_on,
        kit,
    };
    ProtocolParts {
        name: text("iv-ketamine"),
        title: text("Ketamine, 0.5 mg/kg in 40 min"),
        drug: Some(Drug::Ketamine),
        route: Some(Route::Intravenous),
        cuff: CuffPlan::default(),
        limits: BTreeMap::new(),
        screening: vec![
            item("aneurysm", "Aneurysm", Some(Blocks::Yes), false),
            item("fasted", "Fasted", Some(Blocks::No), false),
            item("medication", "Other medication", None, false),
            item("oxygen", "Oxygen", Some(Blocks::No), true),
        ],
        gate: GatePlan::default(),
        doses: Vec::new(),
        weight: weight_default(),
    }
}
