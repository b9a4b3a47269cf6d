package io.gatehouse.conformance.oauth.error;

import static io.gatehouse.conformance.oauth.OAuthApi.parameters;
import static io.gatehouse.conformance.oauth.error.ErrorRow.row;
import static io.gatehouse.conformance.oauth.error.ErrorTableApi.INVALID_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every error of docs/reference/oauth2.md, as a client gets it: status, code, description and challenge. */
class ErrorTableTest {
    private static ErrorTableApi setup;
    private static OAuthApi api;

    @BeforeAll
    static void start() {
        setup = new ErrorTableApi();
        api = setup.api;
    }

    @AfterAll
    static void stop() {
        setup.close();
    }

    @TestFactory
    Stream<DynamicTest> theTable() {
        return rows().stream().map(row -> DynamicTest.dynamicTest(row.when(), () -> check(row)));
    }

    private static void check(ErrorRow row) {
        Reply reply = row.request().get();

        int status = row.challenge().startsWith("Basic") ? 401 : row.error().status();
        reply.isError(status, row.error().code(), row.description());
        assertThat(Objects.requireNonNullElse(reply.header("www-authenticate"), ""))
                .isEqualTo(row.challenge());
        assertThat(reply.header("content-type")).startsWith("application/json");
        assertThat(reply.json().fieldNames()).containsOnly("error", "error_description");
    }

    @Test
    void nothingIsMissingFromTheTable() {
        Set<OAuth2Error> provoked = EnumSet.noneOf(OAuth2Error.class);
        rows().forEach(row -> provoked.add(row.error()));
        // Who needs an outage has a test with one (DatabaseOutageTest); an error of ours cannot be asked for.
        provoked.addAll(List.of(OAuth2Error.TEMPORARILY_UNAVAILABLE, OAuth2Error.SERVER_ERROR));
        // Of fields that this plugin has not enabled: PushedRequestTest, DeviceAuthorizationTest, ForgedProofTest,
        // ForgedRegistrationTest.
        provoked.addAll(List.of(
                OAuth2Error.INVALID_REQUEST_URI,
                OAuth2Error.INVALID_DPOP_PROOF,
                OAuth2Error.USE_DPOP_NONCE,
                OAuth2Error.INVALID_REDIRECT_URI,
                OAuth2Error.INVALID_CLIENT_METADATA,
                OAuth2Error.AUTHORIZATION_PENDING,
                OAuth2Error.POLLED_TOO_EARLY,
                OAuth2Error.EXPIRED_TOKEN));

        assertThat(provoked).containsExactlyInAnyOrder(OAuth2Error.values());
    }

    private static List<ErrorRow> rows() {
        List<ErrorRow> rows = new ArrayList<>();
        rows.addAll(transport());
        rows.addAll(new TokenErrors(setup).rows());
        rows.addAll(new AuthorizeErrors(setup).rows());
        rows.addAll(ours());
        rows.addAll(calls());
        return rows;
    }

    private static List<ErrorRow> transport() {
        String plain = api.gatehouse.proxyUrl("/api/oauth2/token");
        String url = api.gatehouse.secureUrl("/strict/oauth2/");
        String wrong = "The HTTP method GET is invalid for the ";
        return List.of(
                row(
                        "plain http",
                        () -> Http.send(Http.form(plain, api.asClient("grant_type", "client_credentials"))),
                        OAuth2Error.ACCESS_DENIED,
                        "You must use HTTPS"),
                new ErrorRow(
                        "GET token",
                        () -> Http.send(Http.get(url + "token")),
                        OAuth2Error.INVALID_METHOD,
                        wrong + "token endpoint",
                        "Bearer realm=\"R\", error=\"invalid_method\", error_description=\"" + wrong
                                + "token endpoint\""),
                new ErrorRow(
                        "GET authorize",
                        () -> Http.send(Http.get(url + "authorize")),
                        OAuth2Error.INVALID_METHOD,
                        wrong + "authorization endpoint",
                        "Bearer realm=\"R\", error=\"invalid_method\", error_description=\"" + wrong
                                + "authorization endpoint\""),
                row(
                        "a body over 64 KiB",
                        () -> api.token(parameters("client_secret", "x".repeat(66_000))),
                        OAuth2Error.REQUEST_TOO_LARGE,
                        "Request body too large"),
                row(
                        "a parameter twice",
                        () -> Http.send(Http.request(
                                "POST", url + "token", "application/x-www-form-urlencoded", "state=1&state=2")),
                        OAuth2Error.INVALID_REQUEST,
                        "Parameter given more than once: state"));
    }

    private static List<ErrorRow> ours() {
        return List.of(
                row(
                        "introspect nothing",
                        () -> api.post("introspect", api.asClient()),
                        OAuth2Error.INVALID_REQUEST,
                        "Missing token parameter"),
                row(
                        "revoke nothing",
                        () -> api.post("revoke", api.asClient()),
                        OAuth2Error.INVALID_REQUEST,
                        "Missing token parameter"),
                row(
                        "introspect as unknown",
                        () -> api.post("introspect", parameters("token", "x")),
                        OAuth2Error.INVALID_CLIENT,
                        INVALID_CLIENT));
    }

    private static List<ErrorRow> calls() {
        String invalid = "The access token is invalid or has expired";
        String challenge = "error=\"invalid_token\", error_description=\"" + invalid + "\"";
        String higher = "The request requires higher privileges than provided by the access token";
        Supplier<Reply> tooLittle = () -> {
            String token = api.gatehouse
                    .token(
                            "/strict",
                            api.asClient(
                                    "grant_type", "password",
                                    "provision_key", OAuthApi.PROVISION_KEY,
                                    "authenticated_userid", "u",
                                    "scope", "email"))
                    .isStatus(200)
                    .json()
                    .getString("access_token");
            return api.gatehouse.getWithToken("/strict", token);
        };
        return List.of(
                new ErrorRow(
                        "no token",
                        () -> api.gatehouse.get("/api"),
                        OAuth2Error.MISSING_TOKEN,
                        "The access token is missing",
                        "Bearer"),
                new ErrorRow(
                        "no token where there is a realm",
                        () -> api.gatehouse.get("/strict"),
                        OAuth2Error.MISSING_TOKEN,
                        "The access token is missing",
                        "Bearer realm=\"R\""),
                new ErrorRow(
                        "an unknown token",
                        () -> api.call("nonsense"),
                        OAuth2Error.INVALID_TOKEN,
                        invalid,
                        "Bearer " + challenge),
                new ErrorRow(
                        "an unknown token where there is a realm",
                        () -> api.gatehouse.getWithToken("/strict", "nonsense"),
                        OAuth2Error.INVALID_TOKEN,
                        invalid,
                        "Bearer realm=\"R\", " + challenge),
                new ErrorRow(
                        "too little scope",
                        tooLittle,
                        OAuth2Error.INSUFFICIENT_SCOPE,
                        higher,
                        "Bearer realm=\"R\", error=\"insufficient_scope\", error_description=\"" + higher
                                + "\", scope=\"profile\""));
    }
}
