use candle_core::{DType, Device, Result};
use parameters::{Parameters, ParametersError};

use super::DeviceWork;
use super::patches::Patches;
use super::place::placed;
use crate::vit::VisionTransformer;

/// An encoder whose weights lie on a device.
#[derive(Debug)]
pub(super) struct DeviceModel {
    device: Device,
    patches: Patches,
    transformer: VisionTransformer,
}

impl DeviceModel {
    pub(super) fn new(
        work: DeviceWork<'_>,
        parameters: &Parameters,
        (device, dtype): (&Device, DType),
    ) -> std::result::Result<Self, ParametersError> {
        let DeviceWork {
            architecture,
            input,
            ..
        } = work;
        let (shape, parameters) = placed(architecture, parameters, (device, dtype))?;
        Ok(Self {
            device: device.clone(),
            patches: Patches::new(architecture, input, device)?,
            transformer: VisionTransformer::of_blocks(architecture, shape, &parameters)?,
        })
    }

    /// Embeddings of whole images of interleaved RGB, one after another.
    ///
    /// The images are copied to the device while it waits. Pinned memory and a second stream would
    /// hide that, but candle keeps weights on one stream, and pinning takes unsafe code; as bytes,
    /// images are few enough for it not to matter much.
    pub(super) fn embed(&self, images: &[u8]) -> Result<Vec<f32>> {
        let patches = self.patches.of(images, &self.device)?;
        let tokens = self.transformer.tokens(&patches)?;
        self.transformer.pool(&tokens)?.flatten_all()?.to_vec1()
    }
}
