"""examples/consent behind the gateway, used as a browser uses it: the flow works, and each threat of its README.md fails."""

import os
import re
import subprocess
import sys
import threading
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from gateway import ROOT, check

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
TOKEN = re.compile(r'name="token" value="([^"]*)"')
LOGIN = {"name": "alex", "password": "correct horse", "decision": "allow"}
SECONDS = 30


class Page:
    """The example as a process, for a protected route, with a Route of the gateway in front of it."""

    def __init__(self, gateway, built, route):
        self.built, self.route = built, route
        name = f"login-{route['name']}"
        environment = {
            **os.environ,
            "AUTHORIZE_URL": f"{self.route['issuer']}/oauth2/authorize",
            "PROVISION_KEY": built["provisionKey"],
            "GATEWAY_CA": built["authority"],
            "PORT": "0",
        }
        command = [sys.executable, str(ROOT / "examples" / "consent" / "server.py")]
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        watchdog = threading.Timer(SECONDS, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        check(line.startswith("port "), "the page did not start")
        gateway.api(name, f"http://127.0.0.1:{line.split()[1]}", {"paths": [f"/{name}"], "protocols": ["https"]})
        self.url = f"{built['gateway']}/{name}"

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def asked(self, **changes):
        parameters = {
            "response_type": "code",
            "client_id": self.built["clientId"],
            "redirect_uri": self.built["redirectUri"],
            "scope": "read",
            "state": "a state & more",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return {**parameters, **changes}

    def query(self, **changes):
        return urlencode(self.asked(**changes))

    def pushed(self, session, **changes):
        """The reference to a pushed request (RFC 9126 §2)."""
        client = (self.built["clientId"], self.built["clientSecret"])
        response = session.post(f"{self.route['issuer']}/oauth2/par", self.asked(**changes), auth=client, timeout=SECONDS)
        check(response.status_code == 201, f"the push is {response.status_code}")
        return response.json()["request_uri"]

    def browser(self):
        session = requests.Session()
        session.trust_env = False  # an authority of the environment would have precedence
        session.verify = self.built["authority"]
        return session

    def open(self, session, query):
        response = session.get(f"{self.url}?{query}", timeout=SECONDS)
        check(response.status_code == 200, f"the page is {response.status_code}")
        return response, TOKEN.search(response.text).group(1)

    def post(self, session, query, fields):
        return session.post(f"{self.url}?{query}", fields, allow_redirects=False, timeout=SECONDS)


def signs_in(page):
    session = page.browser()
    redeems(page, session, page.query())


def redeems(page, session, query):
    """From the page to the API call."""
    _, token = page.open(session, query)
    response = page.post(session, query, {**LOGIN, "token": token})
    callback = response.headers["Location"]
    check(response.status_code == 303 and callback.startswith(page.built["redirectUri"] + "?"), f"to {callback}")
    given = parse_qs(urlsplit(callback).query)
    check(given["state"] == ["a state & more"], f"the state is {given['state']}")
    client = (page.built["clientId"], page.built["clientSecret"])
    redeemed = session.post(
        page.route["token"],
        {
            "grant_type": "authorization_code",
            "code": given["code"][0],
            "redirect_uri": page.built["redirectUri"],
            "code_verifier": VERIFIER,
        },
        auth=client,
        timeout=SECONDS,
    )
    bearer = {"Authorization": f"Bearer {redeemed.json()['access_token']}"}
    seen = session.get(page.route["api"], headers=bearer, timeout=SECONDS).json()
    check(seen["x-authenticated-userid"] == "user-7", f"the API saw {seen}")


def escapes_and_keeps_the_key(page):
    response, _ = page.open(page.browser(), page.query(client_id="<script>alert(1)</script>", scope='"><b>'))
    check("<script" not in response.text and '"><b>' not in response.text, "the page has a parameter unescaped")
    check(page.built["provisionKey"] not in response.text, "the page has the provision key")
    cookie = response.headers["Set-Cookie"]
    check(all(part in cookie for part in ("__Host-", "Secure", "HttpOnly", "SameSite=Lax")), f"the cookie is {cookie}")
    policy = response.headers["Content-Security-Policy"]
    check("default-src 'none'" in policy and "frame-ancestors 'none'" in policy, f"the policy is {policy}")


def rejects_a_forged_form(page):
    query, victim, attacker = page.query(), page.browser(), page.browser()
    page.open(victim, query)
    _, token = page.open(attacker, query)
    forged = {
        "no token": (victim, query, LOGIN),
        "another browser's token": (victim, query, {**LOGIN, "token": token}),
        "no cookie": (page.browser(), query, {**LOGIN, "token": token}),
        "another query": (attacker, page.query(scope="write"), {**LOGIN, "token": token}),
        "another expiry": (attacker, query, {**LOGIN, "token": "9" + token}),
        "a token that is no ASCII": (attacker, query, {**LOGIN, "token": "é.é"}),
    }
    for name, (session, asked, fields) in forged.items():
        response = page.post(session, asked, fields)
        check(response.status_code == 403 and "Location" not in response.headers, f"{name}: {response.status_code}")


def rejects_a_wrong_password(page):
    session, query = page.browser(), page.query()
    _, token = page.open(session, query)
    response = page.post(session, query, {**LOGIN, "password": "wrong", "token": token})
    check(response.status_code == 200 and "wrong." in response.text, f"the response is {response.status_code}")
    check("Location" not in response.headers, "the page redirects")


def obeys_a_denial(page):
    session, query = page.browser(), page.query()
    _, token = page.open(session, query)
    response = page.post(session, query, {**LOGIN, "decision": "deny", "token": token})
    check(response.status_code == 200 and "Location" not in response.headers, f"it is {response.status_code}")


def redirects_nowhere_unregistered(page):
    for changes in ({"redirect_uri": "https://attacker.test/"}, {"client_id": "unknown"}):
        session, query = page.browser(), page.query(**changes)
        _, token = page.open(session, query)
        response = page.post(session, query, {**LOGIN, "token": token})
        # The gateway names a registered URI of the client, or none.
        target = response.headers.get("Location", page.built["redirectUri"])
        check(target.startswith(page.built["redirectUri"]), f"the page redirects to {target}")
        check("code=" not in target, "the page gave a code")


def returns_an_error_to_the_client(page):
    session, query = page.browser(), page.query(scope="none")
    _, token = page.open(session, query)
    target = page.post(session, query, {**LOGIN, "token": token}).headers["Location"]
    check(target.startswith(page.built["redirectUri"]) and "error=invalid_scope" in target, f"it is {target}")


def limits_the_body(page):
    session, query = page.browser(), page.query()
    page.open(session, query)
    response = page.post(session, query, {"token": "x" * 20_000})
    check(response.status_code == 413, f"the response is {response.status_code}")


def resolves_a_pushed_request(page):
    session = page.browser()
    query = urlencode({"client_id": page.built["clientId"], "request_uri": page.pushed(session)})
    response, _ = page.open(session, query)
    check(page.built["clientId"] in response.text and "<b>read</b>" in response.text, "the page shows another request")
    redeems(page, session, query)


def shows_no_parameters_beside_a_reference(page):
    session = page.browser()
    beside = page.query(request_uri=page.pushed(session), scope="write", redirect_uri="https://attacker.test/")
    response, token = page.open(session, beside)
    check("<b>read</b>" in response.text and "write" not in response.text, "the page shows a scope that does not count")
    callback = page.post(session, beside, {**LOGIN, "token": token}).headers["Location"]
    check(callback.startswith(page.built["redirectUri"]) and "code=" in callback, f"the page redirects to {callback}")


def rejects_a_reference_that_is_not_the_clients(page):
    session = page.browser()
    reference = page.pushed(session)
    used = urlencode({"client_id": page.built["clientId"], "request_uri": page.pushed(session)})
    _, token = page.open(session, used)
    page.post(session, used, {**LOGIN, "token": token})
    queries = {
        "unknown": page.query(request_uri="urn:ietf:params:oauth:request_uri:unknown"),
        "of another client": urlencode({"client_id": page.built["publicId"], "request_uri": reference}),
        "without a client": urlencode({"request_uri": reference}),
        "given twice": urlencode({"client_id": page.built["clientId"]}) + f"&request_uri={reference}" * 2,
        "used": used,
        "with an error of the sender": page.query(request_uri="x", error_description="Call this number"),
    }
    for name, query in queries.items():
        response = session.get(f"{page.url}?{query}", allow_redirects=False, timeout=SECONDS)
        check(response.status_code == 400 and "<form" not in response.text, f"{name}: {response.status_code}")
        check("this number" not in response.text, f"{name}: the page has a text of the query")


# Of the plugin with conformance rfc, which has pushed requests.
PUSHED = (
    resolves_a_pushed_request,
    shows_no_parameters_beside_a_reference,
    rejects_a_reference_that_is_not_the_clients,
)
CASES = (
    signs_in,
    escapes_and_keeps_the_key,
    rejects_a_forged_form,
    rejects_a_wrong_password,
    obeys_a_denial,
    redirects_nowhere_unregistered,
    returns_an_error_to_the_client,
    limits_the_body,
)


def run(gateway, built):
    """Returns how many cases failed, each with a line."""
    routes = {route["name"]: route for route in built["routes"]}
    failed = run_cases(Page(gateway, built, routes["kong"]), CASES)
    if "rfc" in routes:
        failed += run_cases(Page(gateway, built, routes["rfc"]), PUSHED)
    return failed


def run_cases(page, cases):
    failed = 0
    try:
        for case in cases:
            try:
                case(page)
                print(f"oauth2: examples/consent: {case.__name__}: pass")
            except Exception as failure:
                failed += 1
                print(f"oauth2: examples/consent: {case.__name__}: FAIL: {type(failure).__name__}: {failure}"[:300])
    finally:
        page.stop()
    print(f"oauth2: examples/consent: {len(cases) - failed} of {len(cases)} pass")
    return failed
