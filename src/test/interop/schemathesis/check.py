"""openapi.json against the running Admin API: every response is one that the document states, every invalid request is refused,
and every valid one is accepted."""

import base64
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from gateway import ROOT, Gateway, check  # noqa: E402

# A run takes about a minute; on a busy machine several.
SECONDS = 400
EXAMPLES = 12
LEAST_OPERATIONS = 220
LEAST_CASES = 1_000
# hooks.py has a check in place of the first. The others need callers with different rights, which the Admin API does not have.
EXCLUDED = "positive_data_acceptance,ignored_auth,object_level_authorization"


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True).stdout


def pems(directory):
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=schemathesis",
        "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", str(key), "-out", str(certificate),
    )  # fmt: skip
    text = certificate.read_text()
    return {
        "authority": text,
        "certificate": text,
        "key": key.read_text(),
        "public_key": openssl("pkey", "-in", str(key), "-pubout"),
    }


def build(gateway, pem):
    """Creates an entity of each kind and returns the path variable of each."""
    admin = gateway.admin
    admin("POST", "/services", {"name": "known", "url": "http://127.0.0.1:9"})
    admin("POST", "/services/known/routes", {"name": "known", "paths": ["/known"]})
    admin("POST", "/consumers", {"username": "known", "custom_id": "known"})
    admin("POST", "/upstreams", {"name": "known"})
    admin("POST", "/upstreams/known/targets", {"target": "127.0.0.1:9"})
    plugin = admin("POST", "/plugins", {"name": "cors", "instance_name": "known"})
    client = admin("POST", "/consumers/known/oauth2", {"name": "known", "client_id": "known", "hash_secret": True})
    admin("POST", "/oauth2_tokens", {"credential": {"id": client["id"]}, "access_token": "known", "expires_in": 0})
    admin("POST", "/consumers/known/key-auth", {"key": "known", "tags": ["known"]})
    admin("POST", "/consumers/known/jwt", {"key": "known"})
    admin("POST", "/consumers/known/basic-auth", {"username": "known", "password": "known"})
    admin("POST", "/consumers/known/hmac-auth", {"username": "known"})
    metadata = admin("POST", "/oauth2/known/metadata", {"tags": ["known"]})
    secret = admin("POST", "/oauth2/known/secrets", {"tags": ["known"]})
    group = admin("POST", "/consumers/known/acls", {"group": "known"})
    certificate = admin("POST", "/certificates", {"cert": pem["certificate"], "key": pem["key"]})
    admin("POST", "/snis", {"name": "known", "certificate": {"id": certificate["id"]}})
    authority = admin("POST", "/ca_certificates", {"cert": pem["authority"]})
    by_key = dict.fromkeys(
        ["services", "routes", "consumers", "upstreams", "oauth2_credentials", "oauth2_tokens", "jwt_secrets"]
        + ["keyauth_credentials", "basicauth_credentials", "hmacauth_credentials", "snis", "tags"],
        "known",
    )
    return {
        **by_key,
        "targets": "127.0.0.1:9",
        "plugins": plugin["id"],
        "acls": group["id"],
        "oauth2_metadata": metadata["id"],
        "oauth2_secrets": secret["id"],
        "certificates": certificate["id"],
        "ca_certificates": authority["id"],
    }


def offset(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def run(gateway, directory, arguments):
    pem = pems(directory)
    world = {
        **pem,
        "keys": build(gateway, pem),
        "offset": offset(str(uuid.uuid4())),
        "offset_of_tags": offset(f"{uuid.uuid4()}/services/known"),
        "offset_of_audit": offset("1000"),
    }
    url = f"http://127.0.0.1:{gateway.ports['admin']}"
    report = directory / "report.json"
    report.unlink(missing_ok=True)
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json", "--url", url,
        "--checks", "all", "--exclude-checks", EXCLUDED, "--phases", "fuzzing", "--workers", "2",
        "--max-examples", str(EXAMPLES), "--suppress-health-check", "all", "--generation-database", "none", "--no-shrink",
        "--request-timeout", "60", "--report", "json", "--report-json-path", str(report), "--no-color", *arguments,
    ]  # fmt: skip
    environment = {**os.environ, "GATEHOUSE_WORLD": json.dumps(world), "SCHEMATHESIS_HOOKS": "hooks"}
    environment["PYTHONPATH"] = str(HERE)
    subprocess.run(command, env=environment, cwd=directory, timeout=SECONDS)
    check(report.exists() and report.stat().st_size > 0, "schemathesis has not written its report")
    return json.loads(report.read_text())


def judge(report, selected):
    """Prints the counts; returns whether the run has failed."""
    operations, cases = report["operations"], report["test_cases"]
    print(
        f"schemathesis: {operations['tested']} of {operations['total']} operations, {cases['generated']} requests, "
        f"{cases['unique_failures']} mismatches, {len(report['errors'])} errors, seed {report['seed']}"
    )
    for failure in report["failures"]:
        print(f"schemathesis: FAILED: {failure['title']}: {failure['count']}")
    if not report["complete"] or report["exit_code"] != 0 or cases["unique_failures"] or report["errors"]:
        return True
    # A selection is a developer's; all of the document has to be reached otherwise.
    enough = operations["tested"] >= LEAST_OPERATIONS and cases["generated"] >= LEAST_CASES
    if not selected and not enough:
        print("schemathesis: FAILED: fewer operations or requests than expected")
    return not selected and not enough


def main(arguments):
    directory = ROOT / "target" / "interop" / "schemathesis"
    directory.mkdir(parents=True, exist_ok=True)
    with Gateway() as gateway:
        report = run(gateway, directory, arguments)
        alive = gateway.process.poll() is None
    if not alive:
        print("schemathesis: FAILED: the node has ended")
    return 1 if judge(report, bool(arguments)) or not alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
