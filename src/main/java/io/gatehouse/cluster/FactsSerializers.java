package io.gatehouse.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.gatehouse.oauth.ConsumerGroups;
import io.gatehouse.oauth.KeyFacts;
import io.gatehouse.oauth.TokenFacts;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The binary form of each kind of facts in the shared map. */
final class FactsSerializers {
    private FactsSerializers() {}

    static List<CompactSerializer<?>> all() {
        return List.of(new Token(), new Key(), new Groups());
    }

    private static void uuid(CompactWriter out, String field, UUID value) {
        out.writeInt64(field + "High", value.getMostSignificantBits());
        out.writeInt64(field + "Low", value.getLeastSignificantBits());
    }

    private static UUID uuid(CompactReader in, String field) {
        return new UUID(in.readInt64(field + "High"), in.readInt64(field + "Low"));
    }

    private static final class Token implements CompactSerializer<TokenFacts> {
        private static final UUID UNBOUND = new UUID(0, 0);

        @Override
        public TokenFacts read(CompactReader in) {
            UUID service = uuid(in, "service");
            return new TokenFacts(
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
                    in.readInt64("expiresIn"));
        }

        @Override
        public void write(CompactWriter out, TokenFacts facts) {
            uuid(out, "token", facts.tokenId());
            uuid(out, "credential", facts.credentialId());
            out.writeString("client", facts.clientId());
            uuid(out, "consumer", facts.consumerId());
            out.writeString("username", facts.consumerUsername());
            out.writeString("customId", facts.consumerCustomId());
            uuid(out, "service", Objects.requireNonNullElse(facts.serviceId(), UNBOUND));
            out.writeString("userId", facts.authenticatedUserId());
            out.writeString("scope", facts.scope());
            out.writeInt64("createdAt", facts.createdAt());
            out.writeInt64("expiresIn", facts.expiresIn());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.token";
        }

        @Override
        public Class<TokenFacts> getCompactClass() {
            return TokenFacts.class;
        }
    }

    private static final class Key implements CompactSerializer<KeyFacts> {
        @Override
        public KeyFacts read(CompactReader in) {
            return new KeyFacts(
                    uuid(in, "credential"),
                    uuid(in, "consumer"),
                    in.readString("username"),
                    in.readString("customId"),
                    in.readInt64("endsAt"));
        }

        @Override
        public void write(CompactWriter out, KeyFacts facts) {
            uuid(out, "credential", facts.credentialId());
            uuid(out, "consumer", facts.consumerId());
            out.writeString("username", facts.consumerUsername());
            out.writeString("customId", facts.consumerCustomId());
            out.writeInt64("endsAt", facts.endsAt());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.key";
        }

        @Override
        public Class<KeyFacts> getCompactClass() {
            return KeyFacts.class;
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
        public void write(CompactWriter out, ConsumerGroups facts) {
            out.writeArrayOfString("groups", facts.groups().toArray(String[]::new));
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
}
