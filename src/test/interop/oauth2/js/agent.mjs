// What an agent does with the MCP TypeScript SDK: from the URL of a server behind the gateway it discovers all by itself.
import * as sdk from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Reported, WORLD, browse, check } from './rows.mjs'

const { mcp, loopbackUri, publicId, redirectUri, registrationToken } = WORLD
const OTHER = `${WORLD.gateway}/mcp-other`
const REGISTRATION = `${mcp?.issuer}/oauth2/register`

/** A public application, with what it keeps between its requests. */
class Provider {
  constructor(client, redirectUrl) {
    this.redirectUrl = redirectUrl
    this.kept = { client }
    this.redirects = []
    this.clientMetadata = {
      client_name: 'agent',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }
  }

  clientInformation = () => this.kept.client
  saveClientInformation = (client) => (this.kept.client = client)
  tokens = () => this.kept.tokens
  saveTokens = (tokens) => (this.kept.tokens = tokens)
  codeVerifier = () => this.kept.verifier
  saveCodeVerifier = (verifier) => (this.kept.verifier = verifier)
  redirectToAuthorization = (url) => void this.redirects.push(url)
  invalidateCredentials = (scope) => (scope === 'tokens' || scope === 'all') && delete this.kept.tokens
}

const registered = () => new Provider({ client_id: publicId }, redirectUri)
const unregistered = () => new Provider(undefined, loopbackUri)

/** Adds what the SDK does not: an initial access token (RFC 7591 §3), and a header of MCP since its revision 2026-07-28. */
function fetchWith(hasToken, onForbidden) {
  return async (url, init) => {
    const headers = new Headers(init?.headers)
    if (hasToken && String(url) === REGISTRATION) headers.set('authorization', `Bearer ${registrationToken}`)
    const message = init?.method === 'POST' && String(url) === mcp.issuer ? JSON.parse(init.body) : {}
    if (message.method === 'tools/call') headers.set('mcp-name', message.params.name)
    const response = await fetch(url, { ...init, headers })
    if (response.status === 403) onForbidden(response)
    return response
  }
}

async function connect(options, url, use) {
  const transport = new StreamableHTTPClientTransport(new URL(url), options)
  const client = new Client({ name: 'interop', version: '1' })
  try {
    await client.connect(transport)
    return await use(client)
  } finally {
    await client.close()
  }
}

async function call(provider, { tool = 'echo', url = mcp.issuer, hasToken = true } = {}) {
  // The SDK refreshes for a wider scope, and RFC 6749 §6 does not give one. Without a refresh token it authorizes.
  const options = { authProvider: provider, fetch: fetchWith(hasToken, () => delete provider.kept.tokens.refresh_token) }
  const called = await connect(options, url, (client) => client.callTool({ name: tool, arguments: { text: 'hello' } }))
  const text = called.content[0].text
  check(text === (tool === 'echo' ? 'hello' : `${WORLD.user} writes hello`), `the tool returned ${text}`)
}

/** A call without a valid token: the SDK redirects. Returns the URL. */
async function redirected(provider, options) {
  const before = provider.redirects.length
  try {
    await call(provider, options)
  } catch (failure) {
    if (!(failure instanceof sdk.UnauthorizedError)) throw failure
    check(provider.redirects.length === before + 1, 'the SDK did not begin an authorization')
    const url = provider.redirects.at(-1)
    check(url.href.startsWith(mcp.authorize), `the SDK redirects to ${url}`)
    return url
  }
  throw new Error('the gateway asked for no token')
}

/** The browser at the login page, then the redemption of the code. */
async function authorize(provider, url) {
  const callback = (await browse(url)).searchParams
  if (callback.has('error')) throw new Reported(callback.get('error'))
  const result = await sdk.auth(provider, { serverUrl: mcp.issuer, authorizationCode: callback.get('code') })
  check(result === 'AUTHORIZED', `the SDK is ${result}`)
}

async function authorized(provider = registered()) {
  await authorize(provider, await redirected(provider))
  return provider
}

/** The twin of a call: the SDK has to begin an authorization. */
async function unauthorized(provider, options) {
  await redirected(provider, options)
  throw new Reported(null)
}

/** Revokes the tokens of the provider, access and refresh token (RFC 7009 §2.1). */
async function revoke(provider) {
  const body = new URLSearchParams({ client_id: publicId, token: provider.kept.tokens.refresh_token })
  const response = await fetch(mcp.revoke, { method: 'POST', body })
  check(response.ok, `the revocation is ${response.status}`)
}

async function stepUp(provider) {
  const url = await redirected(provider, { tool: 'write' })
  check(url.searchParams.get('scope') === 'read write', `the SDK asks for ${url.searchParams.get('scope')}`)
  await authorize(provider, url)
  await call(provider, { tool: 'write' })
}

/** A client that has a token and cannot get another one. */
async function callWithoutProvider(provider) {
  const headers = { authorization: `Bearer ${provider.kept.tokens.access_token}` }
  let challenge
  const options = {
    requestInit: { headers },
    fetch: fetchWith(false, (response) => (challenge = response.headers.get('www-authenticate'))),
  }
  try {
    await connect(options, mcp.issuer, (client) => client.callTool({ name: 'write', arguments: { text: 'hello' } }))
  } catch (failure) {
    throw challenge ? new Reported(/error="([a-z_]+)"/.exec(challenge)[1], failure.code) : failure
  }
}

export async function* agentFlows() {
  yield ['MCP call', async () => {
    const provider = registered()
    const url = await redirected(provider)
    // RFC 6750 §3, RFC 8707 §2: what the challenge and the metadata of the resource name.
    check(url.searchParams.get('scope') === 'read', `the SDK asks for ${url.searchParams.get('scope')}`)
    check(url.searchParams.get('resource') === mcp.issuer, `the SDK names ${url.searchParams.get('resource')}`)
    await authorize(provider, url)
    await call(provider)
  }]
  yield ['MCP call, revoked token', async () => {
    const provider = await authorized()
    await revoke(provider)
    await unauthorized(provider)
  }]
  yield ['MCP call, token of another server', async () => {
    const provider = await authorized()
    delete provider.kept.tokens.refresh_token
    await unauthorized(provider, { url: OTHER })
  }]
  yield ['MCP call, missing scope', async () => callWithoutProvider(await authorized())]
  yield ['MCP authorization, wrong verifier', async () => {
    const provider = registered()
    const url = await redirected(provider)
    provider.kept.verifier = 'w'.repeat(43)
    await authorize(provider, url)
  }]
  yield ['MCP authorization, foreign resource', async () => {
    const provider = registered()
    provider.validateResourceURL = async () => new URL(OTHER)
    await authorize(provider, await redirected(provider))
  }]
  yield ['MCP refresh', async () => {
    const provider = await authorized()
    provider.kept.tokens.access_token = 'expired'
    await call(provider)
    check(provider.redirects.length === 1, 'the SDK did not refresh')
  }]
  yield ['MCP step-up', async () => stepUp(await authorized())]
  yield ['MCP registration', async () => {
    const provider = await authorized(unregistered())
    check(provider.kept.client.client_id !== publicId, 'the client has not registered')
    await call(provider)
  }]
  yield ['MCP registration, without a token', () => redirected(unregistered(), { hasToken: false })]
}
