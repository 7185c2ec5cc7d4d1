use catalog::{AnnotationRow, PrivateName};
use chrono::{DateTime, Utc};
use flow::{AnnotationId, Mpp, PixelSize, SlideId};
use http::ApiError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::geometry::Geometry;
use crate::state::Scale;

/// A GeoJSON feature (RFC 7946) as programs send it, and as it is kept. Members that are not ours are
/// left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Feature {
    #[serde(rename = "type")]
    kind: FeatureKind,
    pub(crate) geometry: Geometry,
    #[serde(default)]
    properties: Option<Properties>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum FeatureKind {
    Feature,
}

/// Those of QuPath that mean something here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Properties {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<PrivateName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    classification: Option<Classification>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Classification {
    name: PrivateName,
    /// Red, green and blue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    color: Option<[u8; 3]>,
}

/// A feature with who drew it.
#[derive(Debug, Serialize)]
pub(super) struct DrawnFeature {
    #[serde(rename = "type")]
    kind: FeatureKind,
    /// A UUID with hyphens, the form that QuPath knows.
    id: String,
    geometry: Geometry,
    properties: DrawnProperties,
}

#[derive(Debug, Serialize)]
struct DrawnProperties {
    #[serde(rename = "objectType")]
    object_type: &'static str,
    #[serde(flatten)]
    given: Properties,
    coverslip: Drawn,
}

#[derive(Debug, Serialize)]
struct Drawn {
    author: String,
    drawn_at: DateTime<Utc>,
    version: u32,
}

#[derive(Debug, Serialize)]
pub(super) struct FeatureCollection {
    #[serde(rename = "type")]
    kind: &'static str,
    pub(super) features: Vec<DrawnFeature>,
    coverslip: Coordinates,
}

/// What the coordinates are: RFC 7946 knows only those on the earth.
#[derive(Debug, Serialize)]
struct Coordinates {
    slide: SlideId,
    coordinates: &'static str,
    size: PixelSize,
    mpp: Mpp,
}

impl Feature {
    /// As it lies in the catalog.
    pub(crate) fn stored(body: &Value) -> Result<Self, ApiError> {
        Self::deserialize(body).map_err(ApiError::internal)
    }

    /// The name that was given to it, or to its class.
    pub(crate) fn named(&self) -> Option<&PrivateName> {
        let properties = self.properties.as_ref()?;
        let class = properties.classification.as_ref();
        properties.name.as_ref().or(class.map(|class| &class.name))
    }
}

impl DrawnFeature {
    /// `None` of a version that removes.
    pub(super) fn of(row: AnnotationRow) -> Result<Option<Self>, ApiError> {
        let Some(body) = row.body else {
            return Ok(None);
        };
        let feature = Feature::stored(&body)?;
        Ok(Some(Self {
            kind: feature.kind,
            id: uuid(row.id),
            geometry: feature.geometry,
            properties: DrawnProperties {
                object_type: "annotation",
                given: feature.properties.unwrap_or_default(),
                coverslip: Drawn {
                    author: row.author,
                    drawn_at: row.drawn_at,
                    version: row.version,
                },
            },
        }))
    }
}

impl FeatureCollection {
    pub(super) fn of(
        slide: SlideId,
        scale: Scale,
        rows: Vec<AnnotationRow>,
    ) -> Result<Self, ApiError> {
        let features = rows.into_iter().map(DrawnFeature::of);
        Ok(Self {
            kind: "FeatureCollection",
            features: features
                .filter_map(Result::transpose)
                .collect::<Result<_, _>>()?,
            coverslip: Coordinates {
                slide,
                coordinates: "pixels of level 0 from its top left",
                size: scale.size,
                mpp: scale.mpp,
            },
        })
    }
}

fn uuid(id: AnnotationId) -> String {
    let digits = id.to_string();
    let group = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let groups = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    groups.map(|(from, to)| group(from, to)).join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_form_of_a_uuid_and_is_read_back() {
        let id = AnnotationId::from_bytes([0xab; 16]);
        assert_eq!(uuid(id), "abababab-abab-abab-abab-abababababab");
        assert_eq!(uuid(id).parse().ok(), Some(id));
    }
}
