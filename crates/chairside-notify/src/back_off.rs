//! How long to wait before the next attempt.

use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use crate::SettingsError;

/// A receiver is waited for no longer than this at a time.
const LONGEST: Duration = Duration::from_mins(1);

/// Waits that become longer.
#[derive(Debug)]
pub(crate) struct BackOff {
    first: Duration,
    most: Duration,
    next: Duration,
}

impl BackOff {
    /// Returns waits from the first on, each twice as long, up to the longest.
    pub(crate) fn new(first: Duration, most: Duration) -> Result<Self, SettingsError> {
        within("back_off_max", most, LONGEST)?;
        within("back_off_first", first, LONGEST)?;
        if first > most {
            let why = "is more than back_off_max";
            return Err(SettingsError::new("back_off_first", why));
        }
        let next = first;
        Ok(Self { first, most, next })
    }

    /// Waits; no longer than the first time once there is news.
    pub(crate) async fn pause(&mut self, news: &Notify) {
        sleep(self.first).await;
        tokio::select! {
            () = sleep(self.next.saturating_sub(self.first)) => {}
            () = news.notified() => {}
        }
        self.next = (self.next * 2).min(self.most);
    }

    /// It went well.
    pub(crate) const fn reset(&mut self) {
        self.next = self.first;
    }
}

/// Says whether a setting is a time of more than nothing and not too long.
pub(crate) fn within(
    field: &'static str,
    time: Duration,
    most: Duration,
) -> Result<(), SettingsError> {
    if time.is_zero() || time > most {
        let why = format!("must be more than 0 s and at most {most:?}");
        return Err(SettingsError::new(field, why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    /// Checks that the next wait is so long, to the millisecond.
    async fn lasts(waits: &mut BackOff, news: &Notify, seconds: u64) {
        let wait = waits.pause(news);
        tokio::pin!(wait);
        let before = Duration::from_millis(seconds * 1000 - 1);
        assert!(timeout(before, &mut wait).await.is_err());
        assert_eq!(timeout(Duration::from_millis(2), wait).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn waits_grow_until_it_goes_well_and_are_cut_short_by_news() {
        let mut waits = BackOff::new(Duration::from_secs(1), Duration::from_secs(5)).unwrap();
        let news = Notify::new();
        for seconds in [1, 2, 4, 5, 5] {
            lasts(&mut waits, &news, seconds).await;
        }
        news.notify_one();
        lasts(&mut waits, &news, 1).await;
        lasts(&mut waits, &news, 5).await;
        waits.reset();
        lasts(&mut waits, &news, 1).await;
    }
}
