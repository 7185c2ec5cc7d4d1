use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::handmade::legacy;
use crate::{fixture, read_bytes};

const FILES: [&str; 6] = [
    "every_kind.zip.pth",
    "every_kind.legacy.pth",
    "module.zip.pth",
    "protocol4.legacy.pth",
    "hostile_eval.legacy.pth",
    "shards/model-00001-of-00002.safetensors",
];

/// Every instruction of a pickle, that those which fill and call come up often.
const INSTRUCTIONS: &[u8] =
    b"()]}\x85\x86\x87tldaesu\x8f\x90\x91q\x00h\x00q\x01h\x01\x9401NK\x01\x88\x89RRbbQ";

const GLOBALS: &[&[u8]] = &[
    b"",
    b"ccollections\nOrderedDict\n",
    b"ctorch._utils\n_rebuild_parameter\n",
    b"ctorch._utils\n_rebuild_tensor_v2\n",
];

/// Reads the file, and all values of what it takes for tensors; none of it may panic or take more
/// than the file has.
fn read_all(bytes: &[u8]) {
    let Ok(found) = read_bytes(bytes) else {
        return;
    };
    for (_, tensor) in found.iter() {
        assert!(tensor.n_values() <= bytes.len());
        if let Ok(values) = tensor.to_f32() {
            assert_eq!(values.len(), tensor.n_values());
        }
    }
}

proptest! {
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

    #[test]
    fn cut_files_never_panic(file in select(&FILES[..]), length in any::<Index>()) {
        let bytes = fs::read(fixture(file)).expect("a fixture");
        read_all(&bytes[..length.index(bytes.len())]);
    }

    #[test]
    fn random_instructions_never_panic(
        instructions in vec(select(INSTRUCTIONS), 0..200),
        global in select(GLOBALS),
    ) {
        let pickle = [global, &instructions, b"."].concat();
        read_all(&legacy(&pickle));
    }
}
