use std::time::Duration;

use metrics::{Counter, Histogram, counter, describe_counter, describe_histogram, histogram};

pub(super) const SECONDS: &str = "coverslip_storage_request_seconds";
const FAILURES: &str = "coverslip_storage_failures_total";

/// From bytes in memory to a large file over a slow line.
pub(super) const BUCKETS: &[f64] = &[
    0.000_01, 0.000_1, 0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageKind {
    Local,
    S3,
}

/// What is asked of a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageOperation {
    Put,
    PutFile,
    Adopt,
    Get,
    GetRange,
    Size,
    /// The whole object, to be read as a file.
    Fetch,
    Remove,
}

impl StorageOperation {
    const ALL: [Self; 8] = [
        Self::Put,
        Self::PutFile,
        Self::Adopt,
        Self::Get,
        Self::GetRange,
        Self::Size,
        Self::Fetch,
        Self::Remove,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::PutFile => "put_file",
            Self::Adopt => "adopt",
            Self::Get => "get",
            Self::GetRange => "get_range",
            Self::Size => "size",
            Self::Fetch => "fetch",
            Self::Remove => "remove",
        }
    }
}

/// Measures the requests to one storage. Made once, because looking a metric up by name costs more
/// than measuring.
pub struct StorageMeter {
    operations: [OperationMeter; StorageOperation::ALL.len()],
}

struct OperationMeter {
    seconds: Histogram,
    failures: Counter,
}

impl StorageMeter {
    /// The metrics must have been started before.
    pub fn new(kind: StorageKind) -> Self {
        let kind = match kind {
            StorageKind::Local => "local",
            StorageKind::S3 => "s3",
        };
        Self {
            operations: StorageOperation::ALL.map(|operation| {
                let operation = operation.name();
                OperationMeter {
                    seconds: histogram!(SECONDS, "operation" => operation, "kind" => kind),
                    failures: counter!(FAILURES, "operation" => operation, "kind" => kind),
                }
            }),
        }
    }

    pub fn answered(&self, operation: StorageOperation, took: Duration) {
        self.operations[operation as usize].seconds.record(took);
    }

    pub fn failed(&self, operation: StorageOperation) {
        self.operations[operation as usize].failures.increment(1);
    }
}

pub(super) fn describe() {
    describe_histogram!(
        SECONDS,
        "Seconds until the storage had done what was asked; on S3 one of these may take several \
         requests over the network"
    );
    describe_counter!(
        FAILURES,
        "What was asked of the storage in vain; an object that is not there is no failure"
    );
}
