"""h2spec against the proxy's two ports and against a bare server of the same Vert.x and Netty.

A case that fails against the proxy fails this check, unless it fails against the bare server too in the same run: then it is
theirs, and named in the output.
"""

import socket
import ssl
import subprocess
import sys
import threading
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from gateway import ROOT, Gateway, JavaSource, check  # noqa: E402

CASES = 140  # h2spec has more; a run with fewer did not reach the server
RUN_SECONDS = 300
CASE_SECONDS = "5"


class Upstream(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding"):
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + 2)
            self.rfile.readline()
        body = b"behind the gateway"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_POST = do_HEAD = do_GET

    def log_message(self, *arguments):
        pass


class QuietServer(ThreadingHTTPServer):
    """Serves as the upstream. h2spec aborts requests, and the gateway then closes upstream connections."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def warm_up(port, secure):
    """Warms up the server. h2spec ends the run if its first connection is slow, such as a cold TLS server on a busy machine."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port), timeout=60) as plain:
            with context.wrap_socket(plain) if secure else plain as connection:
                # A preface and empty SETTINGS. The server responds with its SETTINGS.
                connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)))
                check(connection.recv(9), "the server closed a connection with a valid preface")


def run(h2spec, name, port, secure, reports):
    report = reports / f"{name}.xml"
    report.unlink(missing_ok=True)
    warm_up(port, secure)
    arguments = ["-h", "127.0.0.1", "-p", str(port), "-o", CASE_SECONDS, "-j", str(report)]
    process = subprocess.run(
        [h2spec, *arguments, *(["-t", "-k"] if secure else [])], capture_output=True, text=True, timeout=RUN_SECONDS
    )
    (reports / f"{name}.txt").write_text(process.stdout + process.stderr)
    check(report.exists(), f"{name}: h2spec wrote no report: {process.stdout[-500:]}{process.stderr[-500:]}")
    cases, failed, skipped = 0, set(), 0
    for case in xml.parse(report).iter("testcase"):
        cases += 1
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(f"{case.get('package')}: {case.get('classname')}")
        elif case.find("skipped") is not None:
            skipped += 1
    print(f"h2spec: {name}: {cases - len(failed) - skipped} of {cases} pass, {skipped} skipped, {len(failed)} fail")
    check(cases >= CASES, f"{name}: h2spec ran {cases} cases only")
    return failed


def main(h2spec):
    reports = ROOT / "target" / "interop" / "h2spec"
    reports.mkdir(parents=True, exist_ok=True)
    upstream = QuietServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    tls = ROOT / "src" / "test" / "resources" / "tls"
    with JavaSource(HERE / "BareServer.java", str(tls / "ec.pem"), str(tls / "ec.key")) as bare, Gateway() as gateway:
        gateway.api("upstream", f"http://127.0.0.1:{upstream.server_port}", {"paths": ["/"]})
        runs = {
            "proxy-h2c": (gateway.ports["http"], False),
            "bare-h2c": (bare.ports[0], False),
            "proxy-tls": (gateway.ports["https"], True),
            "bare-tls": (bare.ports[1], True),
        }
        with ThreadPoolExecutor(2) as pool:
            results = {name: pool.submit(run, h2spec, name, *how, reports) for name, how in runs.items()}
            failed = {name: result.result() for name, result in results.items()}
    ours = 0
    for port in ("h2c", "tls"):
        for case in sorted(failed[f"proxy-{port}"]):
            theirs = case in failed[f"bare-{port}"]
            ours += not theirs
            print(f"h2spec: {port}: {'fails against the bare server too' if theirs else 'FAILED'}: {case}")
    upstream.shutdown()
    return 1 if ours else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
