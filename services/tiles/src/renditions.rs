use std::thread;

use bytes::Bytes;
use flow::SlideId;
use moka::future::Cache;
use tokio::sync::Semaphore;

use crate::error::TilesError;
use http::EntityTag;

const MAX_BYTES: u64 = 128 * 1024 * 1024;

/// Pictures that were decoded or drawn for an answer: the ones asked for lately are kept, and
/// however many ask for one at once, it is made once.
pub(crate) struct Renditions {
    kept: Cache<(SlideId, EntityTag), Bytes>,
    /// As many are in the making as there are processors; each holds a picture's pixels.
    places: Semaphore,
}

impl Renditions {
    pub(crate) fn new() -> Self {
        let kept = Cache::builder()
            .max_capacity(MAX_BYTES)
            .weigher(|_key, bytes: &Bytes| u32::try_from(bytes.len() + 256).unwrap_or(u32::MAX))
            .build();
        let n_places = thread::available_parallelism().map_or(2, usize::from);
        Self {
            kept,
            places: Semaphore::new(n_places),
        }
    }

    /// The picture that `tag` stands for; `make` makes it where it is not kept.
    pub(crate) async fn get(
        &self,
        slide: SlideId,
        tag: &EntityTag,
        make: impl Future<Output = Result<Bytes, TilesError>>,
    ) -> Result<Bytes, TilesError> {
        let made = self.kept.try_get_with((slide, tag.clone()), async {
            // The semaphore is never closed, so this only ever waits.
            let _place = self.places.acquire().await.ok();
            make.await
        });
        made.await.map_err(TilesError::Shared)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use flow::Sha256Digest;

    use super::*;

    fn slide(name: &[u8]) -> SlideId {
        SlideId::from_digest(&Sha256Digest::of(name))
    }

    #[tokio::test]
    async fn many_at_once_make_one_picture() -> Result<(), TilesError> {
        let renditions = Renditions::new();
        let tag = EntityTag::new(format_args!("a"));
        let n_made = AtomicUsize::new(0);
        let make = || async {
            n_made.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(Bytes::from_static(b"picture"))
        };
        let first = renditions.get(slide(b"1"), &tag, make());
        let second = renditions.get(slide(b"1"), &tag, make());
        let other = renditions.get(slide(b"2"), &tag, make());
        let (first, second, other) = tokio::join!(first, second, other);
        assert_eq!((first?, second?), (other?, Bytes::from_static(b"picture")));
        assert_eq!(n_made.load(Ordering::Relaxed), 2);
        Ok(())
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() -> Result<(), TilesError> {
        let renditions = Renditions::new();
        let tag = EntityTag::new(format_args!("a"));
        let failed = renditions
            .get(slide(b"1"), &tag, async { Err(TilesError::NoSuchAddress) })
            .await;
        assert!(matches!(failed, Err(TilesError::Shared(_))));
        let made = renditions
            .get(slide(b"1"), &tag, async { Ok(Bytes::from_static(b"x")) })
            .await?;
        assert_eq!(made, "x");
        Ok(())
    }
}
