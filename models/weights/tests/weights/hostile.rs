use std::path::Path;

use weights::WeightsError;

use crate::handmade::{legacy, tensor};
use crate::{Tested, fixture, read_bytes, refusal};

/// What the hostile fixtures would create where they are run.
const MARKER: &str = "weights_test_was_run";

#[test]
fn calls_are_refused_by_name_and_nothing_runs() {
    for (file, global) in [
        ("hostile_system.zip.pth", "posix.system"),
        ("hostile_system.legacy.pth", "posix.system"),
        ("hostile_eval.zip.pth", ".eval"),
        ("hostile_eval.legacy.pth", ".eval"),
        ("hostile_getattr.zip.pth", ".getattr"),
        ("hostile_getattr.legacy.pth", ".getattr"),
    ] {
        let read = weights::read(&fixture(file));
        assert!(matches!(read, Err(WeightsError::ForeignGlobal(_))));
        let text = refusal(read);
        assert!(text.contains(&format!("{global}`")), "{text}");
        assert!(text.contains("convert it to safetensors"), "{text}");
    }
    assert!(!Path::new(MARKER).exists(), "something was run");
}

#[test]
fn every_way_to_name_a_function_is_refused() {
    let hidden: [&[u8]; 4] = [
        b"cos\nsystem\n(X\x02\0\0\0lstR.",
        b"\x8c\x02os\x8c\x06system\x93.",
        b"(X\x02\0\0\0lsios\nsystem\n.",
        b"(cos\nsystem\nX\x02\0\0\0lso.",
    ];
    for pickle in hidden {
        let text = refusal(read_bytes(&legacy(pickle)));
        assert!(text.contains("`os.system`"), "{text}");
    }
}

#[test]
fn allowed_names_cannot_be_misused() {
    let misused: [(&[u8], &str); 8] = [
        // BUILD on a tuple and on a name, calls of a text, of a storage type and of odd arguments.
        (b")}b.", "attributes"),
        (b"ctorch\nSize\n}b.", "attributes"),
        (b"X\x01\0\0\0a)R.", "no function"),
        (b"ctorch\nFloatStorage\n)\x81.", "not known"),
        (b"ctorch._utils\n_rebuild_tensor_v2\n)R.", "not known"),
        (b"ccollections\nOrderedDict\n]\x85R.", "not known"),
        // EXT1 names by number, and a storage that is none.
        (b"\x82\x01.", "is not one that weights need"),
        (b"X\x07\0\0\0storage\x85Q.", "no storage"),
    ];
    for (pickle, reason) in misused {
        let text = refusal(read_bytes(&legacy(pickle)));
        assert!(text.contains(reason), "{text}");
    }
}

#[test]
fn a_name_cannot_write_to_the_terminal() {
    let text = refusal(read_bytes(&legacy(b"c\x1b[2J\nx\n.")));
    assert!(text.contains("\\u{1b}[2J.x"), "{text}");
}

#[test]
fn nesting_takes_no_stack() {
    let deep = [b")", [0x85].repeat(1_000_000).as_slice(), b"."].concat();
    let own_item = b"]q\x00h\x00a.".to_vec();
    // Each list holds the one before ten times.
    let level = b"](h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00eq\x00";
    let wide = [b"]q\x00", level.repeat(40).as_slice(), b"."].concat();
    for pickle in [deep, own_item, wide] {
        let text = refusal(read_bytes(&legacy(&pickle)));
        assert!(text.contains("nest"), "{text}");
    }
}

#[test]
fn lengths_are_not_believed() {
    for pickle in [
        b"X\xff\xff\xff\xff.".as_slice(),
        b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff.",
        b"\x8b\xff\xff\xff\xff.",
        b"B\xff\xff\xff\xff.",
    ] {
        let text = refusal(read_bytes(&legacy(pickle)));
        assert!(text.contains("ends early"), "{text}");
    }
    let endless = [b"N0".repeat(1 << 20).as_slice(), b"N."].concat();
    let text = refusal(read_bytes(&legacy(&endless)));
    assert!(text.contains("instructions"), "{text}");
}

#[test]
fn tensors_stay_inside_their_storage() -> Tested {
    let whole = read_bytes(&tensor(b"K\x00", b"K\x02K\x02\x86", b"K\x02K\x01\x86"))?;
    let whole = whole.get("w").ok_or("it is called `w`")?;
    assert_eq!(
        (whole.shape(), whole.to_f32()?),
        (&[2, 2][..], vec![0.0; 4])
    );

    let large = b"J\xff\xff\xff\x7f";
    let larger = [large.as_slice(), large, large, b"\x87"].concat();
    let cases: [(&[u8], &[u8], &[u8]); 6] = [
        (b"K\x01", b"K\x04\x85", b"K\x01\x85"),
        (b"K\x00", b"K\x02\x85", b"K\x04\x85"),
        (b"K\x00", b"K\x02\x85", b"K\x01K\x01\x86"),
        (b"K\x00", &larger, b"K\x00K\x00K\x00\x87"),
        (b"K\x00", b"J\xff\xff\xff\x7f\x85", b"K\x00\x85"),
        (b"J\xff\xff\xff\xff", b"K\x01\x85", b"K\x01\x85"),
    ];
    for (offset, sides, strides) in cases {
        let text = refusal(read_bytes(&tensor(offset, sides, strides)));
        assert!(text.contains("a tensor"), "{text}");
    }
    Ok(())
}

#[test]
fn big_endian_files_are_refused() {
    for file in ["big_endian.zip.pth", "big_endian.legacy.pth"] {
        let read = weights::read(&fixture(file));
        assert!(matches!(read, Err(WeightsError::BigEndian)), "{read:?}");
    }
}
