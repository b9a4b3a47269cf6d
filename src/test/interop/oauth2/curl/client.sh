#!/usr/bin/env bash
# The flows by curl; prints one JSON line for each.
set -uo pipefail

# Prints the first string member $1 of the JSON on stdin. The world's and the gateway's have no escapes.
member() { tr -d '\n' | sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }
world() { member "$1" <"$WORLD"; }
WORLD=$1
CA=$(world authority) ID=$(world clientId) SECRET=$(world clientSecret) PUBLIC=$(world publicId) GATEWAY=$(world gateway)
REDIRECT=$(world redirectUri) KEY=$(world provisionKey) USER_ID=$(world user)
BALANCER=$(world balancer) CERTIFICATE=$(world certificate) OTHER_CERTIFICATE=$(world otherCertificate)
CERTIFICATE_ID=$(world certificateId)
CHALLENGE=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM # of the verifier: RFC 7636 appendix B
VERIFIER=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
WRONG=wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww

# Sends a request; sets $status, $body and $challenge.
request() {
  local output
  output=$(curl -sS --max-time 30 --cacert "$CA" -D "$HEADERS" -w '\n%{http_code}' "$@") || output=$'\n000'
  status=${output##*$'\n'} body=${output%$'\n'*}
  challenge=$(tr -d '\r' <"$HEADERS" | sed -n 's/^[Ww][Ww][Ww]-[Aa]uthenticate: *Bearer //p')
}
HEADERS=$(mktemp)
trap 'rm -f "$HEADERS"' EXIT

report() { printf '{"route":"%s","flow":"%s",%s}\n' "$NAME" "$1" "$2"; }
# A flow that has to work: it has, if the last response is 200 and the condition holds.
passes() {
  if [ "$status" = 200 ] && { [ $# -lt 2 ] || "${@:2}"; }; then report "$1" '"ok":true'; else failed "$1"; fi
}
failed() {
  local error
  error=$(member error <<<"$body")
  [ -z "$challenge" ] || error=$(sed -n 's/.*error="\([^"]*\)".*/\1/p' <<<"$challenge")
  if [ "$status" = 200 ]; then report "$1" '"ok":true'; else report "$1" "\"error\":${error:+\"}${error:-null}${error:+\"},\"status\":$((10#$status))"; fi
}

token() { request -u "$ID:$SECRET" "$TOKEN" "$@"; }
read_tokens() { access=$(member access_token <<<"$body") refresh=$(member refresh_token <<<"$body"); }
# The browser at the login page; sets $code and $error from the URL to which the page redirects it.
authorize() {
  local callback
  callback=$(curl -sS --max-time 30 --cacert "$CA" -o /dev/null -w '%{redirect_url}' -G "$AUTHORIZE" -d "client_id=$1" \
    -d "scope=$2" -d "response_type=${3:-code}" -d state=s --data-urlencode "redirect_uri=$REDIRECT" \
    ${CHALLENGED:+-d code_challenge=$CHALLENGE -d code_challenge_method=S256})
  code=$(sed -n 's/.*[?&]code=\([^&#]*\).*/\1/p' <<<"$callback")
  fragment=$(sed -n 's/.*[#&]access_token=\([^&]*\).*/\1/p' <<<"$callback")
  error=$(sed -n 's/.*[?#&]error=\([^&]*\).*/\1/p' <<<"$callback")
}
redeem() { request "${@:2}" "$TOKEN" -d grant_type=authorization_code -d "code=$code" -d "code_verifier=$1" --data-urlencode "redirect_uri=$REDIRECT"; }
call() { request "$API" -H "Authorization: Bearer $1" "${@:2}"; }
is_user() { [ "$(member x-authenticated-userid <<<"$body")" = "$USER_ID" ]; }
is_active() { [[ $body == *'"active":true'* ]]; }
is_inactive() { [[ $body == *'"active":false'* ]]; }
redirected() { if [ -n "$error" ]; then report "$1" "\"error\":\"$error\",\"status\":null"; else report "$1" '"ok":true'; fi; }

# Certificates of TLS, through the balancer. The files have the keys as well.
certificates() {
  local asked=("$BALANCER/$NAME/oauth2/token" -d grant_type=client_credentials -d scope=read -d "client_id=$CERTIFICATE_ID")
  request --cert "$OTHER_CERTIFICATE" "${asked[@]}" && failed "certificate, another name"
  request --cert "$CERTIFICATE" "${asked[@]}" && passes "certificate"
  API=$BALANCER/$NAME/api
  access=$(member access_token <<<"$body")
  call "$access" --cert "$CERTIFICATE" && passes "certificate, API call"
  call "$access" --cert "$OTHER_CERTIFICATE" && failed "certificate, API call with another"
}

flows() {
  local CHALLENGED=yes basic=(-u "$ID:$SECRET") old=
  token -d grant_type=client_credentials -d scope=read && passes "client credentials"
  request -u "$ID:wrong" "$TOKEN" -d grant_type=client_credentials -d scope=read && failed "client credentials, wrong secret"
  token -d grant_type=client_credentials -d scope=none && failed "client credentials, unknown scope"
  request "$TOKEN" -d grant_type=client_credentials -d scope=read -d "client_id=$ID" --data-urlencode "client_secret=$SECRET"
  passes "secret in the body"
  request "$TOKEN" -d grant_type=client_credentials -d scope=read -d "client_id=$ID" -d client_secret=wrong
  failed "secret in the body, wrong secret"

  authorize "$ID" read && redeem "$VERIFIER" -u "$ID:wrong" && failed "code, wrong secret"
  authorize "$ID" read && redeem "$WRONG" "${basic[@]}" && failed "code, wrong verifier"
  authorize "$ID" read && redeem "$VERIFIER" "${basic[@]}" && redeem "$VERIFIER" "${basic[@]}" && failed "code, reused"
  authorize "$ID" none && redirected "code, unknown scope"
  authorize "$PUBLIC" read && redeem "$WRONG" -d "client_id=$PUBLIC" && failed "public client, wrong verifier"
  authorize "$PUBLIC" read && redeem "$VERIFIER" -d "client_id=$PUBLIC" && read_tokens && call "$access" && passes "public client" is_user
  authorize "$ID" read && redeem "$VERIFIER" "${basic[@]}" && read_tokens && passes "code" test -n "$refresh"

  old=$access
  token -d grant_type=refresh_token -d "refresh_token=$refresh" && passes "refresh"
  local used=$refresh
  read_tokens
  token -d grant_type=refresh_token -d "refresh_token=$used" && failed "refresh, used token"
  call "$access" && passes "API call" is_user
  call "$old" && failed "API call, revoked token"
  token -d grant_type=client_credentials -d scope=write && call "$(member access_token <<<"$body")" && failed "API call, missing scope"

  request "${basic[@]}" "$INTROSPECT" -d "token=$access" && passes "introspection" is_active
  request "${basic[@]}" "$INTROSPECT" -d "token=$old" && passes "introspection, revoked token" is_inactive
  request -u "$ID:wrong" "$INTROSPECT" -d "token=$access" && failed "introspection, wrong secret"
  request -u "$ID:wrong" "$REVOKE" -d "token=$access" && failed "revocation, wrong secret"
  request "${basic[@]}" "$REVOKE" -d "token=$access"
  local revoked=$status
  call "$access"
  [ "$status" != 401 ] || status=$revoked
  passes "revocation"

  if [ "$DISCOVERY" = true ]; then
    request "$GATEWAY/.well-known/oauth-authorization-server/$NAME"
    passes "discovery" test "$(member token_endpoint <<<"$body")" = "$TOKEN"
    request "$GATEWAY/.well-known/oauth-authorization-server/none" && body='' && failed "discovery, unknown issuer"
  fi
  [ "$NAME" = kong ] || { certificates; return; }
  local owner=(-d "authenticated_userid=$USER_ID" -d scope=read)
  token -d grant_type=password "${owner[@]}" -d "provision_key=$KEY" && passes "password"
  token -d grant_type=password "${owner[@]}" -d provision_key=wrong && failed "password, wrong provision key"
  CHALLENGED=
  authorize "$ID" read token && call "$fragment" && passes "implicit" is_user
  authorize "$ID" none token && redirected "implicit, unknown scope"
}

DISCOVERY=$(sed -n 's/.*"discovery": *\(true\|false\).*/\1/p' "$WORLD")
for NAME in kong rfc; do
  ISSUER=$GATEWAY/$NAME TOKEN=$GATEWAY/$NAME/oauth2/token REVOKE=$GATEWAY/$NAME/oauth2/revoke
  INTROSPECT=$GATEWAY/$NAME/oauth2/introspect API=$ISSUER/api
  AUTHORIZE=$(grep -o "https://localhost:[0-9]*/$NAME/login" "$WORLD")
  [ -z "$AUTHORIZE" ] || flows
done
