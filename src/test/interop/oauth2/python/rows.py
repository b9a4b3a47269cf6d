"""The flows in terms of a library's adapter; prints one JSON line for each."""

import json
import sys
from pathlib import Path

import requests

WORLD = json.loads(Path(sys.argv[1]).read_text())
ID, SECRET, PUBLIC, USER = (WORLD[name] for name in ("clientId", "clientSecret", "publicId", "user"))
SECONDS = 30
WRONG_VERIFIER = "w" * 43


class Reported(Exception):
    """An error as the library reported it: its code, and the status if the library shows one."""

    def __init__(self, error, status=None):
        super().__init__(error)
        self.error, self.status = error, status


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def browse(url):
    """The browser at the login page: returns the URL of the client to which the page redirects it."""
    return requests.get(url, allow_redirects=False, timeout=SECONDS).headers["Location"]


class Flows:
    """An adapter has one method for each thing that its library can do. Tokens are dictionaries as in RFC 6749 §5.1."""

    def __init__(self, route, adapter):
        self.route, self.adapter = route, adapter
        self.tokens = self.old = None

    def discovery(self):
        found = self.adapter.discover(self.route["issuer"])
        check(found == [self.route[name] for name in ("token", "authorize", "revoke", "introspect")], f"found {found}")

    def code(self):
        self.tokens = self.adapter.redeem(self.adapter.authorize())
        check(self.tokens["refresh_token"], "no refresh token")

    def reused_code(self):
        grant = self.adapter.authorize()
        self.adapter.redeem(grant)
        self.adapter.redeem(grant)

    def refresh(self):
        fresh = self.adapter.refresh(self.tokens["refresh_token"])
        check(fresh["access_token"] != self.tokens["access_token"], "the same token")
        self.old, self.tokens = self.tokens, fresh

    def call(self, tokens, user=USER):
        """Calls the API; an error is that of its challenge (RFC 6750 §3)."""
        response = self.adapter.get(tokens, self.route["api"])
        if response.status_code != 200:
            challenge = requests.utils.parse_dict_header(response.headers["WWW-Authenticate"].partition(" ")[2])
            raise Reported(challenge.get("error"), response.status_code)
        seen = response.json()
        check(seen["x-consumer-username"] == "interop" and seen["x-authenticated-userid"] == user, f"saw {seen}")

    def introspect(self, token, active):
        seen = self.adapter.introspect(token)
        check(seen["active"] is active, f"introspection is {seen}")
        check(not active or (seen["client_id"], seen["scope"]) == (ID, "read"), f"introspection is {seen}")

    def revocation(self):
        tokens = self.adapter.client_credentials()
        self.adapter.revoke(tokens["access_token"])
        check(self.adapter.get(tokens, self.route["api"]).status_code == 401, "the token is still valid")

    def rows(self):
        does = self.adapter
        yield "client credentials", does.client_credentials
        yield "client credentials, wrong secret", lambda: does.client_credentials(secret="wrong")
        yield "client credentials, unknown scope", lambda: does.client_credentials(scope="none")
        yield "secret in the body", lambda: does.client_credentials(body=True)
        yield "secret in the body, wrong secret", lambda: does.client_credentials(secret="wrong", body=True)
        yield "code", self.code
        yield "code, wrong secret", lambda: does.redeem(does.authorize(), secret="wrong")
        yield "code, wrong verifier", lambda: does.redeem(does.authorize(), verifier=WRONG_VERIFIER)
        yield "code, reused", self.reused_code
        if does.reads_authorization_errors:
            yield "code, unknown scope", lambda: does.redeem(does.authorize(scope="none"))
        yield "public client", lambda: self.call(does.redeem(does.authorize(client_id=PUBLIC)))
        wrong = {"verifier": WRONG_VERIFIER}
        yield "public client, wrong verifier", lambda: does.redeem(does.authorize(client_id=PUBLIC), **wrong)
        yield "refresh", self.refresh
        yield "refresh, used token", lambda: does.refresh(self.old["refresh_token"])
        yield "API call", lambda: self.call(self.tokens)
        yield "API call, revoked token", lambda: self.call(self.old)
        yield "API call, missing scope", lambda: self.call(does.client_credentials(scope="write"), None)
        if hasattr(does, "introspect"):
            yield "introspection", lambda: self.introspect(self.tokens["access_token"], True)
            yield "introspection, revoked token", lambda: self.introspect(self.old["access_token"], False)
            yield "introspection, wrong secret", lambda: does.introspect(self.tokens["access_token"], secret="wrong")
        yield "revocation", self.revocation
        yield "revocation, wrong secret", lambda: does.revoke(self.tokens["access_token"], secret="wrong")
        if hasattr(does, "discover") and WORLD["discovery"]:
            yield "discovery", self.discovery
            yield "discovery, unknown issuer", lambda: does.discover(WORLD["gateway"] + "/none")
        if self.route["name"] == "kong":
            yield "password", lambda: self.call(does.password(WORLD["provisionKey"]))
            yield "password, wrong provision key", lambda: does.password("wrong")
            yield "implicit", lambda: self.call(does.implicit("read"))
            yield "implicit, unknown scope", lambda: does.implicit("none")


def run(adapter):
    for route in WORLD["routes"]:
        does = adapter(route)
        report(route["name"], Flows(route, does).rows(), does.reported)


def report(route, rows, reported):
    """Prints what each attempt of a flow came to. reported: the error in an exception of the library, or None."""
    for flow, attempt in rows:
        try:
            attempt()
            result = {"ok": True}
        except Exception as failure:
            found = failure if isinstance(failure, Reported) else reported(failure)
            text = f"{type(failure).__name__}: {failure}"[:200]
            result = {"error": found.error, "status": found.status} if found else {"failure": text}
        print(json.dumps({"route": route, "flow": flow, **result}), flush=True)
