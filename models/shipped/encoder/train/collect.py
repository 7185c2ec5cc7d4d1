"""Step 1 of 2: the teacher looks at real tiles; the tiles and what it sees go to one file.

The tiles are those of the oral archive that are not held out, and those of real slides. A second
file, `OUT.oral.safetensors`, has the teacher's features of all oral tiles, only to measure it.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tqdm import tqdm

from images import oral_tiles, slide_tiles
from teacher import BATCH, Teacher

SLIDES = ["wsi/CMU-1-Small-Region.svs", "wsi/tcga-cr-7395-01a-01-ts1.svs"]


def main() -> None:
    arguments = parsed()
    held_out = set(Path(arguments.held_out).read_text().split())
    oral = oral_tiles(arguments.data / "tiles/oral_cancer_originals.tar")
    slides = [tile for slide in SLIDES for tile in slide_tiles(arguments.data / slide)]
    taught = [tile for name, tile in oral.items() if name not in held_out] + slides
    assert len(taught) == len(oral) - len(held_out) + len(slides), "a held-out tile is not there"

    teacher = Teacher(
        arguments.data / "weights/capricorn0.1_densenet121.safetensors", arguments.threads
    )
    whole = answers(teacher, list(oral.values()) + slides)
    is_taught = np.array([name not in held_out for name in oral] + [True] * len(slides))
    save_file(
        {"features": whole[: len(oral)].mean(axis=(1, 2), dtype=np.float32)},
        arguments.out.with_suffix(".oral.safetensors"),
        metadata={"names": json.dumps(list(oral))},
    )
    unfinished = arguments.out.with_suffix(".part")
    save_file({"pixels": np.stack(taught), "places": whole[is_taught]}, unfinished)
    unfinished.rename(arguments.out)


def answers(teacher: Teacher, tiles: list[np.ndarray]) -> np.ndarray:
    bar = tqdm(range(0, len(tiles), BATCH), desc="teacher", unit="batch")
    return np.concatenate([teacher.places(np.stack(tiles[at : at + BATCH])) for at in bar])


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with tiles/, wsi/, weights/"
    )
    parser.add_argument(
        "--held-out", type=Path, default=Path(__file__).parent.parent / "held_out.txt"
    )
    parser.add_argument("--out", type=Path, required=True, help="safetensors file to write")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
