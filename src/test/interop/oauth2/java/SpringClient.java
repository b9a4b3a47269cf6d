import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Set;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OAuth2IntrospectionException;
import org.springframework.security.oauth2.server.resource.introspection.RestClientOpaqueTokenIntrospector;
import org.springframework.web.client.RestClientResponseException;

/** The flows by Spring Security's OAuth client, and introspection by its resource server. It has no revocation. */
final class SpringClient implements Rows.Adapter {
    private final JsonObject world;
    private final JsonObject route;
    private OAuth2AuthorizationRequest asked;

    private SpringClient(JsonObject world, JsonObject route) {
        this.world = world;
        this.route = route;
    }

    public static void main(String[] arguments) throws Exception {
        Rows.run(arguments[0], world -> route -> new SpringClient(world, route));
    }

    private ClientRegistration.Builder client(String id, String secret, ClientAuthenticationMethod method) {
        return ClientRegistration.withRegistrationId("interop")
                .clientId(id)
                .clientSecret(secret)
                .clientAuthenticationMethod(method)
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .authorizationUri(route.getString("authorize"))
                .tokenUri(route.getString("token"))
                .redirectUri(world.getString("redirectUri"))
                .scope("read");
    }

    private ClientRegistration confidential(String secret) {
        return client(world.getString("clientId"), secret, ClientAuthenticationMethod.CLIENT_SECRET_BASIC).build();
    }

    private ClientRegistration open() {
        return client(world.getString("publicId"), null, ClientAuthenticationMethod.NONE).build();
    }

    private static Rows.Tokens tokens(OAuth2AccessTokenResponse response) {
        OAuth2RefreshToken refresh = response.getRefreshToken();
        return new Rows.Tokens(
                response.getAccessToken().getTokenValue(), refresh == null ? null : refresh.getTokenValue());
    }

    @Override
    public Rows.Tokens clientCredentials(String secret, String scope, boolean body) {
        ClientAuthenticationMethod method =
                body ? ClientAuthenticationMethod.CLIENT_SECRET_POST : ClientAuthenticationMethod.CLIENT_SECRET_BASIC;
        ClientRegistration client = client(world.getString("clientId"), secret, method)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .scope(scope)
                .build();
        return tokens(new RestClientClientCredentialsTokenResponseClient()
                .getTokenResponse(new OAuth2ClientCredentialsGrantRequest(client)));
    }

    @Override
    public Rows.Grant authorize(boolean isPublic) throws Exception {
        OAuth2AuthorizationRequest.Builder request = OAuth2AuthorizationRequest.authorizationCode()
                .clientId(world.getString(isPublic ? "publicId" : "clientId"))
                .authorizationUri(route.getString("authorize"))
                .redirectUri(world.getString("redirectUri"))
                .scope("read")
                .state("state");
        OAuth2AuthorizationRequestCustomizers.withPkce().accept(request);
        asked = request.build();
        String verifier = asked.getAttribute(PkceParameterNames.CODE_VERIFIER);
        return Rows.browse(asked.getAuthorizationRequestUri(), isPublic, verifier);
    }

    @Override
    public Rows.Tokens redeem(Rows.Grant grant, String secret, String verifier) {
        OAuth2AuthorizationRequest request = OAuth2AuthorizationRequest.from(asked)
                .attributes(all -> all.put(
                        PkceParameterNames.CODE_VERIFIER, verifier == null ? grant.verifier() : verifier))
                .build();
        OAuth2AuthorizationResponse response = OAuth2AuthorizationResponse.success(grant.code())
                .redirectUri(world.getString("redirectUri"))
                .state(grant.state())
                .build();
        return tokens(new RestClientAuthorizationCodeTokenResponseClient()
                .getTokenResponse(new OAuth2AuthorizationCodeGrantRequest(
                        grant.isPublic() ? open() : confidential(secret),
                        new OAuth2AuthorizationExchange(request, response))));
    }

    @Override
    public Rows.Tokens refresh(Rows.Tokens tokens) {
        Instant issued = Instant.now();
        OAuth2AccessToken access = new OAuth2AccessToken(
                OAuth2AccessToken.TokenType.BEARER, tokens.access(), issued, issued.plusSeconds(60), Set.of("read"));
        return tokens(new RestClientRefreshTokenTokenResponseClient()
                .getTokenResponse(new OAuth2RefreshTokenGrantRequest(
                        confidential(world.getString("clientSecret")),
                        access,
                        new OAuth2RefreshToken(tokens.refresh(), issued))));
    }

    @Override
    public boolean introspect(Rows.Tokens tokens, String secret) {
        try {
            RestClientOpaqueTokenIntrospector.withIntrospectionUri(route.getString("introspect"))
                    .clientId(world.getString("clientId"))
                    .clientSecret(secret)
                    .build()
                    .introspect(tokens.access());
            return true;
        } catch (BadOpaqueTokenException inactive) {
            return false;
        }
    }

    @Override
    public boolean canDiscover() {
        return true;
    }

    @Override
    public String discover(String issuer) {
        return ClientRegistrations.fromIssuerLocation(issuer)
                .clientId(world.getString("clientId"))
                .build()
                .getProviderDetails()
                .getTokenUri();
    }

    @Override
    public Rows.Reported reported(Exception failure) {
        boolean isOfLibrary =
                failure instanceof OAuth2AuthorizationException || failure instanceof OAuth2IntrospectionException;
        // The library reads an error from a response with status 400 alone. Of another it keeps the response as the cause.
        if (isOfLibrary && failure.getCause() instanceof RestClientResponseException response) {
            String body = response.getResponseBodyAsString();
            String error = body.isEmpty() ? null : new JsonObject(body).getString("error");
            return new Rows.Reported(error, response.getStatusCode().value());
        }
        if (failure instanceof OAuth2AuthorizationException known) {
            return new Rows.Reported(known.getError().getErrorCode(), null);
        }
        // Of ClientRegistrations, for an issuer whose metadata it did not find.
        boolean isUnresolved = failure instanceof IllegalArgumentException
                && String.valueOf(failure.getMessage()).startsWith("Unable to resolve Configuration");
        return isUnresolved ? new Rows.Reported(null, null) : null;
    }
}
