import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.Credentials;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.oauth2.OAuth2Auth;
import io.vertx.ext.auth.oauth2.OAuth2AuthorizationURL;
import io.vertx.ext.auth.oauth2.OAuth2FlowType;
import io.vertx.ext.auth.oauth2.OAuth2Options;
import io.vertx.ext.auth.oauth2.Oauth2Credentials;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The flows by Vert.x auth-oauth2. Its discovery is OpenID Connect's alone. */
final class VertxClient implements Rows.Adapter {
    private static final Vertx VERTX = Vertx.vertx();
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"; // RFC 7636 appendix B
    private static final Pattern CODE = Pattern.compile("([a-z_]+): .*");

    private final JsonObject world;
    private final JsonObject route;

    private VertxClient(JsonObject world, JsonObject route) {
        this.world = world;
        this.route = route;
    }

    public static void main(String[] arguments) throws Exception {
        Rows.run(arguments[0], world -> route -> new VertxClient(world, route));
        VERTX.close().await(30, TimeUnit.SECONDS);
    }

    private OAuth2Options options(String client, String secret) {
        HttpClientOptions http = new HttpClientOptions()
                .setTrustOptions(new PemTrustOptions().addCertPath(world.getString("authority")));
        return new OAuth2Options()
                .setSite(route.getString("issuer"))
                .setClientId(client)
                .setClientSecret(secret)
                .setAuthorizationPath(route.getString("authorize"))
                .setTokenPath("/oauth2/token")
                .setRevocationPath("/oauth2/revoke")
                .setIntrospectionPath("/oauth2/introspect")
                .setHttpClientOptions(http);
    }

    private OAuth2Auth auth(String client, String secret, boolean body) {
        return OAuth2Auth.create(VERTX, options(client, secret).setUseBasicAuthorization(!body));
    }

    private OAuth2Auth confidential(String secret) {
        return auth(world.getString("clientId"), secret, false);
    }

    private static Rows.Tokens tokens(OAuth2Auth auth, Credentials credentials) throws Exception {
        return tokens(await(auth.authenticate(credentials)));
    }

    private static Rows.Tokens tokens(User user) {
        JsonObject principal = user.principal();
        return new Rows.Tokens(principal.getString("access_token"), principal.getString("refresh_token"));
    }

    private static User user(Rows.Tokens tokens) {
        return User.create(
                new JsonObject().put("access_token", tokens.access()).put("refresh_token", tokens.refresh()));
    }

    private static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Override
    public Rows.Tokens clientCredentials(String secret, String scope, boolean body) throws Exception {
        Oauth2Credentials credentials = new Oauth2Credentials().setFlow(OAuth2FlowType.CLIENT).addScope(scope);
        return tokens(auth(world.getString("clientId"), secret, body), credentials);
    }

    @Override
    public Rows.Grant authorize(boolean isPublic) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes());
        OAuth2AuthorizationURL url = new OAuth2AuthorizationURL()
                .setRedirectUri(world.getString("redirectUri"))
                .addScope("read")
                .setState("state")
                .setCodeChallenge(Base64.getUrlEncoder().withoutPadding().encodeToString(digest))
                .setCodeChallengeMethod("S256");
        OAuth2Auth auth = isPublic ? open() : confidential(world.getString("clientSecret"));
        return Rows.browse(auth.authorizeURL(url), isPublic, VERIFIER);
    }

    private OAuth2Auth open() {
        return auth(world.getString("publicId"), null, true);
    }

    @Override
    public Rows.Tokens redeem(Rows.Grant grant, String secret, String verifier) throws Exception {
        Oauth2Credentials credentials = new Oauth2Credentials()
                .setFlow(OAuth2FlowType.AUTH_CODE)
                .setCode(grant.code())
                .setRedirectUri(world.getString("redirectUri"))
                .setCodeVerifier(verifier == null ? grant.verifier() : verifier);
        return tokens(grant.isPublic() ? open() : confidential(secret), credentials);
    }

    @Override
    public Rows.Tokens refresh(Rows.Tokens tokens) throws Exception {
        return tokens(await(confidential(world.getString("clientSecret")).refresh(user(tokens))));
    }

    @Override
    public boolean introspect(Rows.Tokens tokens, String secret) throws Exception {
        try {
            await(confidential(secret).authenticate(new TokenCredentials(tokens.access())));
            return true;
        } catch (Exception failure) {
            if ("Inactive Token".equals(failure.getMessage())) {
                return false;
            }
            throw failure;
        }
    }

    @Override
    public List<Rows.Flow> revocation(Rows.Tokens tokens) {
        String secret = world.getString("clientSecret");
        return List.of(
                () -> {
                    Rows.Tokens used = clientCredentials(secret, "read", false);
                    await(confidential(secret).revoke(user(used), "access_token"));
                    int status = Rows.get(route.getString("api"), used.access()).statusCode();
                    Rows.check(status == 401, "the token is still valid: " + status);
                },
                () -> await(confidential("wrong").revoke(user(tokens), "access_token")));
    }

    @Override
    public List<Rows.Flow> password() {
        return List.of(() -> password(world.getString("provisionKey")), () -> password("wrong"));
    }

    /** The library has no parameters for the provision key, so it is in the path, which the token endpoint reads too. */
    private void password(String key) throws Exception {
        String path = "/oauth2/token?provision_key=" + key + "&authenticated_userid=" + world.getString("user");
        OAuth2Options options = options(world.getString("clientId"), world.getString("clientSecret"));
        OAuth2Auth auth = OAuth2Auth.create(VERTX, options.setTokenPath(path));
        tokens(
                auth,
                new Oauth2Credentials()
                        .setFlow(OAuth2FlowType.PASSWORD)
                        .setUsername("alex")
                        .setPassword("checked by the login backend")
                        .addScope("read"));
    }

    @Override
    public Rows.Reported reported(Exception failure) {
        Matcher code = CODE.matcher(String.valueOf(failure.getMessage()));
        return code.matches() ? new Rows.Reported(code.group(1), null) : null;
    }
}
