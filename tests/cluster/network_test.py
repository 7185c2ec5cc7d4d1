"""Every pod is closed but for what it needs, and what is open leads somewhere."""

import rendering
from every_example import EveryExample


def policies_of(documents, labels):
    policies = rendering.of_kind(documents, "NetworkPolicy")
    return [p for p in policies if rendering.selects(p["spec"]["podSelector"], labels)]


def egress_ports(policies):
    rules = [rule for policy in policies for rule in policy["spec"].get("egress", [])]
    return {port["port"] for rule in rules for port in rule["ports"]}


class Network(EveryExample):
    def test_everything_is_forbidden_first(self):
        for policies in self.policies_of_pods():
            deny = [p for p in policies if not {"ingress", "egress"} & p["spec"].keys()]
            self.assertEqual(len(deny), 1)
            self.assertEqual(deny[0]["spec"]["policyTypes"], ["Ingress", "Egress"])
            self.assertEqual(len(policies), 2, "and one policy opens what the part needs")

    def policies_of_pods(self):
        for documents in self.examples():
            for self.pod, pod in rendering.pods(documents):
                yield policies_of(documents, pod["metadata"]["labels"])

    def test_each_part_reaches_what_it_needs_and_no_more(self):
        wanted = {part: {53, 5432, 6379, 443} for part in rendering.PARTS}
        wanted["cases"] = wanted["cases"] | {2576}
        wanted |= {"front": {53, "http"}, "migrate": {53, 5432}}
        documents = rendering.rendered(rendering.CHART / "examples/hospital.yaml")
        seen = {}
        for _, pod in rendering.pods(documents):
            labels = pod["metadata"]["labels"]
            seen[labels["app.kubernetes.io/component"]] = egress_ports(policies_of(documents, labels))
        self.assertEqual(seen, wanted)

    def test_the_way_to_the_collector_is_open_where_there_is_one(self):
        for name, is_open in [("gpu", True), ("hospital", False)]:
            documents = rendering.rendered(rendering.CHART / f"examples/{name}.yaml")
            for _, pod in rendering.pods(documents):
                labels = pod["metadata"]["labels"]
                is_part = labels["app.kubernetes.io/component"] in rendering.PARTS
                self.assertEqual(4318 in egress_ports(policies_of(documents, labels)), is_open and is_part)

    def test_parts_that_serve_hear_the_front_and_workers_hear_prometheus_alone(self):
        documents = rendering.rendered(rendering.CHART / "examples/hospital.yaml")
        for policy in rendering.of_kind(documents, "NetworkPolicy"):
            part = rendering.component(policy)
            heard = [peer for rule in policy["spec"].get("ingress", []) for peer in rule["from"]]
            fronts = [p for p in heard if "podSelector" in p]
            if part in ("ingest", "tiles", "cases"):
                self.assertEqual(len(fronts), 1)
                # Orders come by HL7 too.
                self.assertEqual(len(heard), 3 if part == "cases" else 2)
            elif part in ("embed", "mil", "front"):
                self.assertEqual(len(heard), 1)
                self.assertEqual(fronts, [])
            else:
                self.assertEqual(heard, [])

    def test_services_lead_to_pods(self):
        for documents in self.examples():
            for service in rendering.of_kind(documents, "Service"):
                found = [
                    pod
                    for _, pod in rendering.pods(documents)
                    if rendering.selects({"matchLabels": service["spec"]["selector"]}, pod["metadata"]["labels"])
                ]
                self.assertEqual(len(found), 1)
                names = {port["name"] for port in found[0]["spec"]["containers"][0]["ports"]}
                self.assertIn(service["spec"]["ports"][0]["targetPort"], names)

    def test_the_way_in_has_tls_and_leads_to_the_front(self):
        for documents in self.examples():
            (ingress,) = rendering.of_kind(documents, "Ingress")
            spec = ingress["spec"]
            hosts = [rule["host"] for rule in spec["rules"]]
            self.assertEqual(spec["tls"][0]["hosts"], hosts)
            self.assertTrue(spec["tls"][0]["secretName"])
            backend = spec["rules"][0]["http"]["paths"][0]["backend"]["service"]
            services = {s["metadata"]["name"]: s for s in rendering.of_kind(documents, "Service")}
            self.assertEqual(rendering.component(services[backend["name"]]), "front")

    def test_the_front_knows_its_parts_by_the_names_of_their_services(self):
        for documents in self.examples():
            services = {s["metadata"]["name"] for s in rendering.of_kind(documents, "Service")}
            (config,) = [c for c in rendering.of_kind(documents, "ConfigMap") if "nginx.conf" in c["data"]]
            for part in ("ingest", "tiles", "cases"):
                self.assertIn(f"lab-coverslip-{part}", services)
                self.assertIn(f"server lab-coverslip-{part}:80 ", config["data"]["nginx.conf"])
