"""Writes what transformers, open_clip, PyTorch and timm give for published encoders of theirs.

    pip install torch timm transformers open_clip_torch pillow safetensors
    python models/encoder/reference/make_originals.py

Two kinds, both with weights made by a formula that the tests know too: the encoders of `published/`
at their real widths, cut to two blocks (`originals.safetensors`, embeddings only), and tiny
checkpoints with the names under which each library publishes them (`import/*.safetensors`, with the
embeddings to expect in `import/expected.safetensors`).
"""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file

import checkpoints
import originals
import shapes
from formula import random_bits, weights

CRATE = Path("models/encoder")
FIXTURES = CRATE / "tests/fixtures"
DEPTH, N_TILES = 2, 7
# Of each embedding every so many values are kept.
STRIDE = 4
# A text of CLIP's vocabulary: the tokens that begin and end it are the last two.
TEXT = [49406, 320, 1125, 539, 320, 1579, 26228, 269, 49407]
TINY_TEXT = [62, 5, 17, 40, 5, 63]

PUBLISHED = {
    "phikon": originals.vit,
    "phikon-v2": originals.dinov2,
    "midnight-12k": originals.dinov2,
    "hibou-b": originals.dinov2,
    "hibou-l": originals.dinov2,
    "plip": originals.clip,
    "quiltnet-b-32": originals.quilt,
    "quiltnet-b-16": originals.quilt,
    "conch": originals.conch,
    "conch-v1.5": originals.conch,
    "kaiko-l14": originals.timm,
}


def images(tile_px, image_px, encoder):
    bits = random_bits(f"tiles of {tile_px}", N_TILES * tile_px * tile_px * 3) >> np.uint64(56)
    tiles = bits.astype(np.uint8).reshape(N_TILES, tile_px, tile_px, 3)
    filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
    kind = filters[encoder["resize"]]
    if tile_px != image_px:
        resized = [Image.fromarray(tile).resize((image_px, image_px), kind) for tile in tiles]
        tiles = np.stack([np.array(tile) for tile in resized])
    mean, std = torch.tensor(encoder["mean"]), torch.tensor(encoder["std"])
    return ((torch.from_numpy(tiles).float() / 255 - mean) / std).permute(0, 3, 1, 2)


def published(name, build):
    encoder = json.loads((CRATE / f"published/{name}.json").read_text())
    a = encoder["architecture"] | {"depth": DEPTH}
    ours = weights(shapes.image_tower(a))
    pixels = images(encoder["input"]["tile_px"], a["image_px"], encoder["input"])
    if "text" not in encoder:
        return {name: build(a, ours)(pixels)}
    text = encoder["text"] | {"depth": DEPTH}
    image, words = build(a, ours | weights(shapes.text_tower(text, a["projection"])), text)
    # open_clip wants the whole context; nothing looks ahead at the padding.
    padded = torch.tensor([TEXT + [0] * (text["context"] - len(TEXT))])
    return {name: image(pixels), f"{name}.text": words(padded)}


# What all tiny encoders share: 4 x 4 patches of 4 pixels.
TINY = {
    "image_px": 16, "patch_px": 4, "width": 16, "depth": 2, "heads": 2, "layer_scale": True,
    "mlp": {"activation": "gelu-erf", "ratio": 4.0}, "registers": 0, "pre_norm": False,
    "position_embedding": "prefix-and-patches", "layer_norm_eps": 1e-6, "pooling": "class",
}
TINY_WORDS = {
    "vocabulary": 64, "context": 8, "width": 8, "depth": 2, "heads": 2, "layer_norm_eps": 1e-5,
    "mlp": {"activation": "gelu-erf", "ratio": 4.0},
}
SWIGLU = {"mlp": {"activation": "swiglu-aligned", "ratio": 4.0}}
REGISTERS = {"registers": 4, "position_embedding": "class-and-patches"}
CLIP = {"pre_norm": True, "layer_scale": False, "layer_norm_eps": 1e-5, "projection": 12}
QUICK = {"mlp": {"activation": "quick-gelu", "ratio": 4.0}}


def pooled(bias):
    return {"pooling": {"attention": {"width": 8, "heads": 4, "bias": bias, "layer_norm_eps": 1e-5}}}


# Words of `encoder.json`, builder, names; and a text tower.
CHECKPOINTS = {
    "vit": (TINY | {"layer_scale": False}, originals.vit, checkpoints.vit, None),
    "dinov2": (TINY, originals.dinov2, checkpoints.dinov2, None),
    "dinov2-swiglu": (TINY | SWIGLU | {"pooling": "class-and-mean"}, originals.dinov2, checkpoints.dinov2, None),
    "dinov2-registers": (TINY | SWIGLU | REGISTERS, originals.dinov2, checkpoints.dinov2, None),
    # The same numbers from the files that Facebook publishes.
    "facebook": (TINY | SWIGLU | REGISTERS, originals.dinov2, checkpoints.facebook, None),
    "clip": (TINY | CLIP | QUICK, originals.clip, checkpoints.clip, TINY_WORDS | QUICK),
    "open-clip": (TINY | CLIP, originals.quilt, checkpoints.open_clip, TINY_WORDS),
    "conch": (TINY | {"layer_scale": False} | pooled(True), originals.conch, checkpoints.conch, None),
    "conch-v1.5": (TINY | pooled(False), originals.conch, checkpoints.conch_v1_5, None),
}


def write_tiny():
    folder = FIXTURES / "import"
    folder.mkdir(parents=True, exist_ok=True)
    half = {"resize": "bicubic", "mean": [0.5] * 3, "std": [0.5] * 3}
    pixels = images(16, 16, half)
    expected, configs = {}, {}
    for name, (a, build, named, text) in CHECKPOINTS.items():
        ours = weights(shapes.image_tower(a))
        if text is None:
            embeddings = build(a, ours)(pixels)
        else:
            ours |= weights(shapes.text_tower(text, a["projection"]))
            image, words = build(a, ours, text)
            padded = TINY_TEXT + [63] * (text["context"] - len(TINY_TEXT))
            expected[f"{name}.text"] = words(torch.tensor([padded])).contiguous()
            embeddings = image(pixels)
        expected[name] = embeddings.contiguous()
        configs[name] = {"architecture": a} | ({"text": text} if text else {})
        tensors = {key: value.contiguous() for key, value in named(ours).items()}
        save_file(tensors, folder / f"{name}.safetensors")
    save_file(expected, folder / "expected.safetensors")
    (folder / "encoders.json").write_text(json.dumps(configs, indent=1) + "\n")


if __name__ == "__main__":
    with torch.no_grad():
        write_tiny()
        found = {}
        for encoder, build in PUBLISHED.items():
            found |= published(encoder, build)
        kept = {name: value[:, ::STRIDE].contiguous() for name, value in found.items()}
        save_file(kept, FIXTURES / "originals.safetensors")
