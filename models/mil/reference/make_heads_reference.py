"""Writes what PyTorch gives for every MIL head with random weights, for models/mil/tests/heads.rs.

    pip install torch safetensors
    python models/mil/reference/make_heads_reference.py

Run from the root of the repository. The modules follow the equations of the papers; parameters go by
the names that published checkpoints give them, so that the test also maps those names to ours.
"""

import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

OUTPUT = Path("models/mil/tests/fixtures/heads.safetensors")
DIMENSION, HIDDEN, ATTENTION, CLASSES = 64, 32, 16, 3
HEADS, LANDMARKS, INVERSE_STEPS = 4, 8, 6
PSEUDO_BAGS = 5
BAG_SIZES = (1, 2, 7, 300)


def even(bag):
    return torch.full((1, len(bag)), 1 / len(bag))


class MeanPool(nn.Module):
    def __init__(self):
        super().__init__()
        self.classifier = nn.Linear(DIMENSION, CLASSES)

    def forward(self, bag):
        return self.classifier(bag.mean(0)), even(bag)


class MaxPool(nn.Module):
    def __init__(self):
        super().__init__()
        self.classifier = nn.Linear(DIMENSION, CLASSES)

    def forward(self, bag):
        values, origins = bag.max(0)
        shares = torch.bincount(origins, minlength=len(bag)) / DIMENSION
        return self.classifier(values), shares[None]


class MeanMlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.projection = nn.Linear(DIMENSION, HIDDEN)
        self.classifier = nn.Linear(HIDDEN, CLASSES)

    def forward(self, bag):
        return self.classifier(self.projection(bag).relu()).mean(0), even(bag)


class PlainAbmil(nn.Module):
    def __init__(self):
        super().__init__()
        self.projection = nn.Linear(DIMENSION, HIDDEN)
        self.attention_V = nn.Linear(HIDDEN, ATTENTION)
        self.attention_w = nn.Linear(ATTENTION, 1)
        self.classifier = nn.Linear(HIDDEN, CLASSES)

    def forward(self, bag):
        hidden = self.projection(bag).relu()
        attention = self.attention_w(self.attention_V(hidden).tanh()).T.softmax(1)
        return self.classifier((attention @ hidden)[0]), attention


class GatedAbmil(nn.Module):
    def __init__(self):
        super().__init__()
        self.projection = nn.Linear(DIMENSION, HIDDEN)
        self.attention_V = nn.Sequential(nn.Linear(HIDDEN, ATTENTION), nn.Tanh())
        self.attention_U = nn.Sequential(nn.Linear(HIDDEN, ATTENTION), nn.Sigmoid())
        self.attention_weights = nn.Linear(ATTENTION, 1)
        self.classifier = nn.Sequential(nn.Linear(HIDDEN, 1))

    def forward(self, bag):
        hidden = self.projection(bag).relu()
        gated = self.attention_V(hidden) * self.attention_U(hidden)
        attention = self.attention_weights(gated).T.softmax(1)
        return self.classifier((attention @ hidden)[0]), attention


class ClamGate(nn.Module):
    def __init__(self, branches):
        super().__init__()
        self.attention_a = nn.Sequential(nn.Linear(HIDDEN, ATTENTION), nn.Tanh())
        self.attention_b = nn.Sequential(nn.Linear(HIDDEN, ATTENTION), nn.Sigmoid())
        self.attention_c = nn.Linear(ATTENTION, branches)

    def forward(self, hidden):
        return self.attention_c(self.attention_a(hidden) * self.attention_b(hidden))


def clam_trunk(branches):
    return nn.Sequential(
        nn.Linear(DIMENSION, HIDDEN), nn.ReLU(), nn.Dropout(0.25), ClamGate(branches)
    )


