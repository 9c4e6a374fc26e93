//! Where the columns of the lines before ended.
//!
//! A line has no checksum, and a saturation of 100 that lost a digit is one of 10. But a digit
//! that is lost moves what is right of it. Where the columns end on a real oximeter is not certain
//! enough to insist on; that they stay where they are is, for they are printed below a heading.
//! So a line whose columns end elsewhere than in all lines before is not believed until another
//! says the same. More than one place is remembered, for a model that does not align them.

use super::message::Layout;

/// How many places are remembered.
const REMEMBERED: usize = 4;

/// The layouts seen last, the latest first.
#[derive(Debug, Default)]
pub(super) struct Layouts {
    seen: [Option<Layout>; REMEMBERED],
}

impl Layouts {
    /// Notes the layout of a line and tells whether the line is believed. The first of all is.
    pub(super) fn is_known(&mut self, layout: Layout) -> bool {
        let first = self.seen[0].is_none();
        let place = self.seen.iter().position(|seen| *seen == Some(layout));
        self.seen[..=place.unwrap_or(REMEMBERED - 1)].rotate_right(1);
        self.seen[0] = Some(layout);
        first || place.is_some()
    }
}
