//! `chairside scenario`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chairside_alarm::AlarmProfile;
use chairside_simulators::scenario::{Expectation, Scenario, ScenarioFile};
use clap::Args;
use serde_json::Value;

use super::Unusable;
use super::ndjson::{VerdictLine, alarm_line, line};
use super::output::{Stopped, to_stdout};
use crate::conditions::Edge;
use crate::config::profile::{self, rules_of};
use crate::scenario::{Bench, Episode, Verdict, judge};

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// Scenario files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only the scenario with this id.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// One JSON object for each end of an alarm's episode and for each scenario.
    #[arg(long)]
    json: bool,
}

/// Runs the command: exit code 0 when every scenario passed, 1 otherwise, also when one needs a
/// rule that this version does not have.
///
/// # Errors
///
/// When a file or its rules cannot be used, or there is no scenario with the id.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let mut plans = Vec::new();
    for path in &options.files {
        plans.extend(plan(path, options.id.as_deref())?);
    }
    if let Some(id) = options.id.as_ref().filter(|_| plans.is_empty()) {
        let files: Vec<String> = options
            .files
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        return Err(Unusable(format!(
            "{}: no scenario {id:?}",
            files.join(", ")
        )));
    }
    to_stdout(|output| {
        let mut tally = Tally::default();
        for plan in plans {
            let outcome = run_one(&plan, options.json, output)?;
            tally.add(&plan.scenario.id, &outcome.verdict);
            if options.json {
                print_json(output, &plan, &outcome)?;
            } else {
                print_text(output, &plan, &outcome)?;
            }
            output.flush()?;
        }
        tally.tell(options.json, output)?;
        Ok(tally.code())
    })
}

/// A scenario with the rules that it is judged by.
struct Plan {
    scenario: Scenario,
    profile: AlarmProfile,
}

/// What a scenario came to.
struct Outcome {
    devices: Vec<&'static str>,
    handed_in: Vec<&'static str>,
    episodes: Vec<Episode>,
    verdict: Verdict,
}

fn plan(path: &Path, id: Option<&str>) -> Result<Vec<Plan>, Unusable> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| Unusable(format!("{name}: {error}")))?;
    let file = ScenarioFile::parse(&text).map_err(|error| Unusable(format!("{name}: {error}")))?;
    let wanted = file.scenarios.into_iter();
    wanted
        .filter(|scenario| id.is_none_or(|id| scenario.id == id))
        .map(|scenario| {
            let profile = rules(path, &file.rules, &scenario)?;
            Ok(Plan { scenario, profile })
        })
        .collect()
}

/// Returns the rules of a scenario: those of its file, or the built-in ones if it has none, with
/// the scenario's own values.
fn rules(path: &Path, rules: &Value, scenario: &Scenario) -> Result<AlarmProfile, Unusable> {
    if rules.is_null() && scenario.config.is_empty() {
        return Ok(profile::adult_ketamine());
    }
    profile::of_scenario(path, rules, &scenario.config)
        .map(|rules| rules.profile)
        .map_err(|errors| Unusable(format!("{errors}")))
}

fn run_one(plan: &Plan, json: bool, output: &mut dyn Write) -> Result<Outcome, Stopped> {
    let bench = Bench::new(&plan.scenario, plan.profile.clone());
    let devices = bench.devices().to_vec();
    let handed_in = bench
        .handed_in()
        .iter()
        .map(|metric| metric.name())
        .collect();
    let mut episodes: Vec<Episode> = Vec::new();
    bench.run(|change| {
        let transition = change.transition;
        let at = transition.at.since_start();
        match change.edge {
            Edge::Onset => episodes.push(Episode {
                id: transition.id,
                priority: transition.priority,
                mode: transition.mode,
                onset: at,
                clear: None,
            }),
            Edge::Clear => {
                let open = episodes.iter_mut().rev();
                let mut same = open.filter(|episode| episode.id == transition.id);
                if let Some(episode) = same.next() {
                    episode.clear = Some(at);
                }
            }
        }
        if json {
            let scenario = Some(plan.scenario.id.as_str());
            line(output, &alarm_line(scenario, transition, change.edge))?;
        }
        Ok::<(), io::Error>(())
    })?;
    let runs = rules_of(&plan.profile);
    let verdict = judge(&plan.scenario, |id| runs.contains(&id), &episodes);
    Ok(Outcome {
        devices,
        handed_in,
        episodes,
        verdict,
    })
}

