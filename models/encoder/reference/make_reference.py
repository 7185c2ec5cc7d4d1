"""Writes the numbers that timm, Pillow and PyTorch give for tiny random models.

    pip install torch timm pillow safetensors
    python models/encoder/reference/make_reference.py

Run from the root of the repository; the tests of models/encoder and models/mil read what it writes.
"""

import hashlib
import json
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from timm.layers import SwiGLUPacked
from timm.models.vision_transformer import VisionTransformer
from torch import nn

ENCODER = Path("models/encoder/tests/fixtures")
MIL = Path("models/mil/tests/fixtures")
MEAN, STD = (0.7, 0.6, 0.7), (0.2, 0.25, 0.2)
SIDE, PATCH, WIDTH, DEPTH, HEADS = 32, 8, 16, 2, 2

# Name, timm arguments, and the same in the words of encoder.json.
VARIANTS = {
    "plain": (
        {"mlp_ratio": 4.0},
        {},
    ),
    "registers": (
        {
            "mlp_ratio": 5.25,
            "mlp_layer": SwiGLUPacked,
            "act_layer": nn.SiLU,
            "reg_tokens": 4,
            "no_embed_class": True,
            "init_values": 1e-5,
        },
        {
            "mlp": {"activation": "swiglu-packed", "ratio": 5.25},
            "registers": 4,
            "position_embedding": "patches",
            "layer_scale": True,
            "pooling": "class-and-mean",
        },
    ),
    "pre-norm": (
        {
            "mlp_ratio": 3.0,
            "pre_norm": True,
            "reg_tokens": 2,
            "init_values": 1e-5,
            "norm_layer": partial(nn.LayerNorm, eps=1e-5),
        },
        {
            "mlp": {"activation": "gelu-erf", "ratio": 3.0},
            "pre_norm": True,
            "registers": 2,
            "layer_scale": True,
            "layer_norm_eps": 1e-5,
        },
    ),
}


def randomise(model):
    """Values large enough that every switch changes the result."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(0.0, 0.3)
            if "norm" in name and name.endswith("weight"):
                parameter.add_(1.0)


def write_encoders():
    random = np.random.default_rng(1)
    # Gradients with noise, so that resizing has something to average.
    ramp = np.linspace(40, 230, SIDE)[None, :, None, None] + np.zeros((7, SIDE, SIDE, 3))
    ramp = ramp + random.normal(0, 40, ramp.shape)
    tiles = torch.from_numpy(ramp.clip(0, 255).astype(np.uint8))
    tensors = {"tiles": tiles}
    images = (tiles.float() / 255 - torch.tensor(MEAN)) / torch.tensor(STD)
    for name, (arguments, words) in VARIANTS.items():
        arguments = {"norm_layer": partial(nn.LayerNorm, eps=1e-6)} | arguments
        model = VisionTransformer(
            img_size=SIDE, patch_size=PATCH, embed_dim=WIDTH, depth=DEPTH, num_heads=HEADS,
            num_classes=0, global_pool="token", **arguments,
        ).eval()
        randomise(model)
        with torch.no_grad():
            tokens = model.forward_features(images.permute(0, 3, 1, 2))
        embeddings = tokens[:, 0]
        if words.get("pooling") == "class-and-mean":
            patches = tokens[:, model.num_prefix_tokens :]
            embeddings = torch.cat([embeddings, patches.mean(1)], dim=1)
        tensors[f"expected.{name}"] = embeddings.contiguous()
        write_encoder(name, model, words, embeddings.shape[1])
    tensors |= resized(tiles)
    tensors |= resampled()
    save_file(tensors, ENCODER / "reference.safetensors")


def write_encoder(name, model, words, dimension):
    weights = ENCODER / f"{name}.safetensors"
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, weights)
    architecture = {
        "image_px": SIDE, "patch_px": PATCH, "width": WIDTH, "depth": DEPTH, "heads": HEADS,
        "mlp": {"activation": "gelu-erf", "ratio": 4.0}, "layer_scale": False, "registers": 0,
        "position_embedding": "prefix-and-patches", "pre_norm": False, "layer_norm_eps": 1e-6,
        "pooling": "class",
    } | words
    config = {
        "name": name,
        "architecture": architecture,
        "input": {"tile_px": SIDE, "mpp": 0.5, "resize": "bilinear", "mean": MEAN, "std": STD},
        "dimension": dimension,
        "weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "licence": "MIT OR Apache-2.0",
        "intended_use": "tests",
    }
    (ENCODER / f"{name}.json").write_text(json.dumps(config, indent=2) + "\n")


def resized(tiles):
    """The first tile made smaller and larger by Pillow."""
    image = Image.fromarray(tiles[0].numpy())
    filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
    return {
        f"resized.{name}.{side}": torch.from_numpy(np.array(image.resize((side, side), kind)))
        for name, kind in filters.items()
        for side in (20, 48)
    }


def resampled():
    """Positions of a grid on another grid: as timm does it, and as Hugging Face's DINOv2 does."""
    random = np.random.default_rng(2)
    tensors = {}
    for side in (37, 14):
        grid = torch.from_numpy(random.normal(size=(side, side, 2)).astype(np.float32))
        tensors[f"positions.{side}"] = grid
        for name, antialias in (("antialias", True), ("plain", False)):
            to = nn.functional.interpolate(
                grid.permute(2, 0, 1)[None], size=(16, 16), mode="bicubic", antialias=antialias
            )
            tensors[f"positions.{side}.16.{name}"] = to[0].permute(1, 2, 0).contiguous()
    return tensors


class GatedAbmil(nn.Module):
    """Ilse et al. 2018 with a projection before and a cumulative-link grade after."""

    def __init__(self, dimension, hidden, attention, highest):
        super().__init__()
        self.projection = nn.Linear(dimension, hidden)
        self.attention_V = nn.Linear(hidden, attention)
        self.attention_U = nn.Linear(hidden, attention)
        self.attention_w = nn.Linear(attention, 1)
        self.detection = nn.Linear(hidden, 1)
        self.severity = nn.Linear(hidden, 1, bias=False)
        self.grade = nn.ParameterDict(
            {"first": nn.Parameter(torch.zeros(1)), "steps": nn.Parameter(torch.zeros(highest - 2))}
        )

    def forward(self, bag):
        hidden = torch.relu(self.projection(bag))
        gate = torch.tanh(self.attention_V(hidden)) * torch.sigmoid(self.attention_U(hidden))
        attention = torch.softmax(self.attention_w(gate), dim=0)
        pooled = (attention * hidden).sum(0)
        later = self.grade["first"] + nn.functional.softplus(self.grade["steps"]).cumsum(0)
        thresholds = torch.cat([self.grade["first"], later])
        return {
            "logit": self.detection(pooled),
            "tile_logits": self.detection(hidden).squeeze(1),
            "attention": attention.squeeze(1),
            "exceedance": torch.sigmoid(self.severity(pooled) - thresholds),
        }


def write_head():
    model = GatedAbmil(dimension=12, hidden=8, attention=6, highest=5)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.0, 0.5)
    bag = torch.randn(50, 12)
    with torch.no_grad():
        expected = model(bag)
    tensors = {f"expected.{name}": value.contiguous() for name, value in expected.items()}
    save_file({"bag": bag} | tensors, MIL / "reference.safetensors")
    save_file(model.state_dict(), MIL / "head.safetensors")


if __name__ == "__main__":
    torch.manual_seed(0)
    for folder in (ENCODER, MIL):
        folder.mkdir(parents=True, exist_ok=True)
    write_encoders()
    write_head()
