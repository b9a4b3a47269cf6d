// The flows by the client of the MCP TypeScript SDK, and those of an agent.
import * as sdk from '@modelcontextprotocol/sdk/client/auth.js'
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js'
import { OAuthError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { agentFlows } from './agent.mjs'
import { Reported, WORLD, browse, metadata, run } from './rows.mjs'

const { clientId, clientSecret, publicId, redirectUri } = WORLD

function adapter(route) {
  const server = metadata(route)
  const confidential = (secret = clientSecret) => ({ client_id: clientId, client_secret: secret })
  const open = { client_id: publicId }

  return {
    async *more() {
      if (route.name === 'rfc' && WORLD.mcp) yield* agentFlows()
    },
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

await run(adapter)
