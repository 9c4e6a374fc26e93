//! The protocols: those that are shipped, and which of them a bed has.

use std::collections::BTreeMap;
use std::fs;

use chairside::config::{Config, protocol};
use chairside_care::{
    Check, CuffPlan, DischargeItem, DischargePlan, DoseBounds, Expected, GatePlan, PromptRule,
    Protocol, ProtocolParts, Route, weight_default,
};
use chairside_model::Value;

use super::{each_is_refused, files_in, workspace};

#[test]
fn every_wrong_protocol_is_refused_with_all_its_mistakes() {
    each_is_refused("protocol", protocol::load);
}

#[test]
fn the_protocols_that_are_shipped_are_built_in_as_well() {
    let shipped = files_in(&workspace().join("config/protocols"));
    let mut shipped: Vec<Protocol> = shipped
        .iter()
        .map(|path| {
            let protocol = protocol::load(path).unwrap_or_else(|mistakes| panic!("{mistakes}"));
            assert_eq!(Some(protocol.name()), path.file_stem().unwrap().to_str());
            protocol
        })
        .collect();
    let mut built_in = protocol::built_in();
    let by_name = |one: &Protocol, other: &Protocol| one.name().cmp(other.name());
    shipped.sort_by(by_name);
    built_in.sort_by(by_name);
    assert_eq!(shipped, built_in);
}

#[test]
fn what_is_shipped_says_what_holds_where_a_protocol_says_nothing() {
    for protocol in protocol::built_in() {
        let parts = protocol.parts();
        assert_eq!(parts.cuff, CuffPlan::default(), "{}", protocol.name());
        assert_eq!(parts.gate, GatePlan::default(), "{}", protocol.name());
        assert_eq!(parts.weight, weight_default(), "{}", protocol.name());
        let mut discharge = parts.discharge.clone();
        let by_needle = parts.route == Some(Route::Intravenous);
        if by_needle {
            assert_eq!(
                discharge.answers.pop().map(DischargeItem::name),
                Some("iv_removed")
            );
        }
        assert_eq!(discharge, DischargePlan::default(), "{}", protocol.name());
    }
}

/// Writes rows of cells as the documents have them.
fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let line = format!("|{}\n", "---|".repeat(head.len()));
    let rows: String = rows.iter().map(|cells| row(cells)).collect();
    row(head) + &line + &rows
}

fn expected(expected: Option<Expected>) -> String {
    let Some(Expected { least, plan, most }) = expected else {
        return "not asked about".to_owned();
    };
    let plan = plan.map_or_else(String::new, |plan| format!(", planned {plan}"));
    format!("from {least} to {most}{plan}")
}

fn most(most: Option<Value>) -> String {
    most.map_or_else(
        || "not asked about".to_owned(),
        |most| format!("at most {most}"),
    )
}

type Cell = fn(&DoseBounds) -> String;

const DOSES: [(&str, Cell); 6] = [
    ("one dose, mg", |one| expected(one.amount)),
    ("one dose, mg/kg", |one| expected(one.per_kg)),
    ("rate of an infusion, mg/min", |one| expected(one.rate)),
    ("concentration, mg/mL", |one| expected(one.concentration)),
    ("in one session, mg", |one| most(one.session_max)),
    ("in one session, mg/kg", |one| most(one.session_max_per_kg)),
];

/// What a protocol reminds of, as one line for each rule.
fn reminder(rule: &PromptRule) -> String {
    let minutes = |time: std::time::Duration| time.as_secs() / 60;
    let stages: Vec<&str> = rule.stages.iter().map(|stage| stage.name()).collect();
    let every = match rule.every {
        Some(every) => format!("then every {} min", minutes(every)),
        None => "once in each".to_owned(),
    };
    let first = minutes(rule.first);
    let first = match first {
        0 => "at once".to_owned(),
        first => format!("after {first} min"),
    };
    format!("{}: {first}, {every}", stages.join(", "))
}

fn reminders(parts: &ProtocolParts, check: Check) -> String {
    let rules = parts.prompts.rules.iter();
    let rules = rules.filter(|rule| rule.check == check);
    let rules: Vec<String> = rules.map(reminder).collect();
    if rules.is_empty() {
        "none".to_owned()
    } else {
        rules.join("; ")
    }
}

fn is_in_the_documents(table: &str) {
    let page = fs::read_to_string(workspace().join("docs/session.md")).expect("it is there");
    assert!(page.contains(table), "docs/session.md has not:\n{table}");
}

