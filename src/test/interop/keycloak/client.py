"""A client that keeps cookies and fills in Keycloak's login form, and the server behind the gateway, which echoes."""

import json
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar, DefaultCookiePolicy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from gateway import check  # noqa: E402

SECONDS = 30
MOST_REDIRECTS = 10


class Reply:
    def __init__(self, status, headers, body, url):
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url

    def json(self):
        return json.loads(self.body)

    def is_status(self, status):
        check(self.status == status, f"{self.url}: status {self.status} in place of {status}: {self.body[:300]}")
        return self


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


class _Form(HTMLParser):
    """Finds the address of the form with a password."""

    def __init__(self, page):
        super().__init__()
        self.action = None
        self._current = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "form":
            self._current = named.get("action")
        elif tag == "input" and named.get("type") == "password":
            self.action = self._current


class Browser:
    def __init__(self):
        # Browsers send Secure cookies to 127.0.0.1 also without TLS.
        self.jar = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self._opener = urllib.request.build_opener(
            _NoRedirect, urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )

    def send(self, url, form=None, accept="text/html", **headers):
        data = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(url, data=data, headers={"Accept": accept, **headers})
        try:
            with self._opener.open(request, timeout=SECONDS) as response:
                return Reply(response.status, response.headers, response.read().decode(), url)
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.headers, error.read().decode(), url)

    def script(self, url):
        return self.send(url, accept="application/json")

    def follow(self, reply):
        for _ in range(MOST_REDIRECTS):
            if reply.status not in (302, 303):
                return reply
            reply = self.send(urllib.parse.urljoin(reply.url, reply.headers["Location"]))
        raise AssertionError(f"more than {MOST_REDIRECTS} redirects, the last to {reply.url}")

    def sign_in(self, url, username, password):
        """Requests a page and signs in; returns the page."""
        form = self.follow(self.send(url)).is_status(200)
        action = _Form(form.body).action
        check(action, f"{form.url} has no login form: {form.body[:300]}")
        return self.follow(self.send(action, {"username": username, "password": password, "credentialId": ""}))

    def cookie(self, name):
        return next((cookie.value for cookie in self.jar if cookie.name == name), None)


class Echo:
    """Responds with the request's path and headers."""

    def __init__(self):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = json.dumps({"path": self.path, "headers": headers}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self._server.shutdown()
        self._server.server_close()
