//! A document as a PDF file.

use krilla::Document as Pdf;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};

use crate::document::Document;
use crate::font;
use crate::layout::{Drawn, Gray, PAGE, pages};

/// Why no PDF file was made.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PdfError {
    /// The writer of PDF files says so: a document that is too large for the format.
    #[error("the PDF file cannot be written: {0}")]
    Write(String),
}

/// Returns a document as a PDF file of A4 pages. The same document gives the same bytes.
///
/// # Errors
///
/// When the document is too large for a PDF file.
pub fn pdf(document: &Document) -> Result<Vec<u8>, PdfError> {
    let fonts = Letters::new();
    let size = Size::from_wh(PAGE.0, PAGE.1);
    let settings = size.map(PageSettings::new).unwrap_or_default();
    let mut file = Pdf::new();
    file.set_metadata(
        Metadata::new()
            .title(document.title.clone())
            .creator("Chairside".to_owned()),
    );
    for drawn in pages(document) {
        let mut page = file.start_page_with(settings.clone());
        let mut surface = page.surface();
        for one in &drawn {
            draw(&mut surface, &fonts, one);
        }
        surface.finish();
        page.finish();
    }
    file.finish()
        .map_err(|error| PdfError::Write(format!("{error:?}")))
}

struct Letters {
    regular: Font,
    bold: Font,
}

impl Letters {
    fn new() -> Self {
        let font = |bytes: &'static [u8]| {
            Font::new(bytes.to_vec().into(), 0).expect("the fonts that we ship are fonts")
        };
        Self {
            regular: font(font::regular()),
            bold: font(font::bold()),
        }
    }
}

fn draw(surface: &mut Surface<'_>, fonts: &Letters, drawn: &Drawn) {
    match drawn {
        Drawn::Words { x, y, style, text } => {
            surface.set_stroke(None);
            surface.set_fill(Some(filled(0.0)));
            let font = if style.bold {
                &fonts.bold
            } else {
                &fonts.regular
            };
            write(surface, font, (*x, *y), style.size, text);
        }
        Drawn::Across(text) => {
            surface.set_stroke(None);
            surface.set_fill(Some(filled(0.9)));
            let turned = Transform::from_rotate_at(-55.0, PAGE.0 / 2.0, PAGE.1 / 2.0);
            surface.push_transform(&turned);
            write(surface, &fonts.bold, (60.0, PAGE.1 / 2.0), 90.0, text);
            surface.pop();
        }
        Drawn::Stroke {
            points,
            width,
            gray,
            is_dashed,
        } => {
            let path = through(points);
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke {
                paint: shade(*gray).into(),
                width: *width,
                dash: is_dashed.then(|| StrokeDash {
                    array: vec![3.0, 2.0],
                    offset: 0.0,
                }),
                ..Stroke::default()
            }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Drawn::Area(points, gray) => {
            let mut path = through(points);
            path.close();
            surface.set_stroke(None);
            surface.set_fill(Some(filled(*gray)));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Drawn::Box(left, top, width, height, gray) => {
            let mut path = PathBuilder::new();
            if let Some(area) = Rect::from_xywh(*left, *top, *width, *height) {
                path.push_rect(area);
            }
            surface.set_stroke(None);
            surface.set_fill(Some(filled(*gray)));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn through(points: &[(f32, f32)]) -> PathBuilder {
    let mut path = PathBuilder::new();
    for (at, (x, y)) in points.iter().enumerate() {
        if at == 0 {
            path.move_to(*x, *y);
        } else {
            path.line_to(*x, *y);
        }
    }
    path
}

fn write(surface: &mut Surface<'_>, font: &Font, (x, y): (f32, f32), size: f32, text: &str) {
    let place = Point::from_xy(x, y);
    surface.draw_text(place, font.clone(), size, text, false, TextDirection::Auto);
}

fn filled(gray: Gray) -> Fill {
    Fill {
        paint: shade(gray).into(),
        opacity: NormalizedF32::ONE,
        ..Fill::default()
    }
}

fn shade(gray: Gray) -> luma::Color {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of 255 is a byte"
    )]
    luma::Color::new((gray.clamp(0.0, 1.0) * 255.0) as u8)
}
