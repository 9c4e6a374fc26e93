//! What a process uses, as Linux tells it.

use std::fs;
use std::time::Duration;

/// Returns the time that all threads of a process have run on a processor.
#[must_use]
pub fn processor_time(id: u32) -> Duration {
    let tasks = fs::read_dir(format!("/proc/{id}/task")).expect("the process runs");
    let times = tasks.filter_map(|task| {
        let path = task.ok()?.path().join("schedstat");
        // A thread may have ended meanwhile.
        let text = fs::read_to_string(path).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(times.sum())
}

/// Returns the time that this thread has run on a processor: what a measurement takes that
/// neighbours on the same machine must not disturb.
#[must_use]
pub fn thread_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells it");
    let time = text.split(' ').next().and_then(|time| time.parse().ok());
    Duration::from_nanos(time.expect("nanoseconds come first"))
}

/// Returns a line of `/proc/ID/status` that is an amount of memory, KiB: `"VmRSS"`.
#[must_use]
pub fn memory_kib(id: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("the process runs");
    let amount = status.lines().find_map(|line| {
        let rest = line.strip_prefix(name)?.strip_prefix(':')?;
        rest.trim().strip_suffix(" kB")?.parse().ok()
    });
    amount.unwrap_or_else(|| panic!("no {name} in\n{status}"))
}

/// Returns how many file descriptors a process holds.
#[must_use]
pub fn descriptors(id: u32) -> usize {
    let open = fs::read_dir(format!("/proc/{id}/fd"));
    open.expect("the process runs").count()
}
