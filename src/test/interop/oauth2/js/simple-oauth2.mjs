// The flows by simple-oauth2. It reads no authorization response and calls no API: URL and fetch do.
import { createHash, randomBytes } from 'node:crypto'
import { AuthorizationCode, ClientCredentials, ResourceOwnerPassword } from 'simple-oauth2'
import { Reported, WORLD, browse, run } from './rows.mjs'

run((route) => {
  const { clientId, clientSecret, publicId, redirectUri } = WORLD
  const pathOf = (url) => new URL(url).pathname
  const auth = {
    tokenHost: new URL(route.token).origin,
    tokenPath: pathOf(route.token),
    revokePath: pathOf(route.revoke),
  }
  const login = { authorizeHost: new URL(route.authorize).origin, authorizePath: pathOf(route.authorize) }
  const config = (secret = clientSecret, body = false) => ({
    client: { id: clientId, secret },
    auth,
    options: { authorizationMethod: body ? 'body' : 'header' },
  })
  // The library has no public clients: without a secret it sends an empty one.
  const open = { client: { id: publicId, secret: '' }, auth, options: { authorizationMethod: 'body' } }
  const code = ({ isPublic }, secret) => {
    const chosen = isPublic ? open : config(secret)
    return new AuthorizationCode({ ...chosen, auth: { ...auth, ...login } })
  }

  return {
    reported(failure) {
      if (failure.isBoom) return new Reported(failure.data?.payload?.error, failure.output.statusCode)
    },
    async clientCredentials({ secret, scope = 'read', body }) {
      return (await new ClientCredentials(config(secret, body)).getToken({ scope })).token
    },
    async authorize({ isPublic, scope = 'read' }) {
      const verifier = randomBytes(32).toString('base64url')
      const url = code({ isPublic }).authorizeURL({
        redirect_uri: redirectUri,
        scope,
        state: randomBytes(16).toString('hex'),
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      })
      return { isPublic, verifier, callback: await browse(url) }
    },
    async redeem(grant, { secret, verifier } = {}) {
      const token = await code(grant, secret).getToken({
        code: grant.callback.searchParams.get('code'),
        redirect_uri: redirectUri,
        code_verifier: verifier ?? grant.verifier,
      })
      return token.token
    },
    refresh: async (tokens) => (await code({}).createToken(tokens).refresh()).token,
    async get(tokens) {
      const response = await fetch(route.api, { headers: { Authorization: `Bearer ${tokens.access_token}` } })
      if (response.ok) return response.json()
      const [, error] = /error="([^"]*)"/.exec(response.headers.get('www-authenticate')) ?? []
      throw new Reported(error, response.status)
    },
    revoke: (tokens, secret) => code({}, secret).createToken(tokens).revoke('access_token'),
    async password(key) {
      const token = await new ResourceOwnerPassword(config()).getToken({
        username: 'alex',
        password: 'checked by the login backend',
        scope: 'read',
        provision_key: key,
        authenticated_userid: WORLD.user,
      })
      return token.token
    },
  }
})
