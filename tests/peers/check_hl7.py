"""Orders, and is told of results, by HL7 v2.5.1 over MLLP with other people's code, and sends 200 frames that are wrong.

    check_hl7.py WORK      an empty folder

Starts the real binary over a folder in WORK. hl7apy builds OML^O21 messages and validates the ORL^O22 that answer them and the
ORU^R01 that tell of results; hl7's own MLLP client orders as well. A slide is analysed, read, signed and amended, while the
receiver dies with a message, the server is killed with one on its way, and a message is refused and sent again. Then come
frames that are split, cut, oversized, repeated and in other characters than they say: each is refused or has one effect.
"""

import json
import random
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import hl7
import requests
from hl7.client import MLLPClient
from hl7apy.parser import parse_message

from check_pyramid import Tally
from hl7_peer import CANARY, END, START, Line, Receiver, order, read
from running import BINARY

LIMIT = 1 << 20
ORDERS = "coverslip_hl7_orders_total"


def run(*words):
    return subprocess.run([BINARY, *words], capture_output=True, text=True, check=True).stdout.strip()


class Server:
    """`coverslip up` with HTTP and HL7 on free ports, killed at the end."""

    def __init__(self, data, log, receiver):
        self.machine, self.person = requests.Session(), requests.Session()
        token = run("token", "create", "--role", "admin", "--data", data)
        self.machine.headers["Authorization"] = f"Bearer {token}"
        sent = ":".join(map(str, receiver.address))
        words = ["--listen", "127.0.0.1:0", "--hl7-listen", "127.0.0.1:0", "--hl7-send", sent, "--log", "debug", "--research-results", "marked"]
        with log.open("a") as written:
            words = [BINARY, "up", "--data", data, *words]
            self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=written, text=True)
        for line in self.process.stdout:
            if found := re.search(r"HL7 on ([^:]+):(\d+)", line):
                self.hl7 = (found[1], int(found[2]))
            if found := re.search(r"(http://[^/]+)(/login\?code=\S+)", line):
                self.root = found[1]
                self.person.get(self.root + found[2])
                self.person.headers["Sec-Fetch-Site"] = "same-origin"
                return
        raise SystemExit("the server ended before it said where it listens")

    def get(self, path):
        answer = self.machine.get(self.root + path)
        answer.raise_for_status()
        return answer.json()

    def counted(self, name, **labels):
        """A counter, as /metrics has it."""
        written = ",".join(f'{label}="{value}"' for label, value in labels.items())
        metrics = self.machine.get(self.root + "/metrics").text
        found = re.search(rf"^{name}\{{{written}\}} (\d+)$", metrics, re.MULTILINE)
        assert found, f"{name} {labels} is not in /metrics"
        return int(found[1])

    def say(self, path, body):
        answer = self.person.post(self.root + path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def orders(self):
        found, after = [], ""
        while True:
            page = self.get(f"/api/v1/orders{after}")
            found += page["orders"]
            if "next" not in page:
                return found
            after = f"?after={page['next']}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def check_orders(server, tally):
    with Line(server.hl7) as line:
        first = order(1, priority="A", task="phantom-tumour")
        answer = line.ask(first)
        tally.check("an order is accepted", read(answer) == ("AA", "C1", None))
        (placed,) = server.orders()
        names = [placed[name] for name in ("accession", "patient", "specimen", "part", "block", "stain", "priority")]
        expected = [f"{CANARY}-S1", f"{CANARY}-P1", "SP1", "A", "A1", "H&E", "urgent"]
        tally.check(f"it is what was sent: {names}", names == expected)
        tally.check("the filler's number is ours", f"PL1^LIS|{placed['id']}^COVERSLIP" in answer.decode())
        tally.check("the same message is answered the same", line.ask(first) == answer)
        for encoding, charset, name in (("latin-1", "8859/1", "Ü"), ("utf-8", "UNICODE UTF-8", "Ü病")):
            number = 2 if charset == "8859/1" else 3
            code = read(line.ask(order(number, charset, accession=f"{CANARY}-{name}"), encoding), encoding)
            tally.check(f"characters of {charset}", code == ("AA", f"C{number}", None))
            tally.check(f"names in {charset}", server.orders()[0]["accession"] == f"{CANARY}-{name}")
    with MLLPClient(*server.hl7) as client:
        answer = hl7.parse(client.send_message(hl7.parse(order(4))).decode())
        tally.check("hl7's client is answered", str(answer.segment("MSA")[1]) == "AA")
    tally.check("four orders", len(server.orders()) == 4)


def told(text):
    """Of an ORU^R01 that hl7apy finds valid: OBR-2, OBR-25, and of each OBX of an order OBX-3.1, OBX-3.2, OBX-5.1, OBX-11."""
    message = parse_message(text)
    assert message.validate() and message.msh.msh_9.to_er7() == "ORU^R01^ORU_R01"
    (group,) = message.oru_r01_patient_result.oru_r01_order_observation
    found = [each.obx for each in group.oru_r01_observation]
    values = [(x.obx_3.obx_3_1.to_er7(), x.obx_3.obx_3_2.to_er7(), x.obx_5.to_er7(), x.obx_11.to_er7()) for x in found]
    return group.obr.obr_2.to_er7(), group.obr.obr_25.to_er7(), values


def check_results(server, receiver, slide, restarted, tally):
    """Returns the server that goes on."""
    headers = {"X-Accession": f"{CANARY}-S1", "X-Part": "A", "X-Block": "A1", "X-Stain": "H%26E"}
    receiver.manner = "die"
    pushed = server.machine.post(f"{server.root}/api/v1/slides", data=slide.read_bytes(), headers=headers).json()["id"]
    (first,) = receiver.wait_for(1)
    receiver.manner = "accept"
    again = receiver.wait_for(2)[1]
    tally.check("what the receiver died with comes again", again == first)
    placer, status, values = told(first)
    tally.check("a result that nobody signed", (placer, status) == ("PL1^LIS", "P"))
    tally.check(f"is marked: {values}", values and all("research use only" in v[1] and v[3] in "PX" for v in values))
    tally.check("has its figures", {"phantom-tumour", "phantom-tumour.probability"} <= {v[0] for v in values})

    case = server.get(f"/api/v1/slides/{pushed}")["case"]
    (result,) = server.get(f"/api/v1/slides/{pushed}/predictions")["predictions"]
    judged = {"task": result["task"]["id"], "task_hash": result["task"]["hash"]}
    said = server.say(f"/api/v1/slides/{pushed}/reviews", {"kind": "accept", **judged})
    seen = server.person.get(f"{server.root}/api/v1/cases/{case}").json()["seen"]
    receiver.manner = "hang"
    server.say(f"/api/v1/cases/{case}/sign-off", {"seen": seen, "statement": "Adenocarcinoma."})
    final = receiver.wait_for(3)[2]
    server.process.kill()
    server.process.wait()
    receiver.manner = "refuse"
    server = restarted()
    tally.check("what was on its way comes again", receiver.wait_for(4)[3] == final)
    _, status, values = told(final)
    tally.check("a signed result", status == "F" and {v[3] for v in values} == {"F"})
    tally.check("has nothing of research", "research" not in final.lower())
    tally.check("has the signer's words", ("conclusion", "conclusion", "Adenocarcinoma.", "F") in values)

    failed = settled(server, "failed")
    tally.check("what is refused has failed with the reason", failed["last_error"].startswith("AE: no such order"))
    receiver.manner = "accept"
    run("hl7", "replay", "--data", server.data, failed["id"])
    tally.check("it is sent once more", receiver.wait_for(5)[4] == final)
    settled(server, "delivered")
    sent = [server.counted("coverslip_hl7_results_total", outcome=outcome) for outcome in ("failed", "delivered")]
    tally.check(f"metrics count both: {sent}", sent == [1, 1])

    grade = 1 if result["grade"] and result["grade"]["value"] == 2 else 2
    override = {"kind": "override", **judged, "amends": said["number"], "reason": "wrong_grade", "text": "less of it"}
    override["finding"] = {"call": result["call"], "grade": grade}
    server.say(f"/api/v1/slides/{pushed}/reviews", override)
    seen = server.person.get(f"{server.root}/api/v1/cases/{case}").json()["seen"]
    amended = {"seen": seen, "statement": "None.", "amendment": "recounted"}
    server.say(f"/api/v1/cases/{case}/sign-off", amended)
    placer, status, values = told(receiver.wait_for(6)[5])
    tally.check("a corrected result", (placer, status) == ("PL1^LIS", "C") and {v[3] for v in values} <= {"C", "F"})
    return server


def settled(server, state):
    """The message in that state, once there is one."""
    for _ in range(200):
        listed = json.loads(run("hl7", "list", "--data", server.data, "--state", state, "--json"))["messages"]
        if listed:
            return listed[0]
        time.sleep(0.1)
    raise AssertionError(f"no message is {state}")


def check_refusals(server, tally):
    """What is wrong is told with its segment and field, and has no effect."""
    good = order(10)
    cases = [
        ("another event", "OML^O21^OML_O21", "OML^O33^OML_O33", "AR", ("MSH^1^9", "201")),
        ("another message", "OML^O21^OML_O21", "ADT^A01^ADT_A01", "AR", ("MSH^1^9", "200")),
        ("another version", "|2.5.1|", "|2.3|", "AR", ("MSH^1^12", "203")),
        ("a message in training", "|P|2.5.1", "|T|2.5.1", "AR", ("MSH^1^11", "202")),
        ("a charset that is not read", "UNICODE UTF-8", "UNICODE UTF-16", "AE", ("MSH^1^18", "103")),
        ("no sender", "|LIS|LAB|", "|||", "AE", ("MSH^1^3", "101")),
        ("a cancellation", "ORC|NW", "ORC|CA", "AE", ("ORC^1^1", "103")),
        ("no accession", f"{CANARY}-S10", "", "AE", ("SAC^1^2", "101")),
        ("no patient", f"{CANARY}-P10", "", "AE", ("PID^1^3", "101")),
        ("a task of nobody", "99COVERSLIP", "L", "AE", ("OBR^1^4", "103")),
        ("a name that is too long", f"{CANARY}-S10", "x" * 65, "AE", ("SAC^1^2", "102")),
    ]
    with Line(server.hl7) as line:
        before = len(server.orders())
        refused_before = server.counted(ORDERS, outcome="refused")
        for number, (what, old, new, code, error) in enumerate(cases):
            text = good.replace(old, new, 1).replace("|C10|", f"|R{number}|")
            answer = line.ask(text)
            expected = (code, f"R{number}", error)
            tally.check(f"{what} is refused as {expected}: {answer}", read(answer) == expected)
        other = order(11, control_id="C1")
        tally.check("another message under a control id", read(line.ask(other)) == ("AE", "C1", ("MSH^1^10", "205")))
        taken = order(12, accession=f"{CANARY}-S1")
        tally.check("another patient's accession", read(line.ask(taken)) == ("AE", "C12", ("PID^1^3", "205")))
        tally.check("nothing was ordered", len(server.orders()) == before)
        refused = server.counted(ORDERS, outcome="refused") - refused_before
        tally.check(f"metrics count {refused} of them", refused == len(cases) + 2)


def hostile(generator, number):
    """Bytes that are wrong or strange, whether an order comes of them, and whether they are answered."""
    text = order(number).encode()
    whole = START + text + END
    kind = number % 10
    if kind == 0:
        return "split", whole, True, True
    if kind == 1:
        return "no start", text + END, False, False
    if kind == 2:
        return "no file separator", START + text + b"\x0d", False, False
    if kind == 3:
        return "no carriage return", START + text + b"\x1c", False, False
    if kind == 4:
        return "oversized", START + text + b"x" * (LIMIT + generator.randrange(1, LIMIT)), False, False
    if kind == 5:
        return "twice at once", whole + whole, True, True
    if kind == 6:
        return "bytes of another charset", START + text.replace(b"SP", b"\xff\xfe") + END, False, True
    if kind == 7:
        return "no message", START + generator.randbytes(200).replace(b"\x1c", b"") + END, False, False
    if kind == 8:
        return "cut", whole[: generator.randrange(1, len(whole) - 1)], False, False
    place = generator.randrange(len(whole))
    changed = whole[:place] + bytes([generator.randrange(256)]) + whole[place + 1 :]
    return "a byte changed", changed, None, None


def check_hostile(server, tally):
    generator = random.Random(20)
    before = len(server.orders())
    expected, unknown = 0, 0
    for number in range(1000, 1200):
        kind, data, makes_order, is_answered = hostile(generator, number)
        with Line(server.hl7) as line:
            try:
                for piece in pieces(generator, data) if kind == "split" else [data]:
                    line.send(piece)
                line.socket.shutdown(socket.SHUT_WR)
                answers = list(iter(line.answer, None))
            except (BrokenPipeError, ConnectionResetError, OSError):
                answers = []
        if is_answered is not None:
            tally.check(f"{number}, {kind}: {len(answers)} answers", bool(answers) == is_answered)
        if kind == "twice at once":
            tally.check(f"{number}: the same answer twice", len(answers) == 2 and answers[0] == answers[1])
        expected += makes_order is True
        unknown += makes_order is None
    made = len(server.orders()) - before
    tally.check(f"{made} orders, {expected} and at most {unknown} more", expected <= made <= expected + unknown)
    with Line(server.hl7) as line:
        tally.check("the server goes on", read(line.ask(order(2000)))[0] == "AA")
        # Its place is free once the server has seen that it ended.
        line.socket.shutdown(socket.SHUT_WR)
        tally.check("a connection ends with its sender", line.answer() is None)
    lines = [Line(server.hl7) for _ in range(40)]
    refused = sum(line.answer() is None for line in lines[32:])
    tally.check(f"too many connections are closed: {refused}", refused == 8)
    closed = server.counted("coverslip_hl7_connections_closed_total", reason="too_many")
    tally.check(f"metrics count {closed} of them", closed == 8)
    for line in lines:
        line.socket.close()


def pieces(generator, data):
    while data:
        size = generator.randrange(1, 40)
        yield data[:size]
        data = data[size:]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    work, tally = Path(sys.argv[1]), Tally()
    data, log, slide = str(work / "data"), work / "hl7-log", work / "phantom.tiff"
    run("phantom", str(slide), "--size", "4096", "--tumour", "0.2", "--grade", "3", "--seed", "90002")
    receiver = Receiver("accept")

    def start():
        server = Server(data, log, receiver)
        server.data = data
        return server

    server = start()
    try:
        check_orders(server, tally)
        server = check_results(server, receiver, slide, start, tally)
        check_refusals(server, tally)
        check_hostile(server, tally)
    finally:
        server.__exit__()
    tally.check("no patient is in the log", CANARY not in log.read_text())
    print(f"HL7: {tally.passed} passed, {len(tally.failures)} failed")
    sys.exit(1 if tally.failures else 0)


if __name__ == "__main__":
    main()
