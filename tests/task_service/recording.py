"""The example service, which writes down what it was asked; with `--tiles`, one that looks at tiles.

It prints where it listens.
"""

import argparse
import json
import pathlib
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "docs/task-service"))
import service  # noqa: E402


class LooksAtTiles(service.Model):
    def description(self):
        return super().description() | {"takes": "tiles"}


class Recording(service.Service):
    def predicted(self, body):
        metadata, arrays = service.tensors(body)
        request = json.loads(metadata["request"])
        note = {"path": self.path, "headers": dict(self.headers), "metadata": metadata}
        note["shapes"] = {name: list(array.shape) for name, array in arrays.items()}
        if self.server.looks_at_tiles:
            if not self.server.is_blind:
                note["fetched"] = fetched(request, arrays["tiles"][0])
            answer = {"job": request["job"], "model": request["model"]}
            answer["probabilities"] = {"benign": 0.25, "tumour": 0.75}
        elif request["n_tiles"] < self.server.least_tiles:
            answer = {"job": request["job"], "model": request["model"]}
            answer["abstention"] = {"reason": "there is too little of it"}
        else:
            answer = super().predicted(body)
        with self.server.record.open("a") as record:
            record.write(json.dumps(note) + "\n")
        return answer


def fetched(request, tile):
    """What the token opens: a tile, and what it must not open."""
    pictures, slide = request["pictures"], request["slide"]
    x, y, width, height = tile
    base = pictures["iiif"].split("/iiif/")[0]
    places = {
        "tile": f"{pictures['iiif']}/{x},{y},{width},{height}/64,/0/default.jpg",
        "description": f"{pictures['iiif']}/info.json",
        "slide": f"{base}/api/v1/slides/{slide}",
        "slides": f"{base}/api/v1/slides",
        "results": f"{base}/api/v1/slides/{slide}/predictions",
        "another slide": f"{base}/iiif/3/{'0' * 32}/info.json",
        "usage": f"{base}/api/v1/usage",
    }
    return {name: status(url, pictures["token"]) for name, url in places.items()}


def status(url, token):
    asked = urllib.request.Request(url, headers={"authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return [answer.status, len(answer.read())]
    except urllib.error.HTTPError as refused:
        return [refused.code, 0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", type=pathlib.Path, help="the folder of the task whose heads answer")
    parser.add_argument("record", type=pathlib.Path, help="where it is noted what was asked")
    parser.add_argument("--tiles", action="store_true", help="look at tiles")
    parser.add_argument("--blind", action="store_true", help="do not look at them after all")
    parser.add_argument("--least-tiles", type=int, default=0, help="give no answer to fewer")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    model = (LooksAtTiles if given.tiles else service.Model)(given.task)
    server = service.Server(("127.0.0.1", given.port), model, service=Recording)
    server.record = given.record
    server.looks_at_tiles = given.tiles
    server.is_blind = given.blind
    server.least_tiles = given.least_tiles
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
