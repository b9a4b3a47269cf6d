package io.gatehouse.plugin.transformer;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.PluginResponse;
import io.gatehouse.plugin.ResponsePhase;
import io.gatehouse.plugin.WholeBodyTransformation;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.HeaderText;
import io.gatehouse.syntax.Template;
import io.gatehouse.syntax.form.MediaType;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Edits responses before the client receives them: the {@code response-transformer} plugin. */
public final class ResponseTransformerHandler implements PluginHandler, ResponsePhase {
    /** Bytes of the largest body that is edited. */
    private static final int BODY_LIMIT = 1024 * 1024;

    private static final int PARTIAL_CONTENT = 206;

    /** As in Kong, the values are literals. */
    private static final Template.Values NO_VALUES = (source, name) -> null;

    private final Edits headers;
    private final Edits json;

    private ResponseTransformerHandler(Document config) {
        this.headers = Edits.ofResponse(config, "headers");
        this.json = Edits.ofResponse(config, "json");
    }

    public static PluginFactory factory() {
        return (Plugin plugin, Catalog catalog) -> new ResponseTransformerHandler(plugin.config());
    }

    /** Asks the upstream for a whole, plain body. Otherwise the client could choose one in which nothing can be edited. */
    @Override
    public Future<Outcome> handle(Exchange exchange) {
        if (!json.isEmpty()) {
            exchange.upstreamHeader("accept-encoding", "identity");
            exchange.hideHeader("range");
        }
        return CONTINUE;
    }

    @Override
    public ResponsePhase responsePhase() {
        return this;
    }

    @Override
    public void respond(Exchange exchange, PluginResponse response) {
        editHeaders(response.headers());
        if (!json.isEmpty() && isJson(response)) {
            boolean isPlain = isPlain(response);
            response.transform(new WholeBodyTransformation(BODY_LIMIT, body -> edited(body, isPlain)));
        }
    }

    /** Of several types, a client may take any. */
    private static boolean isJson(PluginResponse response) {
        return response.headers().getAll("content-type").stream()
                .map(types -> types.toLowerCase(Locale.ROOT))
                .anyMatch(types -> types.contains(MediaType.JSON) || hasJsonSuffix(types));
    }

    /** Whether one of the types has the suffix {@code +json} (RFC 6839 §3.1), as in Kong of {@code application} alone. */
    private static boolean hasJsonSuffix(String types) {
        return Arrays.stream(types.split(",", -1))
                .map(type -> MediaType.of(type).essence())
                .anyMatch(type -> type.startsWith("application/") && type.endsWith("+json"));
    }

    private static boolean isPlain(PluginResponse response) {
        return response.status() != PARTIAL_CONTENT
                && response.headers().getAll("content-encoding").stream().allMatch("identity"::equalsIgnoreCase);
    }

    private Buffer edited(Buffer body, boolean isPlain) {
        if (!isPlain && body.length() > 0) {
            throw new IllegalStateException("a compressed or partial body cannot be edited");
        }
        return JsonEdits.edit(json, body, NO_VALUES).orElseGet(() -> unedited(body));
    }

    /** Returns a body that is no object. One that a client could read as an object would show what the plugin removes. */
    private static Buffer unedited(Buffer body) {
        if (JsonEdits.resembleObject(body)) {
            throw new IllegalStateException("a malformed JSON object cannot be edited");
        }
        return body;
    }

    private void editHeaders(MultiMap response) {
        headers.removals().forEach(response::remove);
        for (Edits.Pair pair : headers.renames()) {
            List<String> values = List.copyOf(response.getAll(pair.name()));
            if (!values.isEmpty()) {
                response.remove(pair.name());
                response.set(pair.text(), values);
            }
        }
        for (Edits.Pair pair : headers.replacements()) {
            if (response.contains(pair.name())) {
                response.set(pair.name(), HeaderText.of(pair.text()));
            }
        }
        for (Edits.Pair pair : headers.additions()) {
            if (!response.contains(pair.name())) {
                response.set(pair.name(), HeaderText.of(pair.text()));
            }
        }
        for (Edits.Pair pair : headers.appended()) {
            response.add(pair.name(), HeaderText.of(pair.text()));
        }
    }
}
