//! Builds the pyramid of a slide: levels the file has are copied, the others halved.

mod copy;
mod halve;
mod halve_pixels;
mod halve_planes;
mod level_plan;
mod progress;
mod pyramid;
mod stored_frames;

pub use pyramid::{BuiltLevel, BuiltPyramid, PyramidPlan, build};
#[cfg(test)]
pub(crate) mod testing {
    use crate::dicom::*;
    pub(crate) fn halve_for_test(l0: &WrittenInstance, dir: &std::path::Path) -> WrittenInstance {
        let below = flow::TileGrid::new(l0.facts.grid.level.downsampled(2), l0.facts.grid.tile);
        let mut w = InstanceWriter::create(
            &dir.join("l1.dcm"),
            crate::fixture::facts(1, below).unwrap(),
        )
        .unwrap();
        let h = super::halve::Halving {
            model: crate::jpeg::FrameModel::YCbCr(turbojpeg::Subsamp::Sub2x2),
            quality: 85,
        };
        super::halve::halve_level(
            &super::stored_frames::StoredFrames::open(l0).unwrap(),
            h,
            &mut w,
            &mut super::progress::TileCount::new(&|_| {}, 0),
        )
        .unwrap();
        w.finish().unwrap()
    }
}
