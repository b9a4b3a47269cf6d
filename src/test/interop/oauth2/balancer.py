"""A balancer that ends TLS and forwards the certificates of clients (RFC 9440), and the certificates of two clients."""

import base64
import datetime
import ssl
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CLIENT = "interop-certified"
DROPPED = ("host", "connection", "client-cert", "client-cert-chain")


def issue(directory, name, issuer=None):
    """Writes the certificate of a client, and its key, to one file. Without an issuer, it is the authority of the clients."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by, signer = issuer or (subject, key)
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = directory / f"{name}.pem"
    file.write_bytes(made + private)
    return file, made.decode(), (subject, key)


class Balancer(BaseHTTPRequestHandler):
    """Forwards a request to the gateway over TLS, with the certificate of the client and with none that the client sends."""

    protocol_version = "HTTP/1.1"
    gateway = context = None

    def do_GET(self):
        self.forward(None)

    def do_POST(self):
        self.forward(self.rfile.read(int(self.headers["Content-Length"])))

    def forward(self, body):
        headers = {name: value for name, value in self.headers.items() if name.lower() not in DROPPED}
        certificate = self.connection.getpeercert(binary_form=True)
        if certificate:
            headers["Client-Cert"] = f":{base64.b64encode(certificate).decode()}:"
        request = urllib.request.Request(self.gateway + self.path, body, headers, method=self.command)
        try:
            response = urllib.request.urlopen(request, timeout=30, context=self.context)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            data = response.read()
            self.send_response(response.status)
            for name in ("Content-Type", "WWW-Authenticate"):
                for value in response.headers.get_all(name, []):
                    self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        pass


def start(gateway, tls, directory):
    """Starts the balancer of a gateway; returns what the plugin and the client programs need of it."""
    authority, public, issuer = issue(directory, "interop-clients")
    Balancer.gateway = gateway
    Balancer.context = ssl.create_default_context(cafile=str(tls[0]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Balancer)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cafile=str(authority))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {
        "url": f"https://localhost:{server.server_port}",
        "authority": public,
        "certificate": str(issue(directory, CLIENT, issuer)[0]),
        "otherCertificate": str(issue(directory, "interop-stranger", issuer)[0]),
    }
