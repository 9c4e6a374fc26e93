//! Where a device is plugged in, and how its line is set.

use std::fs;

use chairside::config::{Config, ConfigErrors, Port};

use super::workspace;

/// Loads a clinic whose only device has these keys.
fn load(keys: &str) -> Result<Config, ConfigErrors> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("clinic.toml");
    let shipped =
        fs::read_to_string(workspace().join("config/clinic.toml")).expect("it is shipped");
    let (before, _) = shipped
        .split_once("[[bed.device]]")
        .expect("it has devices");
    let text = format!("{before}[[bed.device]]\ndriver = \"nonin\"\n{keys}\n");
    fs::write(&path, text).expect("the folder is ours");
    Config::load(&path)
}

#[test]
fn a_device_is_on_a_serial_port_behind_a_host_or_connects_to_us() {
    let read = |keys: &str| {
        let mut config = load(keys).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        config.beds.remove(0).devices.remove(0)
    };
    for (keys, port, host) in [
        (
            "port = \"tcp:10.0.0.7:4001\"",
            "tcp:10.0.0.7:4001",
            Some("10.0.0.7"),
        ),
        (
            "port = \"tcp:moxa.clinic.lan:4001\"",
            "tcp:moxa.clinic.lan:4001",
            Some("moxa.clinic.lan"),
        ),
        (
            "port = \"tcp:[fe80::7]:4001\"",
            "tcp:[fe80::7]:4001",
            Some("fe80::7"),
        ),
        (
            "port = \"tcp-listen:10.0.0.5:2575\"",
            "tcp-listen:10.0.0.5:2575",
            None,
        ),
        (
            "port = \"tcp-listen:[fe80::5]:2575\"",
            "tcp-listen:[fe80::5]:2575",
            None,
        ),
        (
            "port = \"tcp-listen:localhost:2575\"",
            "tcp-listen:127.0.0.1:2575",
            None,
        ),
    ] {
        let device = read(keys);
        assert_eq!(device.port.to_string(), port);
        match (&device.port, host) {
            (Port::Tcp { host: read, .. }, Some(host)) => assert_eq!(read, host),
            (Port::TcpListen { peer: None, .. }, None) => {}
            (other, _) => panic!("{other:?}"),
        }
    }
    let device = read("port = \"tcp-listen:10.0.0.5:2575\"\npeer = \"10.0.0.7\"");
    let Port::TcpListen { peer, .. } = device.port else {
        panic!("{:?}", device.port)
    };
    assert_eq!(peer, Some([10, 0, 0, 7].into()));

    let device = read("port = \"/dev/ttyS0\"");
    assert_eq!(device.settings(), device.driver.line);
    let device = read("port = \"/dev/ttyS0\"\nbaud = 19200");
    assert_eq!(device.settings().baud, 19_200);
    assert_eq!(device.settings().parity, device.driver.line.parity);
}

#[test]
fn a_slow_device_has_a_period_of_its_own() {
    let read = |keys: &str| load(keys).unwrap().beds.remove(0).devices.remove(0);
    let usual = read("port = \"/dev/ttyS0\"").driver.nominal_period;
    assert_eq!(usual.as_secs(), 1);
    let slow = read("port = \"/dev/ttyS0\"\nperiod_s = 60").driver;
    assert_eq!((slow.name, slow.nominal_period.as_secs()), ("nonin", 60));
}

#[test]
fn a_door_that_is_open_to_all_is_noted() {
    let notes = |keys: &str| {
        let notes = load(keys).unwrap().notes();
        let notes = notes
            .into_iter()
            .filter(|note| note.key == "bed[1].device[1].port");
        notes.map(|note| note.why).collect::<Vec<_>>()
    };
    let open = notes("port = \"tcp-listen:10.0.0.5:2575\"");
    assert!(
        open[0].contains("takes values from whoever connects"),
        "{open:?}"
    );
    for quiet in [
        "port = \"tcp-listen:10.0.0.5:2575\"\npeer = \"10.0.0.7\"",
        "port = \"tcp-listen:127.0.0.1:2575\"",
        "port = \"tcp:10.0.0.7:4001\"",
    ] {
        assert_eq!(notes(quiet), Vec::<String>::new(), "{quiet}");
    }
}
