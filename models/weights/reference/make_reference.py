"""Writes small files as torch.save and safetensors write them, and what PyTorch reads from them.

    pip install torch numpy safetensors
    python models/weights/reference/make_reference.py [FOLDER]

Run from the root of the repository. With the folder of the real weight files, what PyTorch reads
from these is written too. The hostile files carry a call that would create a file of the name given
in `MARKER`; they are written and never loaded here.
"""

import argparse
import collections
import json
import os
import shutil
import sys
import zipfile
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from safetensors.torch import load_file, save_file

FIXTURES = Path("models/weights/tests/fixtures")
MARKER = "weights_test_was_run"
REAL = [
    "c16_aggregator.pth",
    "tcga_aggregator.pth",
    "dtfd_model.pth",
    "capricorn0.1_densenet121.safetensors",
]
LEGACY = {"_use_new_zipfile_serialization": False}
DTYPES = {
    torch.float64: "f64",
    torch.float32: "f32",
    torch.float16: "f16",
    torch.bfloat16: "bf16",
    torch.int64: "i64",
    torch.int32: "i32",
    torch.int16: "i16",
    torch.int8: "i8",
    torch.uint8: "u8",
    torch.bool: "bool",
}


def values(*shape):
    n_values = int(np.prod(shape))
    return torch.arange(n_values, dtype=torch.float32).reshape(shape) / 8 - 1


def every_kind():
    """One tensor of every type and every way to lie in a storage."""
    together = values(4, 6)
    typed = {name: values(2, 3).abs().to(dtype) for dtype, name in DTYPES.items()}
    return {
        "state_dict": collections.OrderedDict(
            typed,
            whole=together,
            transposed=together.t(),
            part=together[1:3, 2:5],
            every_other=together[:, ::2],
            repeated=values(1, 3).expand(4, 3),
            parameter=torch.nn.Parameter(values(3)),
            scalar=torch.tensor(2.5),
            empty=torch.zeros(0, 5),
        ),
        "layers": [values(2), {"deep": (values(1), None)}, "text"],
        "by_number": {0: {"momentum": values(2, 2)}, -1: values(1)},
        "epoch": 3,
        "loss": 0.25,
        "large": 1 << 200,
        "shape": torch.Size([2, 3]),
        "device": torch.device("cpu"),
        "dtype": torch.float16,
        "best": np.float64(0.5),
        "set": {1, 2},
        "settings": argparse.Namespace(rate=0.1),
        "milestones": collections.Counter([3, 3, 5]),
    }


class Wrapped(torch.nn.Module):
    """Its state dict has the `_metadata` attribute that BUILD sets."""

    def __init__(self):
        super().__init__()
        self.module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))


class Hostile:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def rounded(value):
    return float(f"{value.item():.9g}")


def described(tensor):
    as_float = tensor.detach().to(torch.float64).flatten()
    return {
        "dtype": DTYPES[tensor.dtype],
        "shape": list(tensor.shape),
        "sum": rounded(as_float.sum()),
        "weighted": rounded((as_float * torch.arange(1, len(as_float) + 1)).sum()),
        "first": [rounded(value) for value in as_float[:2]],
    }


def named(value, name=""):
    if isinstance(value, torch.Tensor):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from named(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from named(inner, f"{name}.{number}" if name else str(number))


def write_expected(file, value):
    lines = [f"{json.dumps(name)}: {json.dumps(described(t))}" for name, t in named(value)]
    path = FIXTURES / f"{file}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def write_good():
    for name, value in {"every_kind": every_kind(), "module": Wrapped().state_dict()}.items():
        torch.save(value, FIXTURES / f"{name}.zip.pth")
        torch.save(value, FIXTURES / f"{name}.legacy.pth", **LEGACY)
        write_expected(name, value)
    torch.save(values(2, 2), FIXTURES / "alone.zip.pth")
    torch.save(every_kind()["state_dict"], FIXTURES / "protocol4.zip.pth", pickle_protocol=4)
    torch.save(
        every_kind()["state_dict"], FIXTURES / "protocol4.legacy.pth", pickle_protocol=4, **LEGACY
    )


def write_big_endian():
    with mock.patch.object(sys, "byteorder", "big"):
        torch.save({"weight": values(2)}, FIXTURES / "big_endian.zip.pth")
        torch.save({"weight": values(2)}, FIXTURES / "big_endian.legacy.pth", **LEGACY)


def write_shards():
    shards = FIXTURES / "shards"
    shutil.rmtree(shards, ignore_errors=True)
    shards.mkdir()
    weight_map = {}
    for number, names in enumerate([["a.weight", "a.bias"], ["b.weight"]], start=1):
        shard = f"model-{number:05}-of-00002.safetensors"
        save_file({name: values(number, 3) for name in names}, shards / shard)
        weight_map |= dict.fromkeys(names, shard)
    index = {"metadata": {"total_size": 48}, "weight_map": weight_map}
    (shards / "model.safetensors.index.json").write_text(json.dumps(index, indent=1))


def write_hostile():
    code = f"open({MARKER!r}, 'w')"
    hostile = {
        "system": Hostile(os.system, f"touch {MARKER}"),
        "eval": Hostile(eval, code),
        "getattr": Hostile(getattr, "text", "upper"),
    }
    for name, call in hostile.items():
        value = {"weight": values(2), "extra": call}
        torch.save(value, FIXTURES / f"hostile_{name}.zip.pth")
        torch.save(value, FIXTURES / f"hostile_{name}.legacy.pth", **LEGACY)


def rewritten(name, compression=zipfile.ZIP_STORED, change=lambda entry, data: data):
    """A copy of module.zip.pth that torch.save would not write."""
    with (
        zipfile.ZipFile(FIXTURES / "module.zip.pth") as source,
        zipfile.ZipFile(FIXTURES / name, "w", compression) as copy,
    ):
        for entry in source.infolist():
            data = change(entry.filename, source.read(entry))
            if data is not None:
                copy.writestr(zipfile.ZipInfo(entry.filename), data, compression)


def write_damaged():
    rewritten("compressed.zip.pth", zipfile.ZIP_DEFLATED)
    rewritten("short.zip.pth", change=lambda name, data: data[:-1] if "/data/" in name else data)
    rewritten("lacking.zip.pth", change=lambda name, data: None if "/data/0" in name else data)


def write_real(folder):
    for name in REAL:
        path = folder / name
        if path.suffix == ".safetensors":
            found = load_file(path)
        else:
            found = torch.load(path, map_location="cpu", weights_only=True)
        write_expected(name, found)


if __name__ == "__main__":
    torch.manual_seed(1)
    FIXTURES.mkdir(parents=True, exist_ok=True)
    write_good()
    write_big_endian()
    write_shards()
    write_hostile()
    write_damaged()
    if len(sys.argv) > 1:
        write_real(Path(sys.argv[1]))
