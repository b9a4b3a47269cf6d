"""What the client programs meet: a gateway with two protected routes, an upstream, and the team's login page."""

import base64
import datetime
import ipaddress
import json
import ssl
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import agents  # noqa: E402
import balancer  # noqa: E402

USER = "user-7"
REDIRECT_URI = "https://app.test/callback"
# Of agents on the user's machine (RFC 8252 §7.3), which register it.
LOOPBACK_URI = "http://127.0.0.1:8976/callback"
PROVISION_KEY = "interop-login-backend"
REGISTRATION_TOKEN = "interop-initial-access-token"
# Form encoding changes these (RFC 6749 §2.3.1), and clients differ in whether they apply it.
CLIENT_ID = "interop-app"
CLIENT_SECRET = "a-secret:with/odd+signs&%41"
PUBLIC_ID = "interop-native-app"
# HS256 needs a secret of 32 bytes (RFC 7518 §3.2).
SIGNER_ID = "interop-signer"
SIGNER_SECRET = "a-secret-of-more-than-32-characters"
HEADERS = ("X-Consumer-Username", "X-Authenticated-Userid", "X-Authenticated-Scope")


def certificate(directory):
    """A certificate for this run and its key, both for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = directory / "localhost.pem", directory / "localhost.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return public, private


class Upstream(BaseHTTPRequestHandler):
    """Responds with the identity headers that the gateway sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        reply(self, 200, {name.lower(): self.headers.get(name) for name in HEADERS})

    def log_message(self, *arguments):
        pass


class LoginPage(BaseHTTPRequestHandler):
    """A login page whose user has logged in and agrees to everything: requests the code and redirects the browser."""

    protocol_version = "HTTP/1.1"
    gateway = context = None

    def do_GET(self):
        asked = urlsplit(self.path)
        name = asked.path.strip("/").split("/")[0]
        parameters = {**dict(parse_qsl(asked.query)), "provision_key": PROVISION_KEY, "authenticated_userid": USER}
        url = f"{self.gateway}/{name}/oauth2/authorize"
        try:
            response = urllib.request.urlopen(url, urlencode(parameters).encode(), 30, context=self.context)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            body = json.loads(response.read())
            status = response.status
        if "redirect_uri" in body:
            self.send_response(302)
            self.send_header("Location", body["redirect_uri"])
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            reply(self, status, body)

    def log_message(self, *arguments):
        pass


