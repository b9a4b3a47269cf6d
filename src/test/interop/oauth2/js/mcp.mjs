// The flows by the client of the MCP TypeScript SDK, and a call of a tool behind the gateway that discovers all by itself.
import * as sdk from '@modelcontextprotocol/sdk/client/auth.js'
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { OAuthError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { serve } from './mcp-server.mjs'
import { Reported, WORLD, browse, check, metadata, run } from './rows.mjs'

const { clientId, clientSecret, publicId, redirectUri } = WORLD

/** A registered public application of a user: what an MCP client keeps between its requests. */
class Provider {
  redirectUrl = redirectUri
  clientMetadata = { redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' }
  kept = { client: { client_id: publicId } }
  redirects = []
  clientInformation = () => this.kept.client
  saveClientInformation = (client) => (this.kept.client = client)
  tokens = () => this.kept.tokens
  saveTokens = (tokens) => (this.kept.tokens = tokens)
  codeVerifier = () => this.kept.verifier
  saveCodeVerifier = (verifier) => (this.kept.verifier = verifier)
  redirectToAuthorization = (url) => void this.redirects.push(url)
  invalidateCredentials = (scope) => (scope === 'tokens' || scope === 'all') && delete this.kept.tokens
}

async function callTool(provider) {
  const transport = new StreamableHTTPClientTransport(new URL(WORLD.mcp.issuer), { authProvider: provider })
  const client = new Client({ name: 'interop', version: '1' })
  try {
    await client.connect(transport)
    return await client.callTool({ name: 'echo', arguments: { text: 'through the gateway' } })
  } finally {
    await client.close()
  }
}

/** Without a token the SDK discovers the server and redirects; with the code it gets tokens; then the call passes. */
async function authorizeAndCall(provider) {
  try {
    await callTool(provider)
    throw new Error('the gateway asked for no token')
  } catch (failure) {
    if (!(failure instanceof sdk.UnauthorizedError)) throw failure
  }
  const url = provider.redirects.at(-1)
  check(url.href.startsWith(WORLD.mcp.authorize), `the SDK redirects to ${url}`)
  const callback = await browse(url)
  const result = await sdk.auth(provider, {
    serverUrl: WORLD.mcp.issuer,
    authorizationCode: callback.searchParams.get('code'),
  })
  check(result === 'AUTHORIZED', `the SDK is ${result}`)
  const called = await callTool(provider)
  check(called.content[0].text === 'through the gateway', `the tool returned ${JSON.stringify(called)}`)
}

/** Revokes the tokens of the provider, access and refresh token (RFC 7009 §2.1). */
async function revoke(provider) {
  const body = new URLSearchParams({ client_id: publicId, token: provider.kept.tokens.refresh_token })
  const response = await fetch(WORLD.mcp.revoke, { method: 'POST', body })
  check(response.ok, `the revocation is ${response.status}`)
}

function adapter(route) {
  const server = metadata(route)
  const confidential = (secret = clientSecret) => ({ client_id: clientId, client_secret: secret })
  const open = { client_id: publicId }

  async function* more() {
    if (route.name !== 'rfc') return
    const provider = new Provider()
    yield ['MCP call', () => authorizeAndCall(provider)]
    yield ['MCP call, revoked token', async () => {
      const redirects = provider.redirects.length
      await revoke(provider)
      try {
        await callTool(provider)
      } catch (failure) {
        check(provider.redirects.length > redirects, 'the SDK did not begin an authorization')
        throw failure instanceof sdk.UnauthorizedError ? new Reported(null) : failure
      }
    }]
  }

  return {
    more,
    reported: (failure) => (failure instanceof OAuthError ? new Reported(failure.errorCode) : undefined),
    async discover(issuer) {
      const found = await sdk.discoverAuthorizationServerMetadata(issuer)
      if (!found) throw new Reported(null)
      return found
    },
    clientCredentials({ secret = clientSecret, scope = 'read', body }) {
      const provider = new ClientCredentialsProvider({ clientId, clientSecret: secret, scope, expectedIssuer: route.issuer })
      const methods = [body ? 'client_secret_post' : 'client_secret_basic']
      const described = { ...server, token_endpoint_auth_methods_supported: methods }
      return sdk.fetchToken(provider, route.issuer, { metadata: described })
    },
    async authorize({ isPublic, scope = 'read' }) {
      const client = isPublic ? open : confidential()
      const { authorizationUrl, codeVerifier } = await sdk.startAuthorization(route.issuer, {
        metadata: server, clientInformation: client, redirectUrl: redirectUri, scope,
      })
      return { isPublic, verifier: codeVerifier, code: (await browse(authorizationUrl)).searchParams.get('code') }
    },
    redeem: ({ isPublic, verifier, code }, wrong = {}) =>
      sdk.exchangeAuthorization(route.issuer, {
        metadata: server,
        clientInformation: isPublic ? open : confidential(wrong.secret),
        authorizationCode: code,
        codeVerifier: wrong.verifier ?? verifier,
        redirectUri,
      }),
    refresh: (tokens) =>
      sdk.refreshAuthorization(route.issuer, {
        metadata: server, clientInformation: confidential(), refreshToken: tokens.refresh_token,
      }),
  }
}

const upstream = WORLD.mcp && (await serve(WORLD.mcp.port))
await run(adapter)
upstream?.close()
upstream?.closeAllConnections()
