# SPDX-License-Identifier: MIT OR Apache-2.0
"""The part of JSON Schema that docs/*.schema.json use. A keyword that is not known here is an error, not ignored."""
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}
KNOWN = {"$schema", "$comment", "title", "description", "type", "required", "additionalProperties", "properties", "const", "enum", "minimum",
         "minItems", "items", "anyOf", "pattern"}


def is_type(value, name):
    if name == "null":
        return value is None
    if name in ("integer", "number"):
        return not isinstance(value, bool) and isinstance(value, int if name == "integer" else (int, float))
    return isinstance(value, TYPES[name])


def same(a, b):
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def faults(value, schema, at="$"):
    """A list of sentences, empty when the value is of the schema."""
    unknown = set(schema) - KNOWN
    if unknown:
        raise ValueError(f"schema at {at}: unknown keywords {sorted(unknown)}")
    found = []
    if "anyOf" in schema:
        branches = [faults(value, s, at) for s in schema["anyOf"]]
        if all(branches):
            found.append(f"{at}: no alternative fits, of which the last says: {branches[-1][0]}")
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(is_type(value, n) for n in names):
            return found + [f"{at}: not {' or '.join(names)}"]
    if "const" in schema and not same(value, schema["const"]):
        found.append(f"{at}: not {schema['const']!r}")
    if "enum" in schema and not any(same(value, v) for v in schema["enum"]):
        found.append(f"{at}: not one of {schema['enum']}")
    if "minimum" in schema and is_type(value, "number") and value < schema["minimum"]:
        found.append(f"{at}: below {schema['minimum']}")
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        found.append(f"{at}: does not match {schema['pattern']}")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{at}: too few")
        for i, v in enumerate(value):
            found += faults(v, schema.get("items", {}), f"{at}[{i}]")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        found += [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, v in value.items():
            if name in properties:
                found += faults(v, properties[name], f"{at}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{at}: {name} is not known")
    return found
