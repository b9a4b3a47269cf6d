"""What an agent does with the MCP Python SDK: from the URL of a server behind the gateway it discovers all by itself."""

import asyncio
import contextlib
import json
import logging
import re
import ssl
from urllib.parse import parse_qsl, urlsplit

import httpx2
import requests
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider, OAuthFlowError
from mcp.client.auth.oauth2 import PKCEParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata
from rows import PUBLIC, SECONDS, USER, WORLD, WRONG_VERIFIER, Reported, browse, check, report

MCP = WORLD["mcp"]
URL, OTHER = MCP["issuer"], WORLD["gateway"] + "/mcp-other"
REGISTRATION = f"{URL}/oauth2/register"
TRUST = ssl.create_default_context(cafile=WORLD["authority"])


class Agent:
    """A public application, with what it keeps between its requests."""

    def __init__(self, client_id=PUBLIC, registration_token=WORLD["registrationToken"]):
        metadata = {
            "client_name": "agent",
            "redirect_uris": [WORLD["redirectUri" if client_id else "loopbackUri"]],
            "token_endpoint_auth_method": "none",
        }
        self.client = OAuthClientInformationFull(client_id=client_id, **metadata) if client_id else None
        self.registration_token = registration_token
        self.tokens = None
        self.redirects = []
        self.callback = {}
        self.challenge = None
        self.provider = self.provider_of(URL, metadata)
        self.other_provider = self.provider_of(OTHER, metadata)

    def provider_of(self, url, metadata):
        return OAuthClientProvider(
            server_url=url,
            client_metadata=OAuthClientMetadata(**metadata),
            storage=self,
            redirect_handler=self.redirect,
            callback_handler=self.redirected,
        )

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client

    async def redirect(self, url):
        check(url.startswith(MCP["authorize"]), f"the SDK redirects to {url}")
        self.redirects.append(dict(parse_qsl(urlsplit(url).query)))
        self.callback = dict(parse_qsl(urlsplit(await asyncio.to_thread(browse, url)).query))

    async def redirected(self):
        if "error" in self.callback:
            raise Reported(self.callback["error"])
        return AuthorizationCodeResult(**{name: self.callback.get(name) for name in ("code", "state", "iss")})

    async def sent(self, request):
        """Adds what the SDK does not: an initial access token (RFC 7591 §3), and a header of MCP since its revision 2026-07-28."""
        if str(request.url) == REGISTRATION and self.registration_token:
            request.headers["Authorization"] = f"Bearer {self.registration_token}"
        if request.method == "POST" and str(request.url) == URL and b'"tools/call"' in request.content:
            request.headers["Mcp-Name"] = json.loads(request.content)["params"]["name"]

    async def received(self, response):
        if response.status_code in (401, 403):
            self.challenge = response.status_code, response.headers["WWW-Authenticate"]

    async def call(self, tool="echo"):
        await self.call_with({"auth": self.provider}, tool, URL)

    async def call_with(self, options, tool, url):
        hooks = {"request": [self.sent], "response": [self.received]}
        async with httpx2.AsyncClient(event_hooks=hooks, timeout=SECONDS, verify=TRUST, **options) as http:
            async with Client(streamable_http_client(url, http_client=http)) as client:
                result = await client.call_tool(tool, {"text": "hello"})
        text = result.content[0].text
        check(text == ("hello" if tool == "echo" else f"{USER} writes hello"), f"the tool returned {text}")

    async def unauthorized(self, provider, url):
        """The twin of a call: the SDK has to begin an authorization."""
        before = len(self.redirects)
        self.challenge = None
        # The authorization server then gives a token, but none for the other resource.
        with contextlib.suppress(Exception):
            await self.call_with({"auth": provider}, "echo", url)
        check(self.challenge is not None and self.challenge[0] == 401, f"the challenge is {self.challenge}")
        check(len(self.redirects) == before + 1, "the SDK did not begin an authorization")
        raise Reported(None)


async def authorized():
    agent = Agent()
    await agent.call()
    return agent


async def call():
    agent = await authorized()
    # RFC 6750 §3, RFC 8707 §2: what the challenge and the metadata of the resource name.
    [asked] = agent.redirects
    check((asked["scope"], asked["resource"]) == ("read", URL), f"the SDK asks for {asked}")


async def revoked_token():
    agent = await authorized()
    # RFC 7009 §2.1: access and refresh token.
    form = {"client_id": PUBLIC, "token": agent.tokens.refresh_token}
    revoked = await asyncio.to_thread(requests.post, MCP["revoke"], form, timeout=SECONDS)
    check(revoked.ok, f"the revocation is {revoked.status_code}")
    await agent.unauthorized(agent.provider, URL)


async def token_of_another_server():
    agent = await authorized()
    await agent.unauthorized(agent.other_provider, OTHER)


async def missing_scope():
    """A client that has a token and cannot get another one."""
    agent = await authorized()
    headers = {"Authorization": f"Bearer {agent.tokens.access_token}"}
    try:
        await agent.call_with({"headers": headers}, "write", URL)
    except Exception as failure:
        status, challenge = agent.challenge
        raise Reported(re.search('error="([a-z_]+)"', challenge).group(1), status) from failure


async def wrong_verifier():
    real = PKCEParameters.generate

    def generate():
        return PKCEParameters(code_verifier=WRONG_VERIFIER, code_challenge=real().code_challenge)

    PKCEParameters.generate = generate
    try:
        await authorized()
    finally:
        PKCEParameters.generate = real


async def foreign_resource():
    agent = Agent()
    agent.provider.context.get_resource_url = lambda: OTHER
    await agent.call()


async def refresh():
    agent = await authorized()
    old = agent.tokens
    agent.provider.context.token_expiry_time = 1.0
    await agent.call()
    check(len(agent.redirects) == 1, "the SDK did not refresh")
    check(agent.tokens.access_token != old.access_token, "the same token")


async def step_up():
    agent = await authorized()
    await agent.call("write")
    check(len(agent.redirects) == 2, "the SDK did not step up")
    check(agent.redirects[-1]["scope"].split() == ["read", "write"], f"the SDK asks for {agent.redirects[-1]}")


async def registration(**options):
    agent = Agent(client_id=None, **options)
    await agent.call()
    check(agent.client.client_id != PUBLIC, "the client has not registered")


def reported(failure):
    """The error in the SDK's text, behind the groups of its tasks."""
    for cause in causes(failure):
        if isinstance(cause, Reported):
            return cause
        if isinstance(cause, OAuthFlowError):
            found = re.search(r"\((\d+)\): (\{.*\})|: (\d+) (\{.*\})", str(cause))
            if found:
                status, body = [part for part in found.groups() if part]
                return Reported(json.loads(body)["error"], int(status))
    return None


def causes(failure):
    yield failure
    for inner in getattr(failure, "exceptions", ()):
        yield from causes(inner)
    if failure.__cause__:
        yield from causes(failure.__cause__)


FLOWS = {
    "MCP call": call,
    "MCP call, revoked token": revoked_token,
    "MCP call, token of another server": token_of_another_server,
    "MCP call, missing scope": missing_scope,
    "MCP authorization, wrong verifier": wrong_verifier,
    "MCP authorization, foreign resource": foreign_resource,
    "MCP refresh": refresh,
    "MCP step-up": step_up,
    "MCP registration": registration,
    "MCP registration, without a token": lambda: registration(registration_token=None),
}
logging.disable()  # the SDK logs each failure with its stack
report("rfc", [(name, lambda flow=flow: asyncio.run(flow())) for name, flow in FLOWS.items()], reported)
