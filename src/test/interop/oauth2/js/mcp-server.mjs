// An MCP server without authorization of its own: the gateway protects it. Prints its port.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { z } from 'zod'

const returned = (text) => ({ content: [{ type: 'text', text }] })

async function respond(request, response) {
  const server = new McpServer({ name: 'interop', version: '1' })
  const text = z.string()
  const user = request.headers['x-authenticated-userid']
  server.registerTool('echo', { inputSchema: { text } }, (given) => returned(given.text))
  server.registerTool('write', { inputSchema: { text } }, (given) => returned(`${user} writes ${given.text}`))
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  response.on('close', () => void server.close())
  await server.connect(transport)
  await transport.handleRequest(request, response)
}

const listening = createServer(respond).listen(0, '127.0.0.1')
await once(listening, 'listening')
console.log(`port ${listening.address().port}`)
