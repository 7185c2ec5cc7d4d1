"""Writes what timm gives for published encoders cut to two blocks, with weights made by a formula.

    pip install torch timm safetensors
    python models/encoder/reference/make_published.py

The formula is known to the tests as well, so no weights need to be stored. The arguments
are those of the models' own cards.
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from timm.layers import SwiGLUPacked
from timm.models.vision_transformer import VisionTransformer
from torch import nn

from formula import random_bits, values

OUT = Path("models/encoder/tests/fixtures/published.safetensors")
DEPTH, N_TILES = 2, 7
# Of each embedding every so many values are kept.
STRIDE = 4

SWIGLU = {"mlp_layer": SwiGLUPacked, "act_layer": nn.SiLU, "init_values": 1e-5}
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
BIOPTIMUS = ((0.707223, 0.578729, 0.703617), (0.211883, 0.230117, 0.177517))
LUNIT = (
    (0.70322989, 0.53606487, 0.66096631),
    (0.21716536, 0.26081574, 0.20723464),
)
GIANT = {"patch_size": 14, "embed_dim": 1536, "num_heads": 24, "mlp_ratio": 5.33334} | SWIGLU
HUGE = {"patch_size": 14, "embed_dim": 1280, "num_heads": 16, "mlp_ratio": 5.3375} | SWIGLU
SMALL = {"embed_dim": 384, "num_heads": 6}

# timm's arguments, side of the tile, mean and std, whether the mean of the patches is appended.
MODELS = {
    "uni": (
        {"patch_size": 16, "embed_dim": 1024, "num_heads": 16, "init_values": 1e-5},
        224, IMAGENET, False,
    ),
    "uni2-h": (GIANT | {"reg_tokens": 8, "no_embed_class": True}, 224, IMAGENET, False),
    "virchow": (HUGE, 224, IMAGENET, True),
    "virchow2": (HUGE | {"reg_tokens": 4}, 224, IMAGENET, True),
    "prov-gigapath": (GIANT | {"patch_size": 16}, 256, IMAGENET, False),
    "h-optimus-0": (GIANT | {"reg_tokens": 4, "no_embed_class": True}, 224, BIOPTIMUS, False),
    "h0-mini": (
        {"patch_size": 14, "embed_dim": 768, "num_heads": 12, "mlp_ratio": 5.33334}
        | {"reg_tokens": 4, "no_embed_class": True} | SWIGLU,
        224, BIOPTIMUS, False,
    ),
    "lunit-dino-s16": (SMALL | {"patch_size": 16}, 224, LUNIT, False),
    "lunit-dino-s8": (SMALL | {"patch_size": 8}, 224, LUNIT, False),
}


def tiles(side):
    bits = random_bits(f"tiles of {side}", N_TILES * side * side * 3) >> np.uint64(56)
    return bits.astype(np.uint8).reshape(N_TILES, side, side, 3)


def expected(arguments, side, normalisation, with_mean):
    model = VisionTransformer(
        img_size=224, depth=DEPTH, num_classes=0, global_pool="token", **arguments
    ).eval()
    model.load_state_dict({name: values(name, tuple(value.shape))
                           for name, value in model.state_dict().items()})
    border = (side - 224) // 2
    cut = tiles(side)[:, border : border + 224, border : border + 224]
    mean, std = (torch.tensor(part) for part in normalisation)
    images = (torch.from_numpy(cut.copy()).float() / 255 - mean) / std
    with torch.no_grad():
        tokens = model.forward_features(images.permute(0, 3, 1, 2))
    embeddings = tokens[:, 0]
    if with_mean:
        embeddings = torch.cat([embeddings, tokens[:, model.num_prefix_tokens :].mean(1)], dim=1)
    return embeddings[:, ::STRIDE].contiguous()


if __name__ == "__main__":
    save_file({name: expected(*model) for name, model in MODELS.items()}, OUT)
