"""The Admin API as the libraries of Kong's own tools see it: go-kong, and the reconciler of decK.

The program prints one JSON line for each case. The counts in expected.json are the least that may pass of each group.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from gateway import Gateway  # noqa: E402

PROGRAM_SECONDS = 240
EXPECTED = HERE / "expected.json"


def run(program, gateway, *arguments):
    """Runs the program; returns its rows."""
    command = [program, f"http://127.0.0.1:{gateway.ports['admin']}", *map(str, arguments)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS)
        output, errors = done.stdout, done.stderr
        if done.returncode:
            errors += f"the program ended with {done.returncode}"
    except subprocess.TimeoutExpired as late:
        output, errors = (late.stdout or b"").decode(), f"not done within {PROGRAM_SECONDS} s"
    if errors.strip():
        print(f"kong: stderr: {errors.strip()[-2000:]}")
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def compare(rows, recorded):
    """Prints a line for each failed case, each group and each case that needs a plugin; returns what is below the record."""
    passed, cases = Counter(), Counter()
    for row in rows:
        group = row["group"]
        if "needs" in row:
            print(f"kong: {group}: not run, needs the plugin {row['needs']}")
            continue
        cases[group] += 1
        if "failure" in row:
            print(f"kong: {group}: {row['case']}: FAIL: {row['failure'][:1000]}")
        else:
            passed[group] += 1
    below = [group for group, least in recorded.items() if passed[group] < least]
    for group in cases:
        print(f"kong: {group}: {passed[group]} of {cases[group]} pass, recorded {recorded.get(group)}")
    print(f"kong: {passed.total()} of {cases.total()} pass")
    for group in below:
        print(f"kong: FAILED: {group}: fewer than recorded")
    return below, dict(sorted(passed.items()))


def main(program, write):
    with Gateway() as gateway:
        rows = run(program, gateway, HERE / "state.yaml") + run(program, gateway, "sync", HERE / "controller.yaml")
        rows += run(program, gateway, "golden", HERE / "states")
        below, passed = compare(rows, json.loads(EXPECTED.read_text()))
        logged = [line for line in gateway.log.read_text().splitlines() if " ERROR " in line]
        if logged:
            print(f"kong: FAILED: the node logged {len(logged)} errors, the first: {logged[0]}")
    if write:
        EXPECTED.write_text(json.dumps(passed, indent=2) + "\n")
    return 1 if logged or (below and not write) or not passed else 0


if __name__ == "__main__":
    options = sys.argv[1:]
    sys.exit(main(options[-1], "--write" in options))
