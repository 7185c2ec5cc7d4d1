//! What storage on S3 does about large objects, other programs, bad connections and bad settings.

mod s3_cases;
mod sample;
mod seaweed;
