use std::cell::RefCell;
use std::ffi::{CStr, c_int, c_void};
use std::ptr::NonNull;

use flow::{PixelRect, PixelSize};
use turbojpeg::raw;

use super::DctScale;
use crate::image::CHANNELS;
use crate::{PyramidError, RgbImage};

/// Pixels around a part that are decoded with it: colour is enlarged from its neighbours, and at
/// the rim of what is decoded there are none.
const MARGIN: u32 = 2;

/// Decodes `part` of a JPEG (in pixels after scaling) and lays it on `canvas` at `at`. The pixels
/// are the same as when the whole is decoded, for less work: the rest is skipped once the part's
/// last row is there, and what lies left and right of it is never turned into pixels.
///
/// # Errors
/// The part must lie inside the JPEG and, at its place, inside the canvas.
pub(crate) fn decode_part(
    jpeg: &[u8],
    scale: DctScale,
    part: PixelRect,
    canvas: &mut RgbImage,
    at: (u32, u32),
) -> Result<(), PyramidError> {
    thread_local! {
        static DECODER: RefCell<Option<PartDecoder>> = const { RefCell::new(None) };
    }
    let room =
        |start: u32, length: u32, end: u32| start.checked_add(length).is_some_and(|to| to <= end);
    if !room(at.0, part.width, canvas.size.width) || !room(at.1, part.height, canvas.size.height) {
        return Err(PyramidError::Region("a part of a tile lies outside it"));
    }
    DECODER.with_borrow_mut(|slot| {
        let decoder = match slot {
            Some(decoder) => decoder,
            None => slot.insert(PartDecoder::new()?),
        };
        let header = decoder.read_header(jpeg, scale)?;
        let Some(window) = header.window_around(part) else {
            return Err(PyramidError::NotBaseline("it is smaller than its tile"));
        };
        decoder.decode(jpeg, header, window)?;
        let inside = PixelRect {
            x: part.x - window.x,
            y: part.y - window.y,
            ..part
        };
        canvas.paste(&decoder.decoded, inside, at);
        Ok(())
    })
}

/// What has to be known of a JPEG to decode a part of it, in pixels after scaling.
#[derive(Clone, Copy)]
struct PartHeader {
    width: u32,
    height: u32,
    /// Parts start at multiples of this; `None` where only the whole can be decoded.
    column_step: Option<u32>,
}

impl PartHeader {
    /// What to decode for `part`; `None` where it does not lie inside.
    fn window_around(&self, part: PixelRect) -> Option<PixelRect> {
        let right = part
            .x
            .checked_add(part.width)
            .filter(|&right| right <= self.width)?;
        let bottom = part
            .y
            .checked_add(part.height)
            .filter(|&bottom| bottom <= self.height)?;
        let Some(step) = self.column_step else {
            return Some(self.whole());
        };
        let x = part.x.saturating_sub(MARGIN) / step * step;
        let y = part.y.saturating_sub(MARGIN);
        Some(PixelRect {
            x,
            y,
            width: (right + MARGIN).min(self.width) - x,
            height: (bottom + MARGIN).min(self.height) - y,
        })
    }

    fn whole(&self) -> PixelRect {
        PixelRect {
            x: 0,
            y: 0,
            width: self.width,
            height: self.height,
        }
    }
}

/// A libjpeg-turbo decompressor, used for what the `turbojpeg` crate does not offer: decoding a
/// part. Holds the pixels of the last one.
struct PartDecoder {
    handle: NonNull<c_void>,
    decoded: RgbImage,
}

impl PartDecoder {
    fn new() -> Result<Self, PyramidError> {
        // SAFETY: takes no pointers.
        let handle = unsafe { raw::tj3Init(raw::TJINIT_TJINIT_DECOMPRESS as c_int) };
        let handle = NonNull::new(handle).ok_or(turbojpeg::Error::Null);
        Ok(Self {
            handle: handle.map_err(PyramidError::jpeg("decoded"))?,
            decoded: RgbImage::filled(PixelSize::new(0, 0), [0; CHANNELS]),
        })
    }

    fn read_header(&mut self, jpeg: &[u8], scale: DctScale) -> Result<PartHeader, PyramidError> {
        let factor = raw::tjscalingfactor {
            num: 1,
            denom: scale.divisor() as c_int,
        };
        let handle = self.handle.as_ptr();
        // SAFETY: the handle is a live decompressor that no one else uses; the pointer and length
        // are those of `jpeg`, which is only read.
        let (header, scaling) = unsafe {
            (
                raw::tj3DecompressHeader(handle, jpeg.as_ptr(), jpeg.len() as raw::size_t),
                raw::tj3SetScalingFactor(handle, factor),
            )
        };
        self.check(header)?;
        self.check(scaling)?;
        let lossless = self.parameter(raw::TJPARAM_TJPARAM_LOSSLESS) != 0;
        let mcu = mcu_width(self.parameter(raw::TJPARAM_TJPARAM_SUBSAMP));
        let scaled = |length: c_int| (length.max(0) as u32).div_ceil(scale.divisor());
        Ok(PartHeader {
            width: scaled(self.parameter(raw::TJPARAM_TJPARAM_JPEGWIDTH)),
            height: scaled(self.parameter(raw::TJPARAM_TJPARAM_JPEGHEIGHT)),
            column_step: mcu.filter(|_| !lossless).map(|mcu| mcu / scale.divisor()),
        })
    }

