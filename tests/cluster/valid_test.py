"""What the chart renders is what Kubernetes and its extensions take."""

import json
import shutil
import tempfile
from pathlib import Path

import jsonschema
import kubernetes_validate

import rendering
from every_example import EveryExample

# The oldest that the chart allows, the newest whose schema is at hand, and one between.
VERSIONS = ["1.30", "1.33", "1.37"]
EXTENSIONS = json.loads(Path(__file__).with_name("extensions.json").read_text(encoding="utf-8"))


class Valid(EveryExample):
    def test_helm_finds_nothing_to_complain_of(self):
        for values in rendering.EXAMPLES:
            done = rendering.helm("lint", "--strict", rendering.CHART, "--values", values)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_kubernetes_takes_it(self):
        n_checked = 0
        for documents in self.examples():
            for document in documents:
                if document["apiVersion"] in EXTENSIONS:
                    continue
                for version in VERSIONS:
                    kubernetes_validate.validate(document, version, strict=True)
                    n_checked += 1
        self.assertGreater(n_checked, 3 * 25 * len(VERSIONS))

    def test_a_misspelt_field_is_seen(self):
        deployment = rendering.of_kind(rendering.rendered(rendering.EXAMPLES[0]), "Deployment")[0]
        spoilt = json.loads(json.dumps(deployment))
        spoilt["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
        for version in VERSIONS:
            with self.assertRaises(kubernetes_validate.ValidationError):
                kubernetes_validate.validate(spoilt, version, strict=True)

    def test_keda_and_prometheus_take_it(self):
        kinds = set()
        for documents in self.examples():
            for document in documents:
                if schemas := EXTENSIONS.get(document["apiVersion"]):
                    jsonschema.validate(document["spec"], schemas[document["kind"]])
                    kinds.add(document["kind"])
        self.assertLessEqual({"ScaledObject", "TriggerAuthentication", "PodMonitor"}, kinds)

    def test_no_object_is_there_twice_and_all_are_in_the_namespace(self):
        for documents in self.examples():
            names = [(document["kind"], document["metadata"]["name"]) for document in documents]
            self.assertEqual(len(names), len(set(names)))
            spaces = {document["metadata"].get("namespace") for document in documents}
            self.assertEqual(spaces, {"pathology"})

    def test_alerts_and_dashboards_are_taken_as_they_are(self):
        rules = 'groups:\n  - name: g\n    rules:\n      - {alert: A, expr: up, annotations: {summary: "{{ $value }}"}}\n'
        with tempfile.TemporaryDirectory() as folder:
            chart = Path(folder) / "coverslip"
            shutil.copytree(rendering.CHART, chart)
            for name, text in [("alerts/coverslip.yaml", rules), ("dashboards/a.json", '{"title": "{{x}}"}')]:
                (chart / name).parent.mkdir(exist_ok=True)
                (chart / name).write_text(text, encoding="utf-8")
            values = rendering.CHART / "examples/hospital.yaml"
            documents = rendering.objects(rendering.template(values, chart=chart))
            rule = rendering.of_kind(documents, "PrometheusRule")[0]["spec"]["groups"][0]["rules"][0]
            self.assertEqual(rule["annotations"]["summary"], "{{ $value }}")
            boards = [each for each in documents if each["metadata"]["name"].endswith("-dashboards")]
            self.assertEqual(boards[0]["metadata"]["labels"]["grafana_dashboard"], "1")
            self.assertEqual(json.loads(boards[0]["data"]["a.json"]), {"title": "{{x}}"})
            for name in ["alerts", "dashboards"]:
                shutil.rmtree(chart / name)
            without = rendering.objects(rendering.template(values, chart=chart))
            self.assertEqual(rendering.of_kind(without, "PrometheusRule"), [])
