use catalog::AnnotationRow;
use flow::Mpp;
use http::ApiError;
use report::{Block, Section, Table};

use super::words::{self, NONE, length, surface, time};
use crate::annotations::{Feature, Geometry, Measured};

/// What people drew on the slide, with its sizes.
pub(super) fn section(rows: &[AnnotationRow], mpp: Mpp) -> Result<Section, ApiError> {
    let drawn: Result<Vec<_>, _> = rows.iter().map(|drawn| row(drawn, mpp)).collect();
    let drawn: Vec<Vec<String>> = drawn?.into_iter().flatten().collect();
    let block = match drawn.is_empty() {
        true => Block::Text("Nobody has drawn or measured anything on the slide.".to_owned()),
        false => Block::Table(Table {
            head: ["What", "Name", "Size", "Where", "Who and when"]
                .map(str::to_owned)
                .into(),
            rows: drawn,
        }),
    };
    Ok(Section {
        heading: "Annotations and measurements".to_owned(),
        blocks: vec![block],
    })
}

/// `None` of what was removed.
fn row(drawn: &AnnotationRow, mpp: Mpp) -> Result<Option<Vec<String>>, ApiError> {
    let Some(body) = &drawn.body else {
        return Ok(None);
    };
    let feature = Feature::stored(body)?;
    let geometry = &feature.geometry;
    let bounds = geometry.bounds_um(mpp);
    Ok(Some(vec![
        kind(geometry).to_owned(),
        words::private(feature.named()),
        size(geometry.measured(mpp)),
        bounds.map_or(NONE.to_owned(), words::place),
        format!("{}\n{}", drawn.author, time(drawn.drawn_at)),
    ]))
}

const fn kind(geometry: &Geometry) -> &'static str {
    match geometry {
        Geometry::Point(_) => "Point",
        Geometry::LineString(_) => "Line",
        Geometry::Polygon(_) => "Region",
        Geometry::MultiPolygon(_) => "Painted region",
    }
}

fn size(measured: Measured) -> String {
    match measured {
        Measured::Point => NONE.to_owned(),
        Measured::Line { length_um } => length(length_um),
        Measured::Region {
            area_um2,
            perimeter_um,
        } => format!("{}, {} around", surface(area_um2), length(perimeter_um)),
    }
}
