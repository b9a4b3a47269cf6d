"""Makes calls that a gateway must not change, after the gRPC interoperability tests."""

import sys
from pathlib import Path

import grpc

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from gateway import check  # noqa: E402
from server import SERVICE  # noqa: E402

SECONDS = 30
LARGE = 314_159
SIZES = (27_182, 8, 1_828, 45_904)
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"


class Calls:
    def __init__(self, channel, service, metadata=(), name=SERVICE):
        self.channel, self.service, self.metadata, self.name = channel, service, tuple(metadata), name

    def _call(self, kind, method):
        make = getattr(self.channel, kind)(f"/{self.name}/{method}")

        def call(request, timeout=SECONDS, metadata=(), **options):
            return make(request, timeout=timeout, metadata=self.metadata + tuple(metadata), **options)

        call.with_call = lambda request, metadata=(): make.with_call(
            request, timeout=SECONDS, metadata=self.metadata + tuple(metadata)
        )
        call.future = lambda request, timeout=SECONDS: make.future(request, timeout=timeout, metadata=self.metadata)
        return call

    def unary(self, method):
        return self._call("unary_unary", method)

    def upload(self, method):
        return self._call("stream_unary", method)

    def download(self, method):
        return self._call("unary_stream", method)

    def both(self, method):
        return self._call("stream_stream", method)


def same(actual, expected):
    check(actual == expected, f"{actual!r} instead of {expected!r}")


def fails(code, run, message=None):
    try:
        run()
    except grpc.RpcError as error:
        same(error.code(), code)
        if message is not None:
            same(error.details(), message)
        return
    raise AssertionError(f"the call succeeded instead of {code}")


def empty_unary(calls):
    same(calls.unary("Unary")(b""), b"")


def large_unary(calls):
    same(calls.unary("Unary")(bytes(LARGE)), bytes(LARGE))


def compressed_unary(calls):
    same(calls.unary("Unary")(bytes(LARGE), compression=grpc.Compression.Gzip), bytes(LARGE))


def client_streaming(calls):
    same(calls.upload("Upload")(iter([bytes(size) for size in SIZES])), str(sum(SIZES)).encode())


def client_streaming_large(calls):
    same(calls.upload("Upload")(bytes(65_536) for _ in range(320)), str(320 * 65_536).encode())


def server_streaming(calls):
    same([len(message) for message in calls.download("Download")(b"5,31415")], [31_415] * 5)


def server_streaming_large(calls):
    same(sum(len(message) for message in calls.download("Download")(b"320,65536")), 320 * 65_536)


def ping_pong(calls):
    from queue import Queue

    queue = Queue()
    responses = calls.both("Chat")(iter(queue.get, None))
    for size in SIZES:
        queue.put(bytes(size))
        same(len(next(responses)), size)
    queue.put(None)
    same(list(responses), [])


def empty_stream(calls):
    same(list(calls.both("Chat")(iter([]))), [])


def cancel_after_begin(calls):
    call = calls.unary("Sleep").future(b"")
    check(calls.service.begun.acquire(timeout=SECONDS), "the call did not reach the service")
    call.cancel()
    same(call.code(), grpc.StatusCode.CANCELLED)
    check(calls.service.cancelled.acquire(timeout=SECONDS), "the service was not told of the cancel")


def cancel_after_first_response(calls):
    from queue import Queue

    queue = Queue()
    queue.put(b"first")
    responses = calls.both("Chat")(iter(queue.get, None))
    same(next(responses), b"first")
    responses.cancel()
    queue.put(None)
    fails(grpc.StatusCode.CANCELLED, lambda: next(responses))


def timeout_on_sleeping_server(calls):
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: calls.unary("Sleep")(b"", timeout=1))
    check(calls.service.begun.acquire(timeout=SECONDS), "the call did not reach the service")
    check(calls.service.cancelled.acquire(timeout=SECONDS), "the service was not told of the deadline")


def custom_metadata(calls):
    tags = [("x-echo", "test_initial"), ("x-echo-bin", b"\xab\xab\x00\xff")]
    response, call = calls.unary("Unary").with_call(b"tagged", metadata=tags)
    same(response, b"tagged")
    for metadata in (dict(call.initial_metadata()), dict(call.trailing_metadata())):
        for key, value in tags:
            same(metadata.get(key), value)


def status_code_and_message(calls):
    for code in grpc.StatusCode:
        if code != grpc.StatusCode.OK:
            fails(code, lambda code=code: calls.unary("Fail")(f"{code.name},test status".encode()), "test status")


def special_status_message(calls):
    fails(grpc.StatusCode.UNKNOWN, lambda: calls.unary("Fail")(f"UNKNOWN,{SPECIAL}".encode()), SPECIAL)


def status_after_messages(calls):
    responses = calls.download("FailLater")(b"DATA_LOSS,half of it")
    same(next(responses), b"one")
    fails(grpc.StatusCode.DATA_LOSS, lambda: next(responses), "half of it")


def unimplemented_method(calls):
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: calls.unary("Unknown")(b""))


def many_at_once(calls):
    futures = [calls.unary("Unary").future(bytes([number])) for number in range(200)]
    for number, future in enumerate(futures):
        same(future.result(), bytes([number]))


CASES = [
    empty_unary,
    large_unary,
    compressed_unary,
    client_streaming,
    client_streaming_large,
    server_streaming,
    server_streaming_large,
    ping_pong,
    empty_stream,
    cancel_after_begin,
    cancel_after_first_response,
    timeout_on_sleeping_server,
    custom_metadata,
    status_code_and_message,
    special_status_message,
    status_after_messages,
    unimplemented_method,
    many_at_once,
]
