"""The flows of the table, and what a client has to see in each."""

OK = ("ok", None)

# The flow, then the error and the status on a plugin with conformance kong and rfc. An error of None is one without a code.
FLOWS = {
    "discovery": (OK, OK),
    "discovery, unknown issuer": ((None, 404),) * 2,
    "client credentials": (OK, OK),
    "client credentials, wrong secret": (("invalid_client", 401),) * 2,
    "client credentials, unknown scope": (("invalid_scope", 400),) * 2,
    "secret in the body": (OK, OK),
    "secret in the body, wrong secret": (("invalid_client", 400), ("invalid_client", 401)),
    "code": (OK, OK),
    "code, wrong secret": (("invalid_client", 401),) * 2,
    "code, wrong verifier": (("invalid_grant", 400),) * 2,
    "code, reused": (("invalid_request", 400), ("invalid_grant", 400)),
    "code, unknown scope": (("invalid_scope", None),) * 2,
    "public client": (OK, OK),
    "public client, wrong verifier": (("invalid_grant", 400),) * 2,
    "refresh": (OK, OK),
    "refresh, used token": (("invalid_request", 400), ("invalid_grant", 400)),
    "API call": (OK, OK),
    "API call, revoked token": (("invalid_token", 401),) * 2,
    "API call, missing scope": (("insufficient_scope", 403),) * 2,
    "introspection": (OK, OK),
    "introspection, revoked token": (OK, OK),
    "introspection, wrong secret": (("invalid_client", 401),) * 2,
    "revocation": (OK, OK),
    "revocation, wrong secret": (("invalid_client", 401),) * 2,
    "MCP call": (OK, OK),
    "MCP call, revoked token": ((None, 401),) * 2,
    "MCP call, token of another server": ((None, 401),) * 2,
    "MCP call, missing scope": (("insufficient_scope", 403),) * 2,
    "MCP authorization, wrong verifier": (("invalid_grant", 400),) * 2,
    "MCP authorization, foreign resource": (("invalid_target", None),) * 2,
    "MCP refresh": (OK, OK),
    "MCP step-up": (OK, OK),
    "MCP registration": (OK, OK),
    "MCP registration, without a token": (("invalid_request", 401),) * 2,
    "password": (OK, OK),
    "password, wrong provision key": (("invalid_provision_key", 400),) * 2,
    "private_key_jwt": (OK, OK),
    "private_key_jwt, another key": (("invalid_client", 401),) * 2,
    "client_secret_jwt": (OK, OK),
    "pushed request": (OK, OK),
    "pushed request, unknown scope": (("invalid_scope", 400),) * 2,
    "device": (OK, OK),
    "device, denied": (("access_denied", 400),) * 2,
    "token exchange": (OK, OK),
    "token exchange, wider scope": (("invalid_scope", 400),) * 2,
    "token exchange, revoked token": (("invalid_request", 400),) * 2,
    "JWT access token": (OK, OK),
    "JWT access token, altered": ((None, None),) * 2,
    "DPoP": (OK, OK),
    "DPoP, another key": (("invalid_dpop_proof", 401),) * 2,
    "DPoP, without a proof": (("invalid_token", 401),) * 2,
    "DPoP, refresh with another key": (("invalid_grant", 400),) * 2,
    "registration": (OK, OK),
    "registration, wrong token": (("invalid_token", 401),) * 2,
    "certificate": (OK, OK),
    "certificate, another name": (("invalid_client", 401),) * 2,
    "certificate, API call": (OK, OK),
    "certificate, API call with another": (("invalid_token", 401),) * 2,
    "implicit": (OK, OK),
    "implicit, unknown scope": (("invalid_scope", None),) * 2,
}

