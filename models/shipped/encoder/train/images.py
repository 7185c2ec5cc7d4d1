"""The images the encoder learns from. No label of a real image is ever read here."""

import io
import tarfile
from pathlib import Path

import numpy as np
import openslide
from openslide.deepzoom import DeepZoomGenerator
from PIL import Image

SIDE = 224
# A tile with fewer pixels that are darker than paper shows no tissue worth learning.
MIN_TISSUE = 0.35


def oral_tiles(archive: Path) -> dict[str, np.ndarray]:
    """The H&E tiles of the archive by name, (224, 224, 3) u8, in the order of their names."""
    with tarfile.open(archive) as tar:
        members = sorted((m for m in tar if m.name.endswith(".jpg")), key=lambda m: m.name)
        return {
            str(Path(member.name).relative_to(Path(member.name).parts[0])): decoded(tar, member)
            for member in members
        }


def slide_tiles(slide: Path) -> list[np.ndarray]:
    """Tiles with tissue of a slide, at full resolution and at half of it."""
    with openslide.OpenSlide(str(slide)) as opened:
        zoom = DeepZoomGenerator(opened, tile_size=SIDE, overlap=0)
        tiles = []
        for level in (zoom.level_count - 1, zoom.level_count - 2):
            columns, rows = zoom.level_tiles[level]
            for row in range(rows):
                for column in range(columns):
                    tiles.append(np.asarray(zoom.get_tile(level, (column, row)).convert("RGB")))
    return [tile for tile in tiles if tile.shape == (SIDE, SIDE, 3) and has_tissue(tile)]


def decoded(tar: tarfile.TarFile, member: tarfile.TarInfo) -> np.ndarray:
    data = tar.extractfile(member).read()
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def has_tissue(tile: np.ndarray) -> bool:
    saturated = tile.max(axis=2).astype(int) - tile.min(axis=2) > 20
    return saturated.mean() >= MIN_TISSUE
