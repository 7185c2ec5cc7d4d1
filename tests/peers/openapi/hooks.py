"""How schemathesis asks: mostly for things that are there, which no random id would name."""

import atexit
import collections
import json
import os

import schemathesis

# By the name of a path parameter, by the collection that it is in as well, or by both after the method; each several: check.py's.
KNOWN = json.loads(os.environ["COVERSLIP_KNOWN"])
# How often each operation was answered with which status, for check.py to look at.
ANSWERS = collections.Counter()


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Three of four times in place of what was made up."""
    path, method = context.operation.path, context.operation.method
    if not path_parameters:
        return path_parameters
    collection = path.split("/")[3:4]
    chance = hash(str(path_parameters))
    for name in path_parameters:
        there = ".".join([*collection, name])
        known = KNOWN.get(f"{method} {there}", KNOWN.get(there, KNOWN.get(name)))
        if known is not None and chance % 4:
            path_parameters[name] = known[chance // 4 % len(known)]
    return path_parameters


@schemathesis.serializer("multipart/related", "application/offset+octet-stream")
def serialize_bytes(context, value):
    """What is made up is the whole body: a part of it would have to be a DICOM file. check_stow.py sends such."""
    value = getattr(value, "data", value)
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(context, case, kwargs):
    """A redirection is the answer, not what lies behind it."""
    kwargs["allow_redirects"] = False


@schemathesis.hook
def after_call(context, case, response):
    ANSWERS[f"{case.operation.definition.raw['operationId']} {response.status_code}"] += 1


@atexit.register
def write_answers():
    with open(os.environ["COVERSLIP_ANSWERS"], "w", encoding="utf-8") as file:
        json.dump(ANSWERS, file)