#[test]
fn the_shipped_protocols_are_what_the_documents_say() {
    let protocols = protocol::built_in();
    let parts: Vec<&ProtocolParts> = protocols.iter().map(Protocol::parts).collect();
    let names = protocols.iter().map(|one| format!("`{}`", one.name()));
    let head: Vec<String> = [String::new()].into_iter().chain(names).collect();
    let row = |name: &str, cell: &dyn Fn(&ProtocolParts) -> String| {
        let cells = parts.iter().map(|parts| cell(parts));
        let name = [name.to_owned()].into_iter();
        name.chain(cells).collect::<Vec<String>>()
    };
    let mut rows = vec![
        row("on screen", &|parts| parts.title.as_str().to_owned()),
        row("drug and route", &|parts| {
            let planned = parts.drug.zip(parts.route);
            planned.map_or_else(String::new, |(drug, route)| {
                format!("{}, {}", drug.name(), route.name())
            })
        }),
    ];
    for (name, cell) in DOSES {
        rows.push(row(name, &|parts| match parts.doses.as_slice() {
            [only] => cell(only),
            other => panic!("{} bounds", other.len()),
        }));
    }
    rows.push(row("items of the screening", &|parts| {
        let kit = parts.screening.iter().filter(|item| item.kit).count();
        format!("{}, of the kit {kit}", parts.screening.len())
    }));
    rows.push(row("after the last dose, at least", &|parts| {
        let (drug, route) = parts.drug.zip(parts.route).expect("they are planned");
        let minimum = parts.discharge.minimum.after(drug, route);
        format!("{} min", minimum.as_secs() / 60)
    }));
    let is_of = |check| move |parts: &ProtocolParts| reminders(parts, check);
    let checks: Vec<Check> = parts[0]
        .prompts
        .rules
        .iter()
        .map(|rule| rule.check)
        .collect();
    let mut told: Vec<Check> = Vec::new();
    for check in checks {
        if !told.contains(&check) {
            told.push(check);
            rows.push(row(
                &format!("reminds of `{}`", check.name()),
                &is_of(check),
            ));
        }
    }
    is_in_the_documents(&table(&head, &rows));
}

#[test]
fn the_items_of_the_screening_are_those_of_the_documents() {
    let protocols = protocol::built_in();
    let [first, others @ ..] = protocols.as_slice() else {
        panic!("there are some");
    };
    let screening = &first.parts().screening;
    for other in others {
        assert_eq!(&other.parts().screening, screening, "{}", other.name());
    }
    let head = ["item", "asked", "blocks on"].map(str::to_owned);
    let row = |item: &chairside_care::ScreeningItem| {
        let blocks = item.blocks_on.map_or("", |blocks| blocks.name());
        let kit = if item.kit { " (kit)" } else { "" };
        let name = format!("`{}`{kit}", item.name.as_str());
        vec![name, item.label.as_str().to_owned(), blocks.to_owned()]
    };
    let rows: Vec<Vec<String>> = screening.iter().map(row).collect();
    is_in_the_documents(&table(&head, &rows));
}

/// Loads the shipped clinic's file, changed, beside a protocol of its own.
fn beside(own: Option<(&str, &str)>, change: impl Fn(&str) -> String) -> Config {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("clinic.toml");
    let shipped = fs::read_to_string(workspace().join("config/clinic.toml"));
    fs::write(&path, change(&shipped.expect("it is shipped"))).expect("the folder is ours");
    if let Some((name, text)) = own {
        let protocols = folder.path().join("protocols");
        fs::create_dir(&protocols).expect("the folder is ours");
        fs::write(protocols.join(name), text).expect("the folder is ours");
    }
    Config::load(&path).expect("it has no mistakes")
}

const OF_BED: &str = "protocols = [\"iv-ketamine\", \"esketamine-spray\"]\n";

#[test]
fn a_bed_has_the_clinics_protocols_or_those_of_them_that_it_names() {
    let names = |protocols: &[Protocol]| {
        let names = protocols.iter().map(|one| one.name().to_owned());
        names.collect::<Vec<_>>()
    };
    let config = beside(None, str::to_owned);
    let all = ["iv-ketamine", "im-ketamine", "esketamine-spray"];
    assert_eq!(names(&config.protocols), all);
    assert_eq!(
        names(&config.beds[0].protocols),
        ["iv-ketamine", "esketamine-spray"]
    );
    let config = beside(None, |text| text.replace(OF_BED, ""));
    assert_eq!(names(&config.beds[0].protocols), all);
    let config = beside(None, |text| text.replace(OF_BED, "protocols = []\n"));
    assert_eq!(config.beds[0].protocols, []);
}

#[test]
fn a_protocol_beside_the_clinics_file_comes_before_the_one_that_is_built_in() {
    let shipped = fs::read_to_string(workspace().join("config/protocols/iv-ketamine.toml"));
    let shipped = shipped.expect("it is shipped");
    assert!(shipped.contains("dosing_s = 600"));
    let own = shipped.replace("dosing_s = 600", "dosing_s = 420");
    let config = beside(Some(("iv-ketamine.toml", &own)), str::to_owned);
    let dosing = config.beds[0].protocols[0].parts().cuff.dosing;
    assert_eq!(dosing.as_secs(), 420);
}

#[test]
fn a_protocol_of_the_clinics_own_may_say_little_and_have_limits_of_its_own() {
    let own = "name = \"own\"\ntitle = \"Our own\"\n\
               screening = [{ name = \"oxygen\", label = \"Oxygen\", blocks_on = \"no\", kit = true }]\n\
               [limits.dosing]\nnibp.NIBP_HIGH.sys_ge = 170\n";
    let config = beside(Some(("own.toml", own)), |text| {
        let text = text.replace(OF_BED, "");
        text.replace(
            "[\"iv-ketamine\", \"im-ketamine\"",
            "[\"own\", \"im-ketamine\"",
        )
    });
    let parts = config.beds[0].protocols[0].parts();
    assert_eq!(parts.cuff, CuffPlan::default());
    assert_eq!(parts.discharge, DischargePlan::default());
    assert_eq!((parts.drug, parts.route), (None, None));
    assert_eq!(parts.limits.values().map(BTreeMap::len).sum::<usize>(), 1);
}
