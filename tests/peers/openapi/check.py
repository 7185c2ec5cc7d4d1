#!/usr/bin/env python3
"""schemathesis asks the real binary what its API's description says can be asked.

    check.py DATA CASES [TAG|OPERATION...]

DATA is a data folder with an analysed slide. CASES are made up for each operation, or for those of some tags or ids, beside those
that cover what the description allows and forbids one by one. Every answer must be of a status, a media type and a form that
is written down, and none may be a 5xx. That each operation succeeded at least once is looked at too, so that not all of
it was asked of nothing.

All operations are asked, by four ways:

- most with an admin's token;
- those on models after them: what is retired hides its results;
- those that only a person may do (`x-person`) with a session, as the viewer's own pages ask;
- streams without an end by hand: schemathesis reads answers to their end.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from check_pyramid import Tally
from examples import meant, wrong_examples
from running import Server

METHODS = ["get", "head", "put", "post", "delete", "patch", "options"]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# What cannot succeed here, and why.
NEVER_GOOD = {
    "logIn": "a login link is good once, and what is made up is none",
    "signIn": "there is no OpenID provider",
    "comeBack": "there is no OpenID provider",
    "logOut": "a token has no session to end, and the session of the other way is needed",
    "readColourProfile": "a phantom has none",
    "readScannersThumbnail": "a phantom has none",
    "readPatientImage": "a phantom has none",
    "giveMpp": "the slide is not held",
    "stopAnalysis": "the slide is analysed",
    "resumeAnalysis": "the slide is analysed",
    "replayDelivery": "nothing was told yet",
    "readViewerFile": "its name has a digest in it",
    "storeInstances": "what is made up is no DICOM",
    "storeInstancesOfStudy": "what is made up is no DICOM",
    "signCase": "what was seen has a digest that is not made up",
    "correctIdentity": "no slide waits to be told which it is",
    "rollBackModel": "no other version was active before",
    "storeReference": "it takes ten slides, and there is one",
    "closeAlert": "nothing is out of order with one slide",
}


def operations(document, names):
    """By their ids; all where neither a tag nor an id is named."""
    for item in document["paths"].values():
        for method in METHODS:
            operation = item.get(method)
            if operation and (not names or {*names} & {operation["operationId"], *operation["tags"]}):
                yield operation["operationId"], operation


def way_of(operation):
    if "text/event-stream" in operation["responses"].get("200", {}).get("content", {}):
        return "stream"
    if operation.get("x-person"):
        return "person"
    return "models" if "models" in operation["tags"] else "token"


class Installation:
    """What there is to be asked for: a slide in its case, one that was refused, something drawn, uploads, a webhook; and a person."""

    def __init__(self, server):
        self.server = server
        self.cookie = self._log_in()
        ask = self._ask
        slide = ask("get", "/api/v1/slides")["slides"][0]["id"]
        (prediction,) = ask("get", f"/api/v1/slides/{slide}/predictions")["predictions"]
        refused = server.session.post(server.base + "/api/v1/slides", data=b"no slide").json()["id"]
        order = ask("post", "/api/v1/orders", {"accession": "S26-1", "patient": "P-1"})
        case, drawn = order["case"], "ab" * 16
        ask("put", f"/api/v1/slides/{slide}/case", {"case": case})
        point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}
        ask("put", f"/api/v1/slides/{slide}/annotations/{drawn}", point)
        told = {"url": "https://lis.example.org/told", "events": ["case.signed"]}
        # One of them is removed.
        webhook, unwanted = (ask("post", "/api/v1/webhooks", told)["id"] for _ in range(2))
        # So many that some are left whatever becomes of the others.
        uploads = [self._begin_upload() for _ in range(200)]
        instance = ask("get", "/dicomweb/instances?limit=1")[0]
        uids = {"study": "0020000D", "series": "0020000E", "instance": "00080018"}
        result, model = (ask("get", f"/fhir/R4/{kind}")["entry"][0]["resource"]["id"] for kind in ("Observation", "Device"))
        self.known = {name: instance[tag]["Value"] for name, tag in uids.items()} | {
            "id": [slide, slide, refused],
            "task": [prediction["task"]["id"]],
            "annotation": [drawn],
            "cases.id": [case],
            "webhooks.id": [webhook],
            "delete webhooks.id": [unwanted],
            "uploads.id": uploads,
            "ServiceRequest.id": [order["id"]],
            "Observation.id": [result],
            "Provenance.id": [result],
            "DiagnosticReport.id": [case],
            "Device.id": [model],
            "AuditEvent.id": ["1"],
        }

    def _log_in(self):
        answer = requests.get(self.server.login_link, allow_redirects=False)
        return answer.headers["Set-Cookie"].split(";")[0]

    def _begin_upload(self):
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "100"}
        answer = self.server.session.post(self.server.base + "/api/v1/uploads", headers=headers)
        answer.raise_for_status()
        return answer.headers["Location"].rsplit("/")[-1]

    def _ask(self, method, path, body=None):
        answer = self.server.session.request(method, self.server.base + path, json=body)
        answer.raise_for_status()
        return answer.json()


def fuzz(installation, document, ids, headers, cases, work):
    """`schemathesis run` on some operations; how often each answered with which status, and what was found."""
    answers = work / "answers.json"
    environment = os.environ | {
        "COVERSLIP_KNOWN": json.dumps(installation.known),
        "COVERSLIP_ANSWERS": str(answers),
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HERE),
        "PYTHONHASHSEED": "0",
    }
    command = [Path(sys.executable).parent / "schemathesis", "run", document, "--url", installation.server.base]
    command += ["--phases", "examples,coverage,fuzzing", "--checks", CHECKS, "--max-examples", str(cases)]
    command += ["--suppress-health-check", "all", "--request-timeout", "60", "--seed", "1", "--continue-on-failure"]
    command += ["--generation-database", "none", "--warnings", "off", "--no-color"]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    for one in ids:
        command += ["--include-operation-id", one]
    ran = subprocess.run(command, env=environment, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return json.loads(answers.read_text()), "" if ran.returncode == 0 else ran.stdout


def follow(installation, document, ids, cases, tally):
    """Streams by hand: a slide that is there, and what schemathesis makes up. How often each answered with which status."""
    schema = schemathesis.openapi.from_dict(document)
    found = [result.ok() for result in schema.get_all_operations()]
    for operation in found:
        said = operation.definition.raw
        if said["operationId"] not in ids:
            continue
        statuses = defaultdict(int)

        def ask(path):
            server = installation.server
            # What follows the head has no end.
            with server.session.get(server.base + path, stream=True, timeout=60) as answer:
                status, kind = str(answer.status_code), answer.headers.get("Content-Type", "")
            statuses[status] += 1
            written = meant(document, said["responses"].get(status, {})).get("content", {})
            tally.check(f"{path}: {status} {kind}", kind.split(";")[0] in written)

        @settings(max_examples=cases, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=HealthCheck)
        @given(case=operation.as_strategy())
        def ask_made_up(case):
            ask(case.formatted_path)

        ask(operation.path.format(id=installation.known["id"][0]))
        ask_made_up()
        yield said["operationId"], statuses


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    data, cases, names = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    tally, statuses = Tally(), defaultdict(dict)
    # Wrong credentials are made up as well.
    # Without results for research only there would be no Observation to ask for.
    words = ["--most-failed-logins", "0", "--research-results", "marked"]
    with Server(data, "admin", words) as server, tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        document = server.get("/api/openapi.json").json()
        validate(document)
        wrong = list(wrong_examples(document))
        tally.check(f"examples: {wrong}", not wrong)
        file = work / "openapi.json"
        file.write_text(json.dumps(document))
        installation = Installation(server)
        asked = dict(operations(document, names))
        by_way = defaultdict(list)
        for one, operation in asked.items():
            by_way[way_of(operation)].append(one)
        token = {"Authorization": server.session.headers["Authorization"]}
        person = {"Cookie": installation.cookie, "Sec-Fetch-Site": "same-origin"}
        for way, headers in (("token", token), ("person", person), ("models", token)):
            if by_way[way]:
                answers, found = fuzz(installation, file, by_way[way], headers, cases, work)
                tally.check(f"{way}: {found}", not found)
                for answer, count in answers.items():
                    one, status = answer.split()
                    statuses[one][status] = count
        for one, counted in follow(installation, document, by_way["stream"], cases, tally):
            statuses[one] = counted
    for one in asked:
        is_good = any(status[0] in "23" for status in statuses[one])
        tally.check(f"{one} succeeds: {dict(statuses[one])}", is_good or one in NEVER_GOOD)
    n_cases = {one: sum(statuses[one].values()) for one in asked}
    few = [f"{one} {count}" for one, count in n_cases.items() if count < cases]
    if few:
        # Where little but a path can be varied, schemathesis runs out of different ones.
        print(f"fewer than {cases} cases: {', '.join(few)}")
    n_asked = sum(n_cases.values())
    print(f"{n_asked} cases of {len(asked)} operations; {tally.passed} passed, {len(tally.failures)} failed")
    sys.exit(1 if tally.failures else 0)


if __name__ == "__main__":
    main()
