"""The parts as processes behind the chart's own front, with a real Redis and a real nginx."""

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import rendering
from binary import BINARY

PATIENCE_S = 120


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(what, question):
    """The answer, once it is one; `what` is told where it does not come."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited {PATIENCE_S} s for {what}")


class Installation:
    """Everything that was started ends with it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.home = Path(self.folder.name)
        self.processes = []
        self.ports = {}
        self.redis_port = free_port()
        self._spawn("redis", ["redis-server", "--port", str(self.redis_port), "--save", "", "--dir", str(self.home)])
        wait_for("Redis", lambda: self.redis("PING") == "PONG")

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
            process.wait()
        self.folder.cleanup()

    def _spawn(self, name, words):
        log = (self.home / f"{name}.log").open("wb")
        with log:
            process = subprocess.Popen(words, stdout=log, stderr=log, env=self._environment())
        self.processes.append(process)
        return process

    def _environment(self):
        return os.environ | {
            "COVERSLIP_DATA": str(self.home / "data"),
            "COVERSLIP_REDIS_URL": f"redis://127.0.0.1:{self.redis_port}",
            "COVERSLIP_LOG": "info",
        }

    def coverslip(self, *words):
        done = subprocess.run([BINARY, *words], capture_output=True, text=True, check=True, env=self._environment())
        return done.stdout.strip()

    def redis(self, *words):
        words = ["redis-cli", "-p", str(self.redis_port), *words]
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()

    def start(self, *part):
        """A part, once it is ready."""
        name = part[-1]
        self.ports[name] = port = free_port()
        process = self._spawn(name, [BINARY, *part, "--listen", f"127.0.0.1:{port}"])
        wait_for(name, lambda: self.get(name, "/health/ready")[0] == 204)
        return process

    def start_front(self, config):
        """nginx with the chart's configuration, its addresses replaced by those of the processes."""
        self.ports["front"] = port = free_port()
        for part in ("ingest", "tiles", "cases"):
            config = re.sub(rf"server \S+-{part}:80 ", f"server 127.0.0.1:{self.ports[part]} ", config)
        config = config.replace("listen 8080;", f"listen 127.0.0.1:{port};").replace("/tmp/", f"{self.home}/")
        path = self.home / "nginx.conf"
        path.write_text(config, encoding="utf-8")
        words = ["nginx", "-e", "stderr", "-c", str(path), "-g", "daemon off;"]
        self._spawn("front", words)
        wait_for("the front", lambda: self.get("front", "/health/front")[0] == 204)

    def get(self, part, path, token=None, body=None, method=None):
        """Status, content type and body; status 0 where nobody answers."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports[part]}{path}", data=body, method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                kind = answer.headers.get("Content-Type")
                # Progress never ends: its first line is enough.
                stream = kind == "text/event-stream"
                return answer.status, kind, answer.readline() if stream else answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Content-Type"), error.read()
        except (urllib.error.URLError, ConnectionError):
            return 0, None, b""

    def push(self, part, token, size):
        """The id of a painted slide that was pushed to a part."""
        file = self.home / "slide.tiff"
        self.coverslip("phantom", str(file), "--size", str(size), "--tumour", "0.1", "--grade", "3", "--seed", "90021")
        status, _, body = self.get(part, "/api/v1/slides", token, body=file.read_bytes())
        assert status == 201, f"the slide was not taken: {status} {body}"
        return json.loads(body)["id"]


def stream_of(part):
    """The stream by which the chart scales a worker."""
    documents = rendering.rendered(rendering.CHART / "examples/hospital.yaml")
    (scaled,) = [d for d in rendering.of_kind(documents, "ScaledObject") if rendering.component(d) == part]
    return scaled["spec"]["triggers"][0]["metadata"]["stream"]


def front_config():
    documents = rendering.rendered(rendering.CHART / "examples/hospital.yaml")
    (config,) = [c for c in rendering.of_kind(documents, "ConfigMap") if "nginx.conf" in c["data"]]
    return config["data"]["nginx.conf"]
