"""Writes small tables of predictions and what scikit-learn says of them.

Usage: python make_reference.py OUT_FOLDER     (scikit-learn 1.9, numpy)
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
from sklearn import metrics


def write(path, header, rows):
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def binary(folder, random):
    """60 slides, two decimals, so that scores tie."""
    truth = (random.random(60) < 0.4).astype(int)
    score = np.round(1 / (1 + np.exp(-(truth * 1.6 - 0.8 + random.normal(size=60)))), 2)
    header = ["slide", "label", "probability", "patient", "site"]
    rows = [
        [f"s{i}", truth[i], score[i], f"patient-{i // 2}", "AB"[i // 30]] for i in range(60)
    ]
    write(folder / "binary.csv", header, rows)
    called = score >= 0.5
    true_negative, false_positive, false_negative, true_positive = metrics.confusion_matrix(
        truth, called
    ).ravel()
    return {
        "auc": metrics.roc_auc_score(truth, score),
        "accuracy": metrics.accuracy_score(truth, called),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, called),
        "sensitivity": metrics.recall_score(truth, called),
        "specificity": metrics.recall_score(truth, called, pos_label=0),
        "positive_predictive_value": metrics.precision_score(truth, called),
        "negative_predictive_value": true_negative / (true_negative + false_negative),
        "brier": metrics.brier_score_loss(truth, score),
        "expected_calibration_error": equal_mass_error(score, truth),
        "confusion": [
            [int(true_negative), int(false_positive)],
            [int(false_negative), int(true_positive)],
        ],
    }


def equal_mass_error(confidence, is_right):
    """Six bins of about ten of 60, written without the Rust code's loop: a bin ends with the last
    of the equal confidences at which its share of all answers is reached."""
    order = np.lexsort((is_right, confidence))
    confidence, is_right = confidence[order], is_right[order]
    ends = np.searchsorted(confidence, np.unique(confidence), side="right")
    n, n_bins = len(confidence), min(max(len(confidence) // 10, 1), 15)
    start, error, number = 0, 0.0, 0
    for end in ends:
        if end >= (number + 1) * n / n_bins or end == n:
            inside = slice(start, end)
            gap = abs(confidence[inside].mean() - is_right[inside].mean())
            error += (end - start) / n * gap
            start, number = end, number + 1
    return error


def several(folder, random, name, n_classes, is_ordinal):
    n = 45
    truth = np.arange(n) % n_classes
    distance = np.abs(np.arange(n_classes)[None, :] - truth[:, None])
    logits = -1.1 * (distance if is_ordinal else distance > 0) + random.normal(size=(n, n_classes))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    called = probabilities.argmax(1)
    labels = [str(c) if is_ordinal else f"type-{c}" for c in range(n_classes)]
    header = ["slide", "label", *(f"probability_{label}" for label in labels)]
    rows = [[f"s{i}", labels[truth[i]], *probabilities[i]] for i in range(n)]
    if is_ordinal:
        header.append("predicted")
        rows = [[*row, labels[called[i]]] for i, row in enumerate(rows)]
    write(folder / f"{name}.csv", header, rows)
    expected = {
        "auc": metrics.roc_auc_score(truth, probabilities, multi_class="ovr", average="macro"),
        "accuracy": metrics.accuracy_score(truth, called),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, called),
        "brier": metrics.brier_score_loss(truth, probabilities, scale_by_half=False),
        "expected_calibration_error": equal_mass_error(
            probabilities.max(1), (truth == called).astype(int)
        ),
        "recall": metrics.recall_score(truth, called, average=None).tolist(),
        "confusion": metrics.confusion_matrix(truth, called).tolist(),
    }
    if is_ordinal:
        kappa = metrics.cohen_kappa_score(truth, called, weights="quadratic")
        expected["quadratic_weighted_kappa"] = kappa
        expected["off_by_two_or_more"] = float((np.abs(truth - called) >= 2).mean())
    return expected


def main():
    folder = Path(sys.argv[1])
    random = np.random.default_rng(7)
    expected = {
        "binary": binary(folder, random),
        "classes": several(folder, random, "classes", 3, is_ordinal=False),
        "grades": several(folder, random, "grades", 6, is_ordinal=True),
    }
    text = json.dumps(expected, indent=1, default=float)
    (folder / "expected.json").write_text(text + "\n")


main()