fn print_json(output: &mut dyn Write, plan: &Plan, outcome: &Outcome) -> io::Result<()> {
    let verdict = &outcome.verdict;
    let mut failures = verdict.failures.clone();
    let needs = verdict.needs.iter();
    failures.extend(needs.map(|id| format!("needs {id}, which is not in this version")));
    let object = VerdictLine {
        scenario: &plan.scenario.id,
        passed: verdict.passed(),
        failures: &failures,
    };
    line(output, &object)
}

fn print_text(output: &mut dyn Write, plan: &Plan, outcome: &Outcome) -> io::Result<()> {
    let Outcome { verdict, .. } = outcome;
    let scenario = &plan.scenario;
    let word = match (verdict.failures.is_empty(), verdict.needs.is_empty()) {
        (true, true) => "passed ",
        (false, _) => "FAILED ",
        (true, false) => "not yet",
    };
    write!(output, "{word} {}: ", scenario.id)?;
    let mut parts = Vec::new();
    if !verdict.needs.is_empty() {
        let needs = verdict.needs.join(", ");
        parts.push(format!("needs {needs}, not in this version"));
    }
    parts.extend(verdict.failures.iter().cloned());
    parts.push(format!(
        "expected {}",
        list(scenario.expect.iter().map(expectation))
    ));
    let happened = outcome.episodes.iter().map(ToString::to_string);
    parts.push(format!("happened {}", list(happened)));
    parts.push(format!("over the wire by {}", outcome.devices.join(", ")));
    if !outcome.handed_in.is_empty() {
        parts.push(format!("handed in: {}", outcome.handed_in.join(", ")));
    }
    writeln!(output, "{}", parts.join("; "))
}

fn expectation(row: &Expectation) -> String {
    let [first, last] = row.onset;
    let clear = row
        .clear
        .map_or_else(String::new, |[first, last]| format!(" to {first}-{last}"));
    let mode = row
        .mode
        .as_ref()
        .map_or_else(String::new, |mode| format!(", {mode}"));
    let (id, priority) = (&row.id, &row.priority);
    format!("{id} ({priority}{mode}) from {first}-{last}{clear} s")
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        "no alarm".to_owned()
    } else {
        items.join(", ")
    }
}

/// How many passed, and which did not.
#[derive(Debug, Default)]
struct Tally {
    passed: usize,
    failed: Vec<String>,
    not_yet: Vec<String>,
}

impl Tally {
    fn add(&mut self, id: &str, verdict: &Verdict) {
        if !verdict.failures.is_empty() {
            self.failed.push(id.to_owned());
        } else if verdict.needs.is_empty() {
            self.passed += 1;
        } else {
            self.not_yet.push(id.to_owned());
        }
    }

    fn code(&self) -> ExitCode {
        if self.failed.is_empty() && self.not_yet.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// Tells the sum: a person's line, so not among the objects.
    #[expect(
        clippy::print_stderr,
        reason = "a program's word to the person who called it"
    )]
    fn tell(&self, json: bool, output: &mut dyn Write) -> io::Result<()> {
        let named = |ids: &[String]| match ids {
            [] => String::new(),
            ids => format!(" ({})", ids.join(", ")),
        };
        let text = format!(
            "{} passed, {} failed{}, {} that this version cannot pass yet{}",
            self.passed,
            self.failed.len(),
            named(&self.failed),
            self.not_yet.len(),
            named(&self.not_yet),
        );
        if json {
            eprintln!("{text}");
            return Ok(());
        }
        writeln!(output, "{text}")
    }
}
