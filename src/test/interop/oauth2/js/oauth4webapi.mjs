// The flows by oauth4webapi.
import * as oauth from 'oauth4webapi'
import { Reported, WORLD, browse, check, metadata, run } from './rows.mjs'

run((route) => {
  const { clientId, clientSecret, publicId, redirectUri } = WORLD
  const server = metadata(route)
  const client = { client_id: clientId }
  const open = { client_id: publicId }
  const basic = (secret = clientSecret) => oauth.ClientSecretBasic(secret)

  // An API that verifies the tokens itself, by the keys that the gateway publishes.
  function verified(token) {
    const request = new Request(route.api, { headers: { authorization: `Bearer ${token}` } })
    const published = { ...server, jwks_uri: `${route.issuer}/oauth2/jwks` }
    return oauth.validateJwtAccessToken(published, request, route.issuer)
  }

  return {
    readsAuthorizationErrors: true,
    async *more() {
      if (route.name !== 'rfc') return
      const { access_token: token } = await this.clientCredentials({})
      yield ['JWT access token', async () => {
        const claims = await verified(token)
        check(claims.client_id === clientId && claims.scope === 'read', `the claims are ${JSON.stringify(claims)}`)
      }]
      yield ['JWT access token, altered', async () => {
        const [header, payload, signature] = token.split('.')
        const claims = JSON.parse(Buffer.from(payload, 'base64url'))
        const wider = Buffer.from(JSON.stringify({ ...claims, scope: 'read write' })).toString('base64url')
        try {
          await verified(`${header}.${wider}.${signature}`)
        } catch {
          throw new Reported(null)
        }
      }]
    },
    async reported(failure) {
      if (failure instanceof oauth.ResponseBodyError) return new Reported(failure.error, failure.status)
      if (failure instanceof oauth.AuthorizationResponseError) return new Reported(failure.error)
      if (failure instanceof oauth.WWWAuthenticateChallengeError) {
        // For an error of the token endpoint with a challenge the library leaves the body to its user.
        const [{ scheme, parameters }] = failure.cause
        const { error } = scheme === 'basic' ? await failure.response.json() : parameters
        return new Reported(error, failure.status)
      }
    },
    async discover(issuer) {
      const response = await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2' })
      try {
        return await oauth.processDiscoveryResponse(new URL(issuer), response)
      } catch (failure) {
        throw failure.cause instanceof Response ? new Reported(null, failure.cause.status) : failure
      }
    },
    async clientCredentials({ secret = clientSecret, scope = 'read', body }) {
      const how = body ? oauth.ClientSecretPost(secret) : basic(secret)
      const response = await oauth.clientCredentialsGrantRequest(server, client, how, { scope })
      return oauth.processClientCredentialsResponse(server, client, response)
    },
    async authorize({ isPublic, scope = 'read' }) {
      const verifier = oauth.generateRandomCodeVerifier()
      const state = oauth.generateRandomState()
      const url = new URL(server.authorization_endpoint)
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: isPublic ? publicId : clientId,
        redirect_uri: redirectUri,
        scope,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { isPublic, verifier, state, callback: await browse(url) }
    },
    async redeem({ isPublic, verifier, state, callback }, wrong = {}) {
      const who = isPublic ? open : client
      const parameters = oauth.validateAuthResponse(server, who, callback, state)
      const how = isPublic ? oauth.None() : basic(wrong.secret)
      const response = await oauth.authorizationCodeGrantRequest(
        server, who, how, parameters, redirectUri, wrong.verifier ?? verifier)
      return oauth.processAuthorizationCodeResponse(server, who, response)
    },
    async refresh(tokens) {
      const response = await oauth.refreshTokenGrantRequest(server, client, basic(), tokens.refresh_token)
      return oauth.processRefreshTokenResponse(server, client, response)
    },
    async get(tokens) {
      const response = await oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL(route.api))
      return response.json()
    },
    async introspect(token, secret) {
      const response = await oauth.introspectionRequest(server, client, basic(secret), token)
      return oauth.processIntrospectionResponse(server, client, response)
    },
    async revoke(tokens, secret) {
      const response = await oauth.revocationRequest(server, client, basic(secret), tokens.access_token)
      return oauth.processRevocationResponse(response)
    },
    async password(key) {
      const parameters = { scope: 'read', provision_key: key, authenticated_userid: WORLD.user }
      const response = await oauth.genericTokenEndpointRequest(server, client, basic(), 'password', parameters)
      return oauth.processGenericTokenEndpointResponse(server, client, response)
    },
  }
})
