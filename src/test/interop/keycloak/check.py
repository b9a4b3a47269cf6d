"""Checks openid-connect with Keycloak: docs/how-to/sign-in-with-openid-connect.md, docs/how-to/tokens-of-two-issuers.md, every method."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
from client import Browser, Echo  # noqa: E402
from gateway import ROOT, Gateway, check, free_port, java  # noqa: E402

START_SECONDS = 240
STOP_SECONDS = 30
WAIT_SECONDS = 60
NOT_CHECKED = 77
USER = ("anna", "anna-password")
CLIENT = ("shop", "the-secret-of-the-shop")
ROBOT = ("robot", "the-secret-of-the-robot")
HOW_TO = ROOT / "docs" / "how-to" / "tokens-of-two-issuers.md"
HOW_TO_SECONDS = 60
ADMIN = ("admin", "admin-of-the-check")


class Keycloak:
    def __init__(self, home, gateway):
        self.directory = Path(tempfile.mkdtemp(prefix="gatehouse-keycloak-"))
        copy = self.directory / "keycloak"
        # Keycloak writes below its own directory.
        shutil.copytree(home, copy, symlinks=True)
        (copy / "data" / "import").mkdir(parents=True, exist_ok=True)
        realm = (HERE / "realm.json").read_text().replace("@GATEWAY@", gateway)
        (copy / "data" / "import" / "gatehouse.json").write_text(realm)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.issuer = f"{self.url}/realms/gatehouse"
        self.log = self.directory / "keycloak.log"
        environment = {
            **os.environ,
            "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN[0],
            "KC_BOOTSTRAP_ADMIN_PASSWORD": ADMIN[1],
            "JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m",
            "JAVA": java(),
        }
        port = self.url.rsplit(":", 1)[1]
        command = [
            str(copy / "bin" / "kc.sh"), "start-dev", "--import-realm", "--http-host=127.0.0.1", f"--http-port={port}"
        ]
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        try:
            self._await_start()
        except BaseException:
            self.stop()
            raise

    def _await_start(self):
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{self.issuer}/.well-known/openid-configuration", timeout=5):
                    return
            except OSError:
                pass
            text = self.log.read_text(errors="replace")
            if self.process.poll() is not None and "UnsupportedClassVersionError" in text:
                print("keycloak: NOT CHECKED: this Keycloak needs a newer Java")
                sys.exit(NOT_CHECKED)
            check(self.process.poll() is None, f"Keycloak ended with {self.process.poll()}: {text[-1500:]}")
            check(time.monotonic() < until, f"Keycloak did not start in {START_SECONDS} s: {text[-1500:]}")
            time.sleep(0.5)

    def admin(self, method, path, body=None):
        form = {"grant_type": "password", "client_id": "admin-cli", "username": ADMIN[0], "password": ADMIN[1]}
        token = Browser().send(f"{self.url}/realms/master/protocol/openid-connect/token", form).is_status(200).json()
        request = urllib.request.Request(
            f"{self.url}/admin/realms/gatehouse{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token['access_token']}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read() or b"null")

    def tokens_of_user(self):
        form = {
            "grant_type": "password", "client_id": CLIENT[0], "client_secret": CLIENT[1],
            "username": USER[0], "password": USER[1], "scope": "openid",
        }
        return Browser().send(f"{self.issuer}/protocol/openid-connect/token", form).is_status(200).json()

    def rotate_keys(self):
        self.admin("POST", "/components", {
            "name": "rotated",
            "providerId": "rsa-generated",
            "providerType": "org.keycloak.keys.KeyProvider",
            "config": {"priority": ["1000"], "enabled": ["true"], "active": ["true"], "keySize": ["2048"]},
        })

    def end_sessions(self, username):
        user = self.admin("GET", f"/users?username={username}&exact=true")[0]
        self.admin("POST", f"/users/{user['id']}/logout")

    def stop(self):
        if self.process.poll() is None:
            # The script and the JVM that it starts.
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.stop()


def token_of(reply):
    header = reply.is_status(200).json()["headers"]["authorization"]
    check(header.startswith("Bearer "), f"the upstream received {header[:20]}")
    return header.removeprefix("Bearer ")


def key_of(token):
    head = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]


def until(condition, message):
    """Repeats a check until it returns a value."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"not within {WAIT_SECONDS} s: {message}")


def sign_in(page):
    browser = Browser()
    browser.script(page).is_status(401)
    reply = browser.sign_in(page, *USER)
    check(reply.url == page, f"the browser is at {reply.url} in place of {page}")
    headers = reply.is_status(200).json()["headers"]
    check(headers["x-user"] == "anna", f"the upstream received the user {headers.get('x-user')}")
    check("session=" not in headers.get("cookie", ""), "the upstream received the session's cookie")
    token_of(browser.script(page))
    check(browser.cookie("authorization") is None, "the authorization cookie remained")
    return browser


def bearer(page, browser):
    token = token_of(browser.script(page))
    Browser().send(page, accept="application/json", Authorization=f"Bearer {token}").is_status(200)
    Browser().send(page, accept="application/json", Authorization=f"Bearer {token}x").is_status(401)


def refresh(page, browser):
    """Ten requests at a time: Keycloak ends the session if a refresh token is used twice."""
    first, session = token_of(browser.script(page)), browser.cookie("session")

    def refreshed():
        with ThreadPoolExecutor(10) as pool:
            tokens = set(pool.map(lambda _: token_of(browser.script(page)), range(10)))
        return tokens != {first}

    until(refreshed, "another access token")
    until(refreshed, "another access token, a second time")
    check(browser.cookie("session") != session, "the session has its old id")


