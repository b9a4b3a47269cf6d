package io.gatehouse.credential;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known about something a request shows, found by the digest of what was shown. Facts only: whether a request may
 * pass is computed each time, from these and the route's plugin (docs/reference/oauth2.md#credential-states).
 */
public sealed interface CredentialState permits SharedCredentialState, JwtState {

    /** The same facts, of the values that {@code values} has of what they are made of, so that many share a few. */
    default CredentialState of(Values values) {
        return this;
    }

    /** One value for all that are equal. */
    interface Values {
        <T> T one(T value);

        default <T> @Nullable T oneOrNull(@Nullable T value) {
            return value == null ? null : one(value);
        }
    }

    /** The kinds of facts; each has digests of its own. */
    enum Kind {
        TOKEN(TokenState.class),
        KEY(KeyState.class),
        GROUPS(ConsumerGroups.class),
        JWT(JwtState.class);

        private final Class<? extends CredentialState> type;

        Kind(Class<? extends CredentialState> type) {
            this.type = type;
        }

        public static Kind of(Class<? extends CredentialState> type) {
            return Arrays.stream(values())
                    .filter(kind -> kind.type.equals(type))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(type.getName()));
        }
    }
}
