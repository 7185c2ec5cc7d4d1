"""Writes small bags as TRIDENT, CLAM and STAMP write them, for models/bags/tests.

    pip install h5py numpy torch
    python models/bags/reference/make_reference.py

Run from the root of the repository. Values and places follow formulas that the tests know too.
"""

from pathlib import Path

import h5py
import numpy as np
import torch

FIXTURES = Path("models/bags/tests/fixtures")
ROWS, COLUMNS, DIMENSION = 4, 5, 8


def embeddings():
    """Every value is exact in half precision."""
    count = ROWS * COLUMNS * DIMENSION
    return (np.arange(count, dtype="f4") / 64 - 1).reshape(-1, DIMENSION)


def places(step, left=0):
    """Row by row."""
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
    return np.stack([columns.ravel() * step + left, rows.ravel() * step], axis=1)


def create(name):
    path = FIXTURES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return h5py.File(path, "w")


def trident(name, features, coords, side=True, **storage):
    """Chunks of one row, as TRIDENT appends them."""
    with create(name) as file:
        chunks = {} if features.size == 0 else {"chunks": (1, DIMENSION), "maxshape": (None, DIMENSION)}
        dataset = file.create_dataset("features", data=features, **{**chunks, **storage})
        dataset.attrs.update({"name": "one", "savetodir": "out", "encoder": "uni_v1"})
        chunks = {} if features.size == 0 else {"chunks": (1, 2), "maxshape": (None, 2)}
        dataset = file.create_dataset("coords", data=coords, **chunks)
        beside = {
            "patch_size": 256,
            "level0_magnification": 40,
            "target_magnification": 20,
            "overlap": 0,
            "name": "one",
            "savetodir": "out",
            "level0_width": 60000,
            "level0_height": 50000,
        }
        if side:
            beside["patch_size_level0"] = 512
        dataset.attrs.update(beside)


def clam(name, attributes):
    with create(name) as file:
        file.create_dataset("features", data=embeddings(), chunks=(1, DIMENSION), maxshape=(None, DIMENSION))
        dataset = file.create_dataset("coords", data=places(1024, left=37).astype("i4"))
        dataset.attrs.update(attributes)


def stamp(name, coords, **attributes):
    with create(name) as file:
        file["feats"] = embeddings().astype("f2")
        file["coords"] = coords
        file.attrs.update(attributes)


def main():
    trident("trident.h5", embeddings(), places(512))
    trident("trident_gzip.h5", embeddings().astype("f8"), places(512), compression="gzip", shuffle=True, chunks=(3, 5))
    trident("trident_lzf_big_endian.h5", embeddings().astype(">f2"), places(512), compression="lzf", fletcher32=True)
    trident("trident_no_side.h5", embeddings(), places(512), side=False)
    trident("trident_empty.h5", np.zeros(0), np.zeros(0))
    broken = embeddings()
    broken[7, 3] = np.nan
    trident("trident_nan.h5", broken, places(512))
    trident("trident_one_too_many.h5", embeddings(), places(512)[:-1])

    sizes = {"patch_size": 256, "downsampled_level_dim": (15000, 12500), "level_dim": (15000, 12500)}
    level = {"patch_level": 1, "downsample": (4.0, 4.0), "name": "a.b", "save_path": "out"}
    clam("clam/h5_files/a.b.h5", {**sizes, **level})
    torch.save(torch.from_numpy(embeddings()), FIXTURES / "clam/pt_files/a.b.pt")
    clam("clam_bare.h5", {})
    torch.save(torch.from_numpy(embeddings()), FIXTURES / "alone.pt")
    torch.save({"a": torch.zeros(1), "b": torch.zeros(1)}, FIXTURES / "two_tensors.pt")

    origin = {"stamp_version": "2.3.0", "extractor": "virchow2"}
    um = places(256).astype("f4")
    stamp("stamp.h5", um, unit="um", tile_size_um=256.0, tile_size_px=224, code_hash="0", feat_type="tile", **origin)
    stamp("stamp_2_0.h5", um, unit="um", tile_size=256.0, **origin)
    stamp("stamp_first.h5", places(224))
    stamp("stamp_unknown.h5", places(300))
    with create("no_bag.h5") as file:
        file["weights"] = np.zeros(3)


if __name__ == "__main__":
    main()
