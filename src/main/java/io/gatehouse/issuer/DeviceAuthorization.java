package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.issuer.grant.DeviceCodeGrant;
import io.gatehouse.issuer.grant.FailedSecrets;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.issuer.grant.ProvisionKeys;
import io.gatehouse.issuer.grant.RequestedScope;
import io.gatehouse.oauth.AuthorizationCode;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.DeviceRequest;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.schema.RandomString;
import io.gatehouse.store.DeviceCodeStore;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code …/oauth2/device_authorization} (RFC 8628, docs/reference/oauth2.md#device-authorization): a device gets its codes, and
 * the login backend reads what the device of a user code asks for. The backend decides at the authorization endpoint.
 */
final class DeviceAuthorization {
    private static final String USER_CODE = "user_code";
    /**
     * An authorization request has one of them.
     *
     * <p><i>Why</i>: a login page may pass on every parameter of a link. An attacker would add the code of a device to the link, and the
     * owner would approve the device in place of the application.
     */
    private static final List<String> AUTHORIZATION_REQUEST = List.of("response_type", "request_uri");

    /** Characters, as many as a pushed request may have. It is stored for each device. */
    private static final int MAX_SCOPE = 8_192;

    private final ClientAuthenticator clients;
    private final PublicClientLimit limit;
    private final DeviceCodeStore codes;
    private final ProvisionKeys provisionKeys;
    private final FailedSecrets failed;

    DeviceAuthorization(
            ClientAuthenticator clients,
            PublicClientLimit limit,
            DeviceCodeStore codes,
            ProvisionKeys provisionKeys,
            FailedSecrets failed) {
        this.clients = clients;
        this.limit = limit;
        this.codes = codes;
        this.provisionKeys = provisionKeys;
        this.failed = failed;
    }

    Future<OAuth2Reply> handle(IssuerRequest request) {
        if (request.text("provision_key") != null) {
            provisionKeys.require(request);
            return find(request, request.requireUserId()).map(DeviceAuthorization::shown);
        }
        return clients.authenticate(request).compose(client -> begin(client, request));
    }

    private Future<OAuth2Reply> begin(Client client, IssuerRequest request) {
        if (!client.metadata().allows(DeviceCodeGrant.TYPE)) {
            return Future.failedFuture(
                    OAuth2Error.UNAUTHORIZED_CLIENT.because("The client may not use this grant_type"));
        }
        limit.count(client, request);
        String scope = request.text("scope");
        if (scope != null && scope.length() > MAX_SCOPE) {
            return Future.failedFuture(
                    OAuth2Error.REQUEST_TOO_LARGE.because("scope has more than " + MAX_SCOPE + " characters"));
        }
        // They are checked again when the owner decides.
        request.accessOfCode(null, RequestedScope.check(request));
        String deviceCode = RandomString.next();
        UserCode userCode = UserCode.next();
        return codes.insert(
                        DeviceCodeGrant.digest(deviceCode),
                        userCode.digest(request.config().pluginId()),
                        new DeviceRequest(
                                client.credentialId(),
                                client.clientId(),
                                request.config().pluginId(),
                                scope,
                                request.text("resource")))
                .compose(isStored -> isStored
                        ? Future.succeededFuture(OAuth2Reply.ok(codes(deviceCode, userCode, request)))
                        : Future.failedFuture(OAuth2Error.SLOW_DOWN.because(
                                "Too many device codes of this client have not expired")));
    }

    /** RFC 8628 §3.2. */
    private static Map<String, Object> codes(String deviceCode, UserCode userCode, IssuerRequest request) {
        String page = Objects.requireNonNull(request.config().verificationUri());
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("device_code", deviceCode);
        members.put(USER_CODE, userCode.shown());
        members.put("verification_uri", page);
        members.put("verification_uri_complete", RedirectUris.appended(page, Map.of(USER_CODE, userCode.shown())));
        members.put("expires_in", DeviceRequest.LIFE_SECONDS);
        members.put("interval", DeviceRequest.INTERVAL_SECONDS);
        return members;
    }

    private static OAuth2Reply shown(DeviceRequest device) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("client_id", device.clientId());
        if (device.scope() != null) {
            members.put("scope", device.scope());
        }
        if (device.resource() != null) {
            members.put("resource", device.resource());
        }
        return OAuth2Reply.ok(members);
    }

    /** Whether a request of the login backend decides about a device. */
    static boolean isDecision(IssuerRequest request) {
        return request.config().deviceAuthorization() && request.text(USER_CODE) != null;
    }

    /** Approves the device of a user code for a resource owner, or denies it if the request has {@code error}. */
    Future<OAuth2Reply> decide(IssuerRequest request, String userId) {
        if (AUTHORIZATION_REQUEST.stream().anyMatch(name -> request.text(name) != null)) {
            return Future.failedFuture(
                    OAuth2Error.INVALID_REQUEST.because("user_code cannot be part of an authorization request"));
        }
        String error = request.text("error");
        if (error != null && !error.equals(OAuth2Error.ACCESS_DENIED.code())) {
            return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because("error can only be access_denied"));
        }
        return find(request, userId)
                .compose(device -> error == null ? approve(device, request, userId) : deny(request))
                .map(isDecided -> {
                    if (!isDecided) {
                        // Another decision was faster.
                        throw invalid();
                    }
                    return OAuth2Reply.ok(Map.of());
                });
    }

    private static OAuth2Exception invalid() {
        return OAuth2Error.INVALID_REQUEST.because("Invalid user_code");
    }

    private Future<Boolean> approve(DeviceRequest device, IssuerRequest request, String userId) {
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>(request.parameters());
        parameters.put("scope", device.scope());
        parameters.put("resource", device.resource());
        IssuerRequest ofDevice = request.withParameters(parameters);
        String scope = RequestedScope.check(ofDevice);
        GrantedAccess access = ofDevice.accessOfCode(userId, scope);
        AuthorizationCode code = new AuthorizationCode(
                device.credentialId(),
                device.pluginId(),
                access,
                null,
                null,
                false,
                RequestedScope.isDifferent(ofDevice, scope));
        return codes.approve(digest(request), request.attemptDigest(), code);
    }

    private Future<Boolean> deny(IssuerRequest request) {
        return codes.deny(digest(request), request.config().pluginId(), request.attemptDigest());
    }

    /** Finds what the device of the user code asks for. An owner who guesses codes is slowed down (RFC 8628 §5.1). */
    private Future<DeviceRequest> find(IssuerRequest request, String userId) {
        if (request.text(USER_CODE) == null) {
            return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because("Missing user_code parameter"));
        }
        FailedSecrets.Attempts attempts = failed.ofOwner(
                request.config().failedSecretsPerMinute(), request.config().pluginId(), userId);
        if (!attempts.begin()) {
            return Future.failedFuture(OAuth2Error.SLOW_DOWN.because("Too many wrong user codes"));
        }
        return codes.find(digest(request), request.config().pluginId(), request.attemptDigest())
                .onComplete(
                        found -> attempts.end(found.failed() || found.result().isPresent()))
                .map(found -> found.orElseThrow(DeviceAuthorization::invalid));
    }

    private static CredentialDigest digest(IssuerRequest request) {
        return UserCode.typed(Objects.requireNonNull(request.text(USER_CODE)))
                .digest(request.config().pluginId());
    }
}
