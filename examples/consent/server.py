"""A login and consent page for Gatehouse's authorization endpoint. README.md describes how to run it and what to replace."""

import base64, hashlib, hmac, html, json, os, re, secrets, ssl, sys, time  # noqa: E401
import urllib.error, urllib.request  # noqa: E401
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

AUTHORIZE = os.environ["AUTHORIZE_URL"]  # the gateway's: https://HOST/PATH-OF-THE-ROUTE/oauth2/authorize
PUSHED = AUTHORIZE.rpartition("/")[0] + "/par"  # where a client has pushed its parameters (RFC 9126)
PROVISION_KEY = os.environ["PROVISION_KEY"]  # stays on this server: no page and no redirect contains it
AUTHORITY = os.environ.get("GATEWAY_CA")  # a PEM file, if the gateway's certificate has no public authority
ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "resource", "request_uri")
ASKED += ("code_challenge", "code_challenge_method")
SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
MAX_BODY, MINUTES = 16_384, 10
SIGNING_KEY = secrets.token_bytes(32)  # of several servers behind one address: the same, from your secret store
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<style>body{{font:1rem sans-serif;max-width:28rem;margin:4rem auto}}label,button{{display:block;margin:1rem 0}}</style>
<h1>{title}</h1>{content}"""
FORM = """<p>{problem}</p><p><b>{client}</b> asks for access to: <b>{scope}</b></p>
<form method="post"><input type="hidden" name="token" value="{token}">
<label>Name <input name="name" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button name="decision" value="allow">Sign in and allow</button>
<button name="decision" value="deny">Deny</button></form>"""


def authenticate(name, password):
    """REPLACE THIS: your users. Returns the id under which the API sees the user, or None."""
    known = hmac.compare_digest(f"{name}\0{password}".encode(), b"alex\0correct horse")
    return "user-7" if known else None


def sign(session, query, expires):
    """Binds a form to the browser's cookie and to the request that the user saw, so that another site cannot post it."""
    text = "\0".join((session, query, str(expires))).encode()
    return f"{expires}.{base64.urlsafe_b64encode(hmac.digest(SIGNING_KEY, text, hashlib.sha256)).decode()}"


def is_signed(token, session, query):
    expires = token.partition(".")[0]
    valid = hmac.compare_digest(token.encode(), sign(session, query, expires).encode())
    return valid and expires.isdigit() and time.time() < int(expires)


def authorize(query, **more):
    """Requests the code from the gateway. It alone names the URI to which the browser may go (RFC 9700 §4.11)."""
    given = parse_qs(query, keep_blank_values=True)
    return post(AUTHORIZE, [(name, value) for name in ASKED for value in given.get(name, ())] + list(more.items()))


def asked(query):
    """Returns what the user has to see: the parameters of the query, or those that its request_uri refers to."""
    given = parse_qs(query)
    if "request_uri" not in given:
        return {name: " ".join(values) for name, values in given.items() if name in ASKED}
    parameters = [("request_uri", value) for value in given["request_uri"]] + [("provision_key", PROVISION_KEY)]
    pushed = post(PUSHED, parameters)
    if "error" not in pushed and given.get("client_id") != [pushed["client_id"]]:
        return {"error": "invalid_request_uri", "error_description": "The request is of another client"}
    return pushed


def post(url, parameters):
    context = ssl.create_default_context(cafile=AUTHORITY)
    request = urllib.request.Request(url, urlencode(parameters).encode(), {"Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


class Handler(BaseHTTPRequestHandler):
    timeout = 15

    def do_GET(self):
        session = self.session() or secrets.token_urlsafe(32)
        self.form(session, "", {"Set-Cookie": f"__Host-login={session}; Path=/; Secure; HttpOnly; SameSite=Lax"})

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY:
            if length.isdigit():
                self.rfile.read(min(int(length), 1_000_000))  # closing earlier would reset the response
            return self.page(413, "Request too large", "")
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        session = self.session()
        if not session or not is_signed(fields.get("token", ""), session, urlsplit(self.path).query):
            return self.page(403, "This form has expired", "Go back to the application and try again.")
        if fields.get("decision") != "allow":
            return self.page(200, "Access denied", "The application received no access. You can close this page.")
        user = authenticate(fields.get("name", ""), fields.get("password", ""))
        if user is None:
            return self.form(session, "Name or password is wrong.", {})
        try:
            reply = authorize(urlsplit(self.path).query, provision_key=PROVISION_KEY, authenticated_userid=user)
        except (OSError, ValueError):
            return self.page(502, "Sign-in is unavailable", "Try again later.")
        if "redirect_uri" in reply:  # of an error too, if the client's URI is registered
            return self.page(303, "Signed in", "", {"Location": reply["redirect_uri"]})
        self.invalid(reply)

    def session(self):
        try:
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get("__Host-login")
        except CookieError:
            return None
        return cookie.value if cookie and SESSION.fullmatch(cookie.value) else None

    def form(self, session, problem, headers):
        query = urlsplit(self.path).query
        try:
            request = asked(query)
        except (OSError, ValueError):
            return self.page(502, "Sign-in is unavailable", "Try again later.")
        if "error" in request:
            return self.invalid(request)
        shown = {name: html.escape(str(value)) for name, value in request.items()}
        token = sign(session, query, int(time.time()) + 60 * MINUTES)
        values = {"client": shown.get("client_id", "?"), "scope": shown.get("scope", "no scope"), "problem": problem}
        self.page(200, "Sign in", FORM.format(token=html.escape(token), **values), headers)

    def invalid(self, reply):
        self.page(400, "The application's request is invalid", html.escape(str(reply.get("error_description", ""))))

    def page(self, status, title, content, headers=None):
        body = PAGE.format(title=title, content=content).encode()
        self.send_response(status)
        own = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        for name, value in {**HEADERS, **own, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form, *values):
        """Without the query: it has the client's state."""
        print(f"consent: {self.command} {urlsplit(self.path).path!r}", file=sys.stderr)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Handler)
    print(f"port {server.server_port}", flush=True)
    server.serve_forever()
