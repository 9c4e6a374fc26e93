use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::record::{kind_of_disk, space, writable};
use super::time::{plausible, synchronised};
use super::*;
use crate::serial_ports::made_up::{CH340, FTDI, Machine, Usb};
use crate::serial_ports::{Access, SerialPort};

const BY_ID: &str = "serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0";
const CH340_BY_ID: &str = "serial/by-id/usb-1a86_USB_Serial-if00-port0";

/// An adapter that is as it should be.
const QUICK: Usb = Usb {
    latency_timer_ms: Some(1),
    ..FTDI
};

fn by_path(socket: u8) -> String {
    format!("serial/by-path/pci-0000:00:14.0-usb-0:{socket}:1.0-port0")
}

/// Configures a bed with devices on those ports: names in the machine's `/dev`, or others.
fn config(machine: &Machine, ports: &[&str]) -> Config {
    let device = |(number, port): (usize, &&str)| {
        let port = if port.contains(':') && !port.starts_with("serial/") {
            (*port).to_owned()
        } else {
            machine.at(&format!("dev/{port}")).display().to_string()
        };
        format!("[[bed.device]]\ndriver = \"nonin\"\nname = \"device {number}\"\nport = {port:?}\n")
    };
    let devices: String = ports.iter().enumerate().map(device).collect();
    let data = machine.at("data").display().to_string();
    let text = format!(
        "site = \"test\"\n[service]\nlisten = \"127.0.0.1:0\"\ndata = {data:?}\n\
         [[staff]]\nid = \"mn\"\nname = \"M. N.\"\nrole = \"nurse\"\n\
         [[bed]]\nid = \"1\"\nname = \"Room 1\"\nprofile = \"adult-ketamine\"\n{devices}"
    );
    machine.file("clinic.toml", &text);
    Config::load(&machine.at("clinic.toml")).unwrap()
}

/// Checks the ports alone, and returns levels with what is said.
fn checked(machine: &Machine, ports: &[&str]) -> Vec<(Level, String)> {
    checked_with(machine, ports, |_as_it_is| {})
}

fn checked_with(
    machine: &Machine,
    ports: &[&str],
    change: impl FnOnce(&mut SerialPort),
) -> Vec<(Level, String)> {
    let config = config(machine, ports);
    let mut there = machine.look();
    if let Some(first) = there.first_mut() {
        change(first);
    }
    let checks = ports::check(&config, &there, false).into_iter();
    let told = |check: Check| {
        let remedy = check.remedy.unwrap_or_default();
        let told = format!("{}: {}; {remedy}", check.about, check.found);
        (check.level, told)
    };
    checks.map(told).collect()
}

#[track_caller]
fn one(told: &[(Level, String)], level: Level, says: &str) {
    let [(found, told)] = told else {
        panic!("{told:?}");
    };
    assert_eq!(*found, level, "{told}");
    assert!(told.contains(says), "{told}");
}

#[test]
fn a_port_with_a_name_that_stays_is_well_and_says_what_it_is() {
    let machine = Machine::new();
    machine.plug(QUICK, 2, "ttyUSB0");
    let told = checked(&machine, &[BY_ID]);
    one(&told, Level::Ok, "bed[1].device[1].port: ");
    one(&told, Level::Ok, "FTDI FT232R USB UART (0403:6001)");
    one(&checked(&machine, &[&by_path(2)]), Level::Ok, "ftdi_sio");
}

#[test]
fn a_name_that_goes_by_the_order_of_plugging_in_has_the_one_to_write() {
    let machine = Machine::new();
    machine.plug(QUICK, 2, "ttyUSB0");
    let told = checked(&machine, &["ttyUSB0"]);
    one(&told, Level::Warning, "another adapter at the next start");
    one(&told, Level::Warning, &format!("{BY_ID}\""));
}

#[test]
fn a_name_that_every_adapter_of_the_kind_has_is_warned_of() {
    let machine = Machine::new();
    machine.plug(CH340, 3, "ttyUSB0");
    let told = checked(&machine, &[CH340_BY_ID]);
    one(&told, Level::Warning, "no serial number of its own");
    one(&told, Level::Warning, &by_path(3));
    one(&checked(&machine, &[&by_path(3)]), Level::Ok, "USB Serial");
}

