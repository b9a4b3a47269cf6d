// An MCP server without authorization of its own: the gateway protects it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { z } from 'zod'

async function respond(request, response) {
  const server = new McpServer({ name: 'interop', version: '1' })
  const text = z.string()
  server.registerTool('echo', { inputSchema: { text } }, (given) => ({ content: [{ type: 'text', text: given.text }] }))
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  response.on('close', () => void server.close())
  await server.connect(transport)
  await transport.handleRequest(request, response)
}

export async function serve(port) {
  const listening = createServer(respond).listen(port, '127.0.0.1')
  await once(listening, 'listening')
  return listening
}
