"""tuspy sends a slide piece by piece, forgets all about it in between, and goes on.

    check_upload.py DATA SLIDE
"""

import hashlib
import sys
import tempfile
from pathlib import Path

from tusclient import client
from tusclient.exceptions import TusUploadFailed
from tusclient.storage import filestorage

from running import Server

CHUNK = 128 * 1024


class Scanner:
    """As one that was just switched on: it knows what lies in `addresses`, and no more."""

    def __init__(self, server, slide, addresses):
        self.tus = client.TusClient(f"{server.base}/api/v1/uploads", headers={"Authorization": f"Bearer {server.token}"})
        self.slide, self.addresses = slide, addresses

    def uploader(self, digest, **more):
        metadata = {"filename": "Doe Jäne.tiff", "sha256": digest, "accession": "S26-1", "stain": "H&E"}
        storage = filestorage.FileStorage(str(self.addresses))
        found = {"store_url": True, "url_storage": storage, "upload_checksum": True, "chunk_size": CHUNK}
        return self.tus.uploader(str(self.slide), metadata=metadata, **{**found, **more})


def refused(uploader):
    try:
        uploader.upload()
    except TusUploadFailed as error:
        return error.status_code
    raise SystemExit("what should have been refused was taken")


def check(data, slide):
    digest = hashlib.sha256(slide.read_bytes()).hexdigest()
    assert slide.stat().st_size > 4 * CHUNK, "too small to be sent in pieces"
    with Server(data, role="scanner") as server, tempfile.TemporaryDirectory() as folder:
        addresses = Path(folder, "addresses.json")
        first = Scanner(server, slide, addresses).uploader(digest)
        for _ in range(3):
            first.upload_chunk()

        second = Scanner(server, slide, addresses).uploader(digest)
        assert second.url == first.url and second.offset == 3 * CHUNK, second.offset
        # Bytes from elsewhere in the file, with a good checksum of their own.
        stray = Scanner(server, slide, addresses).uploader(digest)
        stray.offset = 0
        assert refused(stray) == 409
        second.upload()
        found = second.request.response_headers["coverslip-slide"]
        assert found == digest[:32], found

        wrong = Scanner(server, slide, addresses).uploader("0" * 64, store_url=False)
        assert refused(wrong) == 422
        known = server.session.post(f"{server.base}/api/v1/slides", data=slide.read_bytes())
        assert (known.status_code, known.json()["id"]) == (200, found), known.text
    print(f"tuspy: {slide.stat().st_size} bytes in pieces are slide {found}")


if __name__ == "__main__":
    check(sys.argv[1], Path(sys.argv[2]))
