//! The device's end of a line that is a pseudo-terminal, and the path to the host's end.
//!
//! Four facts about pseudo-terminals decide how this is written (Linux, tokio 1.54):
//!
//! - While the device holds the host's end as well, nobody can open the path ("Unable to acquire
//!   exclusive lock"): the path is taken, and the host's end dropped.
//! - While nobody has the path open, reading fails with an input/output error. That is a cable
//!   without a host, not a fault; and nothing wakes the reader when somebody opens the path, so
//!   that it has to look now and then.
//! - A registration with the runtime that has seen a host hang up stays readable for ever, also
//!   when another host has come: whoever waits on it spins. So one is made for each host, and
//!   dropped with it. (`SerialStream::pair` of tokio-serial makes one for good, which is why it
//!   is not used.)
//! - Bytes that are written meanwhile are kept and given to whoever opens the path next. So
//!   nothing is written while there is no host.
//!
//! **Not simulated:** how long bytes are under way; they arrive as fast as they are written.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::future::pending;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use chairside_protocol::{LineSettings, Parity};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{ControlModes, OptionalActions, tcgetattr, tcsetattr};
use tokio::io::Interest;
use tokio::net::unix::pipe::Receiver;

/// Where pseudo-terminals are.
const PTY_FOLDER: &str = "/dev/pts";

/// The device's end of a line.
#[derive(Debug)]
pub struct DeviceEnd {
    port: File,
    path: PathBuf,
    /// There while a host is: the runtime's registration for this host. Not a pipe, but what
    /// tokio has for any descriptor that is read.
    host: Option<Receiver>,
}

/// What came of looking for the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// Nobody has the path open.
    Absent,
    /// Somebody has, and this many bytes from there are in the buffer.
    Present(usize),
}

impl DeviceEnd {
    /// Makes a new pseudo-terminal.
    ///
    /// # Errors
    ///
    /// When the system has no more pseudo-terminals or file descriptors.
    pub fn open() -> io::Result<Self> {
        let port = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&port)?;
        unlockpt(&port)?;
        rustix::io::ioctl_fionbio(&port, true)?;
        let path = ptsname(&port, Vec::new())?;
        let path = PathBuf::from(OsStr::from_bytes(path.as_bytes()));
        make_raw(&path)?;
        Ok(Self {
            port: File::from(port),
            path,
            host: None,
        })
    }

    /// Returns the path that the host opens; another one after each [`open`](Self::open).
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tells whether there was a host when it was last looked for or heard.
    #[must_use]
    pub const fn has_host(&self) -> bool {
        self.host.is_some()
    }

    /// Returns how the host has set its end of the line: the two ends of a pseudo-terminal share
    /// their settings. Parity and speed are all that is told of it.
    ///
    /// # Errors
    ///
    /// When there is no host.
    pub fn host_settings(&self) -> io::Result<LineSettings> {
        let settings = tcgetattr(&self.port)?;
        let modes = settings.control_modes;
        let parity = match (
            modes.contains(ControlModes::PARENB),
            modes.contains(ControlModes::PARODD),
        ) {
            (false, _) => Parity::None,
            (true, false) => Parity::Even,
            (true, true) => Parity::Odd,
        };
        let plain = LineSettings::plain(settings.output_speed());
        Ok(LineSettings { parity, ..plain })
    }

    /// Looks, without waiting, whether there is a host, and takes what it has sent. Needs a
    /// running tokio runtime.
    pub fn look(&mut self, buffer: &mut [u8]) -> Host {
        let found = match (&self.port).read(buffer) {
            Ok(bytes) => Host::Present(bytes),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Host::Present(0),
            Err(_) => Host::Absent,
        };
        self.host = match found {
            Host::Absent => None,
            // Without one (no file descriptors left) there is nobody to wait for yet.
            Host::Present(_) => self.register().ok(),
        };
        found
    }

    fn register(&self) -> io::Result<Receiver> {
        Receiver::from_file_unchecked(self.port.try_clone()?)
    }

    /// Waits for bytes from the host, or for it to go; for ever when there is none. Can be
    /// dropped at any moment without loss.
    pub async fn receive(&mut self, buffer: &mut [u8]) -> Host {
        let Some(host) = &self.host else {
            return pending().await;
        };
        while let Ok(ready) = host.ready(Interest::READABLE).await {
            match host.try_read(buffer) {
                Ok(bytes) if bytes > 0 => return Host::Present(bytes),
                // Unless it hung up: then another host may have come, who needs a registration
                // of its own.
                Err(error) if error.kind() == ErrorKind::WouldBlock && !ready.is_read_closed() => {}
                Ok(_) | Err(_) => break,
            }
        }
        self.host = None;
        Host::Absent
    }

    /// Sends what the line takes now and returns how much that was. The rest is lost, as on a
    /// real line: a device does not wait for a host that does not read. Without a host all is.
    pub fn send(&mut self, bytes: &[u8]) -> usize {
        if self.host.is_none() {
            return 0;
        }
        let mut sent = 0;
        while sent < bytes.len() {
            match (&self.port).write(&bytes[sent..]) {
                Ok(taken) if taken > 0 => sent += taken,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Full, or the host is gone, which the next read says.
                Ok(_) | Err(_) => break,
            }
        }
        sent
    }
}

/// Has every byte go through as it is: no echo, no line editing. Opens and closes the host's end,
/// so that from now on reading fails while there is no host.
fn make_raw(path: &Path) -> io::Result<()> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let host = rustix::fs::open(path, flags, Mode::empty())?;
    let mut settings = tcgetattr(&host)?;
    settings.make_raw();
    tcsetattr(&host, OptionalActions::Now, &settings)?;
    Ok(())
}

/// A symbolic link that stays the same while pseudo-terminals come and go. Removed when dropped.
#[derive(Debug)]
pub struct Link {
    path: PathBuf,
    target: PathBuf,
}

impl Link {
    /// Makes the link `path` point to `target`.
    ///
    /// A link that points nowhere, or to a pseudo-terminal, is what an earlier run left behind
    /// and is replaced.
    ///
    /// # Errors
    ///
    /// When something else is there, or the link can't be made.
    pub fn create(path: &Path, target: &Path) -> io::Result<Self> {
        if let Ok(left) = fs::read_link(path)
            && (left.starts_with(PTY_FOLDER) || !path.exists())
        {
            fs::remove_file(path)?;
        }
        symlink(target, path).map_err(|error| {
            if error.kind() != ErrorKind::AlreadyExists {
                return error;
            }
            let why = match fs::read_link(path) {
                Ok(target) => format!("is a link to {}; left alone", target.display()),
                Err(_not_a_link) => "is not a link; left alone".to_owned(),
            };
            io::Error::new(ErrorKind::AlreadyExists, why)
        })?;
        Ok(Self {
            path: path.to_owned(),
            target: target.to_owned(),
        })
    }

    /// Tells whether it is still where it was made and leads where it led.
    #[must_use]
    pub fn is_there(&self) -> bool {
        fs::read_link(&self.path).is_ok_and(|target| target == self.target)
    }
}

/// Tells whether a path is a link to nothing.
#[must_use]
pub fn leads_nowhere(path: &Path) -> bool {
    fs::read_link(path).is_ok() && !path.exists()
}

impl Drop for Link {
    fn drop(&mut self) {
        // Only if it is still ours; and if it cannot be removed, the next run replaces it.
        if self.is_there() {
            let _ = fs::remove_file(&self.path);
        }
    }
}
