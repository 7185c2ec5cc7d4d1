"""What is written of the chart is true."""

import json
import unittest

import yaml

import rendering
import values_table


class Documents(unittest.TestCase):
    def test_the_table_of_values_is_that_of_the_schema(self):
        text = values_table.README.read_text(encoding="utf-8")
        self.assertIn(values_table.table(), text, "run tests/cluster/values_table.py")

    def test_every_default_has_a_place_in_the_schema(self):
        schema = json.loads((rendering.CHART / "values.schema.json").read_text(encoding="utf-8"))
        defaults = yaml.safe_load((rendering.CHART / "values.yaml").read_text(encoding="utf-8"))
        self.assertEqual(defaults.keys(), schema["properties"].keys())

    def test_the_chart_has_the_version_of_the_binary(self):
        chart = yaml.safe_load((rendering.CHART / "Chart.yaml").read_text(encoding="utf-8"))
        manifest = (rendering.ROOT / "Cargo.toml").read_text(encoding="utf-8")
        self.assertIn(f'version = "{chart["appVersion"]}"', manifest)

    def test_every_secret_that_the_readme_makes_is_one_that_the_hospital_names(self):
        text = values_table.README.read_text(encoding="utf-8")
        rendered = rendering.template(rendering.CHART / "examples/hospital.yaml")
        for name in ("coverslip-postgresql", "coverslip-redis", "coverslip-s3"):
            self.assertIn(f"create secret generic {name}", text)
            self.assertIn(f"name: {name}", rendered)
