"""Runs the cases of the Autobahn test suite through the gateway. Results must equal those without it.

First kosoku is the client, and the server behind the gateway echoes; then kosoku is the server, and the client echoes. Each is
run without a gateway too. A case that comes out otherwise than without it fails this check.

The cases run group by group. Groups 9, 12 and 13 measure performance with large and many messages: those that begin when half of
the time is over run their first case only, and the output names them.
"""

import argparse
import asyncio
import logging
import sys
import time
from pathlib import Path

import kosoku
import websockets

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from gateway import ROOT, Gateway, check  # noqa: E402

CASES_AT_LEAST = 200  # of a whole run; a run with fewer did not reach its peer
LARGEST = 64 * 1024 * 1024
CASE_SECONDS = 60
CONFORMANCE = ("1", "2", "3", "4", "5", "6", "7", "10")
PERFORMANCE = (("9", 8), ("12", 5), ("13", 7))  # with their numbers of subgroups


async def echo(socket):
    try:
        async for message in socket:
            await socket.send(message)
    except websockets.ConnectionClosed:
        pass  # expected in some cases


async def results_of(running):
    try:
        return await running
    except kosoku.FailureError as failure:
        return failure.results


async def as_client(url, cases):
    return await results_of(kosoku.run_fuzzingclient(url, cases, concurrency=4))


async def run_case(url, options):
    async with websockets.connect(url, **options) as socket:
        await echo(socket)


async def drive(url):
    """Runs each case of a fuzzing server as the client under test."""
    options = {"max_size": None, "ping_interval": None}
    async with websockets.connect(f"{url}/getCaseCount", **options) as socket:
        count = int(await socket.recv())
    for case in range(1, count + 1):
        try:
            await asyncio.wait_for(run_case(f"{url}/runCase?case={case}&agent=echo", options), CASE_SECONDS)
        except (websockets.WebSocketException, OSError, asyncio.TimeoutError):
            pass  # the fuzzing server records the result
    async with websockets.connect(f"{url}/updateReports?agent=echo", **options) as socket:
        await socket.wait_closed()


async def as_server(gateway, cases, name):
    async with kosoku.run_fuzzingserver(cases, port=0) as server:
        direct = f"ws://127.0.0.1:{server.port}"
        if gateway:
            gateway.api(name, direct.replace("ws:", "http:"), {"paths": [f"/{name}"], "strip_path": True})
        await drive(f"ws://127.0.0.1:{gateway.ports['http']}/{name}" if gateway else direct)
        return await results_of(server.get_result())


def outcome(result):
    """The result to be compared. OK and NON-STRICT both pass: which one depends on whether the peer had read the messages before
    a fault of the case when it met the fault, so on how TCP cut the bytes."""
    behavior = "OK" if result.behavior.value == "NON-STRICT" else result.behavior.value
    return (behavior, result.behavior_close.value, result.remote_close_code)


def compare(what, direct, through):
    """Prints the failed cases. Returns their number."""
    without = {result.case_id: outcome(result) for result in direct}
    wrong = 0
    for result in through:
        expected, seen = without.get(result.case_id), outcome(result)
        if seen != expected:
            wrong += 1
            print(f"websocket: {what}: FAILED: {result.case_id}: {seen} through the gateway, {expected} without")
            print(f"           {result.result} {result.result_close}")
        elif not result.passed:
            print(f"websocket: {what}: fails without the gateway too: {result.case_id}: {seen}")
    check(len(through) == len(direct), f"{what}: {len(through)} cases through the gateway, {len(direct)} without")
    return wrong


def groups(chosen):
    """Yields each pattern with the one that stands for it when time is short."""
    if chosen:
        yield from ((pattern, pattern) for pattern in chosen)
        return
    yield from ((f"{group}.*", f"{group}.*") for group in CONFORMANCE)
    for group, subgroups in PERFORMANCE:
        yield from ((f"{group}.{number}.*", f"{group}.{number}.1") for number in range(1, subgroups + 1))


async def run_role(what, chosen, seconds, run):
    """Runs all groups in one role, within about this time; returns how many cases are wrong."""
    start = time.monotonic()
    wrong = count = passed = passed_direct = 0
    sampled = []
    for pattern, sample in groups(chosen):
        if pattern != sample and time.monotonic() - start > seconds / 2:
            sampled.append(sample)
            pattern = sample
        began = time.monotonic()
        direct, through = await run(pattern)
        wrong += compare(what, direct, through)
        count += len(through)
        passed += sum(result.passed for result in through)
        passed_direct += sum(result.passed for result in direct)
        print(f"websocket: {what}: {pattern}: {len(through)} cases in {time.monotonic() - began:.0f} s")
    if sampled:
        print(f"websocket: {what}: short of time: of their groups only {', '.join(sampled)}")
    print(
        f"websocket: {what}: {passed} of {count} pass through the gateway, "
        f"{passed_direct} of {count} without it, {wrong} wrong"
    )
    check(chosen or count >= CASES_AT_LEAST, f"{what}: {count} cases only")
    return wrong


async def main(chosen, seconds):
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    with Gateway() as gateway:
        async with websockets.serve(echo, "127.0.0.1", 0, max_size=LARGEST, ping_interval=None) as upstream:
            port = upstream.sockets[0].getsockname()[1]
            gateway.api("echo", f"http://127.0.0.1:{port}", {"paths": ["/echo"]})
            wrong = await run_role(
                "server behind the gateway",
                chosen,
                seconds / 2,
                lambda pattern: asyncio.gather(
                    as_client(f"ws://127.0.0.1:{port}/echo", [pattern]),
                    as_client(f"ws://127.0.0.1:{gateway.ports['http']}/echo", [pattern]),
                ),
            )
        wrong += await run_role(
            "client in front of the gateway",
            chosen,
            seconds / 2,
            lambda pattern: asyncio.gather(
                as_server(None, [pattern], "direct"),
                as_server(gateway, [pattern], "cases-" + pattern.replace("*", "all")),
            ),
        )
        errors = [line for line in gateway.log.read_text().splitlines() if " ERROR " in line]
        if errors:
            print(f"websocket: FAILED: the node logged {len(errors)} errors, the first: {errors[0]}")
        (ROOT / "target" / "interop").mkdir(parents=True, exist_ok=True)
        (ROOT / "target" / "interop" / "websocket-node.log").write_text(gateway.log.read_text())
    return 1 if wrong or errors else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", action="append", help="a case or pattern such as 9.*; all of them by default")
    parser.add_argument("--seconds", type=int, default=240, help="about how long all of it may take")
    arguments = parser.parse_args()
    sys.exit(asyncio.run(main(arguments.case, arguments.seconds)))
