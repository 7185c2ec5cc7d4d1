"""Every name in the chart is one that the binary knows, and every secret comes by reference."""

import re
from pathlib import Path

import binary
import rendering
from every_example import EveryExample

LINES = Path(__file__).with_name("ahead_of_binary.txt").read_text(encoding="utf-8").splitlines()
AHEAD = {line.split()[0] for line in LINES if line and not line.startswith("#")}
# Read by the library that checks certificates.
OF_LIBRARIES = {"SSL_CERT_FILE"}
# Addresses hold passwords, but for the one that everybody is given.
SECRET = re.compile(r"((?<!PUBLIC_)URL|KEY|KEY_ID|TOKEN|PASSWORD|SECRET)$")


class Configuration(EveryExample):
    def containers(self):
        for pod in self.pods():
            for container in pod["spec"]["containers"]:
                if container["name"] == "coverslip":
                    yield container

    def test_the_binary_knows_every_flag_and_variable(self):
        unknown = set()
        for container in self.containers():
            arguments = container["args"]
            flags = {word.split("=")[0] for word in arguments if word.startswith("-")}
            command = tuple(word for word in arguments if not word.startswith("-"))
            names = flags | {variable["name"] for variable in container["env"]}
            known = binary.knows(command)
            if known is None:
                unknown.add(" ".join(command))
            else:
                unknown |= names - known - OF_LIBRARIES
        self.assertEqual(unknown, AHEAD, "what is expected stands in ahead_of_binary.txt")

    def test_each_part_is_started_as_itself(self):
        for documents in self.examples():
            for deployment in rendering.of_kind(documents, "Deployment"):
                container = rendering.pod_template(deployment)["spec"]["containers"][0]
                part = rendering.component(deployment)
                if part != "front":
                    verb = "work" if part in ("embed", "mil") else "serve"
                    self.assertEqual(container["args"][:2], [verb, part])

    def test_secrets_are_named_and_never_told(self):
        n_by_reference = 0
        for container in self.containers():
            names = [variable["name"] for variable in container["env"]]
            self.assertEqual(len(names), len(set(names)))
            for variable in container["env"]:
                if SECRET.search(variable["name"]):
                    reference = variable["valueFrom"]["secretKeyRef"]
                    self.assertTrue(reference["name"] and reference["key"], variable)
                    self.assertNotIn("value", variable)
                    n_by_reference += 1
        self.assertGreater(n_by_reference, 3 * 5 * 2)
        for documents in self.examples():
            self.assertEqual(rendering.of_kind(documents, "Secret"), [])

    def test_both_workers_have_the_same_encoder(self):
        for documents in self.examples():
            settings = []
            for deployment in rendering.of_kind(documents, "Deployment"):
                if rendering.component(deployment) in ("embed", "mil"):
                    container = rendering.pod_template(deployment)["spec"]["containers"][0]
                    encoder = [v for v in container["env"] if v["name"] in ("COVERSLIP_ENCODER", "COVERSLIP_PRECISION")]
                    mounts = [m for m in container["volumeMounts"] if m["name"] == "encoder"]
                    settings.append((encoder, mounts, container["args"][2:]))
            self.assertEqual(settings[0], settings[1])

    def test_paths_that_are_configured_are_mounted(self):
        for container in self.containers():
            mounts = {mount["mountPath"] for mount in container.get("volumeMounts", [])}
            for variable in container["env"]:
                if variable["name"] == "SSL_CERT_FILE":
                    self.assertIn(str(Path(variable["value"]).parent), mounts)
                if variable["name"] in ("COVERSLIP_DATA", "COVERSLIP_ENCODER", "COVERSLIP_TASKS", "COVERSLIP_WATCH"):
                    self.assertIn(variable["value"], mounts)
