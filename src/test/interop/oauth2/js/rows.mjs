// The flows in terms of a library's adapter; prints one JSON line for each.
import { readFileSync } from 'node:fs'

export const WORLD = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const WRONG_VERIFIER = 'w'.repeat(43)

/** An error as the library reported it: its code, and the status if the library shows one. */
export class Reported extends Error {
  constructor(error, status = null) {
    super(error)
    Object.assign(this, { error, status })
  }
}

export function check(condition, message) {
  if (!condition) throw new Error(message)
}

/** The browser at the login page: returns the URL of the client to which the page redirects it. */
export async function browse(url) {
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(30_000) })
  return new URL(response.headers.get('location'))
}

/** An adapter has one method for each thing that its library can do; tokens are objects as in RFC 6749 §5.1. */
async function* flows(route, does) {
  let tokens, old
  const user = WORLD.user
  async function call(used, expected = user) {
    const seen = await does.get(used)
    check(seen['x-consumer-username'] === 'interop', `the API saw ${JSON.stringify(seen)}`)
    check(seen['x-authenticated-userid'] === expected, `the API saw ${JSON.stringify(seen)}`)
  }
  async function rejected(used) {
    try {
      await does.get(used)
    } catch {
      return
    }
    throw new Error('the token is still valid')
  }
  async function introspect(token, active) {
    const seen = await does.introspect(token)
    check(seen.active === active, `introspection is ${JSON.stringify(seen)}`)
    check(!active || (seen.client_id === WORLD.clientId && seen.scope === 'read'), `introspection is ${JSON.stringify(seen)}`)
  }

  yield ['client credentials', () => does.clientCredentials({})]
  yield ['client credentials, wrong secret', () => does.clientCredentials({ secret: 'wrong' })]
  yield ['client credentials, unknown scope', () => does.clientCredentials({ scope: 'none' })]
  yield ['secret in the body', () => does.clientCredentials({ body: true })]
  yield ['secret in the body, wrong secret', () => does.clientCredentials({ body: true, secret: 'wrong' })]
  yield ['code', async () => {
    tokens = await does.redeem(await does.authorize({}))
    check(tokens.refresh_token, 'no refresh token')
  }]
  yield ['code, wrong secret', async () => does.redeem(await does.authorize({}), { secret: 'wrong' })]
  yield ['code, wrong verifier', async () => does.redeem(await does.authorize({}), { verifier: WRONG_VERIFIER })]
  yield ['code, reused', async () => {
    const grant = await does.authorize({})
    await does.redeem(grant)
    await does.redeem(grant)
  }]
  if (does.readsAuthorizationErrors) {
    yield ['code, unknown scope', async () => does.redeem(await does.authorize({ scope: 'none' }))]
  }
  yield ['public client', async () => {
    const used = await does.redeem(await does.authorize({ isPublic: true }))
    if (does.get) await call(used)
  }]
  yield ['public client, wrong verifier', async () =>
    does.redeem(await does.authorize({ isPublic: true }), { verifier: WRONG_VERIFIER })]
  yield ['refresh', async () => {
    const fresh = await does.refresh(tokens)
    check(fresh.access_token !== tokens.access_token, 'the same token')
    old = tokens
    tokens = fresh
  }]
  yield ['refresh, used token', () => does.refresh(old)]
  if (does.get) {
    yield ['API call', () => call(tokens)]
    yield ['API call, revoked token', () => call(old)]
    yield ['API call, missing scope', async () => call(await does.clientCredentials({ scope: 'write' }), null)]
  }
  if (does.introspect) {
    yield ['introspection', () => introspect(tokens.access_token, true)]
    yield ['introspection, revoked token', () => introspect(old.access_token, false)]
    yield ['introspection, wrong secret', () => does.introspect(tokens.access_token, 'wrong')]
  }
  if (does.revoke) {
    yield ['revocation', async () => {
      const used = await does.clientCredentials({})
      await does.revoke(used)
      await rejected(used)
    }]
    yield ['revocation, wrong secret', () => does.revoke(tokens, 'wrong')]
  }
  if (does.discover && WORLD.discovery) {
    yield ['discovery', async () => {
      const found = await does.discover(route.issuer)
      const endpoints = [found.token_endpoint, found.authorization_endpoint, found.revocation_endpoint, found.introspection_endpoint]
      const own = [route.token, route.authorize, route.revoke, route.introspect]
      check(String(endpoints) === String(own), `found ${endpoints}`)
    }]
    yield ['discovery, unknown issuer', () => does.discover(`${WORLD.gateway}/none`)]
  }
  if (does.password && route.name === 'kong') {
    yield ['password', async () => call(await does.password(WORLD.provisionKey))]
    yield ['password, wrong provision key', () => does.password('wrong')]
  }
  if (does.more) yield* does.more()
}

export async function run(adapter) {
  for (const route of WORLD.routes) {
    const does = adapter(route)
    for await (const [flow, attempt] of flows(route, does)) {
      let result
      try {
        await attempt()
        result = { ok: true }
      } catch (failure) {
        const reported = failure instanceof Reported ? failure : await does.reported(failure)
        const text = `${failure.name}: ${failure.message} ${failure.cause ?? ''}`
        result = reported ? { error: reported.error, status: reported.status } : { failure: text.slice(0, 200) }
      }
      console.log(JSON.stringify({ route: route.name, flow, ...result }))
    }
  }
}

/** RFC 8414's names for a route's endpoints, for a library that is configured instead of discovering. */
export function metadata(route) {
  return {
    issuer: route.issuer,
    authorization_endpoint: route.authorize,
    token_endpoint: route.token,
    revocation_endpoint: route.revoke,
    introspection_endpoint: route.introspect,
    pushed_authorization_request_endpoint: `${route.issuer}/oauth2/par`,
    device_authorization_endpoint: `${route.issuer}/oauth2/device_authorization`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    authorization_response_iss_parameter_supported: route.name === 'rfc',
  }
}
