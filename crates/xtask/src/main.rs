//! Tasks of the project. `cargo xtask test` runs everything that must hold before a change lands.
#![expect(clippy::print_stdout, reason = "a program whose output is for people")]

mod machine;
mod tally;
mod tests;

use std::process::ExitCode;

const USAGE: &str =
    "usage: cargo xtask test    installs what the machine lacks and runs every test";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["test"] {
        return tests::run();
    }
    println!("{USAGE}");
    ExitCode::from(2)
}
