//! The serial ports of this machine and of the configuration, and what is plugged in there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::info;

use super::Web;
use super::routes::{not_json, refused};
use crate::identified::Identified;
use crate::port::{Lending, identify};
use crate::serial_ports::{self, Roots};

/// The service lets go of a port in this time, or something is wrong with it.
const BORROW_WAIT: Duration = Duration::from_secs(8);

/// The serial ports that the configuration names, and one search at a time.
#[derive(Clone, Debug)]
pub struct Ports {
    lent: Arc<BTreeMap<PathBuf, Lending>>,
    searches: Arc<Semaphore>,
}

impl Ports {
    /// Knows the ports of the configuration by their paths.
    #[must_use]
    pub fn new(lent: BTreeMap<PathBuf, Lending>) -> Self {
        Self {
            lent: Arc::new(lent),
            searches: Arc::new(Semaphore::new(1)),
        }
    }
}

/// What a person wants to know.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    port: PathBuf,
    by: String,
}

/// A serial port as it is told.
#[derive(Debug, Serialize)]
struct Told {
    /// The name to write into the configuration, or the one that it has there.
    port: String,
    /// What is plugged in between the machine and the device; none if the port is not there.
    adapter: Option<String>,
    bed: Option<String>,
    device: Option<String>,
    /// Numbers come from there: nothing has to be found out.
    connected: bool,
}

/// Tells every serial port: those of this machine, and those that only the configuration has.
pub(super) async fn list(State(web): State<Web>) -> Response {
    match listed(&web).await {
        Ok(ports) => Json(json!({ "ports": ports })).into_response(),
        Err(why) => refused(&why, StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn listed(web: &Web) -> Result<Vec<Told>, String> {
    let configured: Vec<PathBuf> = web.ports.lent.keys().cloned().collect();
    let looked = spawn_blocking(move || {
        let found = serial_ports::look(&Roots::of_this_machine());
        let paths = found.iter().map(|port| {
            let named = configured.iter().find(|path| port.is_at(path));
            let path = named.map_or_else(|| port.name_to_write().to_owned(), PathBuf::clone);
            (path, Some(port.described()))
        });
        let mut ports: BTreeMap<PathBuf, Option<String>> = paths.collect();
        for path in configured {
            ports.entry(path).or_default();
        }
        ports
    });
    let ports = looked.await.map_err(|error| error.to_string())?;
    let now = web.clock.now();
    let lines = web.hub.with_view(|view| view.lines(now));
    Ok(ports
        .into_iter()
        .map(|(path, adapter)| {
            let port = path.display().to_string();
            let line = lines.iter().find(|line| line.port == port);
            Told {
                adapter,
                bed: line.map(|line| line.bed_name.clone()),
                device: line.map(|line| line.device.clone()),
                connected: line.is_some_and(|line| line.link == "connected"),
                port,
            }
        })
        .collect())
}

/// Finds out what is plugged in at a port that nobody reads.
pub(super) async fn find_out(
    State(web): State<Web>,
    body: Result<Json<Question>, JsonRejection>,
) -> Response {
    let Question { port, by } = match body {
        Ok(Json(question)) => question,
        Err(rejection) => return not_json(&rejection),
    };
    match found_out(&web, &port, &by).await {
        Ok(identified) => Json(identified).into_response(),
        Err((why, status)) => refused(&why, status),
    }
}

async fn found_out(web: &Web, port: &Path, by: &str) -> Result<Identified, (String, StatusCode)> {
    if !web.hub.staff().iter().any(|person| person.id == by) {
        let why = format!("{by:?} is nobody of the staff");
        return Err((why, StatusCode::BAD_REQUEST));
    }
    let name = port.display().to_string();
    let ports = listed(web).await;
    let ports = ports.map_err(|why| (why, StatusCode::INTERNAL_SERVER_ERROR))?;
    let Some(told) = ports.into_iter().find(|told| told.port == name) else {
        let why = format!("{name:?} is no serial port of this machine or of the configuration");
        return Err((why, StatusCode::NOT_FOUND));
    };
    if let (true, Some(device)) = (told.connected, told.device) {
        let why = format!("{device} is read there: there is nothing to find out");
        return Err((why, StatusCode::CONFLICT));
    }
    let Ok(_search) = web.ports.searches.try_acquire() else {
        let why = "another port is being searched: wait for its end".to_owned();
        return Err((why, StatusCode::CONFLICT));
    };
    info!(port = name, by, "Finding out what is plugged in.");
    let turn = match web.ports.lent.get(port) {
        Some(lending) => {
            let turn = timeout(BORROW_WAIT, lending.borrow()).await;
            let hangs = |_elapsed| {
                let why = "the service cannot let go of the port: it hangs".to_owned();
                (why, StatusCode::SERVICE_UNAVAILABLE)
            };
            Some(turn.map_err(hangs)?)
        }
        None => None,
    };
    let verdict = identify(port, web.clock).await;
    drop(turn);
    let verdict = verdict.map_err(|why| (why, StatusCode::SERVICE_UNAVAILABLE))?;
    let identified = Identified::new(name, verdict);
    let driver = identified.driver.as_ref().map(|found| found.name);
    info!(port = identified.port, driver, "The search has ended.");
    Ok(identified)
}
