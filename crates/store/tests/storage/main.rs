//! Storage of both kinds. S3 is a SeaweedFS, one for all tests but the one that kills it.

mod bag;
mod contract;
mod local_disk;
mod promises;
mod s3;
mod sample;
mod seaweed;
