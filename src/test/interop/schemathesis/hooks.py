"""What schemathesis needs besides openapi.json: texts of our formats, paths of existing entities, and the rules that no schema states.

A valid body may be refused only for such a rule, so a field that openapi.json describes wrongly fails the step.
"""

import json
import os

import schemathesis
from hypothesis import strategies as st

WORLD = json.loads(os.environ["GATEHOUSE_WORLD"])

labels = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
hosts = st.lists(labels, min_size=1, max_size=3).map(".".join)
paths = st.lists(labels, max_size=3).map(lambda segments: "/" + "/".join(segments))
uris = st.tuples(st.sampled_from(["http", "https"]), hosts, paths).map(lambda parts: "%s://%s%s" % parts)

FORMATS = {
    "authority": st.tuples(hosts, st.integers(1, 65535)).map(lambda parts: "%s:%d" % parts),
    "distinguished-name": labels.map("CN={}".format),
    "header-pattern": labels,
    "host-name": hosts,
    "host-pattern": st.one_of(hosts, hosts.map(lambda host: "*." + host), hosts.map(lambda host: host + ".*")),
    "https-uri": st.tuples(hosts, paths).map(lambda parts: "https://%s%s" % parts),
    "ip-address": st.tuples(*[st.integers(0, 255)] * 4).map(lambda parts: "%d.%d.%d.%d" % parts),
    "ip-range": st.tuples(*[st.integers(0, 255)] * 4).map(lambda parts: "%d.%d.%d.%d" % parts),
    "issuer": hosts.map(lambda host: "https://" + host),
    "json-web-key-set": st.just(
        '{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",'
        '"y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}'
    ),
    "offset": st.just(WORLD["offset"]),
    "offset-of-audit": st.just(WORLD["offset_of_audit"]),
    "offset-of-tags": st.just(WORLD["offset_of_tags"]),
    "origin-pattern": uris,
    "pair": st.tuples(labels, labels).map(lambda parts: "x-%s:%s" % parts),
    "path": paths,
    "path-pattern": st.one_of(paths, paths.map(lambda path: "~" + path + "[0-9]+$")),
    "pem-authority": st.just(WORLD["authority"]),
    "pem-certificates": st.just(WORLD["certificate"]),
    "pem-private-key": st.just(WORLD["key"]),
    "pem-public-key": st.just(WORLD["public_key"]),
    "redirect-uri": uris,
    "server-name": hosts,
    "uri": uris,
}
for name, strategy in FORMATS.items():
    schemathesis.openapi.format(name, strategy)

# Kong's codes of errors that depend on other entities.
OTHER_ENTITIES = {3, 4, 5, 13}


SEVERAL_FIELDS = (
    "at least one of these fields",
    "only one or none of these fields",
    "a key with an x5c is required",
    "required field missing, or another",
    "cannot set '",
    "these sets are mutually exclusive",
    "length must be 0",
    "value must be false",
    "message cannot be used with",
    "The limit for ",
    "the limit for ",
    "content_type requires a body",
    "required with another consumer",
)


def digest(text):
    return sum(map(ord, text))


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Addresses an existing entity in half of the cases."""
    parameters = dict(path_parameters or {})
    for name, value in parameters.items():
        if name in WORLD["keys"] and isinstance(value, str) and digest(value) % 2 == 0:
            parameters[name] = WORLD["keys"][name]
    return parameters


def violations(fields, path=()):
    """Lists the paths and texts of a schema violation."""
    if isinstance(fields, dict):
        for name, nested in fields.items():
            yield from violations(nested, path + (name,))
    elif isinstance(fields, list):
        for nested in fields:
            yield from violations(nested, path)
    elif fields is not None:
        yield path, fields


def is_beyond_schemas(case, path, text):
    """Whether a violation depends on several fields, on the stored entity, or on the path."""
    if "@entity" in path or text.startswith(SEVERAL_FIELDS):
        return True
    if case.method == "PUT" and case.path.endswith("/targets/{targets}") and path[0] == "upstream":
        # Of an existing target it is a patch, which reads the reference.
        return True
    if case.path == "/schemas/{entity}/validate":
        return True
    if case.method == "PUT" and text == "required field missing":
        # The path determines the key, unless it is an id.
        return len(path) == 1 and case.path.endswith("}")
    if path[0] == "config":
        # A patch without a name is checked as the config of the stored plugin.
        return case.method == "PATCH" or text == "value must be null"
    return path == ("consumer",) and text == "value must be null"


@schemathesis.check
def valid_data_acceptance(ctx, response, case):
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 400:
        return
    if case.path in ("/gatehouse/route-match", "/gatehouse/test-call"):
        # The document describes the body as an object only.
        return
    error = response.json()
    if error.get("code") in OTHER_ENTITIES:
        return
    if case.method == "DELETE" and case.path == "/oauth2_tokens" and "is required" in error["message"]:
        # One of two parameters is required.
        return
    every = list(violations(error.get("fields")))
    found = [(path, text) for path, text in every if not is_beyond_schemas(case, path, text)]
    # Such a rule names the field it depends on; the field that it is about has a violation of its own.
    conditional = [text for _, text in every if text.startswith("failed conditional validation")]
    if error.get("code") == 2 and len(found) <= len(conditional):
        return
    raise AssertionError(f"a valid request is refused: {error.get('message')}")
