//! The reference table: every row, by a matrix exponential of other people's make.

use std::fs;

use chairside_care::pk::{Absorption, Course, Input, KE0_PER_MIN, Model, System};
use chairside_shared_files::find;

use crate::{KG, at_minutes, minutes, value};

/// A row holds within one of the two.
const WITHIN_NG_ML: f64 = 0.01;
const WITHIN_RELATIVE: f64 = 1e-5;

struct Row {
    case: char,
    model: Model,
    kg: f64,
    ke0: f64,
    at: f64,
    plasma: f64,
    effect: Option<f64>,
}

#[test]
fn every_row_of_the_reference_table_is_met() {
    let Some(path) = find("clinical/pk-reference.csv") else {
        return;
    };
    let table = fs::read_to_string(path).unwrap();
    let rows: Vec<Row> = table.lines().skip(1).map(row).collect();
    assert_eq!(rows.len(), 331, "the whole table");
    let mut worst: f64 = 0.0;
    for row in &rows {
        let mut course = course(row);
        let found = course.advance(minutes(row.at));
        worst = worst.max(check(row, "plasma", found.plasma, row.plasma));
        if let Some(effect) = row.effect {
            worst = worst.max(check(row, "effect site", found.effect, effect));
        }
    }
    println!("{} rows, at most {worst:.1e} ng/mL apart", rows.len());
}

/// The same rows when the course advances second by second, as it does in a session.
#[test]
fn every_row_is_met_in_steps_of_a_second() {
    let Some(path) = find("clinical/pk-reference.csv") else {
        return;
    };
    let table = fs::read_to_string(path).unwrap();
    for row in table.lines().skip(1).map(row) {
        let mut course = course(&row);
        let end = minutes(row.at);
        for second in 0..end.as_secs() {
            course.advance(std::time::Duration::from_secs(second));
        }
        let found = course.advance(end);
        check(&row, "plasma", found.plasma, row.plasma);
        if let Some(effect) = row.effect {
            check(&row, "effect site", found.effect, effect);
        }
    }
}

fn check(row: &Row, what: &str, found: f64, expected: f64) -> f64 {
    let apart = (found - expected).abs();
    assert!(
        apart <= WITHIN_NG_ML || apart <= expected * WITHIN_RELATIVE,
        "case {} of {} after {} min, {what}: {found} and not {expected}",
        row.case,
        row.model.name(),
        row.at,
    );
    apart
}

/// Reads a row: the description is in quotation marks where it has commas in it.
fn row(line: &str) -> Row {
    let (case, rest) = line.split_once(',').unwrap();
    let rest = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\",").unwrap().1,
        None => rest.split_once(',').unwrap().1,
    };
    let fields: Vec<&str> = rest.split(',').collect();
    let number = |place: usize| fields[place].parse().ok();
    // The same model, with another effect site.
    let model = fields[0].strip_suffix("_slow").unwrap_or(fields[0]);
    Row {
        case: case.chars().next().unwrap(),
        model: Model::from_name(model).unwrap_or_else(|| panic!("{line}")),
        kg: number(1).unwrap_or(KG),
        ke0: number(2).unwrap_or(KE0_PER_MIN),
        at: number(3).unwrap(),
        plasma: number(4).unwrap(),
        effect: number(5),
    }
}

fn course(row: &Row) -> Course {
    let (absorption, given) = given(row);
    let system = System::new(row.model, row.kg, None, absorption, row.ke0);
    Course::new(system, &at_minutes(&given))
}

/// Returns what was given in a case.
fn given(row: &Row) -> (Absorption, Vec<(f64, Input)>) {
    let rate = |rate: f64| Input::Rate(value(rate));
    let absorbed = |amount: f64, fraction, per_min| {
        let absorption = Absorption::FirstOrder { fraction, per_min };
        (absorption, vec![(0.0, Input::Absorbed(value(amount)))])
    };
    let given = match row.case {
        'A' | 'C' | 'D' => vec![(0.0, rate(0.5 * row.kg / 40.0)), (40.0, rate(0.0))],
        'B' => vec![(0.0, Input::Bolus(value(35.0)))],
        'E' => vec![
            (0.0, rate(0.875)),
            (12.0, rate(0.0)),
            (20.0, rate(0.875)),
            (34.0, rate(0.0)),
        ],
        'F' => vec![
            (0.0, Input::Bolus(value(7.0))),
            (0.0, rate(0.7)),
            (40.0, rate(0.0)),
        ],
        'G' => vec![(0.0, rate(0.5)), (15.0, rate(1.0)), (40.0, rate(0.0))],
        'H' => return absorbed(35.0, 0.93, 0.10),
        'I' => return absorbed(100.0, 0.20, 0.035),
        'J' => vec![(0.0, rate(0.7)), (40.0, rate(0.0))],
        other => panic!("a case {other}"),
    };
    (Absorption::Vein, given)
}
