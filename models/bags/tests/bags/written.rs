use bags::{BagError, BagFormat, OutgoingBag, TileSide, read, write};
use flow::{
    BagHeader, DeviceKind, EncoderRef, Instance, Mpp, MppSource, PixelSize, Precision,
    Sha256Digest, SlideId, SlideManifest, TissueMask,
};

use crate::{COLUMNS, DIMENSION, ROWS, Tested, embeddings};

const MPP: f64 = 0.2499;
const TILE_UM: f64 = 112.0;

fn slide() -> Result<SlideManifest, flow::FlowError> {
    let digest = Sha256Digest::of(b"slide");
    let mpp = Mpp::new(MPP)?;
    Ok(SlideManifest {
        slide: SlideId::from_digest(&digest),
        original: digest,
        pyramid: digest,
        format: "test".to_owned(),
        scanner: None,
        mpp,
        mpp_source: MppSource::File,
        objective_power: Some(40.0),
        size: PixelSize::new(60_000, 50_000),
        tile: PixelSize::new(256, 256),
        levels: Vec::new(),
        associated: Vec::new(),
        deidentification: None,
        icc: None,
        tissue: TissueMask::new(32.0, 1, 1, vec![true])?,
        uids: None,
    })
}

fn header(n_instances: u64) -> Result<BagHeader, flow::FlowError> {
    let digest = Sha256Digest::of(b"slide");
    Ok(BagHeader {
        slide: SlideId::from_digest(&digest),
        pyramid: digest,
        encoder: EncoderRef {
            name: "uni".to_owned(),
            hash: digest,
        },
        precision: Precision::F32,
        device: DeviceKind::Cpu,
        dimension: DIMENSION as u32,
        mpp: Mpp::new(0.5)?,
        untrained_mpp: None,
        encoder_terms: None,
        tile_um: TILE_UM,
        columns: 400,
        rows: 400,
        n_instances,
        chunks: Vec::new(),
    })
}

/// Far from the origin, where a rounded pitch would show.
fn instances() -> Vec<Instance> {
    let place = |at: usize| Instance {
        x_um: (300 + at % COLUMNS) as f64 * TILE_UM,
        y_um: (200 + at / COLUMNS) as f64 * TILE_UM,
    };
    (0..ROWS * COLUMNS).map(place).collect()
}

#[test]
fn each_format_gives_back_what_went_out() -> Tested {
    let (slide, instances, embeddings) = (slide()?, instances(), embeddings());
    let header = header(instances.len() as u64)?;
    let bag = OutgoingBag {
        name: "case.1",
        slide: &slide,
        header: &header,
        instances: &instances,
        embeddings: &embeddings,
    };
    for format in [BagFormat::Trident, BagFormat::Clam, BagFormat::Stamp] {
        let folder = tempfile::tempdir()?;
        let files = write(&bag, format, folder.path())?;
        for file in &files {
            let again = read(file)?;
            assert_eq!(again.format, format);
            assert_eq!(again.embeddings, embeddings, "{format}");
            let places = again.places.ok_or("places")?;
            assert_eq!(places.side, Some(TileSide::Micrometres(TILE_UM)));
            // The very pixel of level 0, and less than half a pixel from the exact place.
            let px = |um: f64| (um / MPP).round() as i64;
            for (instance, [x, y]) in instances.iter().zip(places.corners_um(MPP)) {
                assert_eq!([px(x), px(y)], [px(instance.x_um), px(instance.y_um)]);
                assert!((x - instance.x_um).abs() <= MPP / 2.0, "{format}");
                assert!((y - instance.y_um).abs() <= MPP / 2.0, "{format}");
            }
        }
        let left = |path: &std::path::Path| path.extension().is_some_and(|end| end == "part");
        assert!(!files.iter().any(|file| left(file)));
    }
    Ok(())
}

#[test]
fn an_empty_bag_goes_out_and_comes_back() -> Tested {
    let (slide, header) = (slide()?, header(0)?);
    let bag = OutgoingBag {
        name: "bare",
        slide: &slide,
        header: &header,
        instances: &[],
        embeddings: &[],
    };
    for format in [BagFormat::Trident, BagFormat::Clam, BagFormat::Stamp] {
        let folder = tempfile::tempdir()?;
        for file in write(&bag, format, folder.path())? {
            let again = read(&file)?;
            assert_eq!((again.n_instances(), again.dimension), (0, DIMENSION));
        }
    }
    Ok(())
}

#[test]
fn stamp_refuses_what_half_precision_cannot_hold() -> Tested {
    let (slide, instances, mut embeddings) = (slide()?, instances(), embeddings());
    let header = header(instances.len() as u64)?;
    embeddings[3 * DIMENSION] = 1e6;
    let bag = OutgoingBag {
        name: "large",
        slide: &slide,
        header: &header,
        instances: &instances,
        embeddings: &embeddings,
    };
    let folder = tempfile::tempdir()?;
    let refused = write(&bag, BagFormat::Stamp, folder.path());
    assert!(matches!(refused, Err(BagError::BeyondHalf { row: 3 })));
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 0);
    Ok(())
}
