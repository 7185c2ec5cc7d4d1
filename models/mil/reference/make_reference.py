"""Makes the reference numbers that tests/parity.rs holds the head to.

Needs torch and safetensors. Writes head.safetensors (random weights) and outputs.json (bags with
PyTorch's outputs) beside this script. Written from the equations of Ilse et al. 2018 (gated
attention) and McCullagh 1980 (cumulative link), independently of the Rust code.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

INPUTS, HIDDEN, ATTENTION, GRADES = 24, 16, 8, 5


def weights():
    generator = torch.Generator().manual_seed(20261121)

    def draw(*shape):
        return torch.randn(*shape, generator=generator)

    return {
        "reduce.weight": draw(HIDDEN, INPUTS) / INPUTS**0.5,
        "reduce.bias": draw(HIDDEN),
        "attention.tanh.weight": draw(ATTENTION, HIDDEN),
        "attention.tanh.bias": draw(ATTENTION),
        "attention.gate.weight": draw(ATTENTION, HIDDEN),
        "attention.gate.bias": draw(ATTENTION),
        "attention.weights.weight": draw(1, ATTENTION),
        "attention.weights.bias": draw(1),
        "detection.weight": draw(1, HIDDEN),
        "detection.bias": draw(1),
        "grading.weight": draw(1, HIDDEN),
        "grading.first": draw(1),
        "grading.gaps": draw(GRADES - 2),
    }


def forward(w, x):
    def linear(name, value):
        return torch.nn.functional.linear(value, w[f"{name}.weight"], w[f"{name}.bias"])

    hidden = torch.relu(linear("reduce", x))
    gated = torch.tanh(linear("attention.tanh", hidden)) * torch.sigmoid(
        linear("attention.gate", hidden)
    )
    attention = torch.softmax(linear("attention.weights", gated).squeeze(1), dim=0)
    pooled = attention @ hidden
    gaps = torch.nn.functional.softplus(w["grading.gaps"])
    thresholds = w["grading.first"] + torch.cat([torch.zeros(1), gaps.cumsum(0)])
    return {
        "logit": linear("detection", pooled).tolist(),
        "attention": attention.tolist(),
        "tile_logits": linear("detection", hidden).squeeze(1).tolist(),
        "grade_logits": ((w["grading.weight"] @ pooled) - thresholds).tolist(),
    }


def main():
    here = Path(__file__).parent
    w = weights()
    save_file(w, here / "head.safetensors")
    generator = torch.Generator().manual_seed(7)
    bags = []
    for n_instances in (1, 2, 7, 60):
        x = torch.randn(n_instances, INPUTS, generator=generator)
        bags.append({"embeddings": x.flatten().tolist(), **forward(w, x)})
    text = json.dumps({"torch": torch.__version__, "bags": bags})
    (here / "outputs.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
