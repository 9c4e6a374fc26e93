use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use super::holder::named;
use super::made_up::{CH340, FTDI, Machine, Usb};
use super::name::is_from_the_factory;
use super::*;

fn only(machine: &Machine) -> SerialPort {
    let ports = machine.look();
    assert_eq!(ports.len(), 1, "{ports:?}");
    ports.into_iter().next().unwrap()
}

fn written(port: &SerialPort) -> String {
    let name = port.name_to_write().to_str().unwrap();
    name.split("/dev/").nth(1).unwrap().to_owned()
}

#[test]
fn an_adapter_with_a_serial_number_is_named_by_it_wherever_it_is_plugged_in() {
    let machine = Machine::new();
    machine.plug(FTDI, 2, "ttyUSB0");
    let port = only(&machine);
    assert_eq!(port.path, machine.at("dev/ttyUSB0"));
    assert_eq!(
        written(&port),
        "serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"
    );
    assert_eq!(port.driver.as_deref(), Some("ftdi_sio"));
    assert_eq!(port.latency_timer_ms, Some(16));
    let adapter = port.adapter.clone().unwrap();
    assert_eq!((&*adapter.vendor, &*adapter.product), ("0403", "6001"));
    assert_eq!(adapter.manufacturer.as_deref(), Some("FTDI"));
    assert_eq!(adapter.name.as_deref(), Some("FT232R USB UART"));
    assert_eq!(adapter.serial_number.as_deref(), Some("A50285BI"));
    assert!(port.is_at(&machine.at("dev/ttyUSB0")));
    assert!(port.is_at(port.by_path.as_deref().unwrap()));
    assert!(!port.is_at(&machine.at("dev/ttyUSB1")));
}

#[test]
fn an_adapter_without_one_is_named_by_its_socket() {
    let machine = Machine::new();
    machine.plug(CH340, 3, "ttyUSB0");
    let port = only(&machine);
    assert!(port.by_id.is_some());
    assert_eq!(
        written(&port),
        "serial/by-path/pci-0000:00:14.0-usb-0:3:1.0-port0"
    );
    assert_eq!(port.concerns(), []);
}

#[test]
fn a_serial_number_that_every_adapter_of_the_kind_has_is_none_of_its_own() {
    for number in [
        "0001",
        "0000",
        "00000001",
        "0123456789",
        "0123456789abcdef",
        "12345678",
    ] {
        assert!(is_from_the_factory(number), "{number}");
    }
    for number in ["A50285BI", "0002", "123", "12345679", "00010001"] {
        assert!(!is_from_the_factory(number), "{number}");
    }
    let machine = Machine::new();
    let cp2102 = Usb {
        serial_number: Some("0001"),
        ..FTDI
    };
    machine.plug(cp2102, 3, "ttyUSB0");
    assert!(written(&only(&machine)).contains("by-path/"));
}

#[test]
fn two_adapters_that_say_the_same_are_told_apart_by_their_sockets_and_called_alike() {
    let machine = Machine::new();
    machine.plug(CH340, 3, "ttyUSB0");
    machine.plug(CH340, 4, "ttyUSB1");
    machine.plug(FTDI, 5, "ttyUSB2");
    let ports = machine.look();
    // The later one took the name from the earlier one.
    assert_eq!(ports[0].by_id, None);
    assert!(ports[1].by_id.is_some());
    assert_eq!(ports[0].alike, [machine.at("dev/ttyUSB1")]);
    assert_eq!(ports[1].alike, [machine.at("dev/ttyUSB0")]);
    assert!(ports[2].alike.is_empty());
    for (port, socket) in ports.iter().zip(["0:3:1.0", "0:4:1.0"]) {
        assert!(written(port).contains(socket), "{port:?}");
        let concerns = port.concerns();
        assert!(matches!(concerns[..], [Concern::Alike(_)]), "{concerns:?}");
    }
    let hint = ports[0].concerns()[0].to_string();
    assert!(hint.contains("ttyUSB1"), "{hint}");
    assert!(hint.contains("by-path/"), "{hint}");
}

