"""The authorization server as other people's client libraries see it: each flow, and each flow that has to fail.

Each program prints one JSON line for each flow. The counts in expected.json are the least that may pass.
"""

import contextlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import agents  # noqa: E402
import consent  # noqa: E402
import table  # noqa: E402
import world  # noqa: E402
from flows import DISCOVERY, expected, judge  # noqa: E402
from gateway import ROOT, Gateway, check  # noqa: E402

PROGRAM_SECONDS = 120
EXPECTED = HERE / "expected.json"
REFERENCE = ROOT / "docs" / "reference" / "oauth2.md"


def run(library, command, description, authority):
    """Runs a program; returns its rows by route and flow."""
    trust = ("REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")
    environment = {**os.environ, **dict.fromkeys(trust, authority)}
    try:
        done = subprocess.run(
            [*command, description], env=environment, capture_output=True, text=True, timeout=PROGRAM_SECONDS
        )
        output, errors = done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        output, errors = (late.stdout or b"").decode(), f"not done within {PROGRAM_SECONDS} s"
    rows = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    if errors.strip():
        print(f"oauth2: {library}: stderr: {errors.strip()[-600:]}")
    return {(row["route"], row["flow"]): row for row in rows}


def results(library, rows, routes, discovery):
    """Prints a line for each flow; returns the flows by route, each with None or the failure."""
    found = {}
    for route in routes:
        for flow in expected(library, route):
            if flow in DISCOVERY and not discovery:
                continue
            row = rows.get((route, flow), {"failure": "the program did not report it"})
            failure = judge(route, flow, row)
            found[route, flow] = failure
            print(f"oauth2: {library}: {route}: {flow}: {'pass' if failure is None else 'FAIL: ' + failure}")
    return found


def compare(counts, recorded, known):
    """The libraries below the recorded count, each with a line."""
    below = 0
    for library, count in counts.items():
        least = recorded.get(library)
        print(f"oauth2: {library}: {count[0]} of {count[1]} pass, recorded {least}")
        if known and (least is None or count[0] < least):
            print(f"oauth2: FAILED: {library}: fewer than recorded")
            below += 1
    return below


def main(programs, mcp_server, write):
    """mcp_server: the command of the server behind the programs of agents; empty: none of these runs."""
    with contextlib.ExitStack() as servers:
        url = servers.enter_context(agents.McpServer(mcp_server)).url if mcp_server else None
        return check_programs(programs, url, write)


def check_programs(programs, mcp_server, write):
    directory = ROOT / "target" / "interop" / "oauth2"
    directory.mkdir(parents=True, exist_ok=True)
    tls = world.certificate(directory)
    settings = {"PROXY_CERTIFICATE": str(tls[0]), "PROXY_CERTIFICATE_KEY": str(tls[1])}
    # The balancer is such a peer.
    settings["PROXY_TRUSTED_IPS"] = "127.0.0.1/32"
    with Gateway(**settings) as gateway:
        built = world.build(gateway, tls, directory, mcp_server)
        description = directory / "world.json"
        description.write_text(json.dumps(built))
        routes = [route["name"] for route in built["routes"]]
        lacks = not built["discovery"]
        if lacks and "`conformance`" in REFERENCE.read_text():
            print("oauth2: FAILED: the oauth2 plugin has no field conformance, which its reference describes")
            return 1
        if lacks:
            print("oauth2: NOT CHECKED: conformance rfc, discovery, MCP calls: the oauth2 plugin has no field conformance")
        with ThreadPoolExecutor(2) as pool:
            runs = {
                library: pool.submit(run, library, command, str(description), built["authority"])
                for library, command in programs.items()
            }
            found = {
                library: results(library, rows.result(), routes, built["discovery"]) for library, rows in runs.items()
            }
        failed = consent.run(gateway, built)
        logged = [line for line in gateway.log.read_text().splitlines() if " ERROR " in line]
        if logged:
            print(f"oauth2: FAILED: the node logged {len(logged)} errors, the first: {logged[0]}")
    counts = {name: (list(rows.values()).count(None), len(rows)) for name, rows in found.items()}
    recorded = json.loads(EXPECTED.read_text())
    below = compare(counts, recorded, not lacks and not write)
    if write:
        check(not lacks, "a node without the field conformance has no results to record")
        table.write(found)
        EXPECTED.write_text(json.dumps({name: count[0] for name, count in counts.items()}, indent=2) + "\n")
    return 1 if failed or logged or below else 0


def parse(arguments):
    """--write, then --mcp-server COMMAND..., and --program LIBRARY COMMAND... for each library that can run."""
    options, groups, mcp_server = [], [], []
    current = options
    for argument in arguments:
        if argument == "--mcp-server":
            current = mcp_server
        elif argument == "--program":
            current = []
            groups.append(current)
        else:
            current.append(argument)
    return {library: command for library, *command in groups}, mcp_server, "--write" in options


if __name__ == "__main__":
    sys.exit(main(*parse(sys.argv[1:])))
