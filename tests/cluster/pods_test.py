"""No pod may do more than it needs, and each goes and comes without harm."""

import rendering
from every_example import EveryExample


class Pods(EveryExample):
    def containers(self):
        for pod in self.pods():
            for container in pod["spec"]["containers"]:
                yield container

    def test_run_as_nobody_in_particular(self):
        for pod in self.pods():
            security = pod["spec"]["securityContext"]
            self.assertTrue(security["runAsNonRoot"])
            self.assertGreater(security["runAsUser"], 10_000)
            self.assertEqual(security["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertFalse(pod["spec"]["automountServiceAccountToken"])
            self.assertFalse(pod["spec"]["enableServiceLinks"])
            for forbidden in ["hostNetwork", "hostPID", "hostIPC", "initContainers"]:
                self.assertNotIn(forbidden, pod["spec"])

    def test_containers_change_nothing_but_their_scratch(self):
        for container in self.containers():
            security = container["securityContext"]
            self.assertTrue(security["readOnlyRootFilesystem"])
            self.assertTrue(security["runAsNonRoot"])
            self.assertFalse(security["allowPrivilegeEscalation"])
            self.assertFalse(security["privileged"])
            self.assertEqual(security["capabilities"], {"drop": ["ALL"]})
        for pod in self.pods():
            for container in pod["spec"]["containers"]:
                writable = [m["name"] for m in container.get("volumeMounts", []) if not m.get("readOnly")]
                self.assertIn(writable, [["scratch"], []])

    def test_volumes_are_limited_and_all_are_mounted(self):
        for pod in self.pods():
            volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes", [])}
            mounted = {m["name"] for c in pod["spec"]["containers"] for m in c.get("volumeMounts", [])}
            self.assertEqual(set(volumes), mounted)
            for volume in volumes.values():
                self.assertNotIn("hostPath", volume)
                if "emptyDir" in volume:
                    # Asked for, so that the pod is not where the disk is too small.
                    asked = pod["spec"]["containers"][0]["resources"]["requests"]["ephemeral-storage"]
                    self.assertEqual(asked, volume["emptyDir"]["sizeLimit"])

    def test_have_their_share_and_no_more(self):
        for container in self.containers():
            for amount in ["requests", "limits"]:
                self.assertLessEqual({"cpu", "memory"}, container["resources"][amount].keys())

    def test_images_are_named_with_a_version(self):
        for container in self.containers():
            _, _, tag = container["image"].rpartition(":")
            self.assertRegex(tag, r"^[0-9]+\.[0-9]+\.[0-9]+")

    def test_gpus_come_with_the_image_that_uses_them(self):
        n_with_gpu = 0
        for container in self.containers():
            has_gpu = "nvidia.com/gpu" in container["resources"]["limits"]
            self.assertEqual(has_gpu, container["image"].endswith("-cuda"), container["image"])
            devices = [v["value"] for v in container.get("env", []) if v["name"] == "COVERSLIP_DEVICE"]
            self.assertEqual(devices, ["cuda"] if has_gpu else [])
            n_with_gpu += has_gpu
        self.assertEqual(n_with_gpu, 1)

    def test_are_asked_how_they_are(self):
        for documents in self.examples():
            for deployment in rendering.of_kind(documents, "Deployment"):
                for container in rendering.pod_template(deployment)["spec"]["containers"]:
                    ports = {port["name"] for port in container["ports"]}
                    for probe in ["readinessProbe", "livenessProbe"]:
                        self.assertIn(container[probe]["httpGet"]["port"], ports)
                    live = container["livenessProbe"]["httpGet"]["path"]
                    self.assertNotEqual(live, "/health/ready", "an outage of the catalog would restart all")

    def test_end_in_time(self):
        """Ten seconds each for requests to cease and to end, five for answers to reach Redis."""
        for documents in self.examples():
            for deployment in rendering.of_kind(documents, "Deployment"):
                spec = rendering.pod_template(deployment)["spec"]
                before = spec["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
                self.assertGreaterEqual(spec["terminationGracePeriodSeconds"], before + 10 + 5 + 15)
                serves = rendering.component(deployment) not in ("embed", "mil")
                self.assertEqual(before > 0, serves)

    def test_those_that_serve_are_never_fewer_while_they_change(self):
        for documents in self.examples():
            for deployment in rendering.of_kind(documents, "Deployment"):
                rolling = deployment["spec"]["strategy"]["rollingUpdate"]
                if rendering.component(deployment) in ("embed", "mil"):
                    self.assertEqual(rolling["maxSurge"], 0)
                else:
                    self.assertEqual(rolling, {"maxSurge": "25%", "maxUnavailable": 0})

    def test_selectors_hold_only_what_never_changes(self):
        stable = {"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component"}
        for documents in self.examples():
            for deployment in rendering.of_kind(documents, "Deployment"):
                selector = deployment["spec"]["selector"]
                self.assertEqual(selector.keys(), {"matchLabels"})
                self.assertEqual(selector["matchLabels"].keys(), stable)
                labels = rendering.pod_template(deployment)["metadata"]["labels"]
                self.assertTrue(rendering.selects(selector, labels))
                self.assertEqual(labels.keys() - stable, {"app.kubernetes.io/version"})

    def test_spread_over_zones_and_nodes(self):
        for pod in self.pods():
            keys = [spread["topologyKey"] for spread in pod["spec"]["topologySpreadConstraints"]]
            self.assertEqual(keys, ["topology.kubernetes.io/zone", "kubernetes.io/hostname"])

    def test_every_deployment_has_a_disruption_budget_of_its_own(self):
        for documents in self.examples():
            budgets = rendering.of_kind(documents, "PodDisruptionBudget")
            for deployment in rendering.of_kind(documents, "Deployment"):
                labels = rendering.pod_template(deployment)["metadata"]["labels"]
                fitting = [b for b in budgets if rendering.selects(b["spec"]["selector"], labels)]
                self.assertEqual(len(fitting), 1)
                self.assertEqual(fitting[0]["spec"]["maxUnavailable"], 1, "one pod alone must be evictable")