#[test]
fn the_same_serial_number_twice_is_no_serial_number() {
    let machine = Machine::new();
    machine.plug(FTDI, 3, "ttyUSB0");
    machine.plug(FTDI, 4, "ttyUSB1");
    for port in machine.look() {
        assert!(!port.has_serial_number_of_its_own());
        assert!(written(&port).contains("by-path/"));
    }
}

#[test]
fn one_adapter_with_several_ports_is_not_alike_to_itself() {
    let machine = Machine::new();
    machine.plug(FTDI, 3, "ttyUSB0");
    machine.port_of(FTDI, 3, 1, "ttyUSB1");
    let names: Vec<String> = machine.look().iter().map(written).collect();
    assert_eq!(
        names[0],
        "serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"
    );
    assert_eq!(
        names[1],
        "serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if01-port0"
    );
}

#[test]
fn a_port_of_the_machine_is_listed_only_when_there_is_one() {
    let machine = Machine::new();
    machine.board("ttyS0", 4);
    machine.board("ttyS1", 0);
    let port = only(&machine);
    assert_eq!(written(&port), "ttyS0");
    assert_eq!(port.adapter, None);
    assert_eq!(port.driver.as_deref(), Some("serial"));
    assert_eq!(port.concerns(), [], "its number does not change");
}

#[test]
fn the_machines_own_console_is_no_place_for_a_device() {
    let machine = Machine::new();
    machine.board("ttyS0", 4);
    machine.file("sys/class/tty/console/active", "tty0 ttyS0\n");
    let port = only(&machine);
    assert!(port.console);
    assert_eq!(port.concerns(), [Concern::Console]);
}

#[test]
fn a_longer_latency_timer_has_the_rule_to_copy() {
    let machine = Machine::new();
    machine.plug(FTDI, 3, "ttyUSB0");
    let concerns = only(&machine).concerns();
    assert_eq!(concerns, [Concern::LatencyTimer(16)]);
    let hint = concerns[0].to_string();
    assert!(hint.ends_with(LATENCY_RULE), "{hint}");
    let quick = Usb {
        latency_timer_ms: Some(1),
        ..FTDI
    };
    machine.plug(quick, 3, "ttyUSB0");
    assert_eq!(only(&machine).concerns(), []);
}

#[test]
fn the_rule_to_copy_is_the_one_that_is_shipped() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/udev/99-chairside.rules");
    let rules = fs::read_to_string(rules).unwrap();
    assert!(rules.lines().any(|line| line == LATENCY_RULE), "{rules}");
}

#[test]
fn without_udev_the_name_goes_by_the_order_of_plugging_in_and_that_is_said() {
    let machine = Machine::new();
    machine.plug(FTDI, 3, "ttyUSB0");
    fs::remove_dir_all(machine.at("dev/serial")).unwrap();
    let port = only(&machine);
    assert_eq!(written(&port), "ttyUSB0");
    assert!(port.concerns().contains(&Concern::NoStableName));
}

#[test]
fn a_port_without_device_file_is_said_to_have_none() {
    let machine = Machine::new();
    machine.board("ttyS0", 4);
    fs::remove_file(machine.at("dev/ttyS0")).unwrap();
    let port = only(&machine);
    assert_eq!(port.access, None);
    assert_eq!(port.concerns(), [Concern::NoDeviceFile]);
}

#[test]
fn the_group_of_a_port_has_its_name() {
    let machine = Machine::new();
    machine.board("ttyS0", 4);
    let file = machine.at("dev/ttyS0");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o660)).unwrap();
    let group = fs::metadata(&file).unwrap().gid();
    let access = |machine: &Machine| only(machine).access.unwrap();
    assert_eq!(access(&machine).group, group.to_string());
    machine.file(
        "etc/group",
        &format!("other:x:77777:\nserial:x:{group}:a,b\n"),
    );
    assert_eq!(access(&machine).group, "serial");
    assert!(access(&machine).for_group && access(&machine).permitted);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(!access(&machine).for_group);
}

