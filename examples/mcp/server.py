"""An MCP server without authorization of its own: the gateway protects it. README.md describes how to run it."""

import os

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

server = MCPServer("notes")
notes = {}  # by user


def user(context):
    """The resource owner. A client cannot send this header: the gateway removes it from each request."""
    return context.headers["x-authenticated-userid"]


@server.tool()
def list_notes(context: Context) -> list[str]:
    """Lists the notes of the user."""
    return notes.get(user(context), [])


@server.tool()
def add_note(text: str, context: Context) -> str:
    """Adds a note of the user. The gateway asks for the scope by the name in a header; this check does not depend on the header."""
    if "write" not in context.headers.get("x-authenticated-scope", "").split():
        raise ToolError("This tool needs the scope write")
    notes.setdefault(user(context), []).append(text)
    return f"{user(context)} has {len(notes[user(context)])} notes"


if __name__ == "__main__":
    # Without sessions: each request may reach another server behind the gateway.
    server.run("streamable-http", host="127.0.0.1", port=int(os.environ.get("PORT", "9001")), stateless_http=True)
