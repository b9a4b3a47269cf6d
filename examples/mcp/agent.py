"""A client of an MCP server behind the gateway: agent.py URL TOOL [NAME=VALUE...]. README.md describes it."""

import asyncio, json, os, ssl, sys  # noqa: E401
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

CLIENT_ID = os.environ.get("CLIENT_ID")  # of an application of the Admin API; without it, the agent registers
REGISTRATION_TOKEN = os.environ.get("REGISTRATION_TOKEN")  # the initial access token (RFC 7591 §3)
AUTHORITY = os.environ.get("GATEWAY_CA")  # a PEM file, if the gateway's certificate has no public authority
STATE = os.path.expanduser("~/.mcp-agent.json")  # REPLACE THIS: the key store of the user's system
REDIRECT_URI = "http://127.0.0.1:8976/callback"
METADATA = {"client_name": "Agent", "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none"}


class Storage:
    """Keeps the registration and the tokens of each server and client between two runs."""

    def __init__(self, url):
        self.all = {}
        if os.path.exists(STATE):
            with open(STATE) as file:
                self.all = json.load(file)
        self.kept = self.all.setdefault(f"{url} {CLIENT_ID}", {})
        if CLIENT_ID:
            self.kept["client"] = {"client_id": CLIENT_ID, **METADATA}

    def keep(self, name, model):
        self.kept[name] = model.model_dump(mode="json", exclude_none=True)
        with open(os.open(STATE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self.all, file)

    async def get_tokens(self):
        return OAuthToken(**self.kept["tokens"]) if "tokens" in self.kept else None

    async def set_tokens(self, tokens):
        self.keep("tokens", tokens)

    async def get_client_info(self):
        return OAuthClientInformationFull(**self.kept["client"]) if "client" in self.kept else None

    async def set_client_info(self, client):
        self.keep("client", client)


class Callback(BaseHTTPRequestHandler):
    """Receives the code from the browser."""

    def do_GET(self):
        self.server.query = dict(parse_qsl(urlsplit(self.path).query))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"You can close this page.")

    def log_message(self, *values):
        pass


async def show(url):
    print(f"Open {url}", flush=True)


async def wait():
    def serve():
        with HTTPServer(("127.0.0.1", urlsplit(REDIRECT_URI).port), Callback) as server:
            server.handle_request()
            return server.query

    query = await asyncio.to_thread(serve)
    return AuthorizationCodeResult(**{name: query.get(name) for name in ("code", "state", "iss")})


async def main(url, tool, arguments):
    async def add_registration_token(request):  # the SDK sends none
        if REGISTRATION_TOKEN and str(request.url) == f"{url}/oauth2/register":
            request.headers["Authorization"] = f"Bearer {REGISTRATION_TOKEN}"

    provider = OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(**METADATA),
        storage=Storage(url),
        redirect_handler=show,
        callback_handler=wait,
    )
    trust = ssl.create_default_context(cafile=AUTHORITY)
    hooks = {"request": [add_registration_token]}
    async with httpx2.AsyncClient(auth=provider, event_hooks=hooks, verify=trust, timeout=300) as http:
        async with Client(streamable_http_client(url, http_client=http)) as client:
            result = await client.call_tool(tool, arguments)
    print(*(content.text for content in result.content), sep="\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], dict(argument.split("=", 1) for argument in sys.argv[3:])))
