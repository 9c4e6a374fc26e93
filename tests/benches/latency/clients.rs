//! Clients that note when they are told of an alarm.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use chairside_simulators::clock::Clock;
use futures_util::StreamExt;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::{CLIENTS, Told};

/// Alarms that became due at the very end are waited for.
const LAST: Duration = Duration::from_secs(2);

/// Follows with every client until the end and returns when each was told of each onset.
pub(crate) async fn follow(clock: Clock, end: Duration, address: SocketAddr) -> Vec<Told> {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        clients.spawn(one(clock, end + LAST, address, client));
    }
    clients.join_all().await.into_iter().flatten().collect()
}

async fn one(clock: Clock, end: Duration, address: SocketAddr, client: usize) -> Vec<Told> {
    let url = format!("ws://{address}/api/v1/live");
    let connected = tokio_tungstenite::connect_async(url).await;
    let (mut socket, _) = connected.expect("the service accepts");
    let mut told = Vec::new();
    let mut present = BTreeSet::new();
    loop {
        let left = end.saturating_sub(clock.now());
        let Ok(Some(Ok(message))) = timeout(left, socket.next()).await else {
            return told;
        };
        let at = clock.now();
        let Message::Text(text) = message else {
            continue;
        };
        if !text.contains("\"alarms\"") {
            continue;
        }
        let message: Value = serde_json::from_str(&text).expect("JSON");
        if message["type"] != "alarms" {
            continue;
        }
        let bed = message["bed"].as_str().expect("a bed").to_owned();
        for id in ["NIBP_VERY_HIGH", "SPO2_LOW"] {
            let active = message["active"].as_array().expect("a list");
            let stands = active
                .iter()
                .any(|alarm| alarm["id"] == id && alarm["present"] == true);
            if !stands {
                present.remove(&(bed.clone(), id));
            } else if present.insert((bed.clone(), id)) {
                let bed = bed.clone();
                told.push(Told {
                    client,
                    bed,
                    id,
                    at,
                });
            }
        }
    }
}
