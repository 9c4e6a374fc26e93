//! The Chairside service.
