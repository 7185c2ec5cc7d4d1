//! Legacy files written by hand, around any pickle.

/// PROTO 2 and LONG1 of the magic number, STOP; the protocol 1001, STOP; an empty system, STOP.
const BEFORE: &[u8] = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.";

/// A legacy file whose object is `pickle`, which needs its STOP, without storages.
pub(crate) fn legacy(pickle: &[u8]) -> Vec<u8> {
    [BEFORE, b"\x80\x02", pickle, b"\x80\x02]."].concat()
}

/// A legacy file of one f32 tensor `w` over a storage of four values.
///
/// `sides` and `strides` are the instructions that push these tuples.
pub(crate) fn tensor(offset: &[u8], sides: &[u8], strides: &[u8]) -> Vec<u8> {
    let rebuild = b"}X\x01\0\0\0wctorch._utils\n_rebuild_tensor_v2\n(";
    let storage = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0kX\x03\0\0\0cpuK\x04NtQ";
    let object = [rebuild, &storage[..], offset, sides, strides, b"\x89NtRs."].concat();
    let values = 4_u64.to_le_bytes();
    let keys = b"\x80\x02]X\x01\0\0\0ka.";
    [BEFORE, b"\x80\x02", &object, keys, &values, &[0; 16]].concat()
}