class ClamSb(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention_net = clam_trunk(1)
        self.classifiers = nn.Linear(HIDDEN, CLASSES)
        # Only the training of CLAM uses these; a reader must leave them out.
        self.instance_classifiers = nn.ModuleList(nn.Linear(HIDDEN, 2) for _ in range(CLASSES))

    def forward(self, bag):
        hidden = self.attention_net[:3](bag)
        attention = self.attention_net[3](hidden).T.softmax(1)
        return self.classifiers((attention @ hidden)[0]), attention


class ClamMb(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention_net = clam_trunk(CLASSES)
        self.classifiers = nn.ModuleList(nn.Linear(HIDDEN, 1) for _ in range(CLASSES))
        self.instance_classifiers = nn.ModuleList(nn.Linear(HIDDEN, 2) for _ in range(CLASSES))

    def forward(self, bag):
        hidden = self.attention_net[:3](bag)
        attention = self.attention_net[3](hidden).T.softmax(1)
        pooled = attention @ hidden
        logits = [one(row) for one, row in zip(self.classifiers, pooled)]
        return torch.cat(logits), attention


class InstanceClassifier(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(DIMENSION, classes))

    def forward(self, bag):
        return self.fc(bag)


class BagClassifier(nn.Module):
    def __init__(self, classes, q, v):
        super().__init__()
        self.q, self.v = q, v
        self.fcc = nn.Conv1d(classes, classes, kernel_size=DIMENSION)

    def forward(self, bag, instance_logits):
        queries, values = self.q(bag), self.v(bag)
        critical = queries[instance_logits.argmax(0)]
        attention = (critical @ queries.T / math.sqrt(queries.shape[1])).softmax(1)
        return self.fcc((attention @ values)[None])[0, :, 0], attention


class Dsmil(nn.Module):
    def __init__(self, classes, q, v):
        super().__init__()
        self.i_classifier = InstanceClassifier(classes)
        self.b_classifier = BagClassifier(classes, q, v)

    def forward(self, bag):
        return self.b_classifier(bag, self.i_classifier(bag))


def two_layer_query():
    return nn.Sequential(
        nn.Linear(DIMENSION, ATTENTION), nn.ReLU(), nn.Linear(ATTENTION, ATTENTION), nn.Tanh()
    )


def dsmil():
    return Dsmil(CLASSES, two_layer_query(), nn.Identity())


def dsmil_linear_value():
    value = nn.Sequential(nn.Dropout(0.0), nn.Linear(DIMENSION, DIMENSION))
    return Dsmil(1, nn.Linear(DIMENSION, ATTENTION), value)


def dsmil_relu_value():
    value = nn.Sequential(nn.Dropout(0.0), nn.Linear(DIMENSION, DIMENSION), nn.ReLU())
    return Dsmil(2, two_layer_query(), value)


class NystromAttention(nn.Module):
    """Xiong et al. 2021, eq. 13 to 15, with a depthwise convolution of the values along the bag."""

    def __init__(self):
        super().__init__()
        self.to_qkv = nn.Linear(HIDDEN, 3 * HIDDEN, bias=False)
        self.to_out = nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.Dropout(0.1))
        self.res_conv = nn.Conv2d(HEADS, HEADS, (33, 1), padding=(16, 0), groups=HEADS, bias=False)

    def forward(self, tokens):
        n_padding = -len(tokens) % LANDMARKS
        padded = torch.cat([torch.zeros(n_padding, HIDDEN), tokens])
        split = self.to_qkv(padded).reshape(len(padded), 3, HEADS, HIDDEN // HEADS)
        q, k, v = split.permute(1, 2, 0, 3)
        q = q / math.sqrt(HIDDEN // HEADS)
        of_q, of_k = (self.landmarks(x) for x in (q, k))
        near = (q @ of_k.mT).softmax(-1)
        between = (of_q @ of_k.mT).softmax(-1)
        far = (of_q @ k.mT).softmax(-1)
        matrix = near @ self.inverse(between) @ far
        mixed = matrix @ v + self.res_conv(v[None])[0]
        out = self.to_out(mixed.transpose(0, 1).reshape(len(padded), HIDDEN))
        first_row = matrix[:, n_padding, n_padding:].mean(0)
        return out[n_padding:], first_row

    def landmarks(self, x):
        return x.reshape(HEADS, LANDMARKS, -1, x.shape[-1]).mean(2)

    def inverse(self, matrix):
        largest = matrix.sum(-1).max() * matrix.sum(-2).max()
        z, unit = matrix.mT / largest, torch.eye(LANDMARKS)
        for _ in range(INVERSE_STEPS):
            az = matrix @ z
            z = z @ (13 * unit - az @ (15 * unit - az @ (7 * unit - az))) / 4
        return z


class TransLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(HIDDEN)
        self.attn = NystromAttention()

    def forward(self, tokens):
        out, first_row = self.attn(self.norm(tokens))
        return tokens + out, first_row


class PositionEncoding(nn.Module):
    def __init__(self):
        super().__init__()
        convolution = lambda side: nn.Conv2d(HIDDEN, HIDDEN, side, 1, side // 2, groups=HIDDEN)
        self.proj, self.proj1, self.proj2 = (convolution(side) for side in (7, 5, 3))

    def forward(self, tokens, side):
        image = tokens[1:].T.reshape(1, HIDDEN, side, side)
        image = image + self.proj(image) + self.proj1(image) + self.proj2(image)
        return torch.cat([tokens[:1], image[0].flatten(1).T])


class TransMil(nn.Module):
    def __init__(self):
        super().__init__()
        self._fc1 = nn.Sequential(nn.Linear(DIMENSION, HIDDEN), nn.ReLU())
        self.cls_token = nn.Parameter(torch.zeros(1, 1, HIDDEN))
        self.layer1, self.pos_layer, self.layer2 = TransLayer(), PositionEncoding(), TransLayer()
        self.norm = nn.LayerNorm(HIDDEN)
        self._fc2 = nn.Linear(HIDDEN, CLASSES)

    def forward(self, bag):
        side = math.ceil(math.sqrt(len(bag)))
        n_repeated = side * side - len(bag)
        hidden = self._fc1(bag)
        tokens = torch.cat([self.cls_token[0], hidden, hidden[:n_repeated]])
        tokens, _ = self.layer1(tokens)
        tokens = self.pos_layer(tokens, side)
        tokens, row = self.layer2(tokens)
        # What a repeated instance receives is its own.
        attention = row[1 : 1 + len(bag)].clone()
        attention[:n_repeated] += row[1 + len(bag) :]
        return self._fc2(self.norm(tokens)[0]), attention[None]


class DtfdGate(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention_V = nn.Sequential(nn.Linear(HIDDEN, ATTENTION), nn.Tanh())
        self.attention_U = nn.Sequential(nn.Linear(HIDDEN, ATTENTION), nn.Sigmoid())
        self.attention_weights = nn.Linear(ATTENTION, 1)

    def forward(self, hidden):
        return self.attention_weights(self.attention_V(hidden) * self.attention_U(hidden))[:, 0]


class DtfdPart(nn.Module):
    """A module with the attributes given, for the names of the original's parts."""

    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)


class Dtfd(nn.Module):
    """Zhang et al. 2022, section 3.3 (MaxMinS), instance k in pseudo-bag k modulo their count."""

    def __init__(self):
        super().__init__()
        self.classifier = DtfdPart(fc=nn.Linear(HIDDEN, CLASSES))
        self.dim_reduction = DtfdPart(fc1=nn.Linear(DIMENSION, HIDDEN, bias=False))
        self.attention = DtfdGate()
        self.att_classifier = DtfdPart(
            attention=DtfdGate(), classifier=DtfdPart(fc=nn.Linear(HIDDEN, CLASSES))
        )

    def forward(self, bag):
        hidden = self.dim_reduction.fc1(bag).relu()
        scores = self.attention(hidden)
        chosen, shares = [], []
        for number in range(min(PSEUDO_BAGS, len(bag))):
            members = torch.arange(number, len(bag), PSEUDO_BAGS)
            attention = scores[members].softmax(0)
            attended = hidden[members] * attention[:, None]
            evidence = (attended @ self.classifier.fc.weight.T).softmax(1)[:, -1]
            chosen += [members[evidence.argmax()], members[evidence.argmin()]]
            shares.append((members, attention))
        distilled = hidden[torch.stack(chosen)]
        second = self.att_classifier.attention(distilled).softmax(0)
        spread = torch.zeros(1, len(bag))
        for (members, attention), pair in zip(shares, second.reshape(-1, 2)):
            spread[0, members] = attention * pair.sum()
        return self.att_classifier.classifier.fc(second @ distilled), spread


CASES = {
    "gated-abmil": GatedAbmil,
    "mean-pool": MeanPool,
    "max-pool": MaxPool,
    "mean-mlp": MeanMlp,
    "plain-abmil": PlainAbmil,
    "clam-sb": ClamSb,
    "clam-mb": ClamMb,
    "dsmil": dsmil,
    "dsmil-linear-value": dsmil_linear_value,
    "dsmil-relu-value": dsmil_relu_value,
    "trans-mil": TransMil,
    "dtfd": Dtfd,
}


def randomised(model):
    """Values large enough that every part changes the result."""
    for name, parameter in model.named_parameters():
        parameter.normal_(0.0, 0.2)
        if "norm" in name and name.endswith("weight"):
            parameter.add_(1.0)
    return model.eval()


@torch.no_grad()
def main():
    torch.manual_seed(20260)
    tensors = {f"bag/{n}": torch.randn(n, DIMENSION) for n in BAG_SIZES}
    for case, build in CASES.items():
        model = randomised(build())
        for name, parameter in model.named_parameters():
            tensors[f"{case}/weight/{name}"] = parameter.detach().clone()
        for n in BAG_SIZES:
            logits, attention = model(tensors[f"bag/{n}"])
            tensors[f"{case}/logits/{n}"] = logits.contiguous()
            tensors[f"{case}/attention/{n}"] = attention.contiguous()
            print(f"{case:20} {n:4} {logits.tolist()}")
    save_file(tensors, OUTPUT)
    print(f"{OUTPUT}: {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
