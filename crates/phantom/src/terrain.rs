use crate::TissueClass;
use crate::epithelium::{self, Epithelium, N_EPITHELIUM};
use crate::lattice::Lattice;
use crate::point::{Area, Point};
use crate::vessel::{self, N_VESSEL, Vessel};
use crate::zone::{Anatomy, N_ZONES, ZONE_STEP, Zones};

/// The smooth fields of one small area, ready to be asked at any place in it.
pub(crate) struct Terrain<'a> {
    pub(crate) anatomy: &'a Anatomy,
    pub(crate) zones: Lattice<N_ZONES>,
    pub(crate) epithelium: Lattice<N_EPITHELIUM>,
    pub(crate) vessels: Option<Lattice<N_VESSEL>>,
}

impl<'a> Terrain<'a> {
    /// `None` where the area is bare glass.
    pub(crate) fn survey(anatomy: &'a Anatomy, area: Area) -> Option<Self> {
        let zones = Lattice::over(area, ZONE_STEP, |p| anatomy.zones(p).to_array());
        if zones.highest(Zones::TISSUE) < -12.0 {
            return None;
        }
        Some(Self {
            anatomy,
            zones,
            epithelium: epithelium::lattice(anatomy, area),
            vessels: vessel::lattice(anatomy, area),
        })
    }

    pub(crate) fn zones_at(&self, p: Point) -> Zones {
        Zones::from_array(&self.zones.sample(p))
    }

    pub(crate) fn epithelium_at(&self, p: Point) -> Epithelium {
        Epithelium::from_array(&self.epithelium.sample(p))
    }

    pub(crate) fn vessel_at(&self, p: Point) -> Vessel {
        match &self.vessels {
            Some(lattice) => Vessel::from_array(&lattice.sample(p)),
            None => Vessel::NONE,
        }
    }

    /// The unit vector along the collagen fibres at `p`.
    pub(crate) fn fibre_direction(&self, p: Point) -> Point {
        let across = self.zones.slope(p, Zones::ACROSS);
        across.unit().unwrap_or(Point::new(1.0, 0.0)).turned()
    }
}

impl Terrain<'_> {
    pub(crate) fn class_at(&self, p: Point) -> TissueClass {
        let zones = self.zones_at(p);
        let epithelium = self.epithelium_at(p);
        if zones.tissue <= 0.0 {
            TissueClass::Background
        } else if epithelium.depth > 0.0 && epithelium.lumen > 0.0 {
            TissueClass::Lumen
        } else if epithelium.depth > 0.0 && epithelium.malignancy > 0.5 {
            TissueClass::Tumour(self.anatomy.grade)
        } else if epithelium.depth > 0.0 {
            TissueClass::BenignEpithelium
        } else if self.vessel_at(p).lumen > 0.0 {
            TissueClass::Lumen
        } else if zones.fat > 0.0 {
            TissueClass::Fat
        } else if zones.lymphocytes > 0.5 {
            TissueClass::Lymphocytes
        } else {
            TissueClass::Stroma
        }
    }
}
