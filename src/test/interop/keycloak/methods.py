"""The methods of openid-connect at Keycloak, the client's authentication, and a Keycloak that does not respond."""

import base64
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
from client import Browser  # noqa: E402
from gateway import check  # noqa: E402
from keycloak import CLIENT, USER  # noqa: E402

WAIT_SECONDS = 60
ROBOT = ("robot", "the-secret-of-the-robot")
NOTARY = ("notary", "the-secret-of-the-notary-for-hs256")
SIGNER = "signer"


def until(condition, message):
    """Repeats a check until it returns a value."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"not within {WAIT_SECONDS} s: {message}")


def configure(gateway, echo, keycloak, method, name=None, **config):
    """Creates an API with one method, and returns its URL."""
    name = name or method
    gateway.api(name, echo.url, {"paths": [f"/{name}"]})
    values = {
        "issuer": keycloak.issuer,
        "auth_methods": [method],
        "client_id": [CLIENT[0]],
        "client_secret": [CLIENT[1]],
        "upstream_headers_claims": ["preferred_username"],
        "upstream_headers_names": ["x-user"],
        **config,
    }
    gateway.admin("POST", f"/services/{name}/plugins", {
        "name": "openid-connect",
        "config": {field: value for field, value in values.items() if value is not None},
    })
    return f"http://127.0.0.1:{gateway.ports['http']}/{name}"


def call(url, authorization, status, user=None):
    reply = Browser().send(url, accept="application/json", Authorization=authorization).is_status(status)
    if user:
        found = reply.json()["headers"].get("x-user")
        check(found == user, f"{url}: the upstream received the user {found} in place of {user}")
    return reply


def basic(name, secret):
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def introspection(gateway, echo, keycloak):
    url = configure(gateway, echo, keycloak, "introspection", cache_introspection=False)
    tokens = keycloak.tokens_of_user()
    call(url, f"Bearer {tokens['access_token']}", 200, USER[0])
    call(url, f"Bearer {tokens['refresh_token']}", 401)
    call(url, "Bearer unknown", 401)
    keycloak.end_sessions(USER[0])
    call(url, f"Bearer {tokens['access_token']}", 401)


def userinfo(gateway, echo, keycloak):
    url = configure(gateway, echo, keycloak, "userinfo")
    call(url, f"Bearer {keycloak.tokens_of_user()['access_token']}", 200, USER[0])
    call(url, "Bearer unknown", 401)


def password(gateway, echo, keycloak):
    url = configure(gateway, echo, keycloak, "password")
    reply = call(url, basic(*USER), 200, USER[0])
    check(reply.json()["headers"]["authorization"].startswith("Bearer "), "the upstream received no token")
    call(url, basic(USER[0], "wrong"), 401)


def client_credentials(gateway, echo, keycloak):
    url = configure(gateway, echo, keycloak, "client_credentials")
    reply = call(url, basic(*ROBOT), 200, "service-account-robot")
    check(reply.json()["headers"]["authorization"].startswith("Bearer "), "the upstream received no token")
    call(url, basic(ROBOT[0], "wrong"), 401)


def refresh_token(gateway, echo, keycloak):
    """The realm replaces a refresh token when it is used, and ends the session if it is used again."""
    url = configure(gateway, echo, keycloak, "refresh_token", downstream_refresh_token_header="x-refresh-token")

    def exchange(token, status=200):
        return Browser().send(url, accept="application/json", refresh_token=token).is_status(status)

    first = keycloak.tokens_of_user()["refresh_token"]
    reply = exchange(first)
    headers = reply.json()["headers"]
    check(headers["x-user"] == USER[0], f"the upstream received the user {headers.get('x-user')}")
    check("refresh_token" not in headers, "the upstream received the refresh token")
    second = reply.headers["X-Refresh-Token"]
    check(second and second != first, "the client received no new refresh token")
    # From the cache: Keycloak would end the session.
    check(exchange(first).headers["X-Refresh-Token"] == second, "the client received another refresh token")
    exchange(second)
    exchange("unknown", 401)


def consumer(gateway, echo, keycloak):
    url = configure(
        gateway, echo, keycloak, "bearer", "consumer", consumer_claim=["preferred_username"], consumer_by=["custom_id"]
    )
    token = f"Bearer {keycloak.tokens_of_user()['access_token']}"
    call(url, token, 403)
    gateway.admin("POST", "/consumers", {"username": "employee-1", "custom_id": USER[0]})

    def is_found():
        reply = Browser().send(url, accept="application/json", Authorization=token)
        return reply.status == 200 and reply.json()["headers"]

    headers = until(is_found, "the Consumer")
    check(headers["x-consumer-username"] == "employee-1", f"the Consumer is {headers.get('x-consumer-username')}")
    check(headers.get("x-credential-identifier"), "the upstream received no credential")


def client_authentication(gateway, echo, keycloak):
    """Keycloak's client of a user's password authenticates in each of these ways."""
    clients = {
        "client_secret_post": {},
        "client_secret_jwt": {"client_id": [NOTARY[0]], "client_secret": [NOTARY[1]]},
        "private_key_jwt": {"client_id": [SIGNER], "client_secret": None, "client_jwk": [keycloak.key]},
    }
    for way, client in clients.items():
        url = configure(gateway, echo, keycloak, "password", way, client_auth=[way], **client)
        call(url, basic(*USER), 200, USER[0])
    url = configure(gateway, echo, keycloak, "password", "wrong_secret", client_secret=["wrong"])
    call(url, basic(*USER), 503)


def clock(gateway, echo, keycloak):
    """Once a token has expired, the node's clock is a moment ahead of a provider whose token is still valid."""
    strict = configure(gateway, echo, keycloak, "bearer", "strict")
    lenient = configure(gateway, echo, keycloak, "bearer", "lenient", leeway=3600)
    token = f"Bearer {keycloak.tokens_of_user()['access_token']}"
    call(strict, token, 200, USER[0])
    until(lambda: Browser().send(strict, accept="application/json", Authorization=token).status == 401, "the expiry")
    call(lenient, token, 200, USER[0])
    call(strict, token, 401)


def outage(gateway, echo, keycloak):
    """Keycloak accepts connections and does not respond."""
    jwt = configure(gateway, echo, keycloak, "bearer", "away_jwt", rediscovery_lifetime=1, timeout=1000, leeway=3600)
    opaque = configure(gateway, echo, keycloak, "introspection", "away", timeout=1000, cache_introspection=False)
    token = f"Bearer {keycloak.tokens_of_user()['access_token']}"
    call(jwt, token, 200, USER[0])
    call(opaque, token, 200, USER[0])
    keycloak.pause()
    try:
        call(opaque, token, 503)
        began = time.monotonic()
        call(f"http://127.0.0.1:{gateway.ports['http']}/bye", token, 200)
        check(time.monotonic() - began < 1, "another Route waited for Keycloak")
        # The keys are valid for an hour.
        for _ in range(5):
            call(jwt, token, 200, USER[0])
            time.sleep(1)
    finally:
        keycloak.resume()

    def is_back():
        return Browser().send(opaque, accept="application/json", Authorization=token).status != 503

    until(is_back, "Keycloak responds again")
    call(opaque, f"Bearer {keycloak.tokens_of_user()['access_token']}", 200, USER[0])
