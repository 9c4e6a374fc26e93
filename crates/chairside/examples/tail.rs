//! Follows the live feed and prints what changes: a websocket client in thirty lines.
//!
//! `cargo run --example tail -- 127.0.0.1:8080`
#![expect(clippy::print_stdout, reason = "a program whose output is for people")]

use std::error::Error;

use futures_util::StreamExt;
use serde_json::Value;
use tokio_tungstenite::{connect_async, tungstenite::Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:8080");
    let (mut socket, _) = connect_async(format!("ws://{address}/api/v1/live")).await?;
    // First a greeting and a snapshot, then each change, numbered without a gap.
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else {
            continue;
        };
        let message: Value = serde_json::from_str(&text)?;
        match message["type"].as_str() {
            Some("observation") => println!(
                "bed {} {} {} {}",
                message["bed"], message["metric"], message["value"], message["unit"]
            ),
            Some("alarms") => println!("bed {} ALARMS {}", message["bed"], message["active"]),
            Some("waveform" | "heartbeat") => {}
            _ => println!("{text}"),
        }
    }
    Ok(())
}
