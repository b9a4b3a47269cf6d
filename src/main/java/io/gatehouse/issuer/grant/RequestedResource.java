package io.gatehouse.issuer.grant;

import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.oauth.Resource;
import org.jspecify.annotations.Nullable;

/** Reads the {@code resource} parameter (RFC 8707 §2): the API that the token is for, which is that of the route. */
final class RequestedResource {
    private RequestedResource() {}

    /**
     * The resource of a new grant in canonical form; null if the request names none.
     *
     * @param ofLoginBackend whether the request has shown the provision key
     * @throws OAuth2Exception {@code invalid_target} if it is another than that of the route
     */
    static @Nullable String of(IssuerRequest request, boolean ofLoginBackend) {
        Object value = request.parameters().get("resource");
        if (value == null || value.equals("")) {
            return null;
        }
        String resource = value instanceof String text ? Resource.canonical(text) : null;
        if (resource == null || !isServed(resource, request, ofLoginBackend)) {
            throw OAuth2Error.INVALID_TARGET.because("The requested resource is not served here");
        }
        return resource;
    }

    /**
     * Whether the resource is that of the route. Without a configured issuer, the route's has the host of the request. A login
     * backend may reach the gateway under another host than the client, so its host does not count. An API call with the token
     * is checked against the client's.
     */
    private static boolean isServed(String resource, IssuerRequest request, boolean ofLoginBackend) {
        String served = request.message().resource();
        if (served == null) {
            return false;
        }
        return (request.config().issuer() == null && ofLoginBackend)
                ? Resource.withoutHost(resource).equals(Resource.withoutHost(served))
                : resource.equals(served);
    }

    /**
     * The granted access, restricted to the resource of the request (RFC 8707 §2.2).
     *
     * @throws OAuth2Exception {@code invalid_target} if the grant is for another resource
     */
    static GrantedAccess restrict(GrantedAccess access, IssuerRequest request) {
        String resource = of(request, false);
        if (resource == null || resource.equals(access.resource())) {
            return access;
        }
        if (access.resource() != null) {
            throw OAuth2Error.INVALID_TARGET.because("The grant is for another resource");
        }
        return access.forResource(resource);
    }
}
