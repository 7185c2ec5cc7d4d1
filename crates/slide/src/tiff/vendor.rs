use crate::tiff::description::is_aperio;

/// Who wrote the TIFF, as far as it decides how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vendor {
    Aperio,
    /// A plain tiled pyramid: OME-TIFF, libvips, Huron, Motic, ours.
    Generic,
    /// Tiles overlap, levels are padded or pages mean something else: OpenSlide knows how.
    NeedsDecoder,
}

/// Texts of the first page by which OpenSlide's own readers recognise these files.
pub(super) fn vendor_of(description: &str, software: &str, xmp: &str) -> Vendor {
    if is_aperio(description) {
        return Vendor::Aperio;
    }
    // Ventana BIF tiles overlap; so do Trestle's. Philips pads its levels to whole tiles. Leica SCN
    // keeps its macro in the same pyramid.
    let ventana = xmp.contains("iScan") || description.starts_with("level=");
    let trestle = software.starts_with("MedScan");
    let philips = software.starts_with("Philips");
    let leica = description.contains("leica-microsystems.com/scn");
    match ventana || trestle || philips || leica {
        true => Vendor::NeedsDecoder,
        false => Vendor::Generic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_and_padded_formats_are_left_to_the_decoder() {
        assert_eq!(vendor_of("Aperio Image\n", "", ""), Vendor::Aperio);
        assert_eq!(vendor_of("", "tifffile", ""), Vendor::Generic);
        assert_eq!(vendor_of("", "", "<iScan X=\"1\">"), Vendor::NeedsDecoder);
        assert_eq!(vendor_of("", "Philips DP v1.0", ""), Vendor::NeedsDecoder);
        assert_eq!(vendor_of("", "MedScan", ""), Vendor::NeedsDecoder);
    }
}
