package io.gatehouse.cluster;

import com.hazelcast.nio.serialization.FieldKind;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.gatehouse.credential.Confirmation;
import io.gatehouse.credential.ConsumerGroups;
import io.gatehouse.credential.ConsumerState;
import io.gatehouse.credential.KeyState;
import io.gatehouse.credential.TokenState;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Serializes each kind of credential state in the shared cache. */
final class CredentialSerializers {
    private CredentialSerializers() {}

    static List<CompactSerializer<?>> all() {
        return List.of(new Token(), new Key(), new Groups(), new OfConsumer());
    }

    private static void uuid(CompactWriter out, String field, UUID value) {
        out.writeInt64(field + "High", value.getMostSignificantBits());
        out.writeInt64(field + "Low", value.getLeastSignificantBits());
    }

    private static UUID uuid(CompactReader in, String field) {
        return new UUID(in.readInt64(field + "High"), in.readInt64(field + "Low"));
    }

    private static final class Token implements CompactSerializer<TokenState> {
        private static final UUID UNBOUND = new UUID(0, 0);

        @Override
        public TokenState read(CompactReader in) {
            UUID service = uuid(in, "service");
            return new TokenState(
                    uuid(in, "token"),
                    uuid(in, "credential"),
                    Objects.requireNonNull(in.readString("client")),
                    uuid(in, "consumer"),
                    in.readString("username"),
                    in.readString("customId"),
                    service.equals(UNBOUND) ? null : service,
                    in.readString("userId"),
                    in.readString("scope"),
                    in.readInt64("createdAt"),
                    in.readInt64("expiresIn"),
                    added(in, "resource"),
                    Confirmation.of(added(in, "keyThumbprint"), added(in, "certificateThumbprint")));
        }

        @Override
        public void write(CompactWriter out, TokenState state) {
            uuid(out, "token", state.tokenId());
            uuid(out, "credential", state.credentialId());
            out.writeString("client", state.clientId());
            uuid(out, "consumer", state.consumerId());
            out.writeString("username", state.consumerUsername());
            out.writeString("customId", state.consumerCustomId());
            uuid(out, "service", Objects.requireNonNullElse(state.serviceId(), UNBOUND));
            out.writeString("userId", state.authenticatedUserId());
            out.writeString("scope", state.scope());
            out.writeInt64("createdAt", state.createdAt());
            out.writeInt64("expiresIn", state.expiresIn());
            out.writeString("resource", state.resource());
            Confirmation confirmation = state.confirmation();
            out.writeString("keyThumbprint", confirmation == null ? null : confirmation.keyThumbprint());
            out.writeString(
                    "certificateThumbprint", confirmation == null ? null : confirmation.certificateThumbprint());
        }

        /** Reads a field that a member of a version before does not write. */
        private static @Nullable String added(CompactReader in, String field) {
            return in.getFieldKind(field) == FieldKind.NOT_AVAILABLE ? null : in.readString(field);
        }

        @Override
        public String getTypeName() {
            return "gatehouse.token";
        }

        @Override
        public Class<TokenState> getCompactClass() {
            return TokenState.class;
        }
    }

    private static final class Key implements CompactSerializer<KeyState> {
        @Override
        public KeyState read(CompactReader in) {
            return new KeyState(
                    uuid(in, "credential"),
                    uuid(in, "consumer"),
                    in.readString("username"),
                    in.readString("customId"),
                    in.readInt64("endsAt"));
        }

        @Override
        public void write(CompactWriter out, KeyState state) {
            uuid(out, "credential", state.credentialId());
            uuid(out, "consumer", state.consumerId());
            out.writeString("username", state.consumerUsername());
            out.writeString("customId", state.consumerCustomId());
            out.writeInt64("endsAt", state.endsAt());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.key";
        }

        @Override
        public Class<KeyState> getCompactClass() {
            return KeyState.class;
        }
    }

    private static final class Groups implements CompactSerializer<ConsumerGroups> {
        @Override
        public ConsumerGroups read(CompactReader in) {
            @Nullable String @Nullable [] groups = in.readArrayOfString("groups");
            return new ConsumerGroups(
                    groups == null
                            ? List.of()
                            : Arrays.stream(groups).map(Objects::requireNonNull).toList());
        }

        @Override
        public void write(CompactWriter out, ConsumerGroups state) {
            out.writeArrayOfString("groups", state.groups().toArray(String[]::new));
        }

        @Override
        public String getTypeName() {
            return "gatehouse.groups";
        }

        @Override
        public Class<ConsumerGroups> getCompactClass() {
            return ConsumerGroups.class;
        }
    }

    private static final class OfConsumer implements CompactSerializer<ConsumerState> {
        @Override
        public ConsumerState read(CompactReader in) {
            return new ConsumerState(uuid(in, "consumer"), in.readString("username"), in.readString("customId"));
        }

        @Override
        public void write(CompactWriter out, ConsumerState state) {
            uuid(out, "consumer", state.consumerId());
            out.writeString("username", state.consumerUsername());
            out.writeString("customId", state.consumerCustomId());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.consumer";
        }

        @Override
        public Class<ConsumerState> getCompactClass() {
            return ConsumerState.class;
        }
    }
}
