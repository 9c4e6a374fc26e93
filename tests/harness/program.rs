//! The real program as a process of its own.

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

/// The program prints its address in this time, on a machine that runs many tests.
const LISTENING: Duration = Duration::from_secs(20);

/// A stop takes at most this long.
const STOPPED: Duration = Duration::from_secs(20);

/// The program, running. It is killed when this is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    address: Option<oneshot::Receiver<SocketAddr>>,
}

impl Program {
    /// Starts the program; what it logs goes to `log`.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn start(binary: &Path, arguments: &[&str], log: Stdio) -> io::Result<Self> {
        let mut child = Command::new(binary)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let output = child.stdout.take().expect("it was asked for");
        let (found, address) = oneshot::channel();
        // A thread, for a pipe is read with waiting; it ends with the program.
        std::thread::spawn(move || {
            let mut found = Some(found);
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(address) = address_in(&line)
                    && let Some(found) = found.take()
                {
                    // Whoever started it may not want to know.
                    let _ = found.send(address);
                }
            }
        });
        Ok(Self {
            child,
            address: Some(address),
        })
    }

    /// Waits until the program has printed its address; can be asked once.
    pub async fn address(&mut self) -> SocketAddr {
        let address = self.address.take().expect("asked once");
        timeout(LISTENING, address)
            .await
            .expect("the program prints its address in time")
            .expect("the program prints its address before it ends")
    }

    /// Returns the process's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as the kernel does: at once, wherever it is (SIGKILL).
    pub fn kill(&mut self) {
        self.child.kill().expect("it is ours and runs");
        self.child.wait().expect("it was killed");
    }

    /// Asks it to end (SIGTERM) and waits for it.
    pub async fn terminate(mut self) -> ExitStatus {
        let id = self.child.id();
        // The shell's own kill, for there need not be another.
        let asked = Command::new("sh")
            .args(["-c", &format!("kill -TERM {id}")])
            .status();
        assert!(asked.expect("there is a shell").success(), "it runs");
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("it is ours") {
                    return status;
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(STOPPED, ended).await.expect("it ends when asked")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("http://")?;
    let end = rest.find(['/', ' ']).unwrap_or(rest.len());
    rest[..end].parse().ok()
}
