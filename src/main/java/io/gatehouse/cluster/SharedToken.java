package io.gatehouse.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.gatehouse.oauth.TokenFacts;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token's entry in the shared map.
 *
 * @param facts what is known; null: forgotten a moment ago, nobody may remember what they read before
 */
record SharedToken(@Nullable TokenFacts facts) {
    static final SharedToken FORGOTTEN = new SharedToken(null);

    /** Binary form: a schema stored once and half the size of Java's own. */
    static final class Serializer implements CompactSerializer<SharedToken> {
        @Override
        public SharedToken read(CompactReader in) {
            if (!in.readBoolean("known")) {
                return FORGOTTEN;
            }
            return new SharedToken(new TokenFacts(
                    uuid(in, "token"),
                    uuid(in, "credential"),
                    text(in, "client"),
                    uuid(in, "consumer"),
                    in.readString("username"),
                    in.readString("customId"),
                    in.readBoolean("bound") ? uuid(in, "service") : null,
                    in.readString("userId"),
                    in.readString("scope"),
                    in.readInt64("createdAt"),
                    in.readInt64("expiresIn")));
        }

        @Override
        public void write(CompactWriter out, SharedToken token) {
            TokenFacts facts = token.facts();
            UUID none = new UUID(0, 0);
            UUID service = facts == null ? null : facts.serviceId();
            out.writeBoolean("known", facts != null);
            uuid(out, "token", facts == null ? none : facts.tokenId());
            uuid(out, "credential", facts == null ? none : facts.credentialId());
            out.writeString("client", facts == null ? "" : facts.clientId());
            uuid(out, "consumer", facts == null ? none : facts.consumerId());
            out.writeString("username", facts == null ? null : facts.consumerUsername());
            out.writeString("customId", facts == null ? null : facts.consumerCustomId());
            out.writeBoolean("bound", service != null);
            uuid(out, "service", service == null ? none : service);
            out.writeString("userId", facts == null ? null : facts.authenticatedUserId());
            out.writeString("scope", facts == null ? null : facts.scope());
            out.writeInt64("createdAt", facts == null ? 0 : facts.createdAt());
            out.writeInt64("expiresIn", facts == null ? 0 : facts.expiresIn());
        }

        private static void uuid(CompactWriter out, String field, UUID value) {
            out.writeInt64(field + "High", value.getMostSignificantBits());
            out.writeInt64(field + "Low", value.getLeastSignificantBits());
        }

        private static UUID uuid(CompactReader in, String field) {
            return new UUID(in.readInt64(field + "High"), in.readInt64(field + "Low"));
        }

        private static String text(CompactReader in, String field) {
            String text = in.readString(field);
            return text == null ? "" : text;
        }

        @Override
        public String getTypeName() {
            return "gatehouse.token";
        }

        @Override
        public Class<SharedToken> getCompactClass() {
            return SharedToken.class;
        }
    }
}
