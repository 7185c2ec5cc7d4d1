"""Who scales what, and that nothing is scaled twice."""

import rendering
from every_example import EveryExample


class Scaling(EveryExample):
    def test_what_is_scaled_has_no_number_of_its_own_and_one_scaler(self):
        for documents in self.examples():
            scalers = rendering.of_kind(documents, "HorizontalPodAutoscaler", "ScaledObject")
            targets = [scaler["spec"]["scaleTargetRef"]["name"] for scaler in scalers]
            self.assertEqual(len(targets), len(set(targets)))
            deployments = {d["metadata"]["name"]: d for d in rendering.of_kind(documents, "Deployment")}
            self.assertLessEqual(set(targets), deployments.keys())
            for name, deployment in deployments.items():
                self.assertEqual("replicas" in deployment["spec"], name not in targets, name)

    def test_workers_leave_one_at_a_time_and_late(self):
        n_seen = 0
        for documents in self.examples():
            for scaled in rendering.of_kind(documents, "ScaledObject"):
                behaviour = scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
                down = behaviour["scaleDown"]
                self.assertGreaterEqual(down["stabilizationWindowSeconds"], 300)
                self.assertEqual([policy["value"] for policy in down["policies"]], [1])
                longest_pause_s = 300
                self.assertGreater(scaled["spec"]["cooldownPeriod"], longest_pause_s)
                n_seen += 1
        self.assertEqual(n_seen, 4)

    def test_workers_are_counted_by_the_streams_of_every_tenant(self):
        documents = rendering.rendered(rendering.CHART / "examples/gpu.yaml")
        embed, mil = rendering.of_kind(documents, "ScaledObject")
        for scaled, topic in [(embed, "slide-tiled"), (mil, "slide-embedded")]:
            streams = [trigger["metadata"]["stream"] for trigger in scaled["spec"]["triggers"]]
            expected = [
                f"coverslip:tenants:{tenant}:{{{topic}}}:{lane}messages"
                for tenant in ("north", "south")
                for lane in ("", "urgent:")
            ]
            self.assertEqual(streams, expected)

    def test_keda_finds_redis_by_the_secret_that_is_there(self):
        for documents in self.examples():
            names = {a["metadata"]["name"] for a in rendering.of_kind(documents, "TriggerAuthentication")}
            wanted = {
                trigger["authenticationRef"]["name"]
                for scaled in rendering.of_kind(documents, "ScaledObject")
                for trigger in scaled["spec"]["triggers"]
            }
            self.assertEqual(names, wanted)