#[test]
fn who_may_not_open_a_port_is_told_which_group_may() {
    let machine = Machine::new();
    machine.board("ttyS0", 4);
    let mut port = only(&machine);
    let mut check = |group: &str, for_group, expected: Option<&str>, hint: &str| {
        port.access = Some(Access {
            group: group.to_owned(),
            for_group,
            permitted: false,
        });
        let group = expected.map(str::to_owned);
        assert_eq!(port.concerns(), [Concern::NotPermitted { group }]);
        let told = port.concerns()[0].to_string();
        assert!(told.contains(hint), "{told}");
    };
    check("dialout", true, Some("dialout"), "--groups dialout USER");
    check("dialout", false, None, "config/udev/99-chairside.rules");
    check("root", true, None, "config/udev/99-chairside.rules");
}

#[test]
fn another_program_that_has_a_port_open_is_named() {
    let machine = Machine::new();
    machine.plug(CH340, 3, "ttyUSB0");
    machine.plug(FTDI, 4, "ttyUSB1");
    machine.reader(4711, "minicom", "ttyUSB0");
    machine.reader(4712, "chairside", "ttyUSB1");
    let ports = machine.look();
    let concerns = ports[0].concerns();
    assert_eq!(concerns.len(), 1);
    let hint = concerns[0].to_string();
    assert!(hint.contains("minicom (process 4711)"), "{hint}");
    // Our own service may.
    assert!(ports[1].holders[0].is_chairside());
    assert_eq!(ports[1].concerns(), [Concern::LatencyTimer(16)]);
}

#[test]
fn a_program_of_another_user_is_found_by_its_lock() {
    let machine = Machine::new();
    machine.plug(CH340, 3, "ttyUSB0");
    let file = named(&fs::metadata(machine.at("dev/ttyUSB0")).unwrap());
    machine.file("proc/812/comm", "picocom\n");
    machine.file(
        "proc/locks",
        &format!(
            "1: POSIX  ADVISORY  WRITE 5 00:01:1 0 EOF\n\
             2: FLOCK  ADVISORY  WRITE 812 {file} 0 EOF\n\
             2: -> FLOCK  ADVISORY  WRITE 813 {file} 0 EOF\n\
             3: OFDLCK ADVISORY  WRITE -1 {file} 0 EOF\n\
             broken\n"
        ),
    );
    let holders = only(&machine).holders;
    let expected = Holder {
        process: 812,
        program: Some("picocom".to_owned()),
    };
    assert_eq!(holders, [expected]);
}

#[test]
fn ports_are_in_the_order_that_people_count_in() {
    let machine = Machine::new();
    for (socket, terminal) in [(1, "ttyUSB10"), (2, "ttyUSB2"), (3, "ttyACM0")] {
        machine.plug(CH340, socket, terminal);
    }
    let ports = machine.look();
    let names: Vec<_> = ports
        .iter()
        .map(|port| port.path.file_name().unwrap())
        .collect();
    assert_eq!(names, ["ttyACM0", "ttyUSB2", "ttyUSB10"]);
}

#[test]
fn a_machine_that_says_nothing_has_no_ports() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = folder.path().to_owned();
    let roots = Roots {
        dev: nothing.clone(),
        sys: nothing.clone(),
        proc: nothing.clone(),
        etc: nothing.clone(),
        run: nothing,
    };
    assert_eq!(look(&roots), []);
}

#[test]
fn a_real_machine_can_be_looked_at() {
    for port in look(&Roots::of_this_machine()) {
        assert!(port.path.starts_with("/dev/"), "{port:?}");
        assert!(
            port.is_at(port.name_to_write()) || port.access.is_none(),
            "{port:?}"
        );
    }
}
