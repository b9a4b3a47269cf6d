"""What the programs of agents meet: a server of the MCP TypeScript SDK, and the Routes to it."""

import subprocess
import threading

from gateway import check

SECONDS = 30


class McpServer:
    """The server as a process. It prints its port."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        watchdog = threading.Timer(SECONDS, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        check(line.startswith("port "), "the MCP server did not start")
        self.url = f"http://127.0.0.1:{line.split()[1]}/"

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.terminate()
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def add_routes(gateway, name):
    """Further Routes of the Service: calls of one tool, which need another scope, and another API with its own resource."""
    config = gateway.admin("GET", f"/services/{name}/plugins")["data"][0]["config"]
    common = {"strip_path": True, "protocols": ["https"]}
    # The client names the tool in a header, as MCP requires since its revision 2026-07-28.
    tool = {"name": f"{name}-write", "paths": [f"/{name}"], "headers": {"mcp-name": ["write"]}}
    gateway.admin("POST", f"/services/{name}/routes", {**tool, **common})
    stricter = {**config, "required_scopes": ["read", "write"], "enable_client_registration": False}
    gateway.admin("POST", f"/routes/{name}-write/plugins", {"name": "oauth2", "config": stricter})
    gateway.admin("POST", f"/services/{name}/routes", {"name": f"{name}-other", "paths": [f"/{name}-other"], **common})