#[test]
fn a_name_that_two_adapters_share_is_a_problem_and_their_sockets_are_not() {
    let machine = Machine::new();
    machine.plug(CH340, 3, "ttyUSB0");
    machine.plug(CH340, 4, "ttyUSB1");
    one(
        &checked(&machine, &[CH340_BY_ID]),
        Level::Problem,
        "ttyUSB0",
    );
    let told = checked(&machine, &[&by_path(3), &by_path(4)]);
    let levels: Vec<Level> = told.iter().map(|(level, _)| *level).collect();
    assert_eq!(levels, [Level::Ok, Level::Ok], "{told:?}");
}

#[test]
fn two_devices_on_one_port_by_two_names_are_a_problem() {
    let machine = Machine::new();
    machine.plug(QUICK, 3, "ttyUSB0");
    let told = checked(&machine, &[BY_ID, &by_path(3)]);
    assert_eq!(told.len(), 2, "{told:?}");
    one(&told[1..], Level::Problem, "bed[1].device[1].port");
    one(&told[1..], Level::Problem, "are one port");
}

#[test]
fn a_port_that_is_not_there_or_no_port_is_a_problem() {
    let machine = Machine::new();
    machine.file("dev/plain", "");
    one(
        &checked(&machine, &["absent"]),
        Level::Problem,
        "is not there",
    );
    one(
        &checked(&machine, &["plain"]),
        Level::Problem,
        "is no serial port",
    );
}

#[test]
fn a_port_that_may_not_be_opened_or_that_another_reads_is_a_problem() {
    let machine = Machine::new();
    machine.plug(QUICK, 3, "ttyUSB0");
    let told = checked_with(&machine, &[BY_ID], |port| {
        port.access = Some(Access {
            group: "dialout".to_owned(),
            for_group: true,
            permitted: false,
        });
    });
    one(&told, Level::Problem, "--groups dialout USER");
    machine.reader(77, "minicom", "ttyUSB0");
    one(
        &checked(&machine, &[BY_ID]),
        Level::Problem,
        "minicom (process 77)",
    );
}

#[test]
fn a_slow_adapter_and_a_console_are_warned_of() {
    let machine = Machine::new();
    machine.plug(FTDI, 3, "ttyUSB0");
    one(&checked(&machine, &[BY_ID]), Level::Warning, "for 16 ms");
    let machine = Machine::new();
    machine.board("ttyS0", 4);
    one(
        &checked(&machine, &["ttyS0"]),
        Level::Ok,
        "of the machine itself",
    );
    machine.file("sys/class/tty/console/active", "ttyS0\n");
    one(&checked(&machine, &["ttyS0"]), Level::Warning, "console=");
}

#[test]
fn a_simulated_device_is_not_taken_for_a_real_one() {
    let machine = Machine::new();
    let device = chairside_simulators::line::DeviceEnd::open().unwrap();
    machine.link("dev/bed1", device.path());
    let told = checked(&machine, &["bed1"]);
    one(&told, Level::Warning, "a simulated device");
}

#[test]
fn what_is_behind_a_network_is_not_asked_and_a_door_is_tried() {
    let machine = Machine::new();
    let told = checked(&machine, &["tcp:10.0.0.7:4001"]);
    one(&told, Level::NotChecked, "tcp:10.0.0.7:4001");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let door = format!("tcp-listen:{}", taken.local_addr().unwrap());
    one(
        &checked(&machine, &[&door]),
        Level::Problem,
        "already listens there",
    );
    drop(taken);
    one(&checked(&machine, &[&door]), Level::Ok, "free");
}

#[test]
fn little_room_on_the_disk_is_warned_of() {
    const GIB: u64 = 1 << 30;
    for (free, all, level, says) in [
        (
            20 * GIB,
            100 * GIB,
            Level::Ok,
            "20.0 GiB free, 20 % of the disk",
        ),
        (2 * GIB, 20 * GIB, Level::Ok, "2.0 GiB free, 10 %"),
        (2 * GIB - 1, 3 * GIB, Level::Warning, "1.9 GiB free, 66 %"),
        (99 * GIB, 1000 * GIB, Level::Warning, "99.0 GiB free, 9 %"),
        (0, 0, Level::Warning, "0.0 GiB free"),
    ] {
        let check = space(free, all);
        assert_eq!(check.level, level, "{check:?}");
        assert!(check.found.starts_with(says), "{check:?}");
    }
}

#[test]
fn a_disk_that_does_not_keep_a_record_is_told() {
    let folder = Path::new("/data");
    assert_eq!(kind_of_disk(folder, 0xef53), None, "ext4");
    let memory = kind_of_disk(folder, 0x0102_1994).unwrap();
    assert_eq!(memory.level, Level::Warning);
    let network = kind_of_disk(folder, 0x6969).unwrap();
    assert_eq!(network.level, Level::Problem);
}