def rotation(keycloak, page, browser):
    before = key_of(token_of(browser.script(page)))
    keycloak.rotate_keys()
    another = sign_in(page)
    check(key_of(token_of(another.script(page))) != before, "Keycloak still signs with the old key")


def backchannel(keycloak, page):
    browser = sign_in(page)
    keycloak.end_sessions("anna")
    until(lambda: browser.script(page).status == 401, "the end of the session by Keycloak")


def logout(keycloak, page):
    browser = sign_in(page)
    gateway = page.removesuffix("/shop/page")
    reply = browser.send(f"{gateway}/shop/logout", {}).is_status(303)
    location = reply.headers["Location"]
    check(location.startswith(f"{keycloak.issuer}/protocol/openid-connect/logout?"), f"a redirect to {location[:100]}")
    reply = browser.follow(reply)
    check(reply.url.startswith(f"{gateway}/bye"), f"the browser is at {reply.url}")
    browser.script(page).is_status(401)
    check("kc-form-login" in browser.follow(browser.send(page)).body, "Keycloak has not ended its session")


def configure(gateway, echo, keycloak, method, **config):
    """Creates an API with one method, and returns its URL."""
    gateway.api(method, echo.url, {"paths": [f"/{method}"]})
    gateway.admin("POST", f"/services/{method}/plugins", {
        "name": "openid-connect",
        "config": {
            "issuer": keycloak.issuer,
            "auth_methods": [method],
            "client_id": [CLIENT[0]],
            "client_secret": [CLIENT[1]],
            "upstream_headers_claims": ["preferred_username"],
            "upstream_headers_names": ["x-user"],
            **config,
        },
    })
    return f"http://127.0.0.1:{gateway.ports['http']}/{method}"


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


def two_issuers(gateway, echo, keycloak):
    """Runs the commands of the page, with the addresses of this run in the place of its first block."""
    blocks = re.findall(r"^```sh\n(.*?)^```", HOW_TO.read_text(), re.MULTILINE | re.DOTALL)
    check(blocks and blocks[0].startswith("KEYCLOAK="), f"{HOW_TO.name} does not begin with its addresses")
    values = {
        "KEYCLOAK": keycloak.url,
        "KEYCLOAK_PASSWORD": ADMIN[1],
        "ADMIN": f"http://127.0.0.1:{gateway.ports['admin']}",
        "PROXY": f"http://127.0.0.1:{gateway.ports['http']}",
        "SECURE": f"https://127.0.0.1:{gateway.ports['https']}",
        "UPSTREAM": echo.url,
    }
    named = {line.partition("=")[0] for line in blocks[0].splitlines()}
    check(named == set(values), f"{HOW_TO.name} sets {sorted(named)}")
    script = "".join(f"{name}={value}\n" for name, value in values.items()) + "".join(blocks[1:])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=HOW_TO_SECONDS
    )
    check(done.returncode == 0, f"{HOW_TO.name} ended with {done.returncode}: {done.stderr[-500:]}")
    for text in ('"x-client": "report"', '"x-client": "alex-shop"', '"x-consumer-username": "alex"'):
        check(text in done.stdout, f"{HOW_TO.name} printed no {text}: {done.stdout[-2000:]}")
    check(done.stdout.rstrip().endswith("401"), f"an unknown token got no 401: {done.stdout[-200:]}")


def main(home):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    page = f"{url}/shop/page"
    with Echo() as echo, Keycloak(home, url) as keycloak, Gateway(PROXY_HTTP=f"127.0.0.1:{port}") as gateway:
        gateway.api("shop", echo.url, {"paths": ["/shop"]})
        gateway.api("bye", echo.url, {"paths": ["/bye"]})
        gateway.admin("POST", "/services/shop/plugins", {
            "name": "openid-connect",
            "config": {
                "issuer": keycloak.issuer,
                "rediscovery_lifetime": 5,
                "auth_methods": ["bearer", "session", "authorization_code"],
                "client_id": [CLIENT[0]],
                "client_secret": [CLIENT[1]],
                "scopes": ["openid", "profile", "email"],
                "redirect_uri": [f"{url}/shop/callback"],
                "login_action": "redirect",
                "logout_uri_suffix": "/logout",
                "logout_redirect_uri": [f"{url}/bye"],
                "backchannel_logout_uri_suffix": "/backchannel-logout",
                "upstream_headers_claims": ["preferred_username"],
                "upstream_headers_names": ["x-user"],
            },
        })
        browser = until(lambda: Browser().script(page).status == 401, "the configuration") and sign_in(page)
        steps = {
            "sign-in": lambda: None,
            "bearer": lambda: bearer(page, browser),
            "refresh": lambda: refresh(page, browser),
            "key rotation": lambda: rotation(keycloak, page, browser),
            "back-channel logout": lambda: backchannel(keycloak, page),
            "logout": lambda: logout(keycloak, page),
            "introspection": lambda: introspection(gateway, echo, keycloak),
            "userinfo": lambda: userinfo(gateway, echo, keycloak),
            "password": lambda: password(gateway, echo, keycloak),
            "client credentials": lambda: client_credentials(gateway, echo, keycloak),
            "tokens of two issuers": lambda: two_issuers(gateway, echo, keycloak),
        }
        for name, step in steps.items():
            step()
            print(f"keycloak: {name}: pass")
    print(f"keycloak: {len(steps)} of {len(steps)} steps pass")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
