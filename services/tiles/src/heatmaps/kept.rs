use std::hash::Hash;
use std::sync::Arc;

use moka::future::Cache;

use super::shown::LayerValues;

/// A memory of the layers looked at lately, of at most so many bytes.
pub(crate) fn kept_layers<Name>(max_bytes: u64) -> Cache<Name, Arc<LayerValues>>
where
    Name: Hash + Eq + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(max_bytes)
        .weigher(|_name, layer: &Arc<LayerValues>| {
            u32::try_from(4 * layer.heatmap.values.len() + 256).unwrap_or(u32::MAX)
        })
        .build()
}
