"""Writes what a run saw into docs/reference/interop.md, between two markers."""

from flows import FLOWS, LIBRARIES, expected
from gateway import ROOT, check

PAGE = ROOT / "docs" / "reference" / "interop.md"
BEGIN, END = "<!-- .ci/oauth2 --write: begin -->\n", "<!-- .ci/oauth2 --write: end -->\n"
ROUTES = ("kong", "rfc")


def versions():
    """The pinned version of each library, by the name in the table."""
    here = ROOT / "src" / "test" / "interop" / "oauth2"
    pinned = {
        "requests-oauthlib": (here / "requirements.txt", "requests-oauthlib=="),
        "Authlib": (here / "requirements.txt", "Authlib=="),
        "openid-client": (here / "js" / "package.json", '"openid-client": "'),
        "oauth4webapi": (here / "js" / "package.json", '"oauth4webapi": "'),
        "simple-oauth2": (here / "js" / "package.json", '"simple-oauth2": "'),
        "MCP TypeScript SDK": (here / "js" / "package.json", '"@modelcontextprotocol/sdk": "'),
        "MCP Python SDK": (here / "requirements.txt", "\nmcp=="),
        "x/oauth2": (here / "go" / "go.mod", "golang.org/x/oauth2 v"),
        "Vert.x auth-oauth2": (here / "java" / "pom.xml", "<artifactId>vertx-auth-oauth2</artifactId>\n      <version>"),
        "Spring Security": (
            here / "java" / "pom.xml",
            "<artifactId>spring-security-oauth2-client</artifactId>\n      <version>",
        ),
    }
    found = {}
    for library, (file, before) in pinned.items():
        text = file.read_text()
        check(before in text, f"{file} does not pin {library}")
        rest = text[text.index(before) + len(before) :]
        found[library] = rest[: next(i for i, c in enumerate(rest) if c not in "0123456789.")]
    return found


def cell(found, library, flow):
    """One word for both routes if they agree, otherwise one for each."""
    seen = []
    for route in ROUTES:
        if flow in expected(library, route):
            seen.append("pass" if found[library][route, flow] is None else "fail")
    if not seen:
        return "-"
    if len(set(seen)) == 1:
        return seen[0]
    return " / ".join(seen)


def render(found):
    pinned = versions()
    lines = ["| library | version | `kong` | `rfc` |", "| --- | --- | --- | --- |"]
    for library in LIBRARIES:
        counts = []
        for route in ROUTES:
            results = [failure for (name, _), failure in found[library].items() if name == route]
            counts.append(f"{results.count(None)} of {len(results)}" if results else "-")
        lines.append(f"| {library} | {pinned.get(library, 'the system’s')} | {' | '.join(counts)} |")
    lines += ["", f"| flow | {' | '.join(LIBRARIES)} |", f"| --- |{' --- |' * len(LIBRARIES)}"]
    for flow in FLOWS:
        lines.append(f"| {flow} | {' | '.join(cell(found, library, flow) for library in LIBRARIES)} |")
    failures = [
        f"| {library} | `{route}` | {flow} | {failure.split(':')[0]} |"
        for library, rows in found.items()
        for (route, flow), failure in rows.items()
        if failure is not None
    ]
    if failures:
        lines += ["", "| library | `conformance` | flow that fails | reported |", "| --- | --- | --- | --- |", *failures]
    return "\n".join(lines) + "\n"


def write(found):
    missing = [library for library in LIBRARIES if library not in found]
    check(not missing, f"the table needs every library; there is no {missing}")
    before, rest = PAGE.read_text().split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(before + BEGIN + "\n" + render(found) + "\n" + END + after)
