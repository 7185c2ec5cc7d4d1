use std::fmt;

use candle_core::{Error, Result};

/// Embeds whole images, one after another.
pub(super) type Compute = Box<dyn FnMut(&[u8]) -> Result<Vec<f32>> + Send>;

/// One device and how much of a batch it takes at once.
pub(super) struct Lane {
    pub(super) name: String,
    /// Images in one part of a batch at most.
    pub(super) most_images: usize,
    image_bytes: usize,
    compute: Compute,
}

impl Lane {
    pub(super) fn new(
        name: String,
        (most_images, image_bytes): (usize, usize),
        compute: Compute,
    ) -> Self {
        Self {
            name,
            most_images,
            image_bytes,
            compute,
        }
    }

    /// The embeddings of a batch. Where its memory is too small for a part, that part is halved, and
    /// all after it are as small.
    ///
    /// # Errors
    /// If the device fails, or has no room for one image.
    pub(super) fn embed(&mut self, images: &[u8]) -> Result<Vec<f32>> {
        let mut embeddings = Vec::new();
        let mut rest = images;
        while !rest.is_empty() {
            let n_bytes = rest.len().min(self.most_images * self.image_bytes);
            let (part, after) = rest.split_at(n_bytes);
            match (self.compute)(part) {
                Ok(found) => {
                    embeddings.extend(found);
                    rest = after;
                }
                Err(error) if is_out_of_memory(&error) && n_bytes > self.image_bytes => {
                    self.most_images = n_bytes / self.image_bytes / 2;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(embeddings)
    }
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name, most_images, ..
        } = self;
        write!(f, "{name}, {most_images} images at once")
    }
}

/// candle keeps CUDA's and cuBLAS' codes only as text.
fn is_out_of_memory(error: &Error) -> bool {
    let text = error.to_string();
    ["CUDA_ERROR_OUT_OF_MEMORY", "CUBLAS_STATUS_ALLOC_FAILED"]
        .iter()
        .any(|code| text.contains(code))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Two bytes an image, whose sum is its embedding; room for `room` images at once.
    fn lane(most_images: usize, room: usize) -> (Lane, mpsc::Receiver<usize>) {
        let (tried, parts) = mpsc::channel();
        let compute = move |images: &[u8]| {
            let n_images = images.len() / 2;
            tried.send(n_images).expect("the test listens");
            if n_images > room {
                return Err(Error::msg(
                    "DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")",
                ));
            }
            Ok(images.chunks(2).map(|i| f32::from(i[0] + i[1])).collect())
        };
        let lane = Lane::new("a GPU".to_owned(), (most_images, 2), Box::new(compute));
        (lane, parts)
    }

    #[test]
    fn the_largest_batch_that_fits_is_found_and_kept() -> Result<()> {
        let images: Vec<u8> = (0..40).collect();
        let expected: Vec<f32> = images.chunks(2).map(|i| f32::from(i[0] + i[1])).collect();
        let (mut lane, parts) = lane(16, 5);
        assert_eq!(lane.embed(&images)?, expected);
        assert_eq!(parts.try_iter().collect::<Vec<_>>(), [16, 8, 4, 4, 4, 4, 4]);
        assert_eq!(lane.embed(&images[..12])?, expected[..6]);
        assert_eq!(parts.try_iter().collect::<Vec<_>>(), [4, 2]);
        Ok(())
    }

    #[test]
    fn no_room_for_one_image_is_an_error() {
        let (mut lane, parts) = lane(4, 0);
        let error = lane.embed(&[0; 8]).expect_err("no room").to_string();
        assert!(error.contains("OUT_OF_MEMORY"), "{error}");
        assert_eq!(parts.try_iter().collect::<Vec<_>>(), [4, 2, 1]);
    }

    #[test]
    fn what_is_no_lack_of_memory_is_not_tried_again() {
        let broken = |_: &[u8]| Err(Error::msg("CUDA_ERROR_ILLEGAL_ADDRESS"));
        let mut lane = Lane::new("a GPU".to_owned(), (4, 2), Box::new(broken));
        assert!(lane.embed(&[0; 8]).is_err());
        assert_eq!(lane.most_images, 4);
    }
}
