use std::fs;

use bags::read;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::fixture;

const FILES: [&str; 6] = [
    "trident.h5",
    "trident_gzip.h5",
    "trident_lzf_big_endian.h5",
    "clam_bare.h5",
    "stamp.h5",
    "alone.pt",
];

/// Reads the bytes as a file; whatever comes of them must hang together.
fn read_all(bytes: &[u8]) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(file.path(), bytes).expect("the temporary file takes bytes");
    let Ok(bag) = read(file.path()) else {
        return;
    };
    assert!(bag.embeddings.iter().all(|value| value.is_finite()));
    if let Some(places) = &bag.places {
        assert_eq!(places.corners.len(), bag.n_instances());
    }
    assert!(!bag.to_string().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn changed_bytes_never_panic(
        file in select(&FILES[..]),
        changes in vec((any::<Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = fs::read(fixture(file)).expect("a fixture");
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        read_all(&bytes);
    }

    /// Structure lies where the file is not zero.
    #[test]
    fn changed_structure_never_panics(
        file in select(&FILES[..]),
        changes in vec((any::<Index>(), select(&[0_u8, 1, 0x7f, 0x80, 0xff][..])), 1..4),
    ) {
        let mut bytes = fs::read(fixture(file)).expect("a fixture");
        let filled: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] != 0).collect();
        for (place, value) in changes {
            bytes[*place.get(&filled)] = value;
        }
        read_all(&bytes);
    }

    #[test]
    fn cut_files_never_panic(file in select(&FILES[..]), length in any::<Index>()) {
        let bytes = fs::read(fixture(file)).expect("a fixture");
        read_all(&bytes[..length.index(bytes.len())]);
    }
}
