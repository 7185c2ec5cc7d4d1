"""Writes small sets of slides, and what numpy and scipy say of them.

Usage: python make_reference.py OUT_FOLDER     (numpy, scipy 1.17)
"""

import json
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.spatial.distance import cdist, pdist

AXES = 64


def slides(random, n, shift):
    return np.round(random.normal(size=(n, AXES)) + shift, 2).astype(np.float32)


def mmd2(recent, reference):
    """Gretton et al. 2012, equation 3, with the median of all distances between two slides as width."""
    pooled = np.concatenate([recent, reference]).astype(np.float64)
    distances = np.sort(pdist(pooled))
    width = distances[len(distances) // 2]

    def kernel(a, b):
        return np.exp(-cdist(a, b, "sqeuclidean") / (2 * width**2))

    x, y = pooled[: len(recent)], pooled[len(recent) :]
    n, m = len(x), len(y)
    within = kernel(x, x).sum() - n
    beyond = kernel(y, y).sum() - m
    return within / (n * (n - 1)) + beyond / (m * (m - 1)) - 2 * kernel(x, y).mean()


def exact_p_value(recent, reference):
    """The share of all ways to part the slides that lie as far apart."""
    pooled = np.concatenate([recent, reference]).astype(np.float64)
    distances = np.sort(pdist(pooled))
    width = distances[len(distances) // 2]
    kernel = np.exp(-cdist(pooled, pooled, "sqeuclidean") / (2 * width**2))
    np.fill_diagonal(kernel, 0)
    n, total = len(recent), len(pooled)
    ways = np.array(list(combinations(range(total), n)))
    is_first = np.zeros((len(ways), total))
    np.put_along_axis(is_first, ways, 1, axis=1)
    m = total - n
    first = is_first @ kernel
    within = (first * is_first).sum(1)
    between = (first * (1 - is_first)).sum(1)
    beyond = kernel.sum() - within - 2 * between
    statistic = within / (n * (n - 1)) + beyond / (m * (m - 1)) - 2 * between / (n * m)
    return float((statistic >= statistic[0] - 1e-12).mean())


def stability(reference, recent):
    def shares(scores):
        # Not `np.histogram`, whose edges are tenths rounded up: 0.3 would lie below 0.3.
        counts = np.bincount(np.minimum(np.floor(scores * 10), 9).astype(int), minlength=10)
        return (counts + 0.5) / (len(scores) + 5)

    a, b = shares(recent), shares(reference)
    return float(np.sum((a - b) * np.log(a / b)))


def chart(reference, weeks):
    """Each point from all weeks before it, without a recursion."""
    part, whole = reference
    centre = (part + 0.5) / (whole + 1)
    variance = centre * (1 - centre)
    points, judged = [], []
    for part, n in weeks:
        if n < 10:
            points.append(None)
            continue
        judged.append((part / n, n))
        rates, ns = (np.array(column, dtype=float) for column in zip(*judged))
        ages = np.arange(len(judged))[::-1]
        weights = 0.2 * 0.8**ages
        mean = (weights * rates).sum() + 0.8 ** len(judged) * centre
        spread = (weights**2 * variance / ns).sum() + weights.sum() ** 2 * variance / whole
        reach = 3 * np.sqrt(spread) + 0.1 / n
        points.append(
            {
                "mean": mean,
                "low": max(centre - reach, 0),
                "high": min(centre + reach, 1),
                "is_within": bool(abs(mean - centre) <= reach),
            }
        )
    return points


def main():
    folder = Path(sys.argv[1])
    random = np.random.default_rng(7)
    sets = []
    for n, m, shift in [(10, 10, 0.0), (10, 10, 0.35), (12, 40, 0.2), (30, 25, 0.0)]:
        recent, reference = slides(random, n, shift), slides(random, m, 0.0)
        sets.append(
            {
                "recent": recent.astype(float).round(2).tolist(),
                "reference": reference.astype(float).round(2).tolist(),
                "mmd2": mmd2(recent, reference),
                "p_value": exact_p_value(recent, reference) if n + m == 20 else None,
            }
        )
    scores = [np.round(random.beta(a, b, size=n), 3) for a, b, n in [(2, 3, 200), (3, 2, 40)]]
    weeks = [(2, 40), (1, 8), (6, 35), (9, 30), (12, 30), (11, 31)]
    expected = {
        "sets": sets,
        "stability": {
            "reference": scores[0].tolist(),
            "recent": scores[1].tolist(),
            "index": stability(*scores),
        },
        "chart": {"reference": [12, 150], "weeks": weeks, "points": chart((12, 150), weeks)},
    }
    (folder / "expected.json").write_text(json.dumps(expected, default=float) + "\n")


main()
