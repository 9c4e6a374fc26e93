//! Units that more than one device gives.

/// Millimetres of mercury in a kilopascal.
pub(crate) const MMHG_PER_KILOPASCAL: f64 = 7.50062;