# The libraries in the order of the table, and the flows that each has. A flow that a library lacks has no row.
CALL = ("API call", "API call, revoked token", "API call, missing scope")
BASICS = (
    "client credentials",
    "client credentials, wrong secret",
    "client credentials, unknown scope",
    "secret in the body",
    "secret in the body, wrong secret",
    "code",
    "code, wrong secret",
    "code, wrong verifier",
    "code, reused",
    "public client",
    "public client, wrong verifier",
    "refresh",
    "refresh, used token",
    *CALL,
)
AUTHORIZATION_ERROR = ("code, unknown scope",)
# What an agent does by its SDK, from the first 401 on (RFC 9728, RFC 8414, RFC 7591).
MCP = (
    "MCP call",
    "MCP call, revoked token",
    "MCP call, token of another server",
    "MCP call, missing scope",
    "MCP authorization, wrong verifier",
    "MCP authorization, foreign resource",
    "MCP refresh",
    "MCP step-up",
    "MCP registration",
    "MCP registration, without a token",
)
DISCOVERY = ("discovery", "discovery, unknown issuer")
INTROSPECTION = ("introspection", "introspection, revoked token", "introspection, wrong secret")
REVOCATION = ("revocation", "revocation, wrong secret")
# Of a plugin with conformance kong alone: RFC 9700 §2.1.2 and §2.4 advise against these grants.
PASSWORD = ("password", "password, wrong provision key")
IMPLICIT = ("implicit", "implicit, unknown scope")
KONG_ONLY = PASSWORD + IMPLICIT
# Of the plugin with conformance rfc alone, because its issuer is configured.
ASSERTIONS = ("private_key_jwt", "private_key_jwt, another key", "client_secret_jwt")
PUSHED = ("pushed request", "pushed request, unknown scope")
DEVICE = ("device", "device, denied")
EXCHANGE = ("token exchange", "token exchange, wider scope", "token exchange, revoked token")
# What an API does that verifies the tokens itself (RFC 9068).
JWT = ("JWT access token", "JWT access token, altered")
DPOP = ("DPoP", "DPoP, another key", "DPoP, without a proof", "DPoP, refresh with another key")
REGISTRATION = ("registration", "registration, wrong token")
CERTIFICATE = (
    "certificate",
    "certificate, another name",
    "certificate, API call",
    "certificate, API call with another",
)
# What openid-client has of them. Certificates are a matter of its runtime.
OPT_IN = ASSERTIONS + PUSHED + DEVICE + EXCHANGE + DPOP + REGISTRATION
RFC_ONLY = OPT_IN + JWT + CERTIFICATE

LIBRARIES = {
    "requests-oauthlib": BASICS + AUTHORIZATION_ERROR + REVOCATION + KONG_ONLY,
    "Authlib": BASICS + DISCOVERY + INTROSPECTION + REVOCATION + KONG_ONLY,
    "openid-client": BASICS + AUTHORIZATION_ERROR + DISCOVERY + INTROSPECTION + REVOCATION + PASSWORD + OPT_IN,
    "oauth4webapi": BASICS + AUTHORIZATION_ERROR + DISCOVERY + INTROSPECTION + REVOCATION + PASSWORD + JWT,
    "simple-oauth2": BASICS + REVOCATION + PASSWORD,
    # It calls an API that speaks MCP alone.
    "MCP TypeScript SDK": tuple(flow for flow in BASICS if flow not in CALL) + DISCOVERY + MCP,
    # Its client for OAuth has these flows as a whole.
    "MCP Python SDK": MCP,
    "x/oauth2": BASICS + PASSWORD,
    "Vert.x auth-oauth2": BASICS + INTROSPECTION + REVOCATION + PASSWORD,
    "Spring Security": BASICS + DISCOVERY + INTROSPECTION,
    "curl": tuple(flow for flow in FLOWS if flow not in MCP + OPT_IN + JWT),
}


def expected(library, route):
    """The flows of a library on a route."""
    absent = MCP + RFC_ONLY if route == "kong" else KONG_ONLY
    return [flow for flow in FLOWS if flow in LIBRARIES[library] and flow not in absent]


def judge(route, flow, row):
    """None if the library reported what it has to, otherwise what it reported."""
    error, status = FLOWS[flow][route == "rfc"]
    if "failure" in row:
        return row["failure"]
    if row.get("ok"):
        return None if error == "ok" else "accepted"
    seen = f"{row.get('error')} {row.get('status') or ''}".strip()
    same = row.get("error") == error and (row.get("status") is None or status is None or row["status"] == status)
    return None if same else seen
