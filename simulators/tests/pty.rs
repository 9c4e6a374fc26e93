//! A simulated device on a pseudo-terminal, read by the real driver as the service reads it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chairside_model::{Measured, Metric, MonoTime, Reading, Value};
use chairside_protocol::{Driver, DriverOutput, Finding, LineInput, driver_named};
use chairside_simulators::clock::Clock;
use chairside_simulators::device::simulator_named;
use chairside_simulators::fault::Faults;
use chairside_simulators::pace::Speed;
use chairside_simulators::patient::Patient;
use chairside_simulators::run::{DevicePlan, Place, SimulatedDevice};
use chairside_simulators::scenario::ScenarioFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep_until, timeout};
use tokio_serial::{SerialPortBuilderExt, SerialStream};

/// Longer than anything here takes on a busy machine; only a failure waits so long.
const PATIENCE: Duration = Duration::from_secs(20);

fn patient(link_down: &str) -> Arc<dyn Patient> {
    let text = format!(
        r#"{{"format": "ketamine-vitals-scenario/1", "scenarios": [{{
        "id": "T", "title": "T", "duration_s": 600, "quiet_after": 0,
        "patient": {{"weight_kg": 70, "baseline": {{"hr": 72, "spo2": 97, "sys": 120, "dia": 80}}}},
        "sensors": {{"spo2": true, "hr_source": "spo2", "co2": false, "effort": false,
                    "nibp": true, "cuff_same_limb": false}},
        "continuous": {{"hr": [[0, 72]], "spo2": [[0, 97]]}},
        "nibp": [{{"t": 0, "sys": 120, "dia": 80, "map": 93}}],
        "link_down": [{link_down}]}}]}}"#
    );
    Arc::new(
        ScenarioFile::parse(&text)
            .expect("the text above is a scenario")
            .scenarios
            .remove(0),
    )
}

/// A V100, which speaks when it is asked.
fn plan(link: &Path, link_down: &str) -> DevicePlan {
    plan_of("ge-v100", link, link_down)
}

fn plan_of(device: &str, link: &Path, link_down: &str) -> DevicePlan {
    DevicePlan {
        simulator: simulator_named(device).expect("there is one"),
        patient: patient(link_down),
        speed: Speed::REAL,
        faults: Faults::NONE,
        seed: 1,
        place: Place::Link(link.to_owned()),
        clock: Clock::start(),
    }
}

/// The host: a port and a driver.
struct Host {
    port: SerialStream,
    driver: Box<dyn Driver>,
    clock: Clock,
    out: DriverOutput,
}

impl Host {
    fn open(link: &Path) -> Self {
        Self::open_with("ge-v100", link)
    }

    fn open_with(driver: &str, link: &Path) -> Self {
        let driver = driver_named(driver).expect("there is one");
        let mut host = Self {
            port: tokio_serial::new(
                link.to_str().expect("a temporary path is UTF-8"),
                driver.line.baud,
            )
            .open_native_async()
            .expect("a simulated device is there"),
            driver: (driver.build)(),
            clock: Clock::start(),
            out: DriverOutput::default(),
        };
        host.take(LineInput::Opened);
        host
    }

    fn take(&mut self, input: LineInput<'_>) {
        let now = MonoTime::from_start(self.clock.now());
        self.driver.handle(now, input, &mut self.out);
    }

    /// Talks until the driver gives a saturation; nothing when the line is unplugged.
    async fn saturation(&mut self) -> Option<Measured> {
        let talk = async {
            let mut buffer = [0; 256];
            loop {
                let request = std::mem::take(&mut self.out.transmit);
                // A write to a dead line fails; the read says the same.
                let _ = self.port.write_all(&request).await;
                for event in std::mem::take(&mut self.out.events) {
                    if let Finding::Reading(Reading::Numeric(numeric)) = event.finding
                        && numeric.metric == Metric::SpO2
                    {
                        return Some(numeric.measured);
                    }
                }
                let due = self.driver.next_deadline().unwrap_or_default();
                tokio::select! {
                    read = self.port.read(&mut buffer) => match read {
                        Ok(bytes) if bytes > 0 => self.take(LineInput::Received(&buffer[..bytes])),
                        Ok(_) | Err(_) => return None,
                    },
                    () = sleep_until(self.clock.timer(due.since_start())) => self.take(LineInput::Tick),
                }
            }
        };
        timeout(PATIENCE, talk).await.expect("an answer in time")
    }
}

fn ninety_seven() -> Measured {
    Measured::Valid(Value::whole(97))
}

