"""Step 2 of 2: the student learns the teacher's answers on real tiles and the tissue of phantoms.

Each step shows it real tiles, for which it must tell what the teacher sees in the tile and at each of
its 7 x 7 places, and painted tiles, whose tissue it must tell for the tile and for every patch.
Nobody's diagnosis is shown to it. Its first blocks stay as they are, so their tokens are computed
once and kept in memory (4 GB). In most steps it sees half of the patches only, which is nearly twice
as fast and keeps it from learning single tiles by heart. What is written is the running mean of its
weights.
"""

import argparse
import copy
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from tqdm import tqdm

from lessons import Phantoms, RealTiles
from student import Student, write

NAMES = {
    "name": "coverslip-histology-vit-tiny",
    "licence": "MIT OR Apache-2.0",
    "intended_use": "research, demonstration and tests; not for diagnosis. "
    "It was distilled from a teacher that was trained in part on non-commercial data",
}
DATA = (
    "real H&E (956 oral tiles without their labels, two slides) with the features of a DenseNet-121; "
    "phantom tiles of twelve tissue classes; began as an encoder of phantom tiles alone"
)

WARM_UP = 0.05
# From this share of the steps on, all patches are seen, as in use.
ALL_PATCHES_FROM = 0.85
MEAN_OVER_STEPS = 50
CLIP_NORM = 1.0
SAVE_EVERY = 100


def main() -> None:
    arguments = parsed()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    rng = np.random.default_rng(arguments.seed)
    student = Student(arguments.start, arguments.fixed, arguments.added)
    real = RealTiles(arguments.tiles, arguments.poses, student)
    phantoms = Phantoms(arguments.phantoms, "training", arguments.poses, student)
    validation = Phantoms(arguments.phantoms, "validation", 1, student)
    optimiser = torch.optim.AdamW(
        [
            {"params": student.encoder_parameters(), "lr": arguments.rate},
            {"params": student.heads(), "lr": 3 * arguments.rate},
        ],
        weight_decay=0.05,
    )
    rates = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        [arguments.rate, 3 * arguments.rate],
        arguments.steps,
        pct_start=WARM_UP,
        div_factor=10,
    )
    mean = {name: value.detach().clone() for name, value in student.vit.state_dict().items()}
    bar = tqdm(range(1, arguments.steps + 1), desc="distilling", unit="step")
    for step in bar:
        kept = patches_seen(student.n_patches, step / arguments.steps, rng)
        losses = loss_parts(
            student, kept, real.batch(arguments.real, rng), phantoms.batch(arguments.painted, rng)
        )
        optimiser.zero_grad()
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), CLIP_NORM)
        optimiser.step()
        rates.step()
        share = 1 / min(step, MEAN_OVER_STEPS)
        for name, value in student.vit.state_dict().items():
            mean[name].lerp_(value, share)
        bar.set_postfix({name: f"{value.item():.3f}" for name, value in losses.items()})
        if step % SAVE_EVERY == 0 or step == arguments.steps:
            summary = {
                "data": DATA,
                "n_tiles": (len(real.tokens) + len(phantoms.tokens)) // arguments.poses,
                "epochs": step * arguments.real * arguments.poses // len(real.tokens),
                "seed": arguments.seed,
                "validation_accuracy": accuracy(student, mean, validation),
            }
            write(arguments.out, mean, {**student.settings, **NAMES, "training": summary})


def patches_seen(n_patches: int, progress: float, rng: np.random.Generator) -> torch.Tensor:
    if progress >= ALL_PATCHES_FROM:
        return torch.arange(n_patches)
    return torch.from_numpy(np.sort(rng.choice(n_patches, n_patches // 2, replace=False)))


def loss_parts(student: Student, kept: torch.Tensor, real: tuple, painted: tuple) -> dict:
    (seen, whole, parts), (shown, shares, patches) = real, painted
    embeddings, tokens = student(torch.cat([seen, shown]), kept)
    n_real = len(seen)
    by_patch = student.patch_head(tokens[n_real:]).flatten(0, 1)
    places = student.place_head(tokens[:n_real])
    return {
        "teacher": functional.mse_loss(student.teacher_head(embeddings[:n_real]), whole),
        "places": functional.mse_loss(places, parts[:, kept]),
        "tile": 0.5 * functional.cross_entropy(student.tile_head(embeddings[n_real:]), shares),
        "patch": 0.5 * functional.cross_entropy(by_patch, patches[:, kept].flatten()),
    }


@torch.inference_mode()
def accuracy(student: Student, mean: dict, phantoms: Phantoms) -> float:
    """Share of the phantom tiles whose majority class is found with the mean weights."""
    judged = copy.deepcopy(student)
    judged.vit.load_state_dict(mean)
    kept = torch.arange(student.n_patches)
    likely = [
        judged.tile_head(judged(tokens, kept)[0]).argmax(dim=1)
        for tokens in phantoms.tokens.split(32)
    ]
    return (torch.cat(likely) == phantoms.shares.argmax(dim=1)).float().mean().item()


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiles", type=Path, required=True, help="what collect.py wrote")
    parser.add_argument(
        "--phantoms", type=Path, required=True, help="from `coverslip encoder paint`"
    )
    parser.add_argument(
        "--start", type=Path, required=True, help="folder of the encoder to go on from"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for encoder.json and weights"
    )
    parser.add_argument("--fixed", type=int, default=1, help="first blocks that stay as they are")
    parser.add_argument("--added", type=int, default=1, help="new blocks on top")
    parser.add_argument("--poses", type=int, default=8, help="of eight in which a tile is shown")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--real", type=int, default=24, help="real tiles a step")
    parser.add_argument("--painted", type=int, default=12, help="phantom tiles a step")
    parser.add_argument("--rate", type=float, default=5e-4, help="largest learning rate")
    parser.add_argument("--seed", type=int, default=20260103)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
