"""Runs the packaged node with its own database as a process, for one run of a client program."""

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
JAR = ROOT / "target" / "gatehouse.jar"
START_SECONDS = 240
STOP_SECONDS = 60
LISTENERS = re.compile(r"(https?)://(127\.0\.0\.1|localhost):(\d+)")


def java():
    home = os.environ.get("JAVA_HOME")
    return str(Path(home, "bin", "java")) if home else "java"


def check(condition, message):
    """Fails like assert, also with python -O."""
    if not condition:
        raise AssertionError(message)


class Gateway:
    """Settings are keys of docs/reference/configuration.md without their GATEHOUSE_ prefix: PROXY_INSTANCES="1"."""

    def __init__(self, heap="256m", **settings):
        check(JAR.exists(), f"{JAR} is missing: mvn package -DskipTests makes it")
        self.directory = Path(tempfile.mkdtemp(prefix="gatehouse-interop-"))
        self.log = self.directory / "node.log"
        self.ports = {}
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GATEHOUSE_")}
        values = {
            "PROXY_HTTP": "127.0.0.1:0",
            "PROXY_HTTPS": "127.0.0.1:0",
            "ADMIN_HTTP": "127.0.0.1:0",
            "STATUS_HTTP": "127.0.0.1:0",
            "DATA_DIR": str(self.directory / "data"),
            "LOG_LEVEL": "warn",
            "TRANSPORT": os.environ.get("TRANSPORT", "auto"),
            **settings,
        }
        environment.update({f"GATEHOUSE_{key}": value for key, value in values.items()})
        command = [
            java(),
            f"-Xmx{heap}",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2",
            "-jar",
            str(JAR),
        ]
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                command, env=environment, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        try:
            self._await_start()
        except BaseException:
            self.kill()
            raise

    def _await_start(self):
        until = time.monotonic() + START_SECONDS
        while not self._read_banner():
            check(self.process.poll() is None, f"the node ended with {self.process.poll()}: {self.tail()}")
            check(time.monotonic() < until, f"the node did not start in {START_SECONDS} s: {self.tail()}")
            time.sleep(0.1)

    def _read_banner(self):
        text = self.log.read_text(errors="replace")
        for line in text.splitlines():
            found = LISTENERS.findall(line)
            if line.startswith("  proxy "):
                self.ports.update({scheme: int(port) for scheme, _, port in found})
            elif line.startswith("  Admin API ") and found:
                self.ports["admin"] = int(found[0][2])
            elif line.startswith("  status ") and found:
                self.ports["status"] = int(found[0][2])
        return "  try next " in text

    def tail(self, lines=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def admin(self, method, path, body=None):
        """Sends a write of the Admin API and returns the entity of the response."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['admin']}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def api(self, name, url, route, **service):
        """Creates a Service with one Route."""
        self.admin("POST", "/services", {"name": name, "url": url, **service})
        self.admin("POST", f"/services/{name}/routes", {"strip_path": False, **route})

    def stop(self):
        """Sends SIGTERM and returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the node did not stop in {STOP_SECONDS} s: {self.tail()}") from None

    def kill(self):
        # SIGTERM first, because a killed node leaves its PostgreSQL running.
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

        self._stop_orphan()

    def _stop_orphan(self):
        """Stops the PostgreSQL that a killed node leaves running."""
        for file in self.directory.glob("data/**/postmaster.pid"):
            try:
                os.kill(int(file.read_text().splitlines()[0]), signal.SIGINT)
            except (OSError, ValueError):
                pass  # the process has ended

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.kill()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class JavaSource:
    """Runs a Java source file with the gateway's libraries. The program prints a line "ports N..."."""

    def __init__(self, source, *arguments):
        self.process = subprocess.Popen(
            [java(), "-cp", str(ROOT / "target" / "lib" / "*"), str(source), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stdout:
            if line.startswith("ports "):
                self.ports = [int(port) for port in line.split()[1:]]
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return
        raise AssertionError(f"{source} did not start")

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.terminate()
        self.process.wait(STOP_SECONDS)
