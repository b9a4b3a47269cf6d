"""Checks the gateway's own errors at a gRPC client: docs/reference/oauth2.md and gRPC's mapping of status codes."""

import socket
import ssl

import grpc
import h2.config
import h2.connection
import h2.events

from cases import SECONDS, Calls, check, fails, same

# The gRPC status of each HTTP status of the gateway.
CODES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.UNIMPLEMENTED,
    408: grpc.StatusCode.DEADLINE_EXCEEDED,
    413: grpc.StatusCode.RESOURCE_EXHAUSTED,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    431: grpc.StatusCode.RESOURCE_EXHAUSTED,
    500: grpc.StatusCode.INTERNAL,
    501: grpc.StatusCode.UNIMPLEMENTED,
    502: grpc.StatusCode.UNAVAILABLE,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.DEADLINE_EXCEEDED,
}
PROTOCOLS = ["grpc", "grpcs"]


def configure(gateway, port, closed):
    """Creates a Service for each error, named by the package of its gRPC service."""
    url = f"grpc://127.0.0.1:{port}"

    def api(name, url=url, **service):
        gateway.api(name, url, {"protocols": PROTOCOLS, "paths": [f"/interop.{name}."]}, **service)

    def plugin(service, **entity):
        gateway.admin("POST", f"/services/{service}/plugins", entity)

    for status in CODES:
        api(f"s{status}")
        plugin(f"s{status}", name="request-termination", config={"status_code": status, "message": "as configured"})
    api("token")
    plugin("token", name="oauth2", config={"enable_client_credentials": True})
    api("key")
    plugin("key", name="key-auth")
    plugin("key", name="acl", config={"allow": ["staff"]})
    gateway.admin("POST", "/consumers", {"username": "guest"})
    gateway.admin("POST", "/consumers/guest/key-auth", {"key": "guest-key"})
    api("closed", f"grpc://127.0.0.1:{closed}")
    api("slow", read_timeout=500)
    gateway.admin("POST", "/upstreams", {"name": "empty.test"})
    api("empty", "grpc://empty.test:80")


# The causes: the package of the called service, metadata, and the expected status.
CAUSES = {
    "no route": ("/nowhere.Test/Unary", (), 404),
    "a malformed path": ("/interop.s404.Test/%zz", (), 400),
    "no token": ("/interop.token.Test/Unary", (), 401),
    "a wrong token": ("/interop.token.Test/Unary", (("authorization", "Bearer wrong"),), 401),
    "no key": ("/interop.key.Test/Unary", (), 401),
    "a wrong group": ("/interop.key.Test/Unary", (("apikey", "guest-key"),), 403),
    "a closed port": ("/interop.closed.Test/Unary", (), 502),
    "no target": ("/interop.empty.Test/Unary", (), 503),
    "a read timeout": ("/interop.slow.Test/Sleep", (), 504),
}
for configured in CODES:
    CAUSES[f"request-termination {configured}"] = (f"/interop.s{configured}.Test/Unary", (), configured)


def seen_by_a_client(channel, path, metadata, status):
    call = channel.unary_unary(path)
    fails(CODES[status], lambda: call(b"", timeout=SECONDS, metadata=metadata))


def seen_as_a_stream(channel, path, metadata, status):
    """Returns the messages of a client that has sent none yet, and of one that keeps sending."""
    endless = (bytes(1024) for _ in range(1_000_000))
    call = channel.stream_stream(path)
    fails(CODES[status], lambda: list(call(endless, timeout=SECONDS, metadata=metadata)))


def seen_as_frames(address, context, path, metadata, status):
    """Checks a Trailers-Only response: one HEADERS frame with the status and END_STREAM."""
    plain = socket.create_connection(address, timeout=SECONDS)
    if context:
        context.set_alpn_protocols(["h2"])
    with (context.wrap_socket(plain, server_hostname="ec.test") if context else plain) as connection:
        h2c = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        h2c.initiate_connection()
        head = [
            (":method", "POST"),
            (":scheme", "https" if context else "http"),
            (":authority", "interop.test"),
            (":path", path),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
            *metadata,
        ]
        h2c.send_headers(1, head)
        h2c.send_data(1, b"\0\0\0\0\0", end_stream=True)
        connection.sendall(h2c.data_to_send())
        events = []
        while not any(isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)) for event in events):
            received = connection.recv(65_536)
            check(received, f"the connection ended after {events}")
            events += h2c.receive_data(received)
            connection.sendall(h2c.data_to_send())
    check(not any(isinstance(event, h2.events.DataReceived) for event in events), "the error has a body")
    responses = [event for event in events if isinstance(event, h2.events.ResponseReceived)]
    same(len(responses), 1)
    check(responses[0].stream_ended is not None, "END_STREAM is not on the HEADERS frame")
    headers = dict(responses[0].headers)
    same(headers[":status"], "200")
    check(headers.get("content-type", "").startswith("application/grpc"), f"content-type: {headers.get('content-type')}")
    same(headers.get("grpc-status"), str(CODES[status].value[0]))
    check(headers.get("grpc-message"), "no grpc-message")


def refused(run):
    """Checks that the channel is usable soon after an error."""
    calls = Calls(run.channel, run.service)
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: run.channel.unary_unary("/nowhere.Test/Unary")(b"", timeout=SECONDS))
    same(calls.unary("Unary")(b"after it"), b"after it")


def trusting(certificate):
    context = ssl.create_default_context(cafile=str(certificate))
    return context
