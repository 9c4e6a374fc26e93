//! What the system says of a failure, with what a person can do about it.

use std::io;

use chairside_store::StoreError;
use tokio_serial::ErrorKind;

/// Returns a text without the numbers that the system gives its errors, as in
/// `Address already in use (os error 98)`.
pub(crate) fn without_numbers(text: &str) -> String {
    const BEFORE: &str = " (os error ";
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once(BEFORE) {
        kept.push_str(before);
        let digits = after.trim_start_matches(|c: char| c.is_ascii_digit());
        if let Some(left) = digits.strip_prefix(')') {
            rest = left;
        } else {
            kept.push_str(BEFORE);
            rest = after;
        }
    }
    kept + rest
}

/// Says why an address cannot be listened on.
pub(crate) fn of_address(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "another program, perhaps another Chairside, already listens \
                                     there: stop it or change service.listen (of the demo: --listen)"
            .to_owned(),
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have that address: `ip address` lists those it has".to_owned()
        }
        io::ErrorKind::PermissionDenied => "not allowed: ports below 1024 are for the system; \
                                            take a higher one, such as 8080"
            .to_owned(),
        _ => without_numbers(&error.to_string()),
    }
}

/// Says why the record in that folder cannot be opened.
pub(crate) fn of_record(folder: &str, error: &StoreError) -> String {
    let StoreError::File(path, cause) = error else {
        return without_numbers(&error.to_string());
    };
    let why = match cause.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "not allowed: the user that Chairside runs as must be able to write there; let it own \
             the folder, or name another one in service.data"
                .to_owned()
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a file is in the way: name another folder in service.data".to_owned()
        }
        io::ErrorKind::StorageFull => "no space is left: make room on that disk".to_owned(),
        _ => without_numbers(&cause.to_string()),
    };
    if path.as_os_str() == folder {
        why
    } else {
        format!("{}: {why}", path.display())
    }
}

/// Says why a serial port cannot be opened.
pub(crate) fn of_port(error: &tokio_serial::Error) -> String {
    match (error.kind(), error.description.as_str()) {
        (ErrorKind::Io(io::ErrorKind::PermissionDenied), _) => {
            "not allowed: add the user to the group dialout".to_owned()
        }
        (ErrorKind::Io(io::ErrorKind::NotFound), _) => {
            "is not there: is the adapter plugged in?".to_owned()
        }
        // The library has no kind for these, only the system's words.
        (_, "Not a typewriter" | "Inappropriate ioctl for device" | "Is a directory") => {
            "is not a serial port".to_owned()
        }
        (
            ErrorKind::NoDevice,
            "Unable to acquire exclusive lock on serial port" | "Device or resource busy",
        ) => "another program has it open".to_owned(),
        (_, text) => without_numbers(text),
    }
}

/// Says why a host's name leads nowhere.
pub(crate) fn of_host(error: &io::Error) -> String {
    format!(
        "its name is not known ({}): write its address",
        without_numbers(&error.to_string())
    )
}

/// Says why a device cannot be connected to.
pub(crate) fn of_connection(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            "is there and refuses: is the port's number right, and \
                                             does another program have its connection?"
                .to_owned()
        }
        io::ErrorKind::TimedOut => {
            "does not answer: is it switched on, and on this network?".to_owned()
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            "there is no way to it: are the network cables plugged in?".to_owned()
        }
        _ => without_numbers(&error.to_string()),
    }
}

/// Says why a program cannot be started.
pub(crate) fn of_program(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "is not there, or what its first line names is not: is its path whole and right?"
                .to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            "may not be started: chmod +x lets it, for the user that Chairside runs as".to_owned()
        }
        _ => without_numbers(&error.to_string()),
    }
}

/// Says why no device can connect to us.
pub(crate) fn of_door(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program already listens there: stop it or take another port".to_owned()
        }
        _ => of_address(error),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_systems_numbers_are_left_out_and_nothing_else() {
        for (text, left) in [
            (
                "Address already in use (os error 98)",
                "Address already in use",
            ),
            ("a (os error 1): b (os error 22).", "a: b."),
            ("a (os error x) b", "a (os error x) b"),
            ("a (os error ", "a (os error "),
            ("", ""),
        ] {
            assert_eq!(without_numbers(text), left);
        }
    }

    #[test]
    fn an_address_is_refused_with_what_can_be_done() {
        let taken = of_address(&io::ErrorKind::AddrInUse.into());
        assert!(
            taken.contains("stop it or change service.listen"),
            "{taken}"
        );
        let other = of_address(&io::Error::from_raw_os_error(101));
        assert_eq!(other, "Network is unreachable");
    }

    #[test]
    fn a_device_on_the_network_is_told_apart_by_what_can_be_done() {
        let told = |kind: io::ErrorKind| of_connection(&kind.into());
        assert!(told(io::ErrorKind::ConnectionRefused).contains("port's number"));
        assert!(told(io::ErrorKind::TimedOut).contains("switched on"));
        assert!(told(io::ErrorKind::HostUnreachable).contains("cables"));
        let other = of_connection(&io::Error::from_raw_os_error(104));
        assert_eq!(other, "Connection reset by peer");
    }

    #[test]
    fn a_door_is_refused_with_what_can_be_done() {
        let told = |kind: io::ErrorKind| of_door(&kind.into());
        assert!(told(io::ErrorKind::AddrInUse).contains("another port"));
        assert!(told(io::ErrorKind::AddrNotAvailable).contains("`ip address` lists"));
    }

    #[test]
    fn a_record_is_refused_with_what_can_be_done() {
        let told = |kind: io::ErrorKind| {
            of_record("d", &StoreError::File(PathBuf::from("d"), kind.into()))
        };
        for kind in [
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::ReadOnlyFilesystem,
        ] {
            assert!(told(kind).starts_with("not allowed: "), "{kind}");
        }
        for kind in [io::ErrorKind::AlreadyExists, io::ErrorKind::NotADirectory] {
            assert!(
                told(kind).contains("another folder in service.data"),
                "{kind}"
            );
        }
        let below = StoreError::File(PathBuf::from("d/lock"), io::ErrorKind::StorageFull.into());
        assert!(of_record("d", &below).starts_with("d/lock: no space is left"));
        let other = StoreError::Journal(io::Error::from_raw_os_error(5));
        assert_eq!(
            of_record("d", &other),
            "the journal cannot be written: Input/output error"
        );
    }

    #[test]
    fn a_port_is_refused_with_what_can_be_done() {
        let told = |kind, text: &str| of_port(&tokio_serial::Error::new(kind, text));
        let kind = ErrorKind::Io(io::ErrorKind::PermissionDenied);
        assert_eq!(
            told(kind, "Permission denied"),
            "not allowed: add the user to the group dialout"
        );
        assert_eq!(
            told(ErrorKind::Unknown, "Settings did not apply correctly"),
            "Settings did not apply correctly"
        );
    }

    #[tokio::test]
    async fn a_port_that_another_program_reads_is_called_so() {
        let device = chairside_simulators::line::DeviceEnd::open().unwrap();
        let open = || tokio_serial::new(device.path().to_str().unwrap(), 9600).open();
        let _first = open().unwrap();
        let second = open().expect_err("it is locked");
        assert_eq!(of_port(&second), "another program has it open");
    }
}
