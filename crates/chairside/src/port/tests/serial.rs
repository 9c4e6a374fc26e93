//! How a serial port is set, read back from a pseudo-terminal.

use std::fs::File;

use chairside_protocol::{FlowControl, Parity};
use chairside_simulators::line::DeviceEnd;
use rustix::termios::{ControlModes, InputModes, Termios, tcgetattr};

use super::super::access::{SerialSocket, Socket};
use super::*;

/// Opens a pseudo-terminal with these settings, and reads back what it was set to.
fn set_to(settings: LineSettings) -> Termios {
    let device = DeviceEnd::open().unwrap();
    let path = device.path().to_owned();
    // Held from before, for the port is opened for one only.
    let look = File::open(&path).unwrap();
    let _line = SerialSocket { path, settings }.open().unwrap();
    tcgetattr(look).unwrap()
}

#[tokio::test]
async fn a_port_is_set_to_the_rate_of_its_device() {
    for baud in [300, 9600, 57_600, 921_600] {
        let set = set_to(LineSettings::plain(baud));
        assert_eq!((set.input_speed(), set.output_speed()), (baud, baud));
        assert!(set.control_modes.contains(ControlModes::CS8));
        assert!(!set.control_modes.contains(ControlModes::CSTOPB));
        assert!(!set.control_modes.contains(ControlModes::CRTSCTS));
    }
}

#[tokio::test]
async fn a_port_is_set_to_the_parity_of_its_device() {
    // A pseudo-terminal has no parity bit to switch on; whether the bit is looked at, and which
    // one it would be, it keeps.
    for (parity, checked, odd) in [
        (Parity::None, false, false),
        (Parity::Even, true, false),
        (Parity::Odd, true, true),
    ] {
        let set = set_to(LineSettings {
            parity,
            ..LineSettings::plain(9600)
        });
        let input = set.input_modes.contains(InputModes::INPCK);
        assert_eq!(input, checked, "{parity:?}");
        let control = set.control_modes.contains(ControlModes::PARODD);
        assert_eq!(control, odd, "{parity:?}");
    }
}

#[tokio::test]
async fn a_port_has_the_flow_control_of_its_device_and_never_that_of_the_bytes() {
    for (flow_control, by_wire) in [(FlowControl::None, false), (FlowControl::RtsCts, true)] {
        let set = set_to(LineSettings {
            flow_control,
            ..LineSettings::plain(19_200)
        });
        let control = set.control_modes.contains(ControlModes::CRTSCTS);
        assert_eq!(control, by_wire, "{flow_control:?}");
        let by_bytes = InputModes::IXON | InputModes::IXOFF;
        assert!(!set.input_modes.intersects(by_bytes), "{flow_control:?}");
    }
}
