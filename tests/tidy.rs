//! The rules of `docs/architecture.md`, as tests.
//!
//! Each test looks at the tree as it lies in the workspace and lists everything that breaks its
//! rule, so that one run shows all there is to repair.

#![expect(clippy::panic, reason = "a test's helpers fail as its tests do")]

#[path = "tidy/dependencies.rs"]
mod dependencies;
#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/tree.rs"]
mod tree;
