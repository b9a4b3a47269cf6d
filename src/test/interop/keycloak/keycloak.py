"""A Keycloak with the realm of realm.json, as a process."""

import base64
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
from client import Browser  # noqa: E402
from gateway import check, free_port, java  # noqa: E402

START_SECONDS = 240
STOP_SECONDS = 30
NOT_CHECKED = 77
USER = ("anna", "anna-password")
CLIENT = ("shop", "the-secret-of-the-shop")
ADMIN = ("admin", "admin-of-the-check")

# The curve P-256 (FIPS 186-4, D.1.2.3): y² = x³ - 3x + b modulo P, with the point G of the order N.
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def _sum(one, other):
    """Adds two points of the curve; None is the neutral one."""
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % P == 0:
        return None
    if one == other:
        slope = (3 * one[0] ** 2 - 3) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope**2 - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def signing_key():
    """Returns a JWK for ES256, which Python's library cannot generate, with its private part."""
    secret = 1 + secrets.randbelow(N - 1)
    point, doubled = None, G
    for bit in reversed(f"{secret:b}"):
        if bit == "1":
            point = _sum(point, doubled)
        doubled = _sum(doubled, doubled)
    numbers = {"x": point[0], "y": point[1], "d": secret}
    encoded = {
        name: base64.urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=") for name, number in numbers.items()
    }
    return {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "of-the-check", **encoded}


class Keycloak:
    """`key` signs the assertions of the realm's client signer; its public part is in the realm."""

    def __init__(self, home, gateway, secure, key):
        self.key = key
        self.directory = Path(tempfile.mkdtemp(prefix="gatehouse-keycloak-"))
        copy = self.directory / "keycloak"
        # Keycloak writes below its own directory.
        shutil.copytree(home, copy, symlinks=True)
        (copy / "data" / "import").mkdir(parents=True, exist_ok=True)
        (copy / "data" / "import" / "gatehouse.json").write_text(json.dumps(self._realm(gateway, secure, key)))
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

    @staticmethod
    def _realm(gateway, secure, key):
        text = (HERE / "realm.json").read_text().replace("@GATEWAY@", gateway).replace("@SECURE@", secure)
        realm = json.loads(text)
        signer = next(client for client in realm["clients"] if client["clientId"] == "signer")
        public = {name: value for name, value in key.items() if name != "d"}
        signer["attributes"]["jwks.string"] = json.dumps({"keys": [public]})
        return realm

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

    def pause(self):
        """Makes Keycloak unresponsive: connections are accepted and get no response."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self):
        os.killpg(self.process.pid, signal.SIGCONT)

    def stop(self):
        if self.process.poll() is None:
            # The script and the JVM that it starts. A paused one receives the signal when it continues.
            os.killpg(self.process.pid, signal.SIGTERM)
            self.resume()
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
