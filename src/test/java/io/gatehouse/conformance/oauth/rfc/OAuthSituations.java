package io.gatehouse.conformance.oauth.rfc;

import static io.gatehouse.conformance.oauth.OAuthApi.PROVISION_KEY;
import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.oauth.Departure;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/** Brings each {@link Departure} about at a plugin of either mode, and names the response as the table does. */
final class OAuthSituations implements AutoCloseable {
    private final Map<Departure, Function<String, String>> responses = new EnumMap<>(Departure.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final OAuthApi api;
    private final JsonObject other;
    private final JsonObject app;
    private final JsonObject unregistered;

    OAuthSituations() {
        log.start();
        ((Logger) LoggerFactory.getLogger("io.gatehouse.plugin.oauth2")).addAppender(log);
        api = new OAuthApi(new JsonObject());
        for (String mode : List.of("kong", "rfc")) {
            protect(mode, mode, new JsonObject());
            protect(mode, "brief-" + mode, new JsonObject().put("refresh_token_ttl", 60));
            protect(mode, "lax-" + mode, new JsonObject().put("pkce", "lax"));
            protect(mode, "keeping-" + mode, new JsonObject().put("reuse_refresh_token", true));
            protect(mode, "scoped-" + mode, new JsonObject().put("required_scopes", List.of("profile", "email")));
        }
        JsonObject callback = new JsonObject().put("redirect_uris", List.of(REDIRECT_URI, REDIRECT_URI + "2"));
        other = api.gatehouse.register("other", callback.copy());
        app = api.gatehouse.register("app", callback.copy().put("client_type", "public"));
        unregistered = api.gatehouse.register("unregistered", new JsonObject().putNull("redirect_uris"));
        CallSituations calls = new CallSituations(api);
        AuthorizationSituations authorizations = new AuthorizationSituations(api);
        responses.put(Departure.CLEAR_TEXT_REDIRECT_URI, authorizations::clearText);
        responses.put(Departure.CHALLENGE_SPELLING, authorizations::challengeSpelling);
        responses.put(Departure.TOKEN_IN_OTHER_BODY, calls::tokenInOtherBody);
        responses.put(Departure.DEAD_CODE, mode -> error(redeem(mode, api.application, "unknown")));
        responses.put(
                Departure.CODE_REDIRECT_URI,
                mode -> error(redeem(mode, other, code(mode, other), "redirect_uri", REDIRECT_URI + "2")));
        responses.put(
                Departure.UNREGISTERED_REDIRECT_URI,
                mode -> error(redeem(mode, other, code(mode, other), "redirect_uri", "http://evil.test/")));
        responses.put(Departure.DEAD_REFRESH_TOKEN, mode -> error(refresh(mode, api.application, "unknown")));
        responses.put(
                Departure.FOREIGN_REFRESH_TOKEN,
                mode -> error(refresh(mode, other, refreshToken(mode, api.application))));
        responses.put(Departure.NO_GRANT_TYPE, mode -> error(token(mode, api.asClient())));
        responses.put(Departure.NO_RESPONSE_TYPE, this::withoutResponseType);
        responses.put(
                Departure.CLIENT_IN_BODY,
                mode -> error(token(
                        mode, Map.of("grant_type", "client_credentials", "client_id", "x", "client_secret", "y"))));
        responses.put(Departure.CREDENTIALS_TWICE, this::credentialsTwice);
        responses.put(Departure.SECRET_IN_QUERY, this::secretInQuery);
        responses.put(Departure.PARAMETER_TWICE, this::parameterTwice);
        responses.put(Departure.CHALLENGE_OF_PUBLIC_CLIENT, mode -> withoutChallenge(mode, "code"));
        responses.put(Departure.CHALLENGE_OF_IMPLICIT_GRANT, mode -> withoutChallenge("lax-" + mode, "token"));
        responses.put(Departure.IMPLICIT_ERROR, this::implicitError);
        responses.put(
                Departure.TOKEN_TYPE,
                mode -> "`"
                        + token(mode, api.asClient("grant_type", "client_credentials"))
                                .isStatus(200)
                                .json()
                                .getString("token_type")
                        + "`");
        responses.put(
                Departure.ISSUER_IN_RESPONSE,
                mode -> redirect(authorize(mode, api.agreed("code"))).contains("&iss=")
                        ? "with `iss`"
                        : "without `iss`");
        responses.put(Departure.RESOURCE_METADATA, calls::challenge);
        responses.put(Departure.REQUIRED_SCOPES, calls::requiredScopes);
        responses.put(Departure.DISCOURAGED_GRANT, this::warning);
        responses.put(
                Departure.UNKNOWN_CLIENT, mode -> error(authorize(mode, api.agreed("code", "client_id", "unknown"))));
        responses.put(
                Departure.NO_REDIRECT_URIS,
                mode -> error(authorize(mode, api.agreed("code", "client_id", unregistered.getString("client_id")))));
        responses.put(
                Departure.NO_SUCH_GRANT,
                mode -> error(token(mode, OAuthApi.asClient(unregistered, "grant_type", "unknown"))));
        responses.put(Departure.SEVERAL_REDIRECT_URIS, this::withoutRedirectUri);
        responses.put(
                Departure.SCOPE_IN_QUOTES,
                mode -> "`"
                        + token(mode, api.asClient("grant_type", "client_credentials", "scope", "xyz"))
                                .isStatus(400)
                                .json()
                                .getString("error_description")
                        + "`");
        responses.put(Departure.CHALLENGE_WITHOUT_METHOD, this::withoutMethod);
        responses.put(Departure.TOKEN_TWICE, calls::tokenTwice);
        responses.put(Departure.TOKEN_REPEATED, calls::tokenRepeated);
        responses.put(Departure.TOKEN_WITHOUT_SCHEME, calls::tokenWithoutScheme);
        responses.put(Departure.OTHER_SCHEME, calls::otherScheme);
        responses.put(Departure.EXPIRES_IN, this::expiresIn);
        responses.put(Departure.REUSE_OF_PUBLIC_CLIENT, this::reuse);
    }

    private void protect(String mode, String name, JsonObject config) {
        api.gatehouse.createApi(name, "/" + name, api.upstream.port());
        api.gatehouse.protect(
                name,
                OAuthApi.allGrants()
                        .put("conformance", mode)
                        .put("issuer", api.gatehouse.secureUrl("/" + name))
                        .put("pkce", "none")
                        .put("failed_secrets_per_minute", 0)
                        .mergeIn(config));
    }

    /** The response of a plugin with the mode. */
    String response(Departure departure, String mode) {
        return responses.get(departure).apply(mode);
    }

    @Override
    public void close() {
        ((Logger) LoggerFactory.getLogger("io.gatehouse.plugin.oauth2")).detachAppender(log);
        api.close();
    }

    private String url(String mode, String endpoint) {
        return api.gatehouse.secureUrl("/" + mode + "/oauth2/" + endpoint);
    }

    private Reply token(String mode, Map<String, String> parameters) {
        return Http.send(Http.form(url(mode, "token"), parameters));
    }

    private Reply authorize(String mode, Map<String, String> parameters) {
        return Http.send(Http.form(url(mode, "authorize"), parameters));
    }

    private String redirect(Reply reply) {
        return reply.json().getString("redirect_uri");
    }

    private String code(String mode, JsonObject client) {
        Map<String, String> agreed = api.agreed("code", "client_id", client.getString("client_id"));
        agreed.put("redirect_uri", REDIRECT_URI);
        return OAuthApi.queryOf(redirect(authorize(mode, agreed).isStatus(200))).get("code");
    }

    private Reply redeem(String mode, JsonObject client, String code, String... more) {
        Map<String, String> parameters = OAuthApi.asClient(client, more);
        parameters.put("grant_type", "authorization_code");
        parameters.put("code", code);
        return token(mode, parameters);
    }

    private Reply refresh(String mode, JsonObject client, String refreshToken) {
        return token(mode, OAuthApi.asClient(client, "grant_type", "refresh_token", "refresh_token", refreshToken));
    }

    private String refreshToken(String mode, JsonObject client) {
        return token(
                        mode,
                        OAuthApi.asClient(
                                client,
                                "grant_type",
                                "password",
                                "provision_key",
                                PROVISION_KEY,
                                "authenticated_userid",
                                "owner-1"))
                .isStatus(200)
                .json()
                .getString("refresh_token");
    }

    static String error(Reply reply) {
        return reply.status() + " `" + reply.json().getString("error") + "`";
    }

    static String accepted(Reply reply) {
        return reply.status() == 200 ? "200, accepted" : error(reply);
    }

    private String withoutResponseType(String mode) {
        Map<String, String> agreed = api.agreed("code");
        agreed.remove("response_type");
        Reply reply = authorize(mode, agreed);
        return reply.status() + " `" + OAuthApi.queryOf(redirect(reply)).get("error") + "`";
    }

    private String credentialsTwice(String mode) {
        String credentials = api.application.getString("client_id") + ":" + api.application.getString("client_secret");
        return accepted(Http.send(Http.form(url(mode, "token"), api.asClient("grant_type", "client_credentials"))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))));
    }

    private String secretInQuery(String mode) {
        return withQuery(mode, api.asClient(), Map.of("grant_type", "client_credentials"));
    }

    private String parameterTwice(String mode) {
        Map<String, String> parameters = api.asClient("grant_type", "client_credentials");
        return withQuery(mode, Map.of("grant_type", "client_credentials"), parameters);
    }

    private String withQuery(String mode, Map<String, String> query, Map<String, String> form) {
        return accepted(Http.send(Http.form(url(mode, "token") + "?" + Http.encoded(query), form)));
    }

    private String withoutChallenge(String mode, String type) {
        Map<String, String> agreed =
                api.agreed(type, "client_id", app.getString("client_id"), "redirect_uri", REDIRECT_URI);
        return redirectedOr("200, accepted", authorize(mode, agreed));
    }

    private String redirectedOr(String accepted, Reply reply) {
        return reply.status() == 200
                ? accepted
                : reply.status() + " `" + OAuthApi.queryOf(redirect(reply)).get("error") + "`";
    }

    private String withoutMethod(String mode) {
        return redirectedOr("200, as `S256`", authorize(mode, api.agreed("code", "code_challenge", "c".repeat(43))));
    }

    private String withoutRedirectUri(String mode) {
        Reply reply = authorize(mode, api.agreed("code", "client_id", other.getString("client_id")));
        if (reply.status() != 200) {
            return error(reply);
        }
        assertThat(redirect(reply)).startsWith(REDIRECT_URI + "?");
        return "200, to the first";
    }

    private String implicitError(String mode) {
        URI uri = URI.create(redirect(authorize(mode, api.agreed("token", "scope", "xyz"))));
        String parameters = uri.getRawFragment() == null ? uri.getRawQuery() : uri.getRawFragment();
        assertThat(parameters).contains("error=invalid_scope");
        return uri.getRawFragment() == null
                ? "parameters in the query of the redirect URI"
                : "parameters in its fragment";
    }

    private String warning(String mode) {
        String plugin = api.gatehouse
                .admin("GET", "/services/" + mode + "/plugins")
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getString("id");
        long warnings = log.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .filter(event -> event.getFormattedMessage().contains(plugin))
                .count();
        assertThat(warnings).isLessThanOrEqualTo(1);
        return warnings == 1 ? "accepted, with a warning in the log" : "accepted";
    }

    private String expiresIn(String mode) {
        int seconds = token("brief-" + mode, api.asClient("grant_type", "client_credentials"))
                .isStatus(200)
                .json()
                .getInteger("expires_in");
        return seconds == 60 ? "`refresh_token_ttl`" : "`token_expiration`";
    }

    private String reuse(String mode) {
        String name = "keeping-" + mode;
        // A confidential client keeps its refresh token in either mode.
        String kept = refreshToken(name, api.application);
        assertThat(refresh(name, api.application, kept).isStatus(200).json().getString("refresh_token"))
                .isEqualTo(kept);
        String first = refreshToken(name, app);
        return refresh(name, app, first)
                        .isStatus(200)
                        .json()
                        .getString("refresh_token")
                        .equals(first)
                ? "the refresh token stays"
                : "a new refresh token";
    }
}