#[tokio::test]
async fn a_device_is_read_unplugged_and_read_again_behind_the_same_link() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("bed1");
    let device = SimulatedDevice::start(plan(&link, "")).unwrap();
    let mut host = Host::open(&link);
    assert_eq!(host.saturation().await, Some(ninety_seven()));

    let first = std::fs::read_link(&link).unwrap();
    device.unplug().await;
    assert!(!link.exists() && std::fs::read_link(&link).is_err());
    assert_eq!(host.saturation().await, None, "zero bytes: unplugged");

    // The old line is still open here, so that the new one has another number.
    device.replug().await.unwrap();
    assert_ne!(std::fs::read_link(&link).unwrap(), first);
    drop(host);
    assert_eq!(Host::open(&link).saturation().await, Some(ninety_seven()));

    device.stop().await;
    assert!(
        std::fs::read_link(&link).is_err(),
        "the link goes with the device"
    );
}

#[tokio::test]
async fn a_host_may_close_the_line_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("bed1");
    let _device = SimulatedDevice::start(plan(&link, "")).unwrap();
    for _ in 0..3 {
        let mut host = Host::open(&link);
        assert_eq!(host.saturation().await, Some(ninety_seven()));
    }
}

/// A registration with the runtime that has seen a host hang up must not be waited on again.
#[tokio::test]
async fn a_streaming_device_is_read_however_late_and_however_often_its_host_comes() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("bed1");
    let _device = SimulatedDevice::start(plan_of("nonin", &link, "")).unwrap();
    for _ in 0..3 {
        // Long enough for the device to notice that there is nobody.
        tokio::time::sleep(Duration::from_millis(150)).await;
        let mut host = Host::open_with("nonin", &link);
        assert_eq!(host.saturation().await, Some(ninety_seven()));
    }
}

#[tokio::test]
async fn a_device_without_a_host_and_one_with_an_idle_host_do_not_spin() {
    let folder = tempfile::tempdir().unwrap();
    let links = ["bed1", "bed2"].map(|name| folder.path().join(name));
    let _devices = links
        .each_ref()
        .map(|link| SimulatedDevice::start(plan(link, "")).unwrap());
    // A host that came and went, each time for long enough to be noticed.
    let pause = || tokio::time::sleep(Duration::from_millis(150));
    let first = Host::open(&links[1]);
    pause().await;
    drop(first);
    pause().await;
    let _idle = Host::open(&links[1]);
    pause().await;
    // How often the runtime goes to sleep: never or without end if a task spins.
    let parks = || {
        tokio::runtime::Handle::current()
            .metrics()
            .worker_park_count(0)
    };
    let before = parks();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let parked = parks() - before;
    assert!(
        (2..200).contains(&parked),
        "{parked} times in half a second"
    );
}

#[tokio::test]
async fn removing_the_link_pulls_the_cable_and_a_link_to_nowhere_plugs_it_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("bed1");
    let _device = SimulatedDevice::start(plan(&link, "")).unwrap();
    let mut host = Host::open(&link);
    assert_eq!(host.saturation().await, Some(ninety_seven()));
    std::fs::remove_file(&link).unwrap();
    while host.saturation().await.is_some() {}
    drop(host);

    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    let plugged_in = async {
        while !link.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, plugged_in).await.unwrap();
    assert_eq!(Host::open(&link).saturation().await, Some(ninety_seven()));
}

#[tokio::test]
async fn a_pulled_cable_of_the_story_is_silence_and_not_a_lost_port() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("bed1");
    let _device = SimulatedDevice::start(plan(&link, r#"{"from": 0, "to": 2}"#)).unwrap();
    let mut host = Host::open(&link);
    assert_eq!(host.saturation().await, Some(ninety_seven()));
    assert!(
        host.clock.now() > Duration::from_secs(1),
        "not before the story plugs it in"
    );
}

#[tokio::test]
async fn a_stale_link_is_replaced_and_anything_else_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("bed1");
    std::os::unix::fs::symlink("/dev/pts/no-such-terminal", &link).unwrap();
    let device = SimulatedDevice::start(plan(&link, "")).unwrap();
    assert!(link.exists());
    device.stop().await;

    std::fs::write(&link, "somebody's file").unwrap();
    let refused = SimulatedDevice::start(plan(&link, "")).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read_to_string(&link).unwrap(), "somebody's file");

    let other = folder.path().join("bed2");
    std::os::unix::fs::symlink(&link, &other).unwrap();
    assert!(SimulatedDevice::start(plan(&other, "")).is_err());
    assert!(other.exists(), "a link to a real file is somebody's");
}

#[tokio::test]
async fn a_thousand_replugs_leave_no_file_open() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("bed1");
    let device = SimulatedDevice::start(plan(&link, "")).unwrap();
    let open = || std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let before = open();
    for _ in 0..1000 {
        device.unplug().await;
        device.replug().await.unwrap();
    }
    // Other tests of this program run at the same time and hold a few.
    assert!(open() < before + 50);
}
