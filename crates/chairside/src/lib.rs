//! The Chairside service: everything that waits, reads, writes or listens.

pub mod app;
pub mod clock;
pub mod commands;
pub mod config;
pub mod port;
pub mod service;
pub mod web;
