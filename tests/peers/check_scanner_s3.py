"""boto3 and rclone bring slides by S3's protocol, from a scanner and to a server that die in between.

    check_scanner_s3.py DATA SLIDE
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from running import BINARY, Server

BUCKET = "incoming"
PART = 256 * 1024


def access_key(data, name):
    words = ["token", "create", "--s3", "--json", "--role", "scanner", "--name", name, "--data", data]
    return json.loads(subprocess.run([BINARY, *words], capture_output=True, text=True, check=True).stdout)


def client(server, key, **more):
    config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, **more)
    secrets = {"aws_access_key_id": key["access_key_id"], "aws_secret_access_key": key["secret_access_key"]}
    return boto3.client("s3", endpoint_url=server.base, region_name="us-east-1", config=config, **secrets)


def refused(work, *codes):
    try:
        work()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        assert code in codes, f"{code}, not {codes}: {error}"
        return
    raise SystemExit(f"what should have been refused with {codes} was taken")


class Upload:
    """One multipart upload, by numbers of parts from 1 on."""

    def __init__(self, s3, name, content, upload=None, **metadata):
        self.s3, self.content, self.at = s3, content, {"Bucket": BUCKET, "Key": name}
        if upload is None:
            upload = s3.create_multipart_upload(**self.at, Metadata=metadata)["UploadId"]
        self.at["UploadId"] = upload
        self.n_parts = -(-len(content) // PART)

    def bytes_of(self, number):
        return self.content[(number - 1) * PART : number * PART]

    def send(self, number, **more):
        return self.s3.upload_part(**self.at, PartNumber=number, Body=self.bytes_of(number), **more)["ETag"]

    def tags(self):
        pages = self.s3.get_paginator("list_parts").paginate(**self.at, PaginationConfig={"PageSize": 2})
        return {part["PartNumber"]: part["ETag"] for page in pages for part in page.get("Parts", [])}

    def complete(self, tags):
        parts = [{"PartNumber": number, "ETag": tag} for number, tag in sorted(tags.items())]
        return self.s3.complete_multipart_upload(**self.at, MultipartUpload={"Parts": parts})


def slide_in(answer):
    return answer["ResponseMetadata"]["HTTPHeaders"]["coverslip-slide"]


def check_multipart(data, key, content, digest):
    name = "2026/Doe Jäne.svs"
    with Server(data, role="scanner") as server:
        first = Upload(client(server, key), name, content, sha256=digest, accession="S26-1", stain="H&E")
        assert first.n_parts >= 4, "too small to be sent in pieces"
        numbers = list(range(2, first.n_parts + 1))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(first.send, reversed(numbers)))
        # Killed, and the scanner was switched off: it knows its upload's name and no more.
    with Server(data, role="scanner") as server:
        s3 = client(server, key)
        (known,) = s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
        assert (known["Key"], known["UploadId"]) == (name, first.at["UploadId"]), known
        second = Upload(s3, name, content, upload=known["UploadId"])
        tags = second.tags()
        assert sorted(tags) == numbers, tags
        refused(lambda: second.complete(tags | {1: tags[2]}), "InvalidPart")
        # Of two parts of one number the last counts.
        second.content = content[::-1]
        stray = second.send(1)
        second.content = content
        tags[1] = second.send(1)
        refused(lambda: second.complete(tags | {1: stray}), "InvalidPart")
        wrong = b64encode(hashlib.sha256(b"else").digest()).decode()
        refused(lambda: second.send(1, ChecksumSHA256=wrong), "BadDigest")
        refused(lambda: second.send(10_001), "InvalidArgument")
        done = second.complete(tags)
        assert slide_in(done) == digest[:32], done
        again = second.complete(tags)
        assert (slide_in(again), again["ETag"]) == (slide_in(done), done["ETag"]), again
        refused(lambda: second.send(1), "NoSuchUpload")
        seen = s3.head_object(Bucket=BUCKET, Key=name)
        assert (seen["ContentLength"], seen["ETag"]) == (len(content), done["ETag"]), seen
        assert (slide_in(seen), seen["Metadata"]["stain"]) == (digest[:32], "H&E"), seen
        pushed = server.session.post(f"{server.base}/api/v1/slides", data=content)
        assert (pushed.status_code, pushed.json()["id"]) == (200, digest[:32]), pushed.text
        assert not s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads")
    return digest[:32]


def check_refusals(data, key, other, content):
    """What is not as announced, and whoever is not who he says."""
    with Server(data, role="scanner") as server:
        s3, stranger = client(server, key), client(server, other)
        wrong = Upload(s3, "wrong.svs", content, sha256="0" * 64)
        tags = {number: wrong.send(number) for number in range(1, wrong.n_parts + 1)}
        refused(lambda: wrong.complete(dict(sorted(tags.items())[:1])), "BadDigest")
        refused(lambda: wrong.complete(tags), "NoSuchUpload")
        refused(lambda: s3.head_object(Bucket=BUCKET, Key="wrong.svs"), "404")
        refused(lambda: Upload(s3, "a.svs", content, mpp="nought"), "InvalidRequest")
        refused(lambda: s3.put_object(Bucket=BUCKET, Key="empty.svs", Body=b""), "InvalidRequest")

        gone = Upload(s3, "gone.svs", content)
        gone.send(1)
        strange = Upload(stranger, "gone.svs", content, upload=gone.at["UploadId"])
        for ask in (strange.tags, lambda: strange.send(1), lambda: stranger.abort_multipart_upload(**gone.at)):
            refused(ask, "NoSuchUpload")
        s3.abort_multipart_upload(**gone.at)
        refused(lambda: gone.send(2), "NoSuchUpload")
        assert "Contents" not in stranger.list_objects_v2(Bucket=BUCKET)

        name = {"Bucket": BUCKET, "Key": "2026/Doe Jäne.svs"}
        refused(lambda: s3.get_object(**name), "NotImplemented")
        refused(lambda: s3.delete_object(**name), "NotImplemented")
        refused(lambda: s3.put_object(Bucket="other", Key="a", Body=b"a"), "401", "404", "405", "Unauthorized")
        forged = client(server, key | {"secret_access_key": other["secret_access_key"]})
        refused(lambda: forged.head_bucket(Bucket=BUCKET), "403")
        refused(lambda: forged.list_objects_v2(Bucket=BUCKET), "SignatureDoesNotMatch")
        unknown = client(server, key | {"access_key_id": "nobody"})
        refused(lambda: unknown.list_objects_v2(Bucket=BUCKET), "InvalidAccessKeyId")

        # Neither a token here, nor a key's name or signature elsewhere, nor a link that is signed.
        at = f"{server.base}/{BUCKET}"
        presigned = s3.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "linked.svs"})
        assert server.session.get(at).status_code == 403
        assert requests.put(presigned, data=b"a").status_code == 403
        assert requests.get(at).status_code == 403
        scheme = f"AWS4-HMAC-SHA256 Credential={key['access_key_id']}/20261122/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00"
        for credential in (scheme, f"Bearer {key['access_key_id']}", f"Bearer {key['secret_access_key']}"):
            for path in ("/api/v1/slides", "/api/v1/uploads"):
                answer = requests.post(server.base + path, headers={"Authorization": credential}, data=b"a")
                assert answer.status_code == 401, (path, answer.text)
        assert requests.get(at, headers={"Authorization": scheme}).status_code in (400, 403)

        words = ["token", "list", "--data", data]
        listed = subprocess.run([BINARY, *words], capture_output=True, text=True, check=True).stdout
        assert key["hash"][:12] in listed and key["access_key_id"] not in listed, listed


def check_limits(data, key, content):
    """Each part counts towards the largest file, and what a key may have unfinished."""
    for limits, code in (
        (["--most-upload-bytes", str(2 * PART + PART // 2)], "EntityTooLarge"),
        (["--most-unfinished-bytes", str(2 * PART + PART // 2)], "SlowDown"),
    ):
        with Server(data, role="scanner", arguments=limits) as server:
            upload = Upload(client(server, key), "limited.svs", content)
            upload.send(1)
            upload.send(2)
            refused(lambda: upload.send(3), code)
            assert sorted(upload.tags()) == [1, 2]
            upload.s3.abort_multipart_upload(**upload.at)


def rclone(server, key, *words):
    remote = {
        "TYPE": "s3",
        "PROVIDER": "Other",
        "ENDPOINT": server.base,
        "ACCESS_KEY_ID": key["access_key_id"],
        "SECRET_ACCESS_KEY": key["secret_access_key"],
        "NO_CHECK_BUCKET": "true",
    }
    remote = {f"RCLONE_CONFIG_LAB_{name}": value for name, value in remote.items()}
    command = ["rclone", "--config", "/dev/null", "--stats-one-line", "-v", *words]
    # This rclone cannot be told of authorities, and needs none here.
    around = {name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"}
    ran = subprocess.run(command, env=around | remote, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout + ran.stderr


def check_folder(data, key, slide):
    """rclone copies a folder, finds nothing to copy then, and copies what came after."""
    with Server(data, role="scanner") as server, tempfile.TemporaryDirectory() as folder:
        for place in ("one.tiff", "more/two.tiff", "more/deep/three.tiff"):
            file = Path(folder, place)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(slide.read_bytes() + place.encode())
        copy = ["copy", folder, f"lab:{BUCKET}/scans", "--s3-upload-cutoff", "600k", "--s3-chunk-size", "5M"]
        assert rclone(server, key, *copy).count(": Copied") == 3
        assert ": Copied" not in rclone(server, key, *copy)
        Path(folder, "more/four.tiff").write_bytes(slide.read_bytes() + b"four")
        assert rclone(server, key, *copy).count(": Copied") == 1
        listed = rclone(server, key, "lsf", "-R", f"lab:{BUCKET}/scans").split("\n")
        files = {line for line in listed if line.endswith(".tiff")}
        assert files == {"one.tiff", "more/two.tiff", "more/four.tiff", "more/deep/three.tiff"}, listed
        s3 = client(server, key)
        top = s3.list_objects_v2(Bucket=BUCKET, Prefix="scans/", Delimiter="/")
        assert [one["Prefix"] for one in top["CommonPrefixes"]] == ["scans/more/"], top
        assert [one["Key"] for one in top["Contents"]] == ["scans/one.tiff"], top
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 1})
        names = [one["Key"] for page in pages for one in page["Contents"]]
        assert names == sorted(set(names)) and len(names) == 5, names


def main():
    data, slide = sys.argv[1], Path(sys.argv[2])
    content = slide.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    key, other = access_key(data, "scanner 1"), access_key(data, "scanner 2")
    found = check_multipart(data, key, content, digest)
    check_refusals(data, key, other, content)
    check_limits(data, key, content)
    check_folder(data, key, slide)
    print(f"boto3 and rclone: {len(content)} bytes in parts are slide {found}; a folder is copied once")


if __name__ == "__main__":
    main()
