"""The teacher: a DenseNet-121 trained on histology.

It takes RGB / 255 and gives 1,024 values for each of 7 x 7 places; their mean is its embedding.
"""

from pathlib import Path

import numpy as np
import openvino
import torch
from safetensors.torch import load_file
from torch import nn
from torchvision.models import densenet121

BATCH = 8


class Teacher:
    """Runs in OpenVINO, which is several times as fast as PyTorch without a GPU."""

    def __init__(self, weights: Path, threads: int):
        example = torch.zeros(BATCH, 3, 224, 224)
        model = openvino.convert_model(network(weights), example_input=example)
        model.reshape([BATCH, 3, 224, 224])
        self.compiled = openvino.compile_model(
            model, "CPU", {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
        )

    def places(self, tiles: np.ndarray) -> np.ndarray:
        """(tiles, 224, 224, 3) u8 to (tiles, 7, 7, 1024) f16; at most BATCH tiles."""
        padded = np.zeros((BATCH, 3, 224, 224), np.float32)
        padded[: len(tiles)] = tiles.transpose(0, 3, 1, 2) / np.float32(255)
        maps = self.compiled(padded)[0][: len(tiles)]
        return maps.transpose(0, 2, 3, 1).astype(np.float16)


def network(weights: Path) -> nn.Module:
    whole = densenet121(num_classes=24)
    for module in whole.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps = 1.001e-5
    whole.load_state_dict(load_file(weights))
    return nn.Sequential(whole.features, nn.ReLU()).eval()
