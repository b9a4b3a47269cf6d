"""Drives Chromium by WebDriver (W3C Recommendation), whose commands are HTTP requests to chromedriver."""

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from gateway import check, free_port  # noqa: E402

PATIENCE_SECONDS = 30
COMMAND_SECONDS = 60
STOP_SECONDS = 10
# The member that identifies an element in JSON (WebDriver, section 12.2).
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def missing():
    """Returns the program that is missing, or None."""
    return next((program for program in ("chromium", "chromedriver") if not shutil.which(program)), None)


class Chromium:
    def __init__(self):
        self._url = f"http://127.0.0.1:{free_port()}"
        port = self._url.rsplit(":", 1)[1]
        self._driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self._session = None
        try:
            self._await(self._is_ready, "chromedriver is ready")
            # Chromium refuses its sandbox to root, as which CI runs. The gateway signs its certificate itself.
            options = {"args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]}
            capabilities = {"alwaysMatch": {"acceptInsecureCerts": True, "goog:chromeOptions": options}}
            self._session = f"/session/{self._send('POST', '/session', {'capabilities': capabilities})['sessionId']}"
        except BaseException:
            self.close()
            raise

    def _send(self, method, path, body=None):
        request = urllib.request.Request(
            self._url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=COMMAND_SECONDS) as response:
                return json.loads(response.read())["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()[:500]}") from error

    def _is_ready(self):
        try:
            return self._send("GET", "/status")["ready"]
        except OSError:
            return False

    @staticmethod
    def _await(condition, what):
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            check(time.monotonic() < end, f"not within {PATIENCE_SECONDS} s: {what}")
            time.sleep(0.1)

    def _get(self, command):
        return self._send("GET", self._session + command)

    def _post(self, command, **body):
        return self._send("POST", self._session + command, body)

    def open(self, url):
        self._post("/url", url=url)

    def url(self):
        return self._get("/url")

    def run(self, script):
        """Runs the body of a function in the page and returns its value."""
        return self._post("/execute/sync", script=script, args=[])

    def cookies(self):
        """Returns the cookies of the page by name, also those that its scripts cannot read."""
        return {cookie["name"]: cookie for cookie in self._get("/cookie")}

    def arrive(self, start):
        """Waits until the address of the page begins so."""
        self._await(lambda: self.url().startswith(start), f"the browser is at {start}, it is at {self.url()[:200]}")

    def _find(self, selector):
        return [found[ELEMENT] for found in self._post("/elements", using="css selector", value=selector)]

    def has(self, selector):
        return bool(self._find(selector))

    def type(self, selector, text):
        self._await(lambda: self.has(selector), f"the page has {selector}")
        self._post(f"/element/{self._find(selector)[0]}/value", text=text)

    def click(self, selector):
        self._await(lambda: self.has(selector), f"the page has {selector}")
        self._post(f"/element/{self._find(selector)[0]}/click")

    def close(self):
        try:
            if self._session:
                self._send("DELETE", self._session)
        finally:
            self._driver.terminate()
            try:
                self._driver.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._driver.kill()
                self._driver.wait()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.close()
