"""The table of values in the chart's README, from its schema and defaults. Run it to write it anew."""

import json

import yaml

import rendering

README = rendering.CHART / "README.md"
BEGIN, END = "<!-- values: tests/cluster/values_table.py -->\n", "<!-- end of values -->"

# Definitions that several parts share, and the name under which the table has them once.
SHARED = {"part": "PART", "fixedNumber": "SERVING", "worker": "WORKER"}


def table():
    schema = json.loads((rendering.CHART / "values.schema.json").read_text(encoding="utf-8"))
    defaults = yaml.safe_load((rendering.CHART / "values.yaml").read_text(encoding="utf-8"))
    rows = list(values(schema["properties"], "", schema["$defs"]))
    for definition, name in SHARED.items():
        rows += values(schema["$defs"][definition]["properties"], f"{name}.", schema["$defs"])
    lines = ["| value | default | meaning |", "|---|---|---|"]
    lines += [f"| `{path}` | {shown(default(defaults, path))} | {meaning} |" for path, meaning in rows]
    return "\n".join(lines) + "\n"


def values(properties, start, definitions):
    """Path and description of every value that has no values below it."""
    for name, schema in properties.items():
        referred = definitions[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else {}
        below = schema.get("properties", referred.get("properties"))
        if below:
            yield from values(below, f"{start}{name}.", definitions)
        elif "allOf" not in schema:
            yield f"{start}{name}", schema["description"]


def default(defaults, path):
    """`None` where each part has its own."""
    value = defaults
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    return value


def shown(value):
    if value is None:
        return "`values.yaml`"
    return "" if value in ("", [], {}) else f"`{json.dumps(value)}`".replace('`"', "`").replace('"`', "`")


def main():
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    README.write_text(before + BEGIN + table() + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
