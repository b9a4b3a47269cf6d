"""The flows by Authlib's session for requests."""

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from rows import ID, PUBLIC, SECONDS, SECRET, USER, WORLD, Reported, browse, run

ENDPOINTS = ("token_endpoint", "authorization_endpoint", "revocation_endpoint", "introspection_endpoint")


def accepted(response):
    """Introspection and revocation: the library returns the response as it came."""
    if response.status_code != 200:
        raise Reported(response.json()["error"], response.status_code)
    return response


class Adapter:
    # Its integrations of web frameworks do; from the session's user the library expects a response with a code.
    reads_authorization_errors = False

    def __init__(self, route):
        self.route = route

    def session(self, secret=SECRET, client_id=ID, method="client_secret_basic", scope="read", **options):
        public = client_id == PUBLIC
        return OAuth2Session(
            client_id,
            None if public else secret,
            token_endpoint_auth_method="none" if public else method,
            revocation_endpoint_auth_method=method,
            scope=scope,
            redirect_uri=WORLD["redirectUri"],
            code_challenge_method="S256",
            default_timeout=SECONDS,
            **options,
        )

    def reported(self, failure):
        return Reported(failure.error) if isinstance(failure, OAuthError) else None

    def discover(self, issuer):
        url = get_well_known_url(issuer, external=True, suffix="oauth-authorization-server")
        response = requests.get(url, timeout=SECONDS)
        if response.status_code != 200:
            raise Reported(None, response.status_code)
        metadata = AuthorizationServerMetadata(response.json())
        metadata.validate()
        return [metadata[name] for name in ENDPOINTS]

    def client_credentials(self, secret=SECRET, scope="read", body=False):
        method = "client_secret_post" if body else "client_secret_basic"
        session = self.session(secret, method=method, scope=scope)
        return session.fetch_token(self.route["token"], grant_type="client_credentials")

    def authorize(self, client_id=ID, scope="read"):
        verifier = generate_token(48)
        session = self.session(client_id=client_id, scope=scope)
        url, state = session.create_authorization_url(self.route["authorize"], code_verifier=verifier)
        return client_id, verifier, state, browse(url)

    def redeem(self, grant, secret=SECRET, verifier=None):
        client_id, own, state, callback = grant
        return self.session(secret, client_id, state=state).fetch_token(
            self.route["token"], authorization_response=callback, code_verifier=verifier or own
        )

    def refresh(self, token):
        return self.session().refresh_token(self.route["token"], token)

    def get(self, tokens, url):
        return self.session(token=tokens).get(url)

    def introspect(self, token, secret=SECRET):
        return accepted(self.session(secret).introspect_token(self.route["introspect"], token=token)).json()

    def revoke(self, token, secret=SECRET):
        accepted(self.session(secret).revoke_token(self.route["revoke"], token=token))

    def password(self, key):
        return self.session().fetch_token(
            self.route["token"],
            grant_type="password",
            username="alex",
            password="checked by the login backend",
            provision_key=key,
            authenticated_userid=USER,
        )

    def implicit(self, scope):
        session = self.session(scope=scope, response_type="token")
        url, state = session.create_authorization_url(self.route["authorize"])
        return session.token_from_fragment(browse(url), state)


run(Adapter)
