use bags::{BagFile, BagFormat, Evidence, PlaceUnit, TilePlaces, TileSide, read};

use crate::{DIMENSION, Tested, embeddings, fixture, places};

/// The places of a file whose embeddings are those of the reference.
fn places_of(bag: BagFile, name: &str) -> Result<TilePlaces, String> {
    assert_eq!(bag.dimension, DIMENSION, "{name}");
    assert_eq!(bag.embeddings, embeddings(), "{name}");
    bag.places.ok_or_else(|| format!("{name} has no places"))
}

#[test]
fn trident_in_every_storage() -> Tested {
    for name in ["trident.h5", "trident_gzip.h5", "trident_lzf_big_endian.h5"] {
        let bag = read(&fixture(name))?;
        assert_eq!(bag.format, BagFormat::Trident);
        assert_eq!(bag.encoder.as_deref(), Some("uni_v1"));
        let found = places_of(bag, name)?;
        assert_eq!(found.corners, places(512.0, 0.0), "{name}");
        assert_eq!(found.unit, PlaceUnit::Level0Pixel);
        assert_eq!(found.side, Some(TileSide::Level0Pixels(512.0)));
        assert_eq!(found.side_evidence, Evidence::Stated);
        assert_eq!(found.shown_px, Some(256.0));
    }
    let found = places_of(read(&fixture("trident_no_side.h5"))?, "no side")?;
    assert_eq!(found.side, Some(TileSide::Level0Pixels(512.0)));
    assert_eq!(found.side_evidence, Evidence::Inferred);
    Ok(())
}

#[test]
fn a_slide_without_tissue_is_an_empty_bag() -> Tested {
    let bag = read(&fixture("trident_empty.h5"))?;
    assert_eq!((bag.n_instances(), bag.dimension), (0, 0));
    assert_eq!(bag.format, BagFormat::Trident);
    assert_eq!(bag.places.map(|places| places.corners.len()), Some(0));
    Ok(())
}

#[test]
fn clam_with_its_level_and_without() -> Tested {
    let bag = read(&fixture("clam/h5_files/a.b.h5"))?;
    assert_eq!((bag.format, &bag.encoder), (BagFormat::Clam, &None));
    let found = places_of(bag, "clam")?;
    assert_eq!(found.corners, places(1024.0, 37.0));
    assert_eq!(found.side, Some(TileSide::Level0Pixels(1024.0)));
    assert_eq!(found.side_evidence, Evidence::Stated);
    assert_eq!(found.shown_px, Some(256.0));

    let bare = places_of(read(&fixture("clam_bare.h5"))?, "bare")?;
    assert_eq!(bare.corners, found.corners);
    assert_eq!(bare.side, found.side);
    assert_eq!(bare.side_evidence, Evidence::Inferred);
    assert_eq!(bare.shown_px, None);
    Ok(())
}

#[test]
fn a_tensor_finds_its_places_in_the_folder_beside() -> Tested {
    let found = places_of(read(&fixture("clam/pt_files/a.b.pt"))?, "pt")?;
    assert_eq!(found.corners, places(1024.0, 37.0));
    let alone = read(&fixture("alone.pt"))?;
    assert_eq!((alone.format, alone.places), (BagFormat::Clam, None));
    assert_eq!(alone.embeddings, embeddings());
    Ok(())
}

#[test]
fn stamp_of_every_version() -> Tested {
    for (name, shown_px) in [("stamp.h5", Some(224.0)), ("stamp_2_0.h5", None)] {
        let bag = read(&fixture(name))?;
        assert_eq!(bag.format, BagFormat::Stamp);
        assert_eq!(bag.encoder.as_deref(), Some("virchow2"));
        let found = places_of(bag, name)?;
        assert_eq!(found.corners, places(256.0, 0.0), "{name}");
        assert_eq!(found.unit, PlaceUnit::Micrometre);
        assert_eq!(found.unit_evidence, Evidence::Stated);
        assert_eq!(found.side, Some(TileSide::Micrometres(256.0)));
        assert_eq!(found.shown_px, shown_px);
    }
    let first = places_of(read(&fixture("stamp_first.h5"))?, "first")?;
    assert_eq!(first.corners, places(256.0, 0.0));
    assert_eq!(first.unit, PlaceUnit::Micrometre);
    assert_eq!(first.unit_evidence, Evidence::Inferred);
    Ok(())
}

#[test]
fn what_was_found_is_said() -> Tested {
    let line = read(&fixture("trident.h5"))?.to_string();
    assert_eq!(
        line,
        "TRIDENT: 20 tiles of 8 values by `uni_v1`; places in level-0 pixels (always so in this \
         format), tile side 512 level-0 pixels (stated)"
    );
    let line = read(&fixture("stamp_first.h5"))?.to_string();
    assert!(
        line.contains("micrometres (inferred from how far"),
        "{line}"
    );
    let line = read(&fixture("alone.pt"))?.to_string();
    assert!(
        line.ends_with("encoder not stated; no places of tiles"),
        "{line}"
    );
    Ok(())
}

#[test]
fn what_is_no_usable_bag_says_why() {
    let refused = [
        ("no_bag.h5", "this has `weights`"),
        ("trident_nan.h5", "embedding 7 is not finite"),
        ("trident_one_too_many.h5", "20 embeddings and 19 places"),
        ("stamp_unknown.h5", "they lie 300 apart"),
        ("two_tensors.pt", "holds 2 tensors"),
        ("../../Cargo.toml", "neither safetensors nor"),
        ("absent.h5", "cannot be read"),
    ];
    for (name, reason) in refused {
        let error = read(&fixture(name)).expect_err(name).to_string();
        assert!(error.contains(reason), "{name}: {error}");
    }
}
