package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.issuer.grant.GrantRequest;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.oauth.OAuth2Error;
import io.vertx.core.Future;

/**
 * {@code …/oauth2/authorize} (RFC 6749 §3.1, contract/oauth2.md §4). The grants that start here are not served, so every
 * response type is unsupported once the caller has shown that it may ask.
 */
final class AuthorizeEndpoint {
    Future<OAuth2Reply> handle(OAuth2Config config, OAuth2Request request) {
        GrantRequest parameters = new GrantRequest(config, request.serviceId(), request.parameters());
        String provisionKey = parameters.text("provision_key");
        if (provisionKey == null || !HashedSecret.equal(provisionKey, config.provisionKey())) {
            return Future.failedFuture(OAuth2Error.INVALID_PROVISION_KEY.because("Invalid provision_key"));
        }
        if (parameters.text("authenticated_userid") == null) {
            return Future.failedFuture(
                    OAuth2Error.INVALID_AUTHENTICATED_USERID.because("Missing authenticated_userid parameter"));
        }
        return Future.failedFuture(OAuth2Error.UNSUPPORTED_RESPONSE_TYPE.because("Invalid response_type"));
    }
}
