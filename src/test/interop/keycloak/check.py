"""Checks openid-connect with Keycloak: docs/how-to/sign-in-with-openid-connect.md, docs/how-to/tokens-of-two-issuers.md, every method."""

import base64
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
import chromium  # noqa: E402
import methods  # noqa: E402
from client import Browser, Echo  # noqa: E402
from gateway import ROOT, Gateway, check, free_port  # noqa: E402
from keycloak import ADMIN, CLIENT, USER, Keycloak, signing_key  # noqa: E402
from methods import until  # noqa: E402

HOW_TO = ROOT / "docs" / "how-to" / "tokens-of-two-issuers.md"
HOW_TO_SECONDS = 60


def token_of(reply):
    header = reply.is_status(200).json()["headers"]["authorization"]
    check(header.startswith("Bearer "), f"the upstream received {header[:20]}")
    return header.removeprefix("Bearer ")


def key_of(token):
    head = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]


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


def config(keycloak, url, path):
    """Returns the configuration of docs/how-to/sign-in-with-openid-connect.md for an API with this path."""
    return {
        "issuer": keycloak.issuer,
        "rediscovery_lifetime": 5,
        "auth_methods": ["bearer", "session", "authorization_code"],
        "client_id": [CLIENT[0]],
        "client_secret": [CLIENT[1]],
        "scopes": ["openid", "profile", "email"],
        "redirect_uri": [f"{url}{path}/callback"],
        "login_action": "redirect",
        "logout_uri_suffix": "/logout",
        "logout_redirect_uri": [f"{url}/bye"],
        "backchannel_logout_uri_suffix": "/backchannel-logout",
        "upstream_headers_claims": ["preferred_username"],
        "upstream_headers_names": ["x-user"],
    }


def real_browser(gateway, echo, keycloak, secure):
    """Signs in and out with Chromium over TLS: the gateway and Keycloak are different sites."""
    gateway.api("web", echo.url, {"paths": ["/web"]})
    gateway.admin("POST", "/services/web/plugins", {
        "name": "openid-connect",
        "config": {
            **config(keycloak, secure, "/web"),
            "session_cookie_name": "__Host-session",
            "authorization_cookie_name": "__Host-authorization",
        },
    })
    page = f"{secure}/web/page"

    def received():
        return json.loads(browser.run("return document.querySelector('pre').textContent"))["headers"]

    with chromium.Chromium() as browser:
        browser.open(page)
        browser.arrive(keycloak.url)
        browser.type("#username", USER[0])
        browser.type("#password", USER[1])
        browser.click("#kc-login")
        browser.arrive(page)
        check(received()["x-user"] == USER[0], f"the upstream received the user {received().get('x-user')}")
        check("__Host-" not in received().get("cookie", ""), "the upstream received a cookie of the sign-in")

        session = browser.cookies()["__Host-session"]
        flags = {name: session.get(name) for name in ("httpOnly", "secure", "sameSite", "path")}
        check(flags == {"httpOnly": True, "secure": True, "sameSite": "Lax", "path": "/"}, f"the cookie has {flags}")
        check("__Host-authorization" not in browser.cookies(), "the authorization cookie remained")
        check(browser.run("return document.cookie") == "", "a script of the page can read a cookie")

        browser.open(f"{secure}/web/another")
        check(received()["x-user"] == USER[0], "the second page is not of the user")

        browser.run("""
            const form = document.createElement('form');
            form.method = 'post';
            form.action = '/web/logout';
            document.body.append(form);
            form.submit();
        """)
        browser.arrive(f"{secure}/bye")
        check("__Host-session" not in browser.cookies(), "the session's cookie remained")
        browser.open(page)
        browser.arrive(keycloak.url)
        check(browser.has("#username"), "Keycloak has not ended its session")


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
    port, secure_port = free_port(), free_port()
    url, secure = f"http://127.0.0.1:{port}", f"https://localhost:{secure_port}"
    page = f"{url}/shop/page"
    listeners = {"PROXY_HTTP": f"127.0.0.1:{port}", "PROXY_HTTPS": f"127.0.0.1:{secure_port}"}
    with Echo() as echo, Keycloak(home, url, secure, signing_key()) as keycloak, Gateway(**listeners) as gateway:
        gateway.api("shop", echo.url, {"paths": ["/shop"]})
        gateway.api("bye", echo.url, {"paths": ["/bye"]})
        gateway.admin("POST", "/services/shop/plugins", {
            "name": "openid-connect",
            "config": config(keycloak, url, "/shop"),
        })
        browser = until(lambda: Browser().script(page).status == 401, "the configuration") and sign_in(page)
        steps = {
            "sign-in": lambda: None,
            "bearer": lambda: bearer(page, browser),
            "refresh": lambda: refresh(page, browser),
            "key rotation": lambda: rotation(keycloak, page, browser),
            "back-channel logout": lambda: backchannel(keycloak, page),
            "logout": lambda: logout(keycloak, page),
            "introspection": lambda: methods.introspection(gateway, echo, keycloak),
            "userinfo": lambda: methods.userinfo(gateway, echo, keycloak),
            "password": lambda: methods.password(gateway, echo, keycloak),
            "client credentials": lambda: methods.client_credentials(gateway, echo, keycloak),
            "refresh token": lambda: methods.refresh_token(gateway, echo, keycloak),
            "consumer": lambda: methods.consumer(gateway, echo, keycloak),
            "client authentication": lambda: methods.client_authentication(gateway, echo, keycloak),
            "clock": lambda: methods.clock(gateway, echo, keycloak),
            "outage": lambda: methods.outage(gateway, echo, keycloak),
            "tokens of two issuers": lambda: two_issuers(gateway, echo, keycloak),
            "Chromium": lambda: real_browser(gateway, echo, keycloak, secure),
        }
        absent = chromium.missing()
        if absent:
            del steps["Chromium"]
            print(f"keycloak: Chromium: NOT CHECKED: there is no {absent}")
        for name, step in steps.items():
            step()
            print(f"keycloak: {name}: pass")
    print(f"keycloak: {len(steps)} of {len(steps)} steps pass")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
