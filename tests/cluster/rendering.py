"""The chart as Helm renders it."""

import functools
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm/coverslip"
EXAMPLES = sorted(CHART.glob("examples/*.yaml"))
HELM = ROOT / ".venv/bin/helm"
PARTS = ["ingest", "tiles", "cases", "embed", "mil"]


def helm(*arguments):
    return subprocess.run([HELM, *map(str, arguments)], capture_output=True, text=True, check=False)


def template(values, *settings, chart=CHART):
    """The manifests as text; fails where Helm does."""
    sets = [word for setting in settings for word in ("--set", setting)]
    done = helm("template", "lab", chart, "--namespace", "pathology", "--values", values, *sets)
    if done.returncode != 0:
        raise AssertionError(f"{values.name} is not rendered: {done.stderr}")
    return done.stdout


def objects(text):
    return [document for document in yaml.safe_load_all(text) if document]


@functools.cache
def rendered(values):
    return objects(template(values))


def of_kind(documents, *kinds):
    return [document for document in documents if document["kind"] in kinds]


def pod_template(document):
    """The pod template of a Deployment or Job."""
    return document["spec"]["template"]


def pods(documents):
    """Name and pod template of everything that runs pods."""
    running = of_kind(documents, "Deployment", "Job")
    return [(document["metadata"]["name"], pod_template(document)) for document in running]


def selects(selector, labels):
    """Whether a label selector (matchLabels alone, as this chart has them) takes these labels."""
    return selector.get("matchLabels", {}).items() <= labels.items()


def component(document):
    return document["metadata"]["labels"].get("app.kubernetes.io/component")
