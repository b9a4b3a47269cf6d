package io.gatehouse.plugin.transformer;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.HeaderText;
import io.gatehouse.syntax.HeaderValue;
import io.gatehouse.syntax.PathText;
import io.gatehouse.syntax.Template;
import io.gatehouse.syntax.form.MediaType;
import io.gatehouse.syntax.form.RawPairs;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Edits requests before they are forwarded: the {@code request-transformer} plugin. */
public final class RequestTransformerHandler implements PluginHandler {
    /** Bytes of the largest body that is edited. */
    private static final int BODY_LIMIT = 1024 * 1024;
    /** Bytes of the largest form that moves to the query: those of a request target. Docs: docs/reference/limits.md#plugins. */
    private static final int QUERY_LIMIT = 8 * 1024;

    /** In requests of these methods, servers ignore the body (RFC 9110 §9.3.1). */
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD");

    private final @Nullable String method;
    private final @Nullable Template uri;
    private final Edits headers;
    private final Edits query;
    private final Edits body;

    private RequestTransformerHandler(Document config) {
        this.method = config.optionalString("http_method");
        String path = config.record("replace").optionalString("uri");
        this.uri = path == null ? null : Template.of(path);
        this.headers = Edits.ofRequest(config, "headers");
        this.query = Edits.ofRequest(config, "querystring");
        this.body = Edits.ofRequest(config, "body");
    }

    public static PluginFactory factory() {
        return (Plugin plugin, Catalog catalog) -> new RequestTransformerHandler(plugin.config());
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        // All templates read the request of the client, whatever the edits before have changed.
        Template.Values values = values(exchange);
        boolean movesForm = movesForm(exchange, type(exchange));
        if (!headers.isEmpty()) {
            editHeaders(exchange, values);
        }
        // As in Kong, the edited headers state the type of the body.
        MediaType type = type(exchange);
        boolean editsBody = editsBody(exchange, type);
        if (!editsBody && !movesForm) {
            edit(exchange, values);
            return CONTINUE;
        }
        return exchange.readBody(BODY_LIMIT).transform((read, failure) -> {
            if (failure != null) {
                return Future.failedFuture(
                        failure instanceof Exchange.BodyTooLarge ? ProxyError.PAYLOAD_TOO_LARGE.failure() : failure);
            }
            Buffer now = exchange.body();
            Buffer given = now == null ? read : now;
            if (movesForm) {
                appendToQuery(exchange, given.toString(StandardCharsets.ISO_8859_1));
            }
            if (editsBody) {
                exchange.body(edited(type, given, values));
            }
            edit(exchange, values);
            return CONTINUE;
        });
    }

    /** The values that it adds to queries are secret fields of its configuration. */
    @Override
    public Collection<String> secretsWritten() {
        return Stream.of(query.replacements(), query.additions(), query.appended())
                .flatMap(List::stream)
                .map(Edits.Pair::name)
                .toList();
    }

    private static MediaType type(Exchange exchange) {
        List<String> types = exchange.upstreamHeaders("content-type");
        return MediaType.of(types.isEmpty() ? null : types.get(0));
    }

    /** Whether the body is one to edit, or is empty and gets what is added. */
    private boolean editsBody(Exchange exchange, MediaType type) {
        return !body.isEmpty() && type.hasParameters() && (body.adds() || exchange.mayReadBody());
    }

    /** Whether the client sends a form and the new method has no use for it. As in Kong, the query gets its pairs too. */
    private boolean movesForm(Exchange exchange, MediaType sent) {
        return method != null
                && WITHOUT_BODY.contains(method)
                && sent.essence().equals(MediaType.FORM)
                && exchange.mayReadBody();
    }

    private static void appendToQuery(Exchange exchange, String form) {
        if (form.length() > QUERY_LIMIT || RawPairs.areTooMany(form)) {
            throw ProxyError.PAYLOAD_TOO_LARGE.failure();
        }
        RawPairs pairs = new RawPairs(exchange.query());
        // They are encoded anew: a form may contain bytes that a target must not.
        UrlEncoded.parse(form).orElse(List.of()).forEach(pair -> pairs.append(pair.name(), pair.value()));
        exchange.query(pairs.octets());
        exchange.formInQuery(form);
    }

    private static Template.Values values(Exchange exchange) {
        Function<String, List<String>> headers = exchange.upstreamHeaders();
        String given = exchange.query();
        return (source, name) -> switch (source) {
            case "headers" -> name.equalsIgnoreCase("host") ? host(exchange) : header(headers.apply(name));
            case "query_params" ->
                UrlEncoded.values(given, name).stream().findFirst().orElse(null);
            case "uri_captures" -> exchange.capture(name);
            // Kong's plugins exchange values there. Those of Gatehouse do not.
            default -> null;
        };
    }

    private static @Nullable String host(Exchange exchange) {
        Authority authority = exchange.authority();
        return authority == null ? null : authority.toString();
    }

    private static @Nullable String header(List<String> values) {
        return values.isEmpty() ? null : HeaderValue.text(values.get(0));
    }

