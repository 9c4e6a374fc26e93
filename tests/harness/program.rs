//! The real program as a process of its own.

use std::io::{self, BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{sleep, timeout};

/// The program prints a line that is waited for in this time, and ends in it when it is asked to,
/// on a machine that runs many tests.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program, running. It is killed when this is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    lines: UnboundedReceiver<String>,
}

impl Program {
    /// Starts the program; what it logs goes to `log`, and is read with what it prints when that
    /// is a pipe.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn start(binary: &Path, arguments: &[&str], log: Stdio) -> io::Result<Self> {
        Self::spawn(Command::new(binary).args(arguments).stderr(log))
    }

    /// Starts the service with a configuration, and does not look at what it logs.
    #[must_use]
    pub fn serve(binary: &Path, config: &Path) -> Self {
        let config = config.to_str().expect("a plain path");
        let program = Self::start(binary, &["serve", "--config", config], Stdio::null());
        program.expect("the program starts")
    }

    /// Starts a command of the program; its folder, its variables and where it logs are the
    /// caller's business.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let (sender, lines) = unbounded_channel();
        if let Some(output) = child.stdout.take() {
            read_lines(output, sender.clone());
        }
        if let Some(log) = child.stderr.take() {
            read_lines(log, sender);
        }
        Ok(Self { child, lines })
    }

    /// Waits for a line with this text and returns it; the lines before it are gone.
    pub async fn line_with(&mut self, text: &str) -> String {
        let found = async {
            loop {
                let line = self.lines.recv().await;
                let line = line.unwrap_or_else(|| panic!("the program ended without {text:?}"));
                if line.contains(text) {
                    return line;
                }
            }
        };
        let found = timeout(PATIENCE, found).await;
        found.unwrap_or_else(|_elapsed| panic!("no line with {text:?} within {PATIENCE:?}"))
    }

    /// Waits until the program has printed its address; can be asked once.
    pub async fn address(&mut self) -> SocketAddr {
        let line = self.line_with("http://").await;
        address_in(&line).unwrap_or_else(|| panic!("no address in {line:?}"))
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

    /// Sends it a signal by its short name: `"TERM"`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id();
        // The shell's own kill, for there need not be another.
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {id}")])
            .status();
        assert!(sent.expect("there is a shell").success(), "it runs");
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("it is ours") {
                    return status;
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, ended).await.expect("it ends in time")
    }

    /// Asks it to end (SIGTERM), as a service manager does, and waits for it.
    pub async fn terminate(mut self) -> ExitStatus {
        self.signal("TERM");
        self.ended().await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Builds the release program and returns where it lies.
///
/// # Panics
///
/// When it does not build.
#[must_use]
pub fn build_release() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let root = root.expect("this package lies in the workspace");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--package", "chairside", "--quiet"])
        .current_dir(root)
        .status();
    assert!(status.expect("cargo runs").success(), "the program builds");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    target.join("release").join("chairside")
}

/// Reads in a thread, for a pipe is read with waiting; it ends with the program.
fn read_lines(pipe: impl Read + Send + 'static, lines: UnboundedSender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            // Whoever started it may not want to know.
            let _ = lines.send(line);
        }
    });
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("http://")?;
    let end = rest.find(['/', ' ']).unwrap_or(rest.len());
    rest[..end].parse().ok()
}
