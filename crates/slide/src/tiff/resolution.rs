use flow::Mpp;

/// Coarser than this is a printer's default (72 or 300 dots an inch), not a microscope's: the
/// coarsest objective in use, 1x, gives about 10.
const COARSEST_UM: f64 = 20.0;

/// The mean of both axes, `None` where that cannot be a slide's.
pub(crate) fn plausible_mpp(x_um: f64, y_um: f64) -> Option<Mpp> {
    let mean = (x_um + y_um) / 2.0;
    Mpp::new(mean).ok().filter(|mpp| mpp.get() <= COARSEST_UM)
}

/// XResolution and YResolution in pixels a unit; the unit is 2 for inches, 3 for centimetres
/// (TIFF 6.0, section 8).
pub(super) fn mpp_of_resolution(x: f64, y: f64, unit: u64) -> Option<Mpp> {
    let unit_um = match unit {
        2 => 25_400.0,
        3 => 10_000.0,
        _ => return None,
    };
    plausible_mpp(unit_um / x, unit_um / y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centimetres_and_inches_are_understood_and_printer_defaults_are_not() {
        let um = |mpp: Option<Mpp>| mpp.map(Mpp::get);
        assert_eq!(um(mpp_of_resolution(40_000.0, 40_000.0, 3)), Some(0.25));
        assert_eq!(um(mpp_of_resolution(101_600.0, 101_600.0, 2)), Some(0.25));
        assert_eq!(um(mpp_of_resolution(72.0, 72.0, 2)), None);
        assert_eq!(um(mpp_of_resolution(300.0, 300.0, 2)), None);
        assert_eq!(um(mpp_of_resolution(40_000.0, 40_000.0, 1)), None);
        assert_eq!(um(mpp_of_resolution(0.0, 0.0, 2)), None);
    }
}
