//! Tells people of GPUs that fail: in the log once, in the metrics for as long as the process lives.

use encoder::Encoder;
use tracing::error;

/// How many lost devices were told of.
#[derive(Debug)]
pub(crate) struct DeviceWatch {
    n_told: usize,
}

impl DeviceWatch {
    /// Those that are lost by now were told of before.
    pub(crate) fn begin(encoder: &Encoder) -> Self {
        Self {
            n_told: encoder.lost_devices().len(),
        }
    }

    pub(crate) fn look(&mut self, encoder: &Encoder) {
        let n_devices = encoder.n_devices();
        let lost = encoder.lost_devices();
        let n_working = n_devices - lost.len();
        telemetry::embed_devices(n_working, lost.len());
        for lost in lost.iter().skip(self.n_told) {
            let (device, cause) = (&lost.name, &lost.cause);
            error!(device, %cause, n_working, "a device failed; its batch went to the others");
        }
        self.n_told = lost.len();
    }
}

/// Has it had devices, and has it none now?
pub(crate) fn are_all_lost(encoder: &Encoder) -> bool {
    let n_devices = encoder.n_devices();
    n_devices > 0 && encoder.lost_devices().len() == n_devices
}
