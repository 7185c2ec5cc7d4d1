"""The laboratory's system in two halves: one orders and reads answers, one is told of results. hl7apy builds and validates."""

import socket
import threading
from datetime import datetime

from hl7apy.core import Message
from hl7apy.parser import parse_message

START, END = b"\x0b", b"\x1c\x0d"
CANARY = "CANARY"


def order(number, charset="UNICODE UTF-8", control_id=None, accession=None, priority="R", task="WSI"):
    """An OML^O21 as text."""
    message = Message("OML_O21", version="2.5.1")
    message.msh.msh_3, message.msh.msh_4 = "LIS", "LAB"
    message.msh.msh_5, message.msh.msh_6 = "COVERSLIP", "PATH"
    message.msh.msh_7 = datetime.now().strftime("%Y%m%d%H%M%S")
    message.msh.msh_9 = "OML^O21^OML_O21"
    message.msh.msh_10 = control_id or f"C{number}"
    message.msh.msh_11, message.msh.msh_12 = "P", "2.5.1"
    if charset:
        message.msh.msh_18 = charset
    patient = message.add_group("OML_O21_PATIENT")
    patient.pid.pid_3, patient.pid.pid_5 = f"{CANARY}-P{number}", f"{CANARY}^J"
    group = message.add_group("OML_O21_ORDER")
    group.orc.orc_1, group.orc.orc_2 = "NW", f"PL{number}^LIS"
    group.add_group("OML_O21_TIMING").tq1.tq1_9 = priority
    request = group.add_group("OML_O21_OBSERVATION_REQUEST")
    request.obr.obr_2, request.obr.obr_4 = f"PL{number}^LIS", f"{task}^asked for^99COVERSLIP"
    specimen = request.add_group("OML_O21_SPECIMEN")
    specimen.spm.spm_2, specimen.spm.spm_4 = f"SP{number}", "TISS"
    specimen.obx.obx_2, specimen.obx.obx_3 = "ST", "127790008^Staining method^SCT"
    specimen.obx.obx_5, specimen.obx.obx_11 = "H\\T\\E", "F"
    container = specimen.add_group("OML_O21_CONTAINER")
    container.sac.sac_2 = accession or f"{CANARY}-S{number}"
    container.sac.sac_3, container.sac.sac_4 = "A1", "A"
    assert message.validate()
    return message.to_er7()


class Line:
    """One connection to the server."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, timeout=20)
        self.rest = b""

    def send(self, data):
        self.socket.sendall(data)

    def answer(self):
        """The next answer's bytes; None once the server closed the line."""
        while END not in self.rest:
            try:
                read = self.socket.recv(65536)
            except ConnectionError:
                return None
            if not read:
                return None
            self.rest += read
        frame, self.rest = self.rest.split(END, 1)
        return frame.removeprefix(START)

    def ask(self, text, encoding="utf-8"):
        self.send(START + text.encode(encoding) + END)
        return self.answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def read(answer, encoding="utf-8"):
    """Code, control id, and location and code of the error, of an answer that hl7apy finds valid."""
    message = parse_message(answer.decode(encoding))
    assert message.validate() and message.msh.msh_9.to_er7() == "ORL^O22^ORL_O22"
    error = message.err[0] if len(message.err) else None
    where = (error.err_2.to_er7(), error.err_3.err_3_1.to_er7()) if error else None
    return message.msa.msa_1.to_er7(), message.msa.msa_2.to_er7(), where


class Receiver:
    """Is told of results: `manner` is accept, refuse, die (without an answer) or hang."""

    def __init__(self, manner):
        self.manner, self.told = manner, []
        self.lock = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        threading.Thread(target=self._serve, daemon=True).start()

    def wait_for(self, n, seconds=120):
        """What it was told, once that were `n` messages."""
        with self.lock:
            assert self.lock.wait_for(lambda: len(self.told) >= n, seconds), f"{len(self.told)} messages, not {n}"
            return list(self.told)

    def _serve(self):
        while True:
            line, _ = self.listener.accept()
            threading.Thread(target=self._hear, args=(line,), daemon=True).start()

    def _hear(self, line):
        data = b""
        while not data.endswith(END):
            read = line.recv(65536)
            if not read:
                return
            data += read
        text = data[1 : -len(END)].decode()
        with self.lock:
            manner = self.manner
            self.told.append(text)
            self.lock.notify_all()
        if manner == "hang":
            # Held open until the other end is gone.
            line.recv(1)
        if manner in ("accept", "refuse"):
            line.sendall(START + acknowledged(text, manner).encode() + END)
        line.close()


def acknowledged(text, manner):
    told = parse_message(text)
    answer = Message("ACK", version="2.5.1")
    answer.msh.msh_9, answer.msh.msh_10 = "ACK^R01^ACK", "A1"
    answer.msh.msh_11, answer.msh.msh_12 = "P", "2.5.1"
    answer.msa.msa_1 = "AA" if manner == "accept" else "AE"
    answer.msa.msa_2 = told.msh.msh_10.to_er7()
    if manner == "refuse":
        answer.msa.msa_3 = f"no such order of {CANARY}"
    assert answer.validate()
    return answer.to_er7()
