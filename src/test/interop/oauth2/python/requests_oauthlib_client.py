"""The flows by requests-oauthlib. It has no discovery and no introspection."""

from oauthlib.oauth2 import (
    BackendApplicationClient,
    LegacyApplicationClient,
    MobileApplicationClient,
    OAuth2Error,
)
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session
from rows import ID, PUBLIC, SECONDS, SECRET, USER, WORLD, Reported, browse, run


class Adapter:
    reads_authorization_errors = True

    def __init__(self, route):
        self.route = route
        self.status = None

    def session(self, client=None, client_id=ID, scope="read", **options):
        session = OAuth2Session(client_id, client=client, redirect_uri=WORLD["redirectUri"], scope=[scope], **options)
        self.status = None

        def keep(response):
            self.status = response.status_code
            return response

        session.register_compliance_hook("access_token_response", keep)
        session.register_compliance_hook("refresh_token_response", keep)
        return session

    def reported(self, failure):
        return Reported(failure.error, self.status) if isinstance(failure, OAuth2Error) else None

    def client_credentials(self, secret=SECRET, scope="read", body=False):
        session = self.session(BackendApplicationClient(ID), scope=scope)
        how = {"include_client_id": True, "client_secret": secret} if body else {"auth": HTTPBasicAuth(ID, secret)}
        return session.fetch_token(self.route["token"], scope=scope, timeout=SECONDS, **how)

    def authorize(self, client_id=ID, scope="read"):
        session = self.session(client_id=client_id, scope=scope, pkce="S256")
        url, _ = session.authorization_url(self.route["authorize"])
        return session, browse(url)

    def redeem(self, grant, secret=SECRET, verifier=None):
        session, callback = grant
        session._code_verifier = verifier or session._code_verifier  # the library keeps it there alone
        how = {"include_client_id": True} if session.client_id == PUBLIC else {"auth": HTTPBasicAuth(ID, secret)}
        return session.fetch_token(self.route["token"], authorization_response=callback, timeout=SECONDS, **how)

    def refresh(self, token):
        auth = HTTPBasicAuth(ID, SECRET)
        return self.session().refresh_token(self.route["token"], refresh_token=token, auth=auth, timeout=SECONDS)

    def get(self, tokens, url):
        return self.session(token=tokens).get(url, timeout=SECONDS)

    def revoke(self, token, secret=SECRET):
        """The library writes the request of RFC 7009, and returns the response as it came."""
        session = self.session()
        url, headers, body = session._client.prepare_token_revocation_request(
            self.route["revoke"], token
        )
        auth = HTTPBasicAuth(ID, secret)
        response = session.post(url, body, headers=headers, auth=auth, withhold_token=True, timeout=SECONDS)
        if response.status_code != 200:
            raise Reported(response.json()["error"], response.status_code)

    def password(self, key):
        return self.session(LegacyApplicationClient(ID)).fetch_token(
            self.route["token"],
            username="alex",
            password="checked by the login backend",
            auth=HTTPBasicAuth(ID, SECRET),
            provision_key=key,
            authenticated_userid=USER,
            scope="read",
            timeout=SECONDS,
        )

    def implicit(self, scope):
        session = self.session(MobileApplicationClient(ID), scope=scope)
        url, _ = session.authorization_url(self.route["authorize"])
        return session.token_from_fragment(browse(url))


run(Adapter)
