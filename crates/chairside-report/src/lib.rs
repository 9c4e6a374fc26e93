//! A document as a page to print and as a PDF file, out of the same words.
//!
//! [`Document`] says what stands in it; [`html`] and [`pdf`] say how, and [`svg`] and [`inline_svg`] draw
//! charts alone.
//! Nothing here knows what a patient is, reads a clock or a file.

mod chart;
mod document;
mod drawing;
mod font;
mod html;
mod layout;
mod names;
mod pdf;

pub use document::{
    Area, Block, Chart, Column, Document, Line, LineState, Mark, Row, RowKind, Section, Series,
    Table,
};
pub use drawing::{inline_svg, svg};
pub use html::{escaped, html};
pub use pdf::{PdfError, pdf};
