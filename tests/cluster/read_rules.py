"""Reads a file of Prometheus rules, prints it as JSON; and reads questions, one a line of standard input.

A question that Prometheus could not read ends this with what is wrong with it.
"""

import json
import sys

import promql_parser
import yaml

rules = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
for group in rules["groups"]:
    for rule in group["rules"]:
        promql_parser.parse(rule["expr"])
        promql_parser.parse_duration(rule.get("for", "1m"))
for question in sys.stdin:
    try:
        promql_parser.parse(question)
    except ValueError as error:
        sys.exit(f"{error}: {question}")
json.dump(rules, sys.stdout)
