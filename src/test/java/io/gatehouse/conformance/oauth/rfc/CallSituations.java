package io.gatehouse.conformance.oauth.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;

/** The part of {@link OAuthSituations} that consists of API calls. */
final class CallSituations {
    private final OAuthApi api;

    CallSituations(OAuthApi api) {
        this.api = api;
    }

    private String token(String mode) {
        return api.gatehouse
                .token("/" + mode, api.asClient("grant_type", "client_credentials"))
                .isStatus(200)
                .json()
                .getString("access_token");
    }

    String challenge(String mode) {
        String challenge = Http.send(Http.get(api.gatehouse.secureUrl("/" + mode)))
                .isStatus(401)
                .header("www-authenticate");
        String metadata = "resource_metadata=\""
                + api.gatehouse.secureUrl("/.well-known/oauth-protected-resource/" + mode) + "\"";
        assertThat(challenge).isIn("Bearer", "Bearer " + metadata);
        return challenge.contains(metadata) ? "with `resource_metadata`" : "without `resource_metadata`";
    }

    String requiredScopes(String mode) {
        String url = api.gatehouse.secureUrl("/scoped-" + mode);
        String missing = Http.send(Http.get(url)).isStatus(401).header("www-authenticate");
        String invalid = Http.send(Http.get(url, "Authorization", "Bearer unknown"))
                .isStatus(401)
                .header("www-authenticate");
        String scope = "scope=\"profile email\"";
        assertThat(invalid.contains(scope)).isEqualTo(missing.contains(scope));
        assertThat(missing + invalid)
                .satisfiesAnyOf(
                        both -> assertThat(both).contains(scope),
                        both -> assertThat(both).doesNotContain("scope"));
        return missing.contains(scope) ? "with `scope`" : "without `scope`";
    }

    String tokenTwice(String mode) {
        String token = token(mode);
        Reply reply = Http.send(Http.get(
                api.gatehouse.secureUrl("/" + mode + "?access_token=" + token), "Authorization", "Bearer " + token));
        return OAuthSituations.accepted(reply);
    }

    String tokenRepeated(String mode) {
        String url = api.gatehouse.secureUrl("/" + mode);
        String twice = "access_token=a&access_token=b";
        Reply query = Http.send(Http.get(url + "?" + twice));
        Reply form = Http.send(Http.request("POST", url, "application/x-www-form-urlencoded", twice));
        assertThat(form.status()).isEqualTo(query.status());
        if (query.status() == 400) {
            assertThat(OAuthSituations.error(form)).isEqualTo(OAuthSituations.error(query));
            return OAuthSituations.error(query);
        }
        return Integer.toString(query.status());
    }

    String tokenInOtherBody(String mode) {
        String url = api.gatehouse.secureUrl("/" + mode);
        String token = token(mode);
        Reply json = Http.send(Http.request("POST", url, "application/json", "{\"access_token\":\"" + token + "\"}"));
        Reply multipart = Http.send(Http.request(
                "POST",
                url,
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"access_token\"\r\n\r\n" + token + "\r\n--b--\r\n"));
        assertThat(multipart.status()).isEqualTo(json.status());
        Http.send(Http.request("POST", url, "application/x-www-form-urlencoded", "access_token=" + token))
                .isStatus(200);
        return json.status() == 200 ? "200, accepted" : Integer.toString(json.status());
    }

    String otherScheme(String mode) {
        String url = api.gatehouse.secureUrl("/" + mode);
        String bearer = Http.send(Http.get(url, "Authorization", "Bearer a b"))
                .isStatus(401)
                .header("www-authenticate");
        assertThat(bearer).contains("error=\"invalid_token\"");
        String basic = Http.send(Http.get(url, "Authorization", "Basic YTpi"))
                .isStatus(401)
                .header("www-authenticate");
        assertThat(basic).startsWith("Bearer ");
        return basic.contains("error=\"invalid_token\"") ? "`error=\"invalid_token\"`" : "without `error`";
    }

    String tokenWithoutScheme(String mode) {
        String token = token(mode);
        return OAuthSituations.accepted(
                Http.send(Http.get(api.gatehouse.secureUrl("/" + mode), "Authorization", token)));
    }
}
