package io.gatehouse.credential;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Describes a credential as PostgreSQL has it, found by the credential's digest. The plugin of the route decides for each
 * request whether the credential is sufficient (docs/reference/oauth2.md#credential-states).
 */
public sealed interface CredentialState permits SharedCredentialState, JwtState, BasicState, HmacState {

    /** Returns an equal state made of the instances that {@code values} keeps, so that many states share them. */
    default CredentialState of(Values values) {
        return this;
    }

    /** Keeps one instance of each value. */
    interface Values {
        <T> T one(T value);

        default <T> @Nullable T oneOrNull(@Nullable T value) {
            return value == null ? null : one(value);
        }
    }

    /** Names the kinds of credential state. Each kind has digests of its own. */
    enum Kind {
        TOKEN(TokenState.class),
        KEY(KeyState.class),
        GROUPS(ConsumerGroups.class),
        JWT(JwtState.class),
        BASIC(BasicState.class),
        HMAC(HmacState.class),
        CONSUMER(ConsumerState.class);

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
