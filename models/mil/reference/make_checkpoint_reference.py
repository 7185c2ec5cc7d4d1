"""Writes what PyTorch gives for published checkpoints on a bag that follows a formula, for
models/mil/tests/checkpoints.rs.

    pip install torch
    python models/mil/reference/make_checkpoint_reference.py FOLDER

Run from the root of the repository; FOLDER holds the checkpoints of DSMIL and of DTFD-MIL. Only the
few numbers that come out are kept. The equations are those of the papers, on the names that the
checkpoints have.
"""

import json
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

OUTPUT = Path("models/mil/tests/fixtures/checkpoints.json")
N_INSTANCES = 37
PSEUDO_BAGS = 5


def bag(dimension):
    count = torch.arange(N_INSTANCES * dimension, dtype=torch.float64)
    return (count * 0.7371).sin().abs().to(torch.float32).reshape(N_INSTANCES, dimension)


def linear(tensors, name, rows):
    return F.linear(rows, tensors[f"{name}.weight"], tensors.get(f"{name}.bias"))


def dsmil(tensors):
    """Li et al. 2021, section 3.2: the instances' logits, and those of the bag."""
    rows = bag(tensors["i_classifier.fc.0.weight"].shape[1])
    instances = linear(tensors, "i_classifier.fc.0", rows)
    queries = linear(tensors, "b_classifier.q.0", rows).relu()
    queries = linear(tensors, "b_classifier.q.2", queries).tanh()
    critical = queries[instances.argmax(0)]
    attention = (queries @ critical.T / math.sqrt(queries.shape[1])).softmax(0)
    pooled = (attention.T @ rows)[None]
    logits = F.conv1d(pooled, tensors["b_classifier.fcc.weight"], tensors["b_classifier.fcc.bias"])
    return logits[0, :, 0], attention.T


def gated(tensors, prefix, rows):
    content = linear(tensors, f"{prefix}attention_V.0", rows).tanh()
    gate = linear(tensors, f"{prefix}attention_U.0", rows).sigmoid()
    return linear(tensors, f"{prefix}attention_weights", content * gate)[:, 0]


def dtfd(parts):
    """Zhang et al. 2022, section 3.3 (MaxMinS), instance k in pseudo-bag k modulo their count."""
    rows = linear(parts["dim_reduction"], "fc1", bag(parts["dim_reduction"]["fc1.weight"].shape[1])).relu()
    scores = gated(parts["attention"], "", rows)
    chosen, shares = [], []
    for number in range(PSEUDO_BAGS):
        members = torch.arange(number, N_INSTANCES, PSEUDO_BAGS)
        attention = scores[members].softmax(0)
        attended = rows[members] * attention[:, None]
        evidence = (attended @ parts["classifier"]["fc.weight"].T).softmax(1)[:, -1]
        order = evidence.argsort(descending=True)
        chosen += [members[order[0]], members[order[-1]]]
        shares.append((members, attention))
    distilled = rows[torch.stack(chosen)]
    second = gated(parts["att_classifier"], "attention.", distilled).softmax(0)
    logits = linear(parts["att_classifier"], "classifier.fc", second[None] @ distilled)[0]
    spread = torch.zeros(1, N_INSTANCES)
    for (members, attention), pair in zip(shares, second.reshape(-1, 2)):
        spread[0, members] = attention * pair.sum()
    return logits, spread


CHECKPOINTS = {"c16_aggregator.pth": dsmil, "tcga_aggregator.pth": dsmil, "dtfd_model.pth": dtfd}


@torch.no_grad()
def main():
    found = {}
    for name, head in CHECKPOINTS.items():
        tensors = torch.load(Path(sys.argv[1]) / name, map_location="cpu", weights_only=True)
        logits, attention = head(tensors)
        found[name] = {
            "logits": [round(value, 6) for value in logits.tolist()],
            "attention": [[round(value, 7) for value in row] for row in attention.tolist()],
        }
        print(name, found[name]["logits"])
    OUTPUT.write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
