"""The encoder in training: timm's vision transformer with the heads that are dropped afterwards."""

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from timm.models.vision_transformer import VisionTransformer
from torch import nn

N_TEACHER = 1024
N_CLASSES = 12


class Student(nn.Module):
    """An encoder whose pooling is `class-and-mean`, with blocks put on top that change nothing yet.

    Its first blocks stay as they are, so their tokens are computed once for each tile.
    """

    def __init__(self, folder: Path, n_fixed: int, n_added: int):
        super().__init__()
        self.settings = json.loads((folder / "encoder.json").read_text())
        self.settings["architecture"]["depth"] += n_added
        self.vit = transformer(self.settings["architecture"])
        start = load_file(folder / "model.safetensors")
        self.vit.load_state_dict({n: value.float() for n, value in start.items()}, strict=False)
        for block in self.vit.blocks[len(self.vit.blocks) - n_added :]:
            for last in (block.attn.proj, block.mlp.fc2):
                nn.init.zeros_(last.weight)
                nn.init.zeros_(last.bias)
        self.fixed, self.learning = self.vit.blocks[:n_fixed], self.vit.blocks[n_fixed:]
        width = self.vit.embed_dim
        self.teacher_head = nn.Linear(2 * width, N_TEACHER)
        self.place_head = nn.Linear(width, N_TEACHER)
        self.tile_head = nn.Linear(2 * width, N_CLASSES)
        self.patch_head = nn.Linear(width, N_CLASSES)
        pixels = self.settings["input"]
        self.register_buffer("mean", torch.tensor(pixels["mean"]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(pixels["std"]).view(1, 3, 1, 1))

    @torch.no_grad()
    def fixed_tokens(self, tiles: torch.Tensor) -> torch.Tensor:
        """(batch, 224, 224, 3) u8 to tokens (batch, 1 + patches, width) f16."""
        images = (tiles.permute(0, 3, 1, 2).float() / 255 - self.mean) / self.std
        patches = self.vit.patch_embed(images)
        first = self.vit.cls_token.expand(len(tiles), -1, -1)
        tokens = torch.cat([first, patches], dim=1) + self.vit.pos_embed
        return self.fixed(tokens).half()

    def forward(
        self, tokens: torch.Tensor, kept: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Tokens of the fixed blocks and the patches that are looked at, to the embeddings
        (batch, 2 * width) and the last tokens of those patches (batch, kept, width)."""
        tokens = torch.cat([tokens[:, :1], tokens[:, 1:][:, kept]], dim=1).float()
        tokens = self.vit.norm(self.learning(tokens))
        embeddings = torch.cat([tokens[:, 0], tokens[:, 1:].mean(dim=1)], dim=1)
        return embeddings, tokens[:, 1:]

    def encoder_parameters(self) -> list[nn.Parameter]:
        return [*self.learning.parameters(), *self.vit.norm.parameters()]

    @property
    def n_patches(self) -> int:
        return self.vit.patch_embed.num_patches

    def heads(self) -> list[nn.Parameter]:
        heads = (self.teacher_head, self.place_head, self.tile_head, self.patch_head)
        return [parameter for head in heads for parameter in head.parameters()]


def transformer(architecture: dict) -> VisionTransformer:
    return VisionTransformer(
        img_size=architecture["image_px"],
        patch_size=architecture["patch_px"],
        embed_dim=architecture["width"],
        depth=architecture["depth"],
        num_heads=architecture["heads"],
        mlp_ratio=architecture["mlp"]["ratio"],
        num_classes=0,
    )


def write(folder: Path, weights: dict[str, torch.Tensor], settings: dict) -> None:
    """The two files of an encoder, weights as f16; `settings` get the weights' sha256."""
    folder.mkdir(parents=True, exist_ok=True)
    stored = folder / "model.safetensors"
    halves = {name: weights[name].half().contiguous() for name in sorted(weights)}
    save_file(halves, stored)
    digest = hashlib.sha256(stored.read_bytes()).hexdigest()
    text = json.dumps({**settings, "weights_sha256": digest}, indent=2)
    (folder / "encoder.json").write_text(text + "\n")
