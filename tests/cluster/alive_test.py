"""The chart's names against what is alive: the front before real parts, the streams in a real Redis."""

import json
import signal
import time
import unittest

import rendering
from installation import Installation, front_config, stream_of, wait_for


class Alive(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.installation = Installation()
        cls.addClassCleanup(cls.installation.close)
        for part in ("ingest", "tiles", "cases"):
            cls.installation.start("serve", part)
        cls.installation.start_front(front_config())
        cls.token = cls.installation.coverslip("token", "create", "--role", "admin")
        cls.slide = cls.installation.push("front", cls.token, 3072)
        cls.tiled, cls.embedded = stream_of("embed"), stream_of("mil")
        wait_for("the slide to be tiled", lambda: cls.owed(cls.tiled) == 1)

    @classmethod
    def owed(cls, stream):
        return int(cls.installation.redis("XLEN", stream))

    def test_a_large_slide_goes_through_the_front(self):
        # nginx's own limit is 1 MB.
        self.assertGreater((self.installation.home / "slide.tiff").stat().st_size, 1 << 20)

    def test_the_front_hands_each_request_to_the_part_that_answers_it(self):
        one = f"/api/v1/slides/{self.slide}"
        owners = {
            "/api/v1/slides": "cases",
            "/api/v1/events": "cases",
            one: "cases",
            f"{one}/events": "cases",
            f"{one}/predictions": "cases",
            "/login?code=wrong": "cases",
            "/auth/login": "cases",
            f"{one}/thumbnail": "tiles",
            f"{one}/tissue.png": "tiles",
            f"{one}/manifest": "tiles",
            f"/slides/{self.slide}.dzi": "tiles",
            f"/slides/{self.slide}_files/8/0_0.jpeg": "tiles",
            f"/iiif/3/{self.slide}/info.json": "tiles",
            "/dicomweb/studies": "tiles",
            "/fhir/R4/metadata": "cases",
            "/": "tiles",
        }
        for path, owner in owners.items():
            with self.subTest(path=path):
                status, kind, _ = self.installation.get("front", path, self.token)
                direct, direct_kind, _ = self.installation.get(owner, path, self.token)
                self.assertEqual((status, kind), (direct, direct_kind))
                if owner == "tiles":
                    self.assertEqual(status, 200)
                    self.assertEqual(self.installation.get("cases", path, self.token)[0], 404)
                elif not path.startswith(("/login", "/auth/")):
                    self.assertEqual(status, 200)
                    self.assertEqual(self.installation.get("tiles", path, self.token)[0], 404)

    def test_what_is_not_there_is_told_by_the_right_part(self):
        unknown = "0" * 32
        for method, end, owner in [
            ("GET", f"{self.slide}/heatmaps/none/attention.png", "tiles"),
            ("GET", f"{unknown}/quality", "tiles"),
            ("GET", f"{unknown}/quality/focus.png", "tiles"),
            ("GET", f"{self.slide}/associated/label", "tiles"),
            ("GET", f"{unknown}/icc", "tiles"),
            ("GET", f"{unknown}/similar", "tiles"),
            ("GET", unknown, "cases"),
            ("POST", f"{unknown}/stop", "cases"),
            ("POST", f"{unknown}/resume", "cases"),
        ]:
            with self.subTest(path=end):
                told = {part: self.detail(part, end, method) for part in ("front", "tiles", "cases")}
                self.assertNotEqual(told["tiles"], told["cases"])
                self.assertEqual(told["front"], told[owner])

    def test_instances_are_stored_by_the_part_that_takes_slides_in(self):
        for path in ("/dicomweb/studies", "/dicomweb/studies/1.2.3"):
            with self.subTest(path=path):
                told = {
                    part: self.installation.get(part, path, self.token, method="POST")[0]
                    for part in ("front", "ingest", "tiles")
                }
                self.assertEqual(told, {"front": 415, "ingest": 415, "tiles": 405})

    def detail(self, part, end, method):
        status, _, body = self.installation.get(part, f"/api/v1/slides/{end}", self.token, method=method)
        self.assertEqual(status, 404)
        return json.loads(body)["detail"]

    def test_the_front_hands_uploads_to_ingest(self):
        upload = "/api/v1/uploads/00000000000000000000000000000000"
        for path, method in [(upload, "DELETE"), (upload, "PATCH"), ("/api/v1/uploads", "POST")]:
            with self.subTest(method=method, path=path):
                # Nothing but ingest asks for the version of the protocol.
                status, _, body = self.installation.get("front", path, self.token, method=method)
                self.assertEqual((status, "tus 1.0.0" in body.decode()), (412, True))

    def test_the_front_hands_the_bucket_of_scanners_to_ingest(self):
        for path in ("/incoming", "/incoming/a%20b.svs"):
            # Nothing but ingest answers in the words of S3.
            status, _, body = self.installation.get("front", path, self.token, method="PUT")
            self.assertEqual((status, b"<Code>InvalidAccessKeyId</Code>" in body), (403, True))

    def test_the_front_lets_no_stranger_in_and_tells_nothing_of_a_part(self):
        self.assertEqual(self.installation.get("front", "/api/v1/slides")[0], 401)
        for path in ("/metrics", "/health/live", "/health/ready"):
            self.assertEqual(self.installation.get("front", path, self.token)[0], 404)

    def test_workers_are_counted_by_streams_that_are_there(self):
        worker = self.installation.start("work", "embed")
        wait_for("the slide to be embedded", lambda: self.owed(self.embedded) == 1)
        self.assertEqual(self.owed(self.tiled), 0, "what is done is owed no more")

        scorer = self.installation.start("work", "mil")
        wait_for("the slide to be scored", lambda: self.owed(self.embedded) == 0)
        for process in (worker, scorer):
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=60), 0)
            self.assertLess(time.monotonic() - began, 30)

    def test_metrics_want_the_token_that_the_monitor_has(self):
        documents = rendering.rendered(rendering.CHART / "examples/hospital.yaml")
        (monitor,) = rendering.of_kind(documents, "PodMonitor")
        path = monitor["spec"]["podMetricsEndpoints"][0]["path"]
        engineer = self.installation.coverslip("token", "create", "--role", "engineer")
        for part in ("ingest", "tiles", "cases"):
            self.assertEqual(self.installation.get(part, path)[0], 401)
            self.assertEqual(self.installation.get(part, path, engineer)[0], 200)
