package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.changes.ChangeBroadcast;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.issuer.grant.FailedSecrets;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.RandomString;
import io.gatehouse.store.StoreException;
import io.gatehouse.store.entity.EntityRef;
import io.gatehouse.store.entity.EntityStore;
import io.gatehouse.store.entity.RegistrationStore;
import io.gatehouse.store.entity.RegistrationStore.Limits;
import io.gatehouse.store.entity.RegistrationStore.Registered;
import io.gatehouse.syntax.CertificateName;
import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.Text;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code …/oauth2/register} (RFC 7591, docs/reference/oauth2.md#client-registration): a client with the initial access token
 * registers itself. With the token that it gets, it manages its registration at {@code …/oauth2/register/{client_id}} (RFC 7592).
 *
 * <p><i>Threading</i>: the verticle's event loop.
 */
final class ClientRegistration {
    private static final Logger LOG = LoggerFactory.getLogger(ClientRegistration.class);
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final String BEARER = "Bearer ";
    private static final String CLIENT_ID = "client_id";

    private final RegistrationStore registrations;
    private final EntityStore entities;
    private final ChangeBroadcast changes;
    private final SecretVerifier secrets;
    private final FailedSecrets failed;
    private final RegistrationQueue queue = new RegistrationQueue();

    ClientRegistration(
            RegistrationStore registrations,
            EntityStore entities,
            ChangeBroadcast changes,
            SecretVerifier secrets,
            FailedSecrets failed) {
        this.registrations = registrations;
        this.entities = entities;
        this.changes = changes;
        this.secrets = secrets;
        this.failed = failed;
    }

    Future<OAuth2Reply> handle(IssuerRequest request) {
        OAuth2Config.Registration settings = request.config().registration();
        if (settings == null) {
            // The proxy has another version of the configuration.
            return Future.failedFuture(new IssuerUnavailable("the plugin registers no clients"));
        }
        String token = token(request);
        if (token == null) {
            return Future.failedFuture(OAuth2Error.MISSING_TOKEN
                    .because("The access token is missing")
                    .challenging(OAuth2Error.MISSING_TOKEN.status(), BEARER.trim()));
        }
        FailedSecrets.Attempts attempts = failed.ofRegistration(
                request.config().failedSecretsPerMinute(),
                request.config().pluginId(),
                request.message().clientAddress());
        if (!attempts.begin()) {
            return Future.failedFuture(OAuth2Error.SLOW_DOWN.because("Too many wrong registration tokens"));
        }
        String clientId = request.text(CLIENT_ID);
        if (clientId != null) {
            return find(token, request.config().pluginId(), clientId, attempts)
                    .compose(registered -> manage(registered, token, request));
        }
        boolean isRight = HashedSecret.equal(token, settings.token());
        attempts.end(isRight);
        return isRight ? register(request, settings) : Future.failedFuture(invalidToken());
    }

    /** RFC 6750 §2.1. */
    private static @Nullable String token(IssuerRequest request) {
        String header = request.message().authorization();
        return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).trim()
                : null;
    }

    private static OAuth2Exception invalidToken() {
        return OAuth2Error.INVALID_TOKEN
                .because("The access token is invalid")
                .challenging(OAuth2Error.INVALID_TOKEN.status(), BEARER + "error=\"invalid_token\"");
    }

    private Future<OAuth2Reply> register(IssuerRequest request, OAuth2Config.Registration settings) {
        RequestedClient requested = new RequestedClient(members(request), request.config());
        Registered registered = requested.registered(settings.consumer());
        String uri = uri(request, registered);
        Document credential = registered.credential();
        String secret = credential.string("client_secret");
        String token = RandomString.next();
        Limits limits = new Limits(request.config().pluginId(), settings.limit(), settings.perMinute());
        return queue.admit(
                        () -> registrations.requirePlace(limits).compose(free -> secrets.hash(secret)),
                        (String hash) -> registrations.insert(
                                limits,
                                CredentialDigest.of(token),
                                new Registered(credential.with("client_secret", hash), registered.metadata())))
                .recover(failure -> Future.failedFuture(refusal(failure, request)))
                .map(done -> {
                    LOG.info(
                            "client {} has registered itself at plugin {}",
                            credential.string(CLIENT_ID),
                            limits.pluginId());
                    Map<String, Object> body = shown(registered, token, uri);
                    if (requested.hasSecret()) {
                        body.put("client_secret", secret);
                        body.put("client_secret_expires_at", 0);
                    }
                    return new OAuth2Reply(CREATED, Map.of(), body);
                });
    }

    /** The JSON object of the body. */
    private static Map<String, @Nullable Object> members(IssuerRequest request) {
        String text = request.text("metadata");
        return Json.object(text == null ? "" : text)
                .orElseThrow(() -> OAuth2Error.INVALID_CLIENT_METADATA.because("Expected a JSON object"));
    }

    private static Throwable refusal(Throwable failure, IssuerRequest request) {
        if (failure instanceof RegistrationStore.Refused refused) {
            return switch (refused.refusal()) {
                case TOO_MANY_CLIENTS ->
                    OAuth2Error.TEMPORARILY_UNAVAILABLE.because("Too many clients have registered");
                case TOO_FAST -> OAuth2Error.SLOW_DOWN.because("Too many clients have registered in the last minute");
                case REDIRECT_URI_TAKEN ->
                    OAuth2Error.INVALID_REDIRECT_URI.because("Another application has one of the redirect_uris");
            };
        }
        if (failure instanceof StoreException.ForeignKeyViolation
                || failure instanceof StoreException.UnresolvedReference) {
            LOG.warn(
                    "registration_consumer of plugin {} does not exist: no client can register",
                    request.config().pluginId());
            return new IssuerUnavailable("there is no registration_consumer");
        }
        return failure;
    }

    /** Finds the client that a token manages. */
    private Future<Registered> find(String token, UUID pluginId, String clientId, FailedSecrets.Attempts attempts) {
        Future<Registered> found = Text.isPlain(clientId)
                ? registrations
                        .find(CredentialDigest.of(token), pluginId, clientId)
                        .compose(one -> one.<Future<Registered>>map(Future::succeededFuture)
                                .orElseGet(() -> Future.failedFuture(invalidToken())))
                : Future.failedFuture(invalidToken());
        return found.onComplete(done -> attempts.end(!(done.cause() instanceof OAuth2Exception)));
    }

    private Future<OAuth2Reply> manage(Registered registered, String token, IssuerRequest request) {
        String uri = uri(request, registered);
        return switch (String.valueOf(request.text("method"))) {
            case "PUT" -> update(registered, token, uri, request);
            case "DELETE" -> delete(registered);
            default -> Future.succeededFuture(OAuth2Reply.ok(shown(registered, token, uri)));
        };
    }

    /** RFC 7592 §2.2: what the client omits gets its default. */
    private Future<OAuth2Reply> update(Registered registered, String token, String uri, IssuerRequest request) {
        Map<String, @Nullable Object> members = members(request);
        Document credential = registered.credential();
        if (!credential.string(CLIENT_ID).equals(members.get(CLIENT_ID))) {
            throw RequestedClient.invalid(CLIENT_ID);
        }
        RequestedClient requested = new RequestedClient(members, request.config());
        if (!requested.method().equals(method(registered))) {
            // The client has the secret, or none, that its registration gave it.
            throw RequestedClient.invalid(RequestedClient.METHOD);
        }
        Registered wanted = requested.registered(String.valueOf(credential.reference("consumer")));
        return queue.admit(() -> registrations.replace(registered, current -> changed(current, wanted)))
                .recover(failure -> Future.failedFuture(refusal(failure, request)))
                .compose(written ->
                        written.isEmpty() ? Future.failedFuture(invalidToken()) : changes.publish(written.get()))
                .map(late -> {
                    LOG.info("client {} has changed its registration", credential.string(CLIENT_ID));
                    return OAuth2Reply.ok(shown(changed(registered, wanted), token, uri));
                });
    }

    private static Registered changed(Registered current, Registered wanted) {
        Document metadata = wanted.metadata();
        for (String kept : List.of("id", "created_at", "credential", "tags")) {
            metadata = metadata.with(kept, current.metadata().get(kept));
        }
        return new Registered(
                current.credential()
                        .with("name", wanted.credential().get("name"))
                        .with(RequestedClient.REDIRECT_URIS, wanted.credential().get(RequestedClient.REDIRECT_URIS)),
                metadata);
    }

    /** RFC 7592 §2.3. Every node has invalidated the client's tokens when the response is sent. */
    private Future<OAuth2Reply> delete(Registered registered) {
        EntityRef reference = EntityRef.of(registered.credential().string("id"));
        return queue.admit(() -> entities.delete(EntitySchemas.OAUTH2_CREDENTIALS, reference))
                .compose(deleted ->
                        deleted.isEmpty() ? Future.succeededFuture(List.<String>of()) : changes.publish(deleted.get()))
                .map(late -> {
                    LOG.info(
                            "client {} has deleted its registration",
                            registered.credential().string(CLIENT_ID));
                    return new OAuth2Reply(NO_CONTENT, Map.of(), Map.of());
                });
    }

    private static String uri(IssuerRequest request, Registered registered) {
        String issuer = request.message().issuer();
        if (issuer == null) {
            throw OAuth2Error.INVALID_REQUEST.because("The request has no host");
        }
        return issuer + "/oauth2/register/" + registered.credential().string(CLIENT_ID);
    }

    private static String method(Registered registered) {
        String method = registered.metadata().optionalString(RequestedClient.METHOD);
        return method == null ? RequestedClient.PUBLIC : method;
    }

    /** RFC 7591 §3.2.1, RFC 7592 §3. */
    private static Map<String, Object> shown(Registered registered, String token, String uri) {
        Document credential = registered.credential();
        Document metadata = registered.metadata();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(CLIENT_ID, credential.string(CLIENT_ID));
        body.put("client_id_issued_at", credential.integer("created_at"));
        body.put("client_name", credential.string("name"));
        body.put(RequestedClient.REDIRECT_URIS, credential.strings(RequestedClient.REDIRECT_URIS));
        List<String> grants = metadata.strings(RequestedClient.GRANTS);
        body.put(RequestedClient.GRANTS, grants);
        body.put("response_types", RequestedClient.responseTypes(grants));
        body.put(RequestedClient.METHOD, method(registered));
        String jwks = metadata.optionalString("jwks");
        if (jwks != null) {
            Json.object(jwks).ifPresent(set -> body.put("jwks", set));
        }
        for (String flag : List.of(RequestedClient.DPOP, RequestedClient.CERTIFICATE)) {
            if (metadata.flag(flag)) {
                body.put(flag, true);
            }
        }
        for (CertificateName.Kind kind : CertificateName.Kind.values()) {
            String name = metadata.optionalString(kind.field());
            if (name != null) {
                body.put(kind.field(), name);
            }
        }
        body.put("registration_access_token", token);
        body.put("registration_client_uri", uri);
        return body;
    }
}
