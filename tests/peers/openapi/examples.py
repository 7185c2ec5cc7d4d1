"""That every example of an OpenAPI document is of the form that is written beside it."""

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = "urn:openapi-document"


def wrong_examples(document):
    """Where an example is, and why it does not fit."""
    resource = Resource.from_contents(document, default_specification=DRAFT202012)
    registry = Registry().with_resource(DOCUMENT, resource)
    for where, schema, example in examples(document):
        validator = Draft202012Validator(absolute(schema), registry=registry)
        for error in validator.iter_errors(example):
            yield f"{where}: {error.message}"


def examples(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            where = f"{method} {path}"
            for parameter in item.get("parameters", []) + operation.get("parameters", []):
                parameter = meant(document, parameter)
                if "example" in parameter:
                    yield f"{where} {parameter['name']}", parameter["schema"], parameter["example"]
            bodies = {"body": operation.get("requestBody", {})} | operation["responses"]
            for name, body in bodies.items():
                for kind, content in meant(document, body).get("content", {}).items():
                    if "example" in content:
                        yield f"{where} {name} {kind}", content["schema"], content["example"]


def meant(document, value):
    """What a reference refers to; anything else is meant itself."""
    while "$ref" in value:
        path, value = value["$ref"].removeprefix("#/").split("/"), document
        for key in path:
            value = value[key.replace("~1", "/")]
    return value


def absolute(schema):
    """The schema with its references to the document by name."""
    if isinstance(schema, list):
        return [absolute(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    is_reference = lambda key, value: key == "$ref" and isinstance(value, str)
    return {key: DOCUMENT + value if is_reference(key, value) else absolute(value) for key, value in schema.items()}
