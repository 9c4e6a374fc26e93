//! A disk of its own, that can be full: a file system in memory.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system in memory with little room, unmounted at the end.
#[derive(Debug)]
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one with that size, as `mount` reads it (`"1m"`), at a folder; nothing where that is
    /// not allowed, which needs root.
    #[must_use]
    #[expect(
        clippy::print_stdout,
        reason = "the test's own output says what it left out"
    )]
    pub fn mount(at: &Path, size: &str) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(at);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        if !mounted {
            println!("skipped: mounting a file system in memory needs root");
        }
        mounted.then(|| Self(at.to_owned()))
    }

    /// Gives it so much room.
    pub fn grow(&self, size: &str) {
        let mut remount = Command::new("mount");
        remount
            .args(["-o", &format!("remount,size={size}")])
            .arg(&self.0);
        let grown = remount.status().expect("there is a mount");
        assert!(grown.success(), "it is ours");
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        let mut ballast = File::create(self.ballast()).expect("there is room for a name");
        while ballast.write_all(&[0; 4096]).is_ok() {}
    }

    /// Makes room again.
    pub fn clear(&self) {
        fs::remove_file(self.ballast()).expect("it was filled");
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A test that panicked may still have files open in it: lazily, then.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
