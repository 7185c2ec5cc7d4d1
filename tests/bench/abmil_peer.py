"""Gated attention MIL (Ilse et al. 2018) in PyTorch over one bag, once for each line on standard input.

Usage: abmil_peer.py ENGINE WEIGHTS BAG DIMENSION N_THREADS

ENGINE is f32, bf16, compile-f32 or compile-bf16. WEIGHTS is a safetensors file of Coverslip's head,
BAG the f32 values of its instances, one after another; they lie in memory in the engine's type
beforehand. Says the bag's probability, then what each round cost (see rounds.py).
"""

import sys

import numpy
import rounds
import torch
from safetensors.torch import load_file


class GatedAbmil(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        for name in ["projection", "attention_V", "attention_U", "attention_w", "detection"]:
            outputs, inputs = weights[f"{name}.weight"].shape
            setattr(self, name, torch.nn.Linear(inputs, outputs))
        self.load_state_dict(weights, strict=True)

    def logits(self, bag):
        hidden = torch.relu(self.projection(bag))
        gated = torch.tanh(self.attention_V(hidden)) * torch.sigmoid(self.attention_U(hidden))
        attention = torch.softmax(self.attention_w(gated).float(), dim=0)
        pooled = attention.to(hidden.dtype).T @ hidden
        return self.detection(pooled).float()

    def forward(self, bag):
        return torch.sigmoid(self.logits(bag))


def main(engine, weights, bag, dimension, n_threads):
    torch.set_num_threads(int(n_threads))
    kind = torch.bfloat16 if engine.endswith("bf16") else torch.float32
    values = numpy.fromfile(bag, dtype=numpy.float32).reshape(-1, int(dimension))
    values = torch.from_numpy(values).to(kind)
    model = GatedAbmil(load_file(weights)).eval().to(kind)
    if engine.startswith("compile"):
        from torch._inductor import config

        config.freezing = True
        model = torch.compile(model)

    def run():
        with torch.no_grad():
            return model(values).numpy()

    run()
    rounds.serve(f"PyTorch {torch.__version__}", run(), run)


if __name__ == "__main__":
    main(*sys.argv[1:])
