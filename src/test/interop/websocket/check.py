"""Runs the cases of the Autobahn test suite through the gateway. Results must equal those without it.

First kosoku is the client, and the server behind the gateway echoes; then kosoku is the server, and the client echoes. Each is
run without a gateway too. A case that comes out otherwise than without it fails this check.
"""

import argparse
import asyncio
import logging
import sys
from pathlib import Path

import kosoku
import websockets

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from gateway import ROOT, Gateway, check  # noqa: E402

CASES_AT_LEAST = 200  # of a whole run; a run with fewer did not reach its peer
LARGEST = 64 * 1024 * 1024
CASE_SECONDS = 60


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
    return (result.behavior.value, result.behavior_close.value, result.remote_close_code)


def compare(what, direct, through, whole):
    """Prints the counts. Returns the number of failed cases."""
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
    passed = sum(result.passed for result in through)
    print(
        f"websocket: {what}: {passed} of {len(through)} pass through the gateway, "
        f"{sum(result.passed for result in direct)} of {len(direct)} without it, {wrong} wrong"
    )
    check(len(through) == len(direct), f"{what}: {len(through)} cases through the gateway, {len(direct)} without")
    check(not whole or len(through) >= CASES_AT_LEAST, f"{what}: {len(through)} cases only")
    return wrong


async def main(cases, server_cases, whole):
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    with Gateway() as gateway:
        async with websockets.serve(echo, "127.0.0.1", 0, max_size=LARGEST, ping_interval=None) as upstream:
            port = upstream.sockets[0].getsockname()[1]
            gateway.api("echo", f"http://127.0.0.1:{port}", {"paths": ["/echo"]})
            direct, through = await asyncio.gather(
                as_client(f"ws://127.0.0.1:{port}/echo", cases),
                as_client(f"ws://127.0.0.1:{gateway.ports['http']}/echo", cases),
            )
            wrong = compare("server behind the gateway", direct, through, whole)
        direct, through = await asyncio.gather(
            as_server(None, server_cases, "direct"), as_server(gateway, server_cases, "through")
        )
        wrong += compare("client in front of the gateway", direct, through, whole)
        errors = [line for line in gateway.log.read_text().splitlines() if " ERROR " in line]
        if errors:
            print(f"websocket: FAILED: the node logged {len(errors)} errors, the first: {errors[0]}")
        (ROOT / "target" / "interop").mkdir(parents=True, exist_ok=True)
        (ROOT / "target" / "interop" / "websocket-node.log").write_text(gateway.log.read_text())
    return 1 if wrong or errors else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", action="append", help="a case or pattern such as 9.*; all of them by default")
    chosen = parser.parse_args().case
    sys.exit(asyncio.run(main(chosen, chosen or ["*"], chosen is None)))