    private void edit(Exchange exchange, Template.Values values) {
        if (!query.isEmpty()) {
            RawPairs pairs = new RawPairs(exchange.query());
            edit(query, pairs, values);
            exchange.query(pairs.octets());
        }
        if (method != null) {
            exchange.upstreamMethod(method);
        }
        if (uri != null) {
            exchange.upstreamPath(PathText.of(uri.resolve((source, name) -> {
                String value = values.value(source, name);
                // A captured text is a part of a path, and encoded already.
                return value == null || source.equals("uri_captures") ? value : pathSegments(value);
            })));
        }
    }

    /** Encodes a value for a path. A slash in it separates segments. */
    private static String pathSegments(String value) {
        return Arrays.stream(value.split("/", -1)).map(RawPairs::encoded).collect(Collectors.joining("/"));
    }

    private void editHeaders(Exchange exchange, Template.Values values) {
        headers.removals().forEach(name -> hide(exchange, name));
        for (Edits.Pair pair : headers.renames()) {
            List<String> old = exchange.upstreamHeaders(pair.name());
            if (!old.isEmpty()) {
                hide(exchange, pair.name());
                // It does not override the identity: the client may have sent the value.
                exchange.upstreamHeader(pair.text(), joined(pair.text(), old));
            }
        }
        for (Edits.Pair pair : headers.replacements()) {
            if (isHost(pair)) {
                setHost(exchange, pair.value().resolve(values));
            } else {
                set(
                        exchange,
                        pair,
                        values,
                        !exchange.upstreamHeaders(pair.name()).isEmpty());
            }
        }
        for (Edits.Pair pair : headers.additions()) {
            // Every request has a host, so that none is added.
            set(
                    exchange,
                    pair,
                    values,
                    !isHost(pair) && exchange.upstreamHeaders(pair.name()).isEmpty());
        }
        for (Edits.Pair pair : headers.appended()) {
            String value = HeaderText.of(pair.value().resolve(values));
            List<String> all = new ArrayList<>(exchange.upstreamHeaders(pair.name()));
            if (!value.isEmpty()) {
                all.add(value);
                write(exchange, pair.name(), joined(pair.name(), all));
            }
        }
    }

    private static void hide(Exchange exchange, String name) {
        exchange.overrideIdentity(name);
        exchange.hideHeader(name);
    }

    private static void write(Exchange exchange, String name, String value) {
        exchange.overrideIdentity(name);
        exchange.upstreamHeader(name, value);
    }

    private static boolean isHost(Edits.Pair pair) {
        return pair.name().equalsIgnoreCase("host");
    }

    /** Sets the host. A text of the client that is no host has no effect. */
    private static void setHost(Exchange exchange, String text) {
        Authority host = Authority.parse(text);
        if (host != null) {
            exchange.upstreamHost(host);
        }
    }

    /** Joins values. Those of a cookie have a separator of their own (RFC 6265 §5.4). */
    private static String joined(String name, List<String> values) {
        return String.join(name.equalsIgnoreCase("cookie") ? "; " : ", ", values);
    }

    private static void set(Exchange exchange, Edits.Pair pair, Template.Values values, boolean applies) {
        String value = applies ? HeaderText.of(pair.value().resolve(values)) : "";
        if (!value.isEmpty()) {
            write(exchange, pair.name(), value);
        }
    }

    private static void edit(Edits edits, RawPairs pairs, Template.Values values) {
        edits.removals().forEach(pairs::remove);
        edits.renames().forEach(pair -> pairs.rename(pair.name(), pair.text()));
        for (Edits.Pair pair : edits.replacements()) {
            pairs.replace(pair.name(), pair.value().resolve(values));
        }
        for (Edits.Pair pair : edits.additions()) {
            if (!pairs.contains(pair.name())) {
                pairs.append(pair.name(), pair.value().resolve(values));
            }
        }
        for (Edits.Pair pair : edits.appended()) {
            pairs.append(pair.name(), pair.value().resolve(values));
        }
    }

    /** Returns the edited body; the same if it is malformed. A million pairs would take 0.1 s, so a form has a limit. */
    private Buffer edited(MediaType type, Buffer given, Template.Values values) {
        switch (type.essence()) {
            case MediaType.JSON -> {
                boolean isFilled = given.length() == 0 && body.adds();
                return JsonEdits.edit(body, isFilled ? Buffer.buffer("{}") : given, values)
                        .orElse(given);
            }
            case MediaType.FORM -> {
                String form = given.toString(StandardCharsets.ISO_8859_1);
                if (RawPairs.areTooMany(form)) {
                    throw ProxyError.PAYLOAD_TOO_LARGE.failure();
                }
                RawPairs pairs = new RawPairs(form);
                edit(body, pairs, values);
                String octets = pairs.octets();
                return Buffer.buffer((octets == null ? "" : octets).getBytes(StandardCharsets.ISO_8859_1));
            }
            default -> {
                String octets = given.toString(StandardCharsets.ISO_8859_1);
                return Buffer.buffer(
                        MultipartEdits.edit(body, type, octets, values).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
    }
}
