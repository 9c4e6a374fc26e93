//! What every fuzzing target does: hold one driver against what every driver promises.

use chairside_driver_contract::{Script, check};
use chairside_protocol::driver_named;

/// Reads the bytes as a script of what happens on the driver's line ([`Script::from_bytes`]) and
/// checks what every driver promises.
///
/// # Panics
///
/// When there is no such driver, or it breaks a promise.
pub fn decode(driver: &str, bytes: &[u8]) {
    let info = driver_named(driver).expect("a target is named after its driver");
    check(info, &Script::from_bytes(bytes));
}
