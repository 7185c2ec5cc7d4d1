"""A task as a service, for those who write one: contract v1 of docs/task-services.md.

Gated attention MIL on the heads of a task of Coverslip's own, so that its answers can be compared with
those of the task itself. The standard library and numpy:

    python docs/task-service/service.py --task models/shipped/tasks/phantom-tumour --port 9000
"""

import argparse
import json
import pathlib
import struct
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

CONTRACT = 1
KINDS = {"F32": "<f4", "I32": "<i4"}


class Refused(Exception):
    """What cannot be read: its words are for the log of whoever runs this."""


def tensors(body):
    """The metadata and the arrays of a safetensors file."""
    try:
        (length,) = struct.unpack_from("<Q", body)
        header = json.loads(body[8 : 8 + length])
        metadata = header.pop("__metadata__", {})
        arrays = {}
        for name, entry in header.items():
            begin, end = (8 + length + at for at in entry["data_offsets"])
            array = np.frombuffer(body[begin:end], KINDS[entry["dtype"]])
            arrays[name] = array.reshape(entry["shape"])
        return metadata, arrays
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise Refused(f"the body is no safetensors file: {error}") from error


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Model:
    """Several heads whose probabilities are averaged."""

    def __init__(self, folder):
        self.task = json.loads((folder / "task.json").read_text())
        files = sorted(folder.glob("head*.safetensors"))
        self.heads = [tensors(file.read_bytes())[1] for file in files]
        self.name = "abmil-in-numpy"
        self.version = self.task["version"]

    def description(self):
        return {
            "contract": CONTRACT,
            "model": {"name": self.name, "version": self.version},
            "takes": "bag",
            "encoder": self.task["encoder"]["hash"],
            "dimension": self.task["head"]["dimension"],
            "answers": list(self.task["classes"].values()),
            "intended_use": "An example: it shows how a service answers.",
        }

    def predict(self, embeddings):
        said = [self.of_head(head, embeddings) for head in self.heads]
        positive = float(np.mean([probability for probability, _, _ in said]))
        negative_name, positive_name = self.task["classes"].values()
        return {
            "probabilities": {negative_name: 1 - positive, positive_name: positive},
            "attention": np.mean([attention for _, attention, _ in said], 0).tolist(),
            "tile_probabilities": np.mean([tiles for _, _, tiles in said], 0).tolist(),
        }

    def of_head(self, head, embeddings):
        """Ilse et al. 2018: the probability of a bag, the attention and the probability of each tile."""

        def linear(name, x):
            return x @ head[f"{name}.weight"].T + head[f"{name}.bias"]

        hidden = np.maximum(linear("projection", embeddings), 0)
        gated = np.tanh(linear("attention_V", hidden)) * sigmoid(linear("attention_U", hidden))
        scores = linear("attention_w", gated)[:, 0]
        attention = np.exp(scores - scores.max())
        attention /= attention.sum()
        logit = linear("detection", attention @ hidden)[0]
        tile_logits = linear("detection", hidden)[:, 0]
        temperature = self.task["temperature"]
        return sigmoid(logit / temperature), attention, sigmoid(tile_logits / temperature)


class Service(BaseHTTPRequestHandler):
    """One request: the model is the server's."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if not self.may_ask():
            return self.answer(401, {"error": "send the key as a bearer token"})
        if self.path.endswith("/v1/description"):
            return self.answer(200, self.server.model.description())
        return self.answer(404, {"error": "there is nothing here"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not self.may_ask():
            return self.answer(401, {"error": "send the key as a bearer token"})
        if not self.path.endswith("/v1/predict"):
            return self.answer(404, {"error": "there is nothing here"})
        try:
            return self.answer(200, self.predicted(body))
        except Refused as refused:
            return self.answer(422, {"error": str(refused)})

    def predicted(self, body):
        metadata, arrays = tensors(body)
        request = json.loads(metadata.get("request", "{}"))
        if request.get("contract") != CONTRACT:
            raise Refused(f"this speaks contract {CONTRACT}")
        embeddings = arrays.get("embeddings")
        width = self.server.model.task["head"]["dimension"]
        if embeddings is None or embeddings.ndim != 2 or embeddings.shape[1] != width:
            raise Refused(f"embeddings of {width} values are needed")
        model = self.server.model
        answer = {"job": request["job"], "model": {"name": model.name, "version": model.version}}
        if len(embeddings) == 0:
            return answer | {"abstention": {"reason": "there is no tissue"}}
        return answer | model.predict(embeddings)

    def may_ask(self):
        key = self.server.key
        return key is None or self.headers.get("authorization") == f"Bearer {key}"

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Requests name slides: they are not logged."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address, model, key=None, service=Service):
        super().__init__(address, service)
        self.model = model
        self.key = key


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", type=pathlib.Path, required=True, help="a task's folder with its heads")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--key", type=pathlib.Path, help="a file with the key that must be sent")
    given = parser.parse_args()
    key = given.key.read_text().strip() if given.key else None
    server = Server(("127.0.0.1", given.port), Model(given.task), key)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