def reply(handler, status, body):
    data = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def serve(handler, tls=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def has_conformance(gateway):
    """Whether the plugin has conformance rfc, and with it the metadata documents."""
    schema = gateway.admin("GET", "/schemas/plugins/oauth2")
    return '"conformance"' in json.dumps(schema)


def protect(gateway, name, upstream, login, rfc, conformance, certificates=None):
    """A Service with one Route past the oauth2 plugin; returns what a client program needs to use it."""
    gateway.api(name, upstream, {"paths": [f"/{name}"], "strip_path": True})
    config = {
        "scopes": ["read", "write"],
        "required_scopes": ["read"],
        "provision_key": PROVISION_KEY,
        "enable_authorization_code": True,
        "enable_client_credentials": True,
        "enable_password_grant": not rfc,
        "enable_implicit_grant": not rfc,
        "enable_introspection": True,
        "enable_revocation": True,
        "failed_secrets_per_minute": 0,
    }
    if conformance:
        config["authorization_endpoint"] = f"{login}/{name}/login"
    issuer = f"https://localhost:{gateway.ports['https']}/{name}"
    if rfc:
        config["conformance"] = "rfc"
        # Without it, responses of the authorization endpoint have no iss.
        config["issuer"] = issuer
        config |= {"enable_client_assertions": True, "enable_par": True, "enable_device_authorization": True}
        config["enable_dpop"] = True
        config["verification_uri"] = f"{login}/{name}/device"
        config |= {"enable_token_exchange": True, "token_exchange_clients": [SIGNER_ID], "enable_jwt_access_tokens": True}
        config |= {"enable_client_registration": True, "registration_token": REGISTRATION_TOKEN}
        config["registration_consumer"] = "interop"
    if certificates:
        authority = gateway.admin("POST", "/ca_certificates", {"cert": certificates["authority"]})
        config |= {"enable_mtls": True, "mtls_ca_certificates": [authority["id"]]}
        config["mtls_url"] = f"{certificates['url']}/{name}"
    gateway.admin("POST", f"/services/{name}/plugins", {"name": "oauth2", "config": config})
    return {
        "name": name,
        "issuer": issuer,
        "authorize": f"{login}/{name}/login",
        "token": f"{issuer}/oauth2/token",
        "revoke": f"{issuer}/oauth2/revoke",
        "introspect": f"{issuer}/oauth2/introspect",
        "api": f"{issuer}/api",
    }


def applications(gateway):
    gateway.admin("POST", "/consumers", {"username": "interop"})
    common = {"redirect_uris": [REDIRECT_URI]}
    secret = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    gateway.admin("POST", "/consumers/interop/oauth2", {"name": "web", **secret, **common})
    public = {"client_id": PUBLIC_ID, "client_type": "public"}
    gateway.admin("POST", "/consumers/interop/oauth2", {"name": "native", **public, **common})
    signer = {"client_id": SIGNER_ID, "client_secret": SIGNER_SECRET}
    gateway.admin("POST", "/consumers/interop/oauth2", {"name": "signer", **signer, **common})
    gateway.admin("POST", "/consumers/interop/oauth2", {"name": "certified", "client_id": balancer.CLIENT, **common})
    certified = {
        "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_subject_dn": f"CN={balancer.CLIENT}",
        "tls_client_certificate_bound_access_tokens": True,
    }
    gateway.admin("POST", f"/oauth2/{balancer.CLIENT}/metadata", certified)
    key = jwk("k-1")
    public = {name: value for name, value in key.items() if name != "d"}
    gateway.admin("POST", f"/oauth2/{SIGNER_ID}/metadata", {"jwks": json.dumps({"keys": [public]})})
    return {"id": SIGNER_ID, "secret": SIGNER_SECRET, "key": key, "otherKey": jwk("k-1")}


def jwk(kid):
    """A private key of P-256 (RFC 7518 §6.2)."""
    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    values = {"x": numbers.public_numbers.x, "y": numbers.public_numbers.y, "d": numbers.private_value}
    encoded = {
        name: base64.urlsafe_b64encode(value.to_bytes(32, "big")).decode().rstrip("=") for name, value in values.items()
    }
    return {"kty": "EC", "crv": "P-256", "kid": kid, **encoded}


def build(gateway, tls, directory, mcp_server):
    """Configures the gateway; returns the description that each client program reads. mcp_server: its URL, or None."""
    conformance = has_conformance(gateway)
    upstream = serve(Upstream)
    LoginPage.gateway = f"https://localhost:{gateway.ports['https']}"
    LoginPage.context = ssl.create_default_context(cafile=str(tls[0]))
    login = f"https://localhost:{serve(LoginPage, tls).server_port}"
    signer = applications(gateway)
    url = f"http://127.0.0.1:{upstream.server_port}"
    routes = [protect(gateway, "kong", url, login, False, conformance)]
    world = {
        "authority": str(tls[0]),
        "gateway": LoginPage.gateway,
        "discovery": conformance,
        "redirectUri": REDIRECT_URI,
        "loopbackUri": LOOPBACK_URI,
        "clientId": CLIENT_ID,
        "clientSecret": CLIENT_SECRET,
        "publicId": PUBLIC_ID,
        "signer": signer,
        "provisionKey": PROVISION_KEY,
        "registrationToken": REGISTRATION_TOKEN,
        "user": USER,
        "routes": routes,
    }
    if conformance:
        certificates = balancer.start(LoginPage.gateway, tls, directory)
        routes.append(protect(gateway, "rfc", url, login, True, True, certificates))
        world["balancer"] = certificates["url"]
        world["certificateId"] = balancer.CLIENT
        world["certificate"] = certificates["certificate"]
        world["otherCertificate"] = certificates["otherCertificate"]
    if conformance and mcp_server:
        world["mcp"] = protect(gateway, "mcp", mcp_server, login, True, True)
        agents.add_routes(gateway, "mcp")
    return world
