//! A scenario's own values, put over the rules of its file by dotted path.

use serde_json::{Map, Value};

use crate::config::file::shown;
use crate::config::mistake::Mistakes;

/// Puts each value where its path leads. A rule of a list is found by its `id`:
/// `threshold.HR_HIGH.trip`. A path must lead to a value that is there, for a misspelt one would
/// change nothing and be believed.
pub(super) fn apply(rules: &mut Value, config: &Map<String, Value>, mistakes: &mut Mistakes) {
    for (path, value) in config {
        let place = path
            .split('.')
            .try_fold(&mut *rules, |tree, key| step(tree, key));
        if let Some(place) = place {
            *place = value.clone();
        } else {
            let why = format!("no such rule value (to be {})", shown(value));
            mistakes.add(format!("config.{path}"), why);
        }
    }
}

fn step<'a>(tree: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    match tree {
        Value::Object(table) => table.get_mut(key),
        Value::Array(rules) => rules
            .iter_mut()
            .find(|rule| rule.get("id").and_then(Value::as_str) == Some(key)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
