"""An Orthanc with its DICOMweb plugin, for checks in which it is the other side."""

import json
import socket
import subprocess
import time

import requests

PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"


class Orthanc:
    """An empty one on a free port of this machine; `servers` are those it knows by DICOMweb."""

    def __init__(self, work, servers=None):
        self.port, dicom_port = free_port(), free_port()
        config = {
            "HttpPort": self.port,
            "DicomPort": dicom_port,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": True,
            "RegisteredUsers": {"peer": "peer"},
            "StorageDirectory": str(work / "orthanc"),
            "IndexDirectory": str(work / "orthanc"),
            "Plugins": [PLUGIN],
            "DicomWeb": {"Servers": servers or {}},
        }
        (work / "orthanc.json").write_text(json.dumps(config))
        with open(work / "orthanc.log", "wb") as log:
            command = ["Orthanc", str(work / "orthanc.json")]
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        self.session = requests.Session()
        self.session.auth = ("peer", "peer")
        self.base = f"http://127.0.0.1:{self.port}"
        self.root = self.base + "/dicom-web"
        for _ in range(100):
            try:
                self.session.get(self.root + "/studies").raise_for_status()
                return
            except requests.RequestException:
                time.sleep(0.2)
        raise SystemExit((work / "orthanc.log").read_text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
