"""The real binary over a data folder, for checks that ask it as other programs do."""

import os
import re
import subprocess

import requests

BINARY = os.environ.get("COVERSLIP_BINARY", "target/debug/coverslip")


class Server:
    """`coverslip up` on a free port, asked with a token of a role, killed at the end."""

    def __init__(self, data, role="pathologist", arguments=()):
        words = ["token", "create", "--role", role, "--data", data]
        self.token = subprocess.run([BINARY, *words], capture_output=True, text=True, check=True).stdout.strip()
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self.token}"
        words = ["up", "--data", data, "--listen", "127.0.0.1:0", *arguments]
        self.process = subprocess.Popen([BINARY, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.base = self._address()

    def _address(self):
        for line in self.process.stdout:
            found = re.search(r"(http://[^/]+)/login\S+", line)
            if found:
                self.login_link = found[0]
                return found[1]
        raise SystemExit("the server ended before it said where it listens")

    def get(self, path, accept="*/*"):
        return self.session.get(path if path.startswith("http") else self.base + path, headers={"Accept": accept})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