#[test]
fn a_folder_that_cannot_be_written_is_told_with_what_can_be_done() {
    let folder = Path::new("/data");
    let refused = writable(folder, Err(io::ErrorKind::PermissionDenied.into()));
    assert_eq!(refused.level, Level::Problem);
    let remedy = refused.remedy.unwrap();
    assert!(
        remedy.contains("the user that Chairside runs as"),
        "{remedy}"
    );
    assert_eq!(writable(folder, Ok(())).level, Level::Ok);
}

#[test]
fn the_folder_of_the_record_is_left_as_it_was() {
    let machine = Machine::new();
    let config = config(&machine, &["ttyUSB0"]);
    let folder = machine.at("data");
    let made = &record::check(&config.service)[0];
    assert_eq!(made.level, Level::Ok, "{made:?}");
    assert!(made.found.contains("is made when"), "{made:?}");
    assert!(!folder.exists());
    fs::create_dir(&folder).unwrap();
    let written = &record::check(&config.service)[0];
    assert!(written.found.contains("can be written"), "{written:?}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn a_clock_before_what_was_written_already_is_wrong() {
    let program = Some(at("2026-11-01T00:00:00Z"));
    let record = Some(at("2026-11-26T09:00:00Z"));
    let level = |now: &str, program, record| plausible(at(now), program, record).level;
    assert_eq!(level("2026-11-26T10:00:00Z", program, record), Level::Ok);
    assert_eq!(level("2026-11-26T08:30:00Z", program, record), Level::Ok);
    assert_eq!(
        level("2026-11-26T07:30:00Z", program, record),
        Level::Problem
    );
    assert_eq!(level("2026-10-01T00:00:00Z", program, None), Level::Problem);
    assert_eq!(level("2026-10-01T00:00:00Z", None, None), Level::Ok);
    assert_eq!(level("2000-01-01T00:00:00Z", None, None), Level::Problem);
    let wrong = plausible(at("2026-10-01T00:00:00Z"), program, None);
    assert!(
        wrong
            .found
            .contains("2026-11-01T00:00:00Z, when this program")
    );
}

#[test]
fn whether_the_clock_follows_a_time_server_is_said_where_it_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let timesync = folder.path().join("timesync");
    assert_eq!(synchronised(&timesync).level, Level::NotChecked);
    fs::create_dir(&timesync).unwrap();
    assert_eq!(synchronised(&timesync).level, Level::Warning);
    fs::write(timesync.join("synchronized"), "").unwrap();
    assert_eq!(synchronised(&timesync).level, Level::Ok);
}

#[test]
fn root_is_told_to_ask_as_the_service_does() {
    assert_eq!(who(false), None);
    assert_eq!(who(true).unwrap().level, Level::Warning);
}

#[test]
fn every_part_is_looked_at_and_what_is_not_is_said() {
    let machine = Machine::new();
    machine.plug(QUICK, 2, "ttyUSB0");
    let config = Ok(config(&machine, &[BY_ID]));
    let now = at("2099-01-01T00:00:00Z");
    let checks = examine(&config, &machine.roots(), now);
    for (about, level) in [
        ("configuration", Level::Ok),
        ("bed[1].device[1].port", Level::Ok),
        ("service.data", Level::Ok),
        ("service.listen", Level::Warning),
        ("clock", Level::Ok),
        ("certificate", Level::NotChecked),
        ("notifications", Level::Ok),
    ] {
        let found = checks.iter().find(|check| check.about == about);
        assert_eq!(
            found.map(|check| check.level),
            Some(level),
            "{about}: {checks:?}"
        );
    }
    assert!(checks.iter().all(|check| check.level != Level::Problem));
}

#[test]
fn a_machine_that_believes_nobody_sends_nothing_over_tls() {
    assert_eq!(channels::authorities(140, false), None);
    let level = |own| channels::authorities(0, own).unwrap().level;
    assert_eq!(
        (level(false), level(true)),
        (Level::Problem, Level::Warning)
    );
}

#[test]
fn the_name_for_telephones_is_one_of_the_services() {
    let names = ["chairside.clinic.lan".to_owned()];
    let level = |host| channels::answers(host, &names).level;
    for host in ["Chairside.clinic.lan", "localhost", "10.0.0.5", "[::1]"] {
        assert_eq!(level(host), Level::Ok, "{host}");
    }
    assert_eq!(level("chairside.clinic.example"), Level::Warning);
}
