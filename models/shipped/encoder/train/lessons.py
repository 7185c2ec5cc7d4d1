"""What the student is shown and must tell: tokens of its fixed blocks, and the answers."""

from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.numpy import load_file
from tqdm import tqdm

from student import Student

# One painted tile in so many is learned from.
PHANTOM_STRIDE = 3


class RealTiles:
    """Tokens of real tiles and what the teacher sees, its 1,024 values standardised."""

    def __init__(self, path: Path, poses: int, student: Student):
        file = load_file(path)
        self.tokens = fixed_tokens(student, in_poses(file["pixels"], poses), "real tiles")
        self.places = in_poses(file["places"], poses)
        self.of_tile = Scale(file["places"].mean(axis=(1, 2), dtype=np.float32))
        some = file["places"][:: max(1, len(file["places"]) // 500)]
        self.of_place = Scale(some.reshape(-1, some.shape[-1]).astype(np.float32))

    def batch(self, count: int, rng: np.random.Generator) -> tuple[torch.Tensor, ...]:
        """Tokens, answers (count, 1024) for the tiles, (count, 14 * 14, 1024) for the patches."""
        chosen = rng.choice(len(self.tokens), count, replace=False)
        places = self.places[chosen].astype(np.float32)
        whole, parts = self.of_tile(places.mean(axis=(1, 2))), self.of_place(places)
        parts = parts.repeat(2, axis=1).repeat(2, axis=2).reshape(count, -1, places.shape[-1])
        return self.tokens[chosen], torch.from_numpy(whole), torch.from_numpy(parts)


class Scale:
    """Standardises values by those it was made from (rows, values)."""

    def __init__(self, rows: np.ndarray):
        spread = rows.std(axis=0)
        # Values that hardly ever change would be noise blown up.
        self.spread = np.maximum(spread, 0.1 * np.median(spread))
        self.mean = rows.mean(axis=0)

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        return ((rows - self.mean) / self.spread).clip(-5, 5)


class Phantoms:
    """Tokens of painted tiles, the shares of their tissue classes and the class of every patch."""

    def __init__(self, path: Path, part: str, poses: int, student: Student):
        with safe_open(path, "np") as file:
            read = lambda name: file.get_tensor(f"{part}.{name}")[::PHANTOM_STRIDE]
            pixels, shares, patches = read("pixels"), read("shares"), read("patches")
        self.tokens = fixed_tokens(student, in_poses(pixels, poses), f"{part} phantoms")
        self.shares = torch.from_numpy(np.tile(shares, (poses, 1)))
        patches = in_poses(patches, poses).reshape(len(self.tokens), -1)
        self.patches = torch.from_numpy(patches.astype(np.int64))

    def batch(self, count: int, rng: np.random.Generator) -> tuple[torch.Tensor, ...]:
        chosen = rng.choice(len(self.tokens), count, replace=False)
        return self.tokens[chosen], self.shares[chosen], self.patches[chosen]


def in_poses(cells: np.ndarray, poses: int) -> np.ndarray:
    """All cells (count, rows, columns, ...) in the first of the eight ways to lay a square on itself,
    then all in the second, and so on."""
    turned = []
    for pose in range(poses):
        rows, columns = (slice(None, None, -1 if pose & bit else 1) for bit in (1, 2))
        laid = cells.swapaxes(1, 2) if pose & 4 else cells
        turned.append(laid[:, rows, columns])
    return np.concatenate(turned)


def fixed_tokens(student: Student, pixels: np.ndarray, what: str) -> torch.Tensor:
    bar = tqdm(range(0, len(pixels), 16), desc=what, unit="batch")
    return torch.cat([student.fixed_tokens(torch.from_numpy(pixels[at : at + 16])) for at in bar])
