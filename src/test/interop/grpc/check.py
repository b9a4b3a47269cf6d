"""Checks gRPC through the gateway in clear text, over TLS and with the oauth2 plugin, and the gateway's own errors."""

import subprocess
import sys
from pathlib import Path

import grpc

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import errors  # noqa: E402
from cases import CASES, Calls  # noqa: E402
from gateway import ROOT, Gateway, free_port  # noqa: E402
from server import start  # noqa: E402

TLS = ROOT / "src" / "test" / "resources" / "tls"
CLIENT_SECONDS = 300


def attempt(what, name, run):
    try:
        run()
        return 0
    except Exception as failure:
        print(f"grpc: {what}: FAILED: {name}: {type(failure).__name__}: {str(failure)[:300]}")
        return 1


def all_cases(what, calls):
    failed = sum(attempt(what, case.__name__, lambda case=case: case(calls)) for case in CASES)
    print(f"grpc: {what}: {len(CASES) - failed} of {len(CASES)} pass")
    return failed


def all_errors(what, channel, address, context):
    failed = 0
    for name, (path, metadata, status) in errors.CAUSES.items():
        failed += attempt(what, name, lambda: errors.seen_by_a_client(channel, path, metadata, status))
        failed += attempt(what, f"{name}, stream", lambda: errors.seen_as_a_stream(channel, path, metadata, status))
        failed += attempt(
            what, f"{name}, frames", lambda: errors.seen_as_frames(address, context, path, metadata, status)
        )
    count = 3 * len(errors.CAUSES)
    print(f"grpc: {what}: {count - failed} of {count} pass")
    return failed


def protect(gateway, port):
    """Protects the service with the oauth2 plugin. Returns the metadata of a client with a token."""
    route = {"protocols": errors.PROTOCOLS, "paths": ["/interop.Secret/"]}
    gateway.api("secret", f"grpc://127.0.0.1:{port}", route)
    gateway.admin(
        "POST", "/services/secret/plugins", {"name": "oauth2", "config": {"enable_client_credentials": True}}
    )
    gateway.admin("POST", "/consumers", {"username": "alex"})
    credential = gateway.admin(
        "POST", "/consumers/alex/oauth2", {"name": "app", "redirect_uris": ["https://app.test/"]}
    )
    service = gateway.admin("GET", "/services/secret")
    token = gateway.admin(
        "POST",
        "/oauth2_tokens",
        {"credential": {"id": credential["id"]}, "service": {"id": service["id"]}, "expires_in": 3600},
    )
    return [("authorization", f"Bearer {token['access_token']}")]


def client(command, ports, token):
    """Runs a client of another language, which prints its own lines."""
    arguments = [str(ports["http"]), str(ports["https"]), token]
    return subprocess.run([*command, *arguments], timeout=CLIENT_SECONDS).returncode


def main(commands):
    service, server, port = start()
    certificate = {"PROXY_CERTIFICATE": str(TLS / "ec.pem"), "PROXY_CERTIFICATE_KEY": str(TLS / "ec.key")}
    with Gateway(**certificate) as gateway:
        route = {"protocols": errors.PROTOCOLS, "paths": ["/interop.Test/"]}
        gateway.api("test", f"grpc://127.0.0.1:{port}", route)
        errors.configure(gateway, port, free_port())
        token = protect(gateway, port)
        http, https = gateway.ports["http"], gateway.ports["https"]
        credentials = grpc.ssl_channel_credentials((TLS / "ec.pem").read_bytes())
        named = [("grpc.ssl_target_name_override", "ec.test")]
        with (
            grpc.insecure_channel(f"127.0.0.1:{port}") as direct,
            grpc.insecure_channel(f"127.0.0.1:{http}") as plain,
            grpc.secure_channel(f"127.0.0.1:{https}", credentials, named) as secure,
        ):
            failed = all_cases("without a gateway", Calls(direct, service))
            failed += all_cases("h2c", Calls(plain, service))
            failed += all_cases("TLS", Calls(secure, service))
            failed += all_cases("h2c, oauth2", Calls(plain, service, token, "interop.Secret"))
            failed += all_cases("TLS, oauth2", Calls(secure, service, token, "interop.Secret"))
            failed += all_errors("errors over h2c", plain, ("127.0.0.1", http), None)
            context = errors.trusting(TLS / "ec.pem")
            failed += all_errors("errors over TLS", secure, ("127.0.0.1", https), context)
            failed += attempt("h2c", "a call after an error", lambda: errors.refused(Calls(plain, service)))
        failed += sum(client(command, gateway.ports, token[0][1]) for command in commands)
        logged = [line for line in gateway.log.read_text().splitlines() if " ERROR " in line]
        if logged:
            print(f"grpc: FAILED: the node logged {len(logged)} errors, the first: {logged[0]}")
    server.stop(None)
    return 1 if failed or logged else 0


def programs(arguments):
    """--program COMMAND... for each client of another language that can run."""
    found = []
    for argument in arguments:
        if argument == "--program":
            found.append([])
        else:
            found[-1].append(argument)
    return found


if __name__ == "__main__":
    sys.exit(main(programs(sys.argv[1:])))
