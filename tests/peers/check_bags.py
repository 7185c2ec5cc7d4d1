"""Opens exported bags with h5py and PyTorch, and writes bags as the other tools do, to be imported.

    check_bags.py exported FOLDER MPP   holds trident/, clam/ and stamp/ of one slide of this mpp
    check_bags.py write FOLDER NAME     writes NAME.h5 below FOLDER/trident, clam and stamp

Whole-number places must agree between the formats to the pixel of level 0. PyTorch is asked only
where it is installed.
"""

import sys
from pathlib import Path

import h5py
import numpy as np

try:
    import torch
except ImportError:
    torch = None

DIMENSION = 16


def only(folder, pattern):
    (found,) = folder.glob(pattern)
    return found


def check_exported(folder, mpp):
    with h5py.File(only(folder / "trident", "*.h5")) as file:
        features, coords = file["features"][:], file["coords"][:]
        beside = dict(file["coords"].attrs)
        assert file["features"].attrs["encoder"] and file["features"].attrs["name"]
    assert features.dtype == np.float32 and coords.dtype == np.int64
    assert len(features) == len(coords) > 0 and np.isfinite(features).all()
    for name in ("patch_size", "patch_size_level0", "level0_magnification", "target_magnification"):
        assert beside[name] > 0, name
    limits = [beside["level0_width"], beside["level0_height"]]
    assert (coords >= 0).all() and (coords < limits).all()

    with h5py.File(only(folder / "clam" / "h5_files", "*.h5")) as file:
        assert np.array_equal(file["features"][:], features)
        assert np.array_equal(file["coords"][:], coords)
        assert file["coords"].attrs["patch_level"] == 0
        assert file["coords"].attrs["patch_size"] == beside["patch_size_level0"]
    if torch is None:
        print("skipped: PyTorch is not installed, the .pt file was not opened", file=sys.stderr)
    else:
        tensor = torch.load(only(folder / "clam" / "pt_files", "*.pt"), weights_only=True)
        assert tensor.dtype == torch.float32 and np.array_equal(tensor.numpy(), features)

    with h5py.File(only(folder / "stamp", "*.h5")) as file:
        assert file["feats"].dtype == np.float16
        assert np.allclose(file["feats"][:], features, rtol=1e-3, atol=1e-3)
        assert file.attrs["unit"] == "um" and file.attrs["tile_size_um"] > 0
        assert file.attrs["tile_size_um"] == beside["tile_size_um"]
        um = file["coords"][:]
        assert np.array_equal(np.rint(um / mpp), coords)
    print(f"{len(features)} tiles of {features.shape[1]} values: h5py sees the same in all formats")


def places(step):
    rows, columns = np.mgrid[0:3, 0:4]
    return np.stack([columns.ravel() * step, rows.ravel() * step], axis=1)


def write(folder, name):
    features = np.random.default_rng(3).standard_normal((12, DIMENSION)).astype("f4")
    for tool in ("trident", "clam", "stamp"):
        (folder / tool).mkdir(parents=True, exist_ok=True)
    with h5py.File(folder / "trident" / f"{name}.h5", "w") as file:
        data = file.create_dataset("features", data=features, chunks=(1, DIMENSION), maxshape=(None, DIMENSION))
        data.attrs["encoder"] = "peer_trident"
        coords = file.create_dataset("coords", data=places(256), chunks=(1, 2), maxshape=(None, 2))
        coords.attrs.update({"patch_size": 256, "patch_size_level0": 256, "overlap": 0})
    with h5py.File(folder / "clam" / f"{name}.h5", "w") as file:
        file.create_dataset("features", data=features, compression="gzip", shuffle=True)
        coords = file.create_dataset("coords", data=places(256).astype("i4"))
        coords.attrs.update({"patch_size": 256, "patch_level": 0, "downsample": (1.0, 1.0)})
    with h5py.File(folder / "stamp" / f"{name}.h5", "w") as file:
        file["feats"] = features.astype("f2")
        file["coords"] = places(128.0).astype("f4")
        file.attrs.update({"extractor": "peer_stamp", "unit": "um", "tile_size_um": 128.0, "tile_size_px": 256})


if __name__ == "__main__":
    if sys.argv[1] == "exported":
        check_exported(Path(sys.argv[2]), float(sys.argv[3]))
    else:
        write(Path(sys.argv[2]), sys.argv[3])
