//! The ladder and the outbox, in virtual time.

mod ladder;
mod outbox;
mod random;
mod world;
