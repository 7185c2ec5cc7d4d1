"""Writes the shipped architecture with random weights: what the figures on the card are held against.

python untrained.py --like ../ --out FOLDER
"""

import argparse
import json
from pathlib import Path

import torch

from student import transformer, write

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--like", type=Path, required=True, help="folder with an encoder.json")
parser.add_argument("--out", type=Path, required=True)
parser.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()

settings = json.loads((arguments.like / "encoder.json").read_text())
settings.pop("training", None)
torch.manual_seed(arguments.seed)
weights = transformer(settings["architecture"]).state_dict()
write(arguments.out, weights, {**settings, "name": "untrained", "intended_use": "comparison"})
