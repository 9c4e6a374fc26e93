//! The Chairside service: everything that waits, reads, writes or listens.

mod near;
mod number;
mod remedy;
mod report;

pub mod app;
pub mod clock;
pub mod commands;
pub mod conditions;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod identified;
pub mod loudspeaker;
pub mod notify;
pub mod port;
pub mod replay;
pub mod scenario;
pub mod serial_ports;
pub mod service;
pub mod training;
pub mod turned;
pub mod virtual_clinic;
pub mod web;
