//! What the tests need of the machine besides cargo and a C compiler.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Where a browser may be.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Debian's packages for the browser tests.
const PACKAGES: [&str; 4] = ["chromium", "nodejs", "npm", "fonts-dejavu-core"];

/// What the browser tests run with.
pub(crate) struct BrowserKit {
    pub(crate) browser: PathBuf,
}

/// Tells whether a program answers to `--version`.
pub(crate) fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Finds node, npm and a browser, and installs what is missing where that can be done.
pub(crate) fn browser_kit() -> Result<BrowserKit, String> {
    if let Some(kit) = installed() {
        return Ok(kit);
    }
    install(
        "the browser tests need Node.js 18 or later, npm and Chromium",
        &PACKAGES,
        provided,
    )?;
    installed().ok_or_else(|| "installed, and still no Node.js, npm or Chromium".to_owned())
}

/// Finds the MQTT broker that the publisher is tried with, and installs it where that can be done.
pub(crate) fn mosquitto() -> Result<PathBuf, String> {
    if let Some(broker) = broker() {
        return Ok(broker);
    }
    let why = "the tests of the MQTT publisher need the broker mosquitto";
    install(why, &["mosquitto"], |_| false)?;
    broker().ok_or_else(|| "installed, and still no mosquitto".to_owned())
}

/// Debian has it where only root's path leads.
fn broker() -> Option<PathBuf> {
    let folders = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    folders
        .into_iter()
        .chain(path())
        .map(|folder| folder.join("mosquitto"))
        .find(|candidate| candidate.is_file())
}

/// Installs what of the packages is not provided already.
fn install(why: &str, packages: &[&str], provided: fn(&str) -> bool) -> Result<(), String> {
    let by_hand = format!(
        "apt-get install --no-install-recommends {}",
        packages.join(" ")
    );
    if !is_root() || !answers("apt-get", &["--version"]) {
        return Err(format!("{why}; on Debian, as root: {by_hand}"));
    }
    println!("Installing what the tests lack: {by_hand}");
    apt_get(&["update"])?;
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| !provided(package))
        .collect();
    apt_get(&[&["install", "-y", "--no-install-recommends"], &missing[..]].concat())
}

/// Returns the folders in which programs are looked for.
fn path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect()
}

fn installed() -> Option<BrowserKit> {
    if !answers("node", &["--version"]) || !answers("npm", &["--version"]) {
        return None;
    }
    browser().map(|browser| BrowserKit { browser })
}

/// What is there already, from Debian or from elsewhere, is left alone. Debian has npm in a
/// package of its own, so one of the two can be there without the other.
fn provided(package: &str) -> bool {
    match package {
        "chromium" => browser().is_some(),
        "nodejs" => answers("node", &["--version"]),
        "npm" => answers("npm", &["--version"]),
        _ => false,
    }
}

fn browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return Some(PathBuf::from(named));
    }
    let folders = path();
    BROWSERS
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn apt_get(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!(
            "apt-get {} ended with {status}",
            arguments.join(" ")
        )),
        Err(error) => Err(format!("apt-get: {error}")),
    }
}