    /// Leaves the pixels of `window` in `self.decoded`.
    fn decode(
        &mut self,
        jpeg: &[u8],
        header: PartHeader,
        window: PixelRect,
    ) -> Result<(), PyramidError> {
        let region = if window == header.whole() {
            [0; 4]
        } else {
            [window.x, window.y, window.width, window.height].map(|length| length as c_int)
        };
        let [x, y, w, h] = region;
        // SAFETY: the handle is a live decompressor; takes no pointers beside it.
        let cropping = unsafe {
            raw::tj3SetCroppingRegion(self.handle.as_ptr(), raw::tjregion { x, y, w, h })
        };
        self.check(cropping)?;
        let row = window.width as usize * CHANNELS;
        self.decoded.size = PixelSize::new(window.width, window.height);
        self.decoded.pixels.resize(row * window.height as usize, 0);
        // SAFETY: `jpeg` is only read. `decoded` has room for `window.height` rows of `row` bytes,
        // which is what is written: the header was read from the same bytes at the same scale, and
        // the cropping region (or, with none set, the whole) has the size of `window`.
        let decoded = unsafe {
            raw::tj3Decompress8(
                self.handle.as_ptr(),
                jpeg.as_ptr(),
                jpeg.len() as raw::size_t,
                self.decoded.pixels.as_mut_ptr(),
                row as c_int,
                raw::TJPF_TJPF_RGB as c_int,
            )
        };
        self.check(decoded)
    }

    fn parameter(&mut self, parameter: raw::TJPARAM) -> c_int {
        // SAFETY: the handle is a live decompressor; takes no pointers beside it.
        unsafe { raw::tj3Get(self.handle.as_ptr(), parameter as c_int) }
    }

    fn check(&mut self, result: c_int) -> Result<(), PyramidError> {
        if result == 0 {
            return Ok(());
        }
        // SAFETY: the handle is live, and its message is a C string until the next call.
        let message = unsafe { CStr::from_ptr(raw::tj3GetErrorStr(self.handle.as_ptr())) };
        let error = turbojpeg::Error::TurboJpegError(message.to_string_lossy().into_owned());
        Err(PyramidError::jpeg("decoded")(error))
    }
}

impl Drop for PartDecoder {
    fn drop(&mut self) {
        // SAFETY: the handle came from `tj3Init` and is not used after this.
        unsafe { raw::tj3Destroy(self.handle.as_ptr()) };
    }
}

/// Width of a minimum coded unit in pixels, for a subsampling as TurboJPEG numbers them.
fn mcu_width(subsampling: c_int) -> Option<u32> {
    match subsampling as raw::TJSAMP {
        raw::TJSAMP_TJSAMP_444 | raw::TJSAMP_TJSAMP_GRAY | raw::TJSAMP_TJSAMP_440 => Some(8),
        raw::TJSAMP_TJSAMP_422 | raw::TJSAMP_TJSAMP_420 => Some(16),
        raw::TJSAMP_TJSAMP_411 => Some(32),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use turbojpeg::Subsamp;

    use super::*;
    use crate::fixture;
    use crate::jpeg::{decode_scaled, encode_rgb};

    const SUBSAMPLINGS: [Subsamp; 5] = [
        Subsamp::None,
        Subsamp::Sub2x1,
        Subsamp::Sub2x2,
        Subsamp::Sub1x2,
        Subsamp::Gray,
    ];

    #[test]
    fn a_part_is_what_the_whole_holds() -> Result<(), PyramidError> {
        let image = fixture::painted(0, 0, PixelSize::new(240, 176));
        for subsampling in SUBSAMPLINGS {
            let jpeg = encode_rgb(&image, 80, subsampling)?;
            for scale in DctScale::COARSEST_FIRST {
                let whole = decode_scaled(&jpeg, scale)?;
                for (x, y, width, height) in parts(whole.size) {
                    let part = PixelRect {
                        x,
                        y,
                        width,
                        height,
                    };
                    let mut canvas = RgbImage::filled(PixelSize::new(width, height), [0; 3]);
                    decode_part(&jpeg, scale, part, &mut canvas, (0, 0))?;
                    assert!(
                        canvas == whole.cropped(part),
                        "{subsampling:?} {scale:?} {part:?}"
                    );
                }
            }
        }
        Ok(())
    }

    /// Parts at every kind of place: corners, edges, one pixel, off the grid of blocks.
    fn parts(size: PixelSize) -> Vec<(u32, u32, u32, u32)> {
        let along = |length: u32| {
            [
                (0, length),
                (0, 1),
                (length - 1, 1),
                (length / 3, length / 2),
                (length / 2, 7.min(length / 2)),
            ]
        };
        along(size.width)
            .iter()
            .flat_map(|&(x, width)| along(size.height).map(|(y, height)| (x, y, width, height)))
            .collect()
    }

    #[test]
    fn a_part_outside_is_refused() -> Result<(), PyramidError> {
        let jpeg = encode_rgb(
            &fixture::painted(0, 0, PixelSize::new(64, 64)),
            80,
            Subsamp::Sub2x2,
        )?;
        let mut canvas = RgbImage::filled(PixelSize::new(32, 32), [0; 3]);
        let part = |x, width| PixelRect {
            x,
            y: 0,
            width,
            height: 10,
        };
        let mut decode = |part, at| decode_part(&jpeg, DctScale::Full, part, &mut canvas, at);
        assert!(decode(part(60, 10), (0, 0)).is_err());
        assert!(decode(part(u32::MAX, 10), (0, 0)).is_err());
        assert!(decode(part(0, 33), (0, 0)).is_err());
        assert!(decode(part(0, 30), (3, 0)).is_err());
        assert!(decode(part(0, 30), (2, 23)).is_err());
        assert!(decode(part(0, 30), (2, 22)).is_ok());
        Ok(())
    }
}
