//! The device's end of a line that is a pseudo-terminal, and the path to the host's end.
//!
//! Three facts about pseudo-terminals decide how this is written (Linux, tokio-serial 5.5):
//!
//! - While the device holds the host's end as well, nobody can open the path ("Unable to acquire
//!   exclusive lock"): the path is taken, and the host's end dropped.
//! - While nobody has the path open, reading fails with an input/output error. That is a cable
//!   without a host, not a fault; and nothing wakes the reader when somebody opens the path, so
//!   that it has to look now and then.
//! - Bytes that are written meanwhile are kept and given to whoever opens the path next. So
//!   nothing is written while there is no host.
//!
//! **Not simulated:** the speed of the line; bytes arrive as fast as they are written.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tokio::io::AsyncReadExt;
use tokio_serial::{SerialPort, SerialStream};

/// Where pseudo-terminals are.
const PTY_FOLDER: &str = "/dev/pts";

/// The device's end of a line.
#[derive(Debug)]
pub struct DeviceEnd {
    stream: SerialStream,
    path: PathBuf,
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
    /// Makes a new pseudo-terminal. Needs a running tokio runtime.
    ///
    /// # Errors
    ///
    /// When the system has no more pseudo-terminals or file descriptors.
    pub fn open() -> io::Result<Self> {
        let (stream, host) = SerialStream::pair()?;
        let path = host
            .name()
            .map(PathBuf::from)
            .ok_or_else(|| io::Error::other("the pseudo-terminal has no name"))?;
        Ok(Self { stream, path })
    }

    /// Returns the path that the host opens; another one after each [`open`](Self::open).
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Looks, without waiting, whether there is a host, and takes what it has sent.
    pub fn look(&mut self, buffer: &mut [u8]) -> Host {
        match self.stream.try_read(buffer) {
            Ok(bytes) => Host::Present(bytes),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Host::Present(0),
            Err(_) => Host::Absent,
        }
    }

    /// Waits for bytes from the host, or for it to go. Can be dropped at any moment without loss.
    pub async fn receive(&mut self, buffer: &mut [u8]) -> Host {
        match self.stream.read(buffer).await {
            Ok(bytes) if bytes > 0 => Host::Present(bytes),
            Ok(_) | Err(_) => Host::Absent,
        }
    }

    /// Sends what the line takes now and returns how much that was. The rest is lost, as on a
    /// real line: a device does not wait for a host that does not read.
    pub fn send(&mut self, bytes: &[u8]) -> usize {
        let mut sent = 0;
        while sent < bytes.len() {
            match self.stream.try_write(&bytes[sent..]) {
                Ok(taken) if taken > 0 => sent += taken,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Full, or the host is gone, which the next read says.
                Ok(_) | Err(_) => break,
            }
        }
        sent
    }
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
        symlink(target, path)?;
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
