package io.gatehouse.bus;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.credential.BasicState;
import io.gatehouse.credential.Changes;
import io.gatehouse.credential.ConsumerGroups;
import io.gatehouse.credential.ConsumerState;
import io.gatehouse.credential.CredentialState;
import io.gatehouse.credential.HmacState;
import io.gatehouse.credential.JwtState;
import io.gatehouse.credential.KeyState;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.CatalogSnapshot;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes messages: passes records as they are within a process, and as JSON between processes. It ignores fields that a newer
 * node adds. The JSON of a configuration is written once for all nodes that receive it.
 */
public final class RecordCodec<T extends Record> implements MessageCodec<T, T> {
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addMixIn(CredentialState.class, WithKind.class);

    private static final List<Class<? extends Record>> MESSAGES = List.of(
            OAuth2Request.class,
            OAuth2Reply.class,
            LookUpCredentials.class,
            CredentialReply.class,
            FetchChanges.class,
            Changes.class,
            Leave.class,
            FetchCatalog.class,
            CatalogSnapshot.class,
            CatalogChanged.class,
            InvalidateCredentials.class,
            InvalidateAllCredentials.class,
            FetchUpstreamHealth.class,
            UpstreamHealth.class,
            SetTargetHealth.class,
            FetchStoredResponse.class,
            StoredResponseReport.class,
            PurgeResponses.class,
            FetchFigures.class,
            NodeFigures.class,
            Done.class);

    /** Names the kind of a credential state in its JSON. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = TokenState.class, name = "token"),
        @JsonSubTypes.Type(value = KeyState.class, name = "key"),
        @JsonSubTypes.Type(value = ConsumerGroups.class, name = "groups"),
        @JsonSubTypes.Type(value = JwtState.class, name = "jwt"),
        @JsonSubTypes.Type(value = BasicState.class, name = "basic"),
        @JsonSubTypes.Type(value = HmacState.class, name = "hmac"),
        @JsonSubTypes.Type(value = ConsumerState.class, name = "consumer")
    })
    private interface WithKind {}

    private final Class<T> type;
    /** The configuration that was encoded last, and its JSON, which the heap reclaims when it needs the memory. */
    private WeakReference<@Nullable Object> encoded = new WeakReference<>(null);

    private SoftReference<byte @Nullable []> json = new SoftReference<>(null);

    private RecordCodec(Class<T> type) {
        this.type = type;
    }

    /** Makes every message sendable on this event bus. */
    public static void register(Vertx vertx) {
        MESSAGES.forEach(type -> register(vertx, type));
    }

    private static <R extends Record> void register(Vertx vertx, Class<R> type) {
        vertx.eventBus().registerDefaultCodec(type, of(type));
    }

    static <R extends Record> RecordCodec<R> of(Class<R> type) {
        return new RecordCodec<>(type);
    }

    @Override
    public void encodeToWire(Buffer buffer, T message) {
        try {
            byte[] bytes = type == CatalogSnapshot.class ? shared(message) : MAPPER.writeValueAsBytes(message);
            buffer.appendInt(bytes.length).appendBytes(bytes);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a " + type.getSimpleName() + " cannot be written as JSON", e);
        }
    }

    private synchronized byte[] shared(T message) throws JsonProcessingException {
        byte[] written = encoded.get() == message ? json.get() : null;
        if (written == null) {
            written = MAPPER.writeValueAsBytes(message);
            encoded = new WeakReference<>(message);
            json = new SoftReference<>(written);
        }
        return written;
    }

    @Override
    public T decodeFromWire(int position, Buffer buffer) {
        int length = buffer.getInt(position);
        byte[] bytes = buffer.getBytes(position + Integer.BYTES, position + Integer.BYTES + length);
        try {
            return MAPPER.readValue(bytes, type);
        } catch (IOException e) {
            throw new IllegalStateException("not a " + type.getSimpleName() + ", " + length + " bytes", e);
        }
    }

    @Override
    public T transform(T message) {
        return message;
    }

    @Override
    public String name() {
        return "gatehouse." + type.getSimpleName();
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
