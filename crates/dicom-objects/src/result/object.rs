use std::fmt;

use dicom_dictionary_std::uids;
use flow::{CaseId, DicomUid, HeatmapLayer, Sha256Digest, SlideId};

/// Raised whenever the same result begins to be told in other bytes: an instance never changes.
const FORM: u32 = 2;

/// One instance that tells of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResultObject {
    Map(HeatmapLayer),
    Segmentation,
    Annotations,
    /// Preliminary.
    Report,
    /// As a person signed it, with this version of this case.
    SignedReport(CaseId, u32),
}

/// The series of the slide's study in which the instances of one result are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResultSeries {
    /// Each map in one of its own: viewers take images of one size in one series for parts of one.
    Map(HeatmapLayer),
    Segmentation,
    Annotations,
    Reports,
}

impl ResultObject {
    pub const fn series(self) -> ResultSeries {
        match self {
            Self::Map(layer) => ResultSeries::Map(layer),
            Self::Segmentation => ResultSeries::Segmentation,
            Self::Annotations => ResultSeries::Annotations,
            Self::Report | Self::SignedReport(..) => ResultSeries::Reports,
        }
    }

    pub const fn sop_class(self) -> &'static str {
        match self {
            Self::Map(_) => uids::PARAMETRIC_MAP_STORAGE,
            Self::Segmentation => uids::SEGMENTATION_STORAGE,
            Self::Annotations => uids::MICROSCOPY_BULK_SIMPLE_ANNOTATIONS_STORAGE,
            Self::Report | Self::SignedReport(..) => uids::COMPREHENSIVE3_DSR_STORAGE,
        }
    }

    /// `result` is the prediction's digest.
    pub fn uid(self, slide: &SlideId, result: &Sha256Digest) -> DicomUid {
        DicomUid::of_result(slide, result, format_args!("instance {self} {FORM}"))
    }

    /// In its series, from 1.
    pub(super) fn number(self) -> u32 {
        match self {
            Self::Map(_) | Self::Segmentation | Self::Annotations | Self::Report => 1,
            Self::SignedReport(_, version) => version.saturating_add(1),
        }
    }
}

impl fmt::Display for ResultObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Map(layer) => write!(f, "map-{layer}"),
            Self::Segmentation => f.write_str("segmentation"),
            Self::Annotations => f.write_str("annotations"),
            Self::Report => f.write_str("report"),
            Self::SignedReport(case, version) => write!(f, "signed-report-{case}-{version}"),
        }
    }
}

impl ResultSeries {
    pub const ALL: [Self; 7] = [
        Self::Map(HeatmapLayer::Attention),
        Self::Map(HeatmapLayer::Tile),
        Self::Map(HeatmapLayer::LeaveOut),
        Self::Map(HeatmapLayer::Neighbourhood),
        Self::Segmentation,
        Self::Annotations,
        Self::Reports,
    ];

    /// Parametric maps have no modality of their own (PS3.3 section A.75.3).
    pub const fn modality(self) -> &'static str {
        match self {
            Self::Map(_) => "OT",
            Self::Segmentation => "SEG",
            Self::Annotations => "ANN",
            Self::Reports => "SR",
        }
    }

    pub fn uid(self, slide: &SlideId, result: &Sha256Digest) -> DicomUid {
        DicomUid::of_result(slide, result, format_args!("series {self:?} {FORM}"))
    }

    /// The slide's own series is number 1.
    pub(super) fn number(self) -> u32 {
        let position = Self::ALL.iter().position(|other| *other == self);
        position.map_or(0, |position| position as u32) + 2
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_object_and_series_has_a_uid_of_its_own() {
        let slide = SlideId::from_digest(&Sha256Digest::of(b"slide"));
        let result = Sha256Digest::of(b"result");
        let case = CaseId::from_bytes([1; 16]);
        let maps = HeatmapLayer::ALL.map(ResultObject::Map);
        let others = [
            ResultObject::Segmentation,
            ResultObject::Annotations,
            ResultObject::Report,
            ResultObject::SignedReport(case, 1),
            ResultObject::SignedReport(case, 2),
            ResultObject::SignedReport(CaseId::from_bytes([2; 16]), 1),
        ];
        let objects = maps.into_iter().chain(others);
        let mut uids: BTreeSet<String> = objects
            .map(|object| object.uid(&slide, &result).to_string())
            .collect();
        uids.extend(ResultSeries::ALL.map(|series| series.uid(&slide, &result).to_string()));
        assert_eq!(uids.len(), 17);
        let other = ResultObject::Report.uid(&slide, &Sha256Digest::of(b"another"));
        assert!(!uids.contains(other.as_str()));
    }
}
