// The flows by openid-client. Its implicit flow is OpenID Connect's alone.
import * as client from 'openid-client'
import { Reported, WORLD, browse, check, metadata, run } from './rows.mjs'

run((route) => {
  const { clientId, clientSecret, publicId, redirectUri } = WORLD
  const confidential = (secret = clientSecret, body = false) =>
    new client.Configuration(metadata(route), clientId, undefined,
      body ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret))
  const open = () => new client.Configuration(metadata(route), publicId, undefined, client.None())

  const signing = (authentication) => {
    const configuration = new client.Configuration(metadata(route), WORLD.signer.id, undefined, authentication)
    return client.clientCredentialsGrant(configuration, { scope: 'read' })
  }
  const privateKey = async (jwk) => client.PrivateKeyJwt({
    key: await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']),
    kid: jwk.kid,
  })

  async function pushed(scope) {
    const verifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const url = await client.buildAuthorizationUrlWithPAR(confidential(), {
      redirect_uri: redirectUri,
      scope,
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    check(!url.searchParams.has('scope'), `the browser carries ${url}`)
    return client.authorizationCodeGrant(confidential(), await browse(url), { pkceCodeVerifier: verifier, expectedState: state })
  }

  // The owner follows the complete address, at a page where they have logged in.
  async function device(decision) {
    const codes = await client.initiateDeviceAuthorization(open(), { scope: 'read' })
    await fetch(codes.verification_uri_complete + decision, { signal: AbortSignal.timeout(30_000) })
    return client.pollDeviceAuthorizationGrant(open(), codes)
  }

  // Another application, which the plugin names.
  const exchanging = () =>
    new client.Configuration(metadata(route), WORLD.signer.id, undefined, client.ClientSecretPost(WORLD.signer.secret))
  const accessToken = 'urn:ietf:params:oauth:token-type:access_token'
  const exchange = (subject, parameters) =>
    client.genericGrantRequest(exchanging(), 'urn:ietf:params:oauth:grant-type:token-exchange', {
      subject_token: subject.access_token,
      subject_token_type: accessToken,
      ...parameters,
    })

  async function delegated() {
    const actor = await client.clientCredentialsGrant(exchanging(), { scope: 'read' })
    const tokens = await exchange(await pushed('read'), { actor_token: actor.access_token, actor_token_type: accessToken })
    check(tokens.issued_token_type === accessToken, `issued ${tokens.issued_token_type}`)
    const seen = await client.tokenIntrospection(exchanging(), tokens.access_token)
    check(seen.sub === WORLD.user && seen.act?.client_id === WORLD.signer.id, `introspection is ${JSON.stringify(seen)}`)
    return tokens
  }

  // The tokens of a public client, bound to a key that the code is bound to already.
  async function bound(keys) {
    const DPoP = client.getDPoPHandle(open(), keys)
    const verifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const url = client.buildAuthorizationUrl(open(), {
      redirect_uri: redirectUri,
      scope: 'read',
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      dpop_jkt: await DPoP.calculateThumbprint(),
    })
    const checks = { pkceCodeVerifier: verifier, expectedState: state }
    const tokens = await client.authorizationCodeGrant(open(), await browse(url), checks, undefined, { DPoP })
    check(tokens.token_type === 'dpop', `token_type is ${tokens.token_type}`)
    return tokens
  }

  async function calledWith(tokens, keys) {
    const options = keys ? { DPoP: client.getDPoPHandle(open(), keys) } : undefined
    const response = await client.fetchProtectedResource(
      open(), tokens.access_token, new URL(route.api), 'GET', undefined, undefined, options)
    check((await response.json())['x-authenticated-userid'] === WORLD.user, 'the API saw another owner')
  }

  // A client that registers itself, and the tokens of an owner for it.
  async function registered(initialAccessToken) {
    const uri = `${redirectUri}/registered`
    const asked = { client_name: 'interop', redirect_uris: [uri], token_endpoint_auth_method: 'client_secret_post' }
    const options = { algorithm: 'oauth2', initialAccessToken }
    const configuration = await client.dynamicClientRegistration(new URL(route.issuer), asked, undefined, options)
    const verifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: uri,
      scope: 'read',
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const checks = { pkceCodeVerifier: verifier, expectedState: state }
    return client.authorizationCodeGrant(configuration, await browse(url), checks)
  }

  async function called(tokens) {
    const response = await client.fetchProtectedResource(confidential(), tokens.access_token, new URL(route.api), 'GET')
    check((await response.json())['x-authenticated-userid'] === WORLD.user, 'the API saw another owner')
  }

  return {
    readsAuthorizationErrors: true,
    async *more() {
      if (route.name !== 'rfc') return
      const { key, otherKey, secret } = WORLD.signer
      yield ['private_key_jwt', async () => signing(await privateKey(key))]
      yield ['private_key_jwt, another key', async () => signing(await privateKey(otherKey))]
      yield ['client_secret_jwt', () => signing(client.ClientSecretJwt(secret))]
      yield ['pushed request', async () => called(await pushed('read'))]
      yield ['pushed request, unknown scope', () => pushed('none')]
      yield ['device', async () => called(await device(''))]
      yield ['device, denied', () => device('&error=access_denied')]
      yield ['token exchange', async () => called(await delegated())]
      yield ['token exchange, wider scope', async () => exchange(await pushed('read'), { scope: 'read write' })]
      yield ['token exchange, revoked token', async () => {
        const subject = await pushed('read')
        await client.tokenRevocation(confidential(), subject.access_token)
        return exchange(subject)
      }]
      const keys = await client.randomDPoPKeyPair('ES256')
      const others = await client.randomDPoPKeyPair('ES256')
      yield ['DPoP', async () => calledWith(await bound(keys), keys)]
      yield ['DPoP, another key', async () => calledWith(await bound(keys), others)]
      yield ['DPoP, without a proof', async () => calledWith(await bound(keys))]
      yield ['DPoP, refresh with another key', async () => {
        const { refresh_token } = await bound(keys)
        await client.refreshTokenGrant(open(), refresh_token, undefined, { DPoP: client.getDPoPHandle(open(), others) })
      }]
      yield ['registration', async () => called(await registered(WORLD.registrationToken))]
      yield ['registration, wrong token', () => registered('wrong')]
    },
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
