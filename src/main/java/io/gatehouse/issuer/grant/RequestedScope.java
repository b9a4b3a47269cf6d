package io.gatehouse.issuer.grant;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The scope a request asks for (RFC 6749 §3.3, docs/reference/oauth2.md#scope). */
public final class RequestedScope {
    private RequestedScope() {}

    /**
     * The scope to give, space-separated, or null when there is none.
     *
     * @throws OAuth2Exception when a scope may not be asked for, or one is needed
     */
    public static @Nullable String check(GrantRequest request) {
        OAuth2Config config = request.config();
        Object requested = request.parameters().get("scope");
        if (requested != null && !(requested instanceof String)) {
            throw OAuth2Error.INVALID_SCOPE.because("scope must be a string");
        }
        Set<String> allowed = config.scopes();
        List<String> scopes = new ArrayList<>();
        if (requested instanceof String text && allowed != null) {
            for (String scope : text.split(" ", -1)) {
                if (!scope.isEmpty()) {
                    if (!allowed.contains(scope)) {
                        throw OAuth2Error.INVALID_SCOPE.because("\"" + scope + "\" is an invalid scope");
                    }
                    scopes.add(scope);
                }
            }
        }
        if (scopes.isEmpty() && config.mandatoryScope()) {
            throw OAuth2Error.INVALID_SCOPE.because("You must specify a scope");
        }
        return scopes.isEmpty() ? null : String.join(" ", scopes);
    }
}
