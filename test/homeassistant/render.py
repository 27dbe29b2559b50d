"""Renders templates as Home Assistant does, but for one thing: a key that is not there is an error."""
import json
import sys

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
environment.filters["from_json"] = json.loads
compiled = {}


def render(template, scope):
    if template not in compiled:
        compiled[template] = environment.from_string(template)
    return compiled[template].render(scope)


answers = []
for template, payload, scope in json.load(sys.stdin):
    try:
        scope = dict(scope)
        if payload is not None:
            scope["value"] = payload
            scope["value_json"] = json.loads(payload)
        answers.append({"text": render(template, scope)})
    except Exception as error:  # whatever it is, the test shows it
        answers.append({"error": f"{type(error).__name__}: {error}"})
json.dump(answers, sys.stdout)
