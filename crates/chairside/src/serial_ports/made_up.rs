//! A machine that is made up in a temporary folder, for tests: files where the kernel and udev
//! have theirs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Roots, SerialPort, look};

/// The machine.
#[derive(Debug)]
pub(crate) struct Machine {
    folder: TempDir,
}

/// A USB adapter that can be plugged in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usb {
    pub(crate) driver: &'static str,
    pub(crate) vendor: &'static str,
    pub(crate) product: &'static str,
    pub(crate) manufacturer: Option<&'static str>,
    pub(crate) name: &'static str,
    pub(crate) serial_number: Option<&'static str>,
    pub(crate) latency_timer_ms: Option<u32>,
}

/// An adapter with a serial number, that holds bytes back.
pub(crate) const FTDI: Usb = Usb {
    driver: "ftdi_sio",
    vendor: "0403",
    product: "6001",
    manufacturer: Some("FTDI"),
    name: "FT232R USB UART",
    serial_number: Some("A50285BI"),
    latency_timer_ms: Some(16),
};

/// An adapter without serial number.
pub(crate) const CH340: Usb = Usb {
    driver: "ch341-uart",
    vendor: "1a86",
    product: "7523",
    manufacturer: None,
    name: "USB Serial",
    serial_number: None,
    latency_timer_ms: None,
};

impl Machine {
    pub(crate) fn new() -> Self {
        let machine = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for folder in ["dev/serial/by-id", "dev/serial/by-path", "proc", "etc"] {
            fs::create_dir_all(machine.at(folder)).unwrap();
        }
        // Terminals that are no ports.
        for name in ["tty0", "ptmx", "console"] {
            machine.file(&format!("sys/devices/virtual/tty/{name}/dev"), "4:0\n");
            machine.class(name, &format!("devices/virtual/tty/{name}"));
        }
        machine
    }

    pub(crate) fn roots(&self) -> Roots {
        Roots {
            dev: self.at("dev"),
            sys: self.at("sys"),
            proc: self.at("proc"),
            etc: self.at("etc"),
            run: self.at("run"),
        }
    }

    pub(crate) fn look(&self) -> Vec<SerialPort> {
        look(&self.roots())
    }

    /// Returns a path on the machine.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        fs::canonicalize(self.folder.path()).unwrap().join(path)
    }

    pub(crate) fn file(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn link(&self, path: &str, leads_to: impl AsRef<Path>) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&path);
        symlink(leads_to, path).unwrap();
    }

    /// Plugs an adapter into a socket, as `tty{number}`, the way the kernel and udev do.
    pub(crate) fn plug(&self, adapter: Usb, socket: u8, terminal: &str) {
        let usb = format!("devices/pci0000:00/usb1/1-{socket}");
        let attribute = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                self.file(&format!("sys/{usb}/{name}"), &format!("{value}\n"));
            }
        };
        attribute("idVendor", Some(adapter.vendor));
        attribute("idProduct", Some(adapter.product));
        attribute("manufacturer", adapter.manufacturer);
        attribute("product", Some(adapter.name));
        attribute("serial", adapter.serial_number);
        self.port_of(adapter, socket, 0, terminal);
    }

    /// Adds a port to an adapter that is plugged in.
    pub(crate) fn port_of(&self, adapter: Usb, socket: u8, interface: u8, terminal: &str) {
        let usb = format!("devices/pci0000:00/usb1/1-{socket}");
        let port = format!("{usb}/1-{socket}:1.{interface}/{terminal}");
        self.file(&format!("sys/{port}/tty/{terminal}/dev"), "188:0\n");
        self.link(
            &format!("sys/{port}/tty/{terminal}/device"),
            self.at(&format!("sys/{port}")),
        );
        let driver = format!("sys/bus/usb-serial/drivers/{}", adapter.driver);
        self.file(&format!("{driver}/module"), "");
        self.link(&format!("sys/{port}/driver"), self.at(&driver));
        if let Some(milliseconds) = adapter.latency_timer_ms {
            self.file(
                &format!("sys/{port}/latency_timer"),
                &format!("{milliseconds}\n"),
            );
        }
        self.class(terminal, &format!("{port}/tty/{terminal}"));
        self.device_file(terminal);
        let vendor = adapter.manufacturer.unwrap_or(adapter.vendor);
        let number = adapter.serial_number.map(|number| format!("_{number}"));
        let words = format!("{vendor}_{}{}", adapter.name, number.unwrap_or_default());
        let words = words.replace(' ', "_");
        let leads_to = format!("../../{terminal}");
        let by_id = format!("dev/serial/by-id/usb-{words}-if{interface:02}-port0");
        self.link(&by_id, &leads_to);
        let path = format!("0:{socket}:1.{interface}-port0");
        for usb in ["usb", "usbv2"] {
            let by_path = format!("dev/serial/by-path/pci-0000:00:14.0-{usb}-{path}");
            self.link(&by_path, &leads_to);
        }
    }

    /// Adds a place for a port of the machine itself; `kind` 0 has nothing behind it.
    pub(crate) fn board(&self, terminal: &str, kind: u8) {
        let chip = "devices/pnp0/00:01";
        let port = format!("{chip}/00:01:0/00:01:0.0");
        self.file(
            &format!("sys/{port}/tty/{terminal}/type"),
            &format!("{kind}\n"),
        );
        self.link(
            &format!("sys/{port}/tty/{terminal}/device"),
            self.at(&format!("sys/{port}")),
        );
        for (folder, driver) in [
            (port.as_str(), "serial-base/drivers/port"),
            (chip, "pnp/drivers/serial"),
        ] {
            self.file(&format!("sys/bus/{driver}/uevent"), "");
            self.link(
                &format!("sys/{folder}/driver"),
                self.at(&format!("sys/bus/{driver}")),
            );
        }
        self.class(terminal, &format!("{port}/tty/{terminal}"));
        self.device_file(terminal);
    }

    /// Adds a process that has a port open.
    pub(crate) fn reader(&self, process: u32, program: &str, terminal: &str) {
        self.file(&format!("proc/{process}/comm"), &format!("{program}\n"));
        self.link(
            &format!("proc/{process}/fd/3"),
            self.at(&format!("dev/{terminal}")),
        );
    }

    fn class(&self, terminal: &str, folder: &str) {
        self.link(
            &format!("sys/class/tty/{terminal}"),
            self.at(&format!("sys/{folder}")),
        );
    }

    fn device_file(&self, terminal: &str) {
        self.file(&format!("dev/{terminal}"), "");
    }
}
