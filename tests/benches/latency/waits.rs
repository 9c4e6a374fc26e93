//! What the benchmarks of waits have in common: a thread of their own, and quantiles.

use std::time::Duration;

/// Does something on a thread that does nothing else.
pub(crate) fn on_one_thread<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work)
}

/// Returns the wait that so many of a thousand do not exceed.
pub(crate) fn quantile(waits: &[Duration], per_mille: usize) -> Duration {
    let mut sorted = waits.to_vec();
    sorted.sort();
    let place = (sorted.len() * per_mille).div_ceil(1000).max(1) - 1;
    sorted.get(place).copied().unwrap_or(Duration::MAX)
}
