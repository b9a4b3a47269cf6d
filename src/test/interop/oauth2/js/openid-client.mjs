// The flows by openid-client. Its implicit flow is OpenID Connect's alone.
import * as client from 'openid-client'
import { Reported, WORLD, browse, metadata, run } from './rows.mjs'

run((route) => {
  const { clientId, clientSecret, publicId, redirectUri } = WORLD
  const confidential = (secret = clientSecret, body = false) =>
    new client.Configuration(metadata(route), clientId, undefined,
      body ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret))
  const open = () => new client.Configuration(metadata(route), publicId, undefined, client.None())

  return {
    readsAuthorizationErrors: true,
    async reported(failure) {
      if (failure instanceof client.ResponseBodyError) return new Reported(failure.error, failure.status)
      if (failure instanceof client.AuthorizationResponseError) return new Reported(failure.error)
      if (failure instanceof client.WWWAuthenticateChallengeError) {
        // For an error of the token endpoint with a challenge the library leaves the body to its user.
        const [{ scheme, parameters }] = failure.cause
        const { error } = scheme === 'basic' ? await failure.response.json() : parameters
        return new Reported(error, failure.status)
      }
    },
    async discover(issuer) {
      try {
        const found = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, { algorithm: 'oauth2' })
        return found.serverMetadata()
      } catch (failure) {
        const response = failure.cause?.cause ?? failure.cause
        throw response instanceof Response ? new Reported(null, response.status) : failure
      }
    },
    clientCredentials: ({ secret, scope = 'read', body }) => client.clientCredentialsGrant(confidential(secret, body), { scope }),
    async authorize({ isPublic, scope = 'read' }) {
      const verifier = client.randomPKCECodeVerifier()
      const state = client.randomState()
      const url = client.buildAuthorizationUrl(isPublic ? open() : confidential(), {
        redirect_uri: redirectUri,
        scope,
        state,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { isPublic, verifier, state, callback: await browse(url) }
    },
    redeem: (grant, { secret, verifier } = {}) =>
      client.authorizationCodeGrant(grant.isPublic ? open() : confidential(secret), grant.callback, {
        pkceCodeVerifier: verifier ?? grant.verifier,
        expectedState: grant.state,
      }),
    refresh: (tokens) => client.refreshTokenGrant(confidential(), tokens.refresh_token),
    async get(tokens) {
      const response = await client.fetchProtectedResource(confidential(), tokens.access_token, new URL(route.api), 'GET')
      return response.json()
    },
    introspect: (token, secret) => client.tokenIntrospection(confidential(secret), token),
    revoke: (tokens, secret) => client.tokenRevocation(confidential(secret), tokens.access_token),
    password: (key) =>
      client.genericGrantRequest(confidential(), 'password', {
        scope: 'read',
        provision_key: key,
        authenticated_userid: WORLD.user,
      }),
  }
})
