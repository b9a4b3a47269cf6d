package io.gatehouse.plugin.openidconnect.provider;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Sends forms to the endpoints of a provider, authenticated as a client of it. Immutable. */
final class ClientPosts {
    private final Documents documents;
    private final ClientAuthentication client;

    ClientPosts(Documents documents, ClientAuthentication client) {
        this.documents = documents;
        this.client = client;
    }

    ClientAuthentication client() {
        return client;
    }

    /** Sends a form as the configured client. */
    Future<Documents.Reply> send(String endpoint, Map<String, String> parameters) {
        return send(endpoint, parameters, client);
    }

    Future<Documents.Reply> send(String endpoint, Map<String, String> parameters, ClientAuthentication as) {
        Map<String, String> form = new LinkedHashMap<>(parameters);
        return documents
                .onWorker(() -> as.authenticate(form, endpoint))
                .compose(headers -> documents.post(endpoint, encoded(form), headers));
    }

    private static Buffer encoded(Map<String, String> form) {
        return Buffer.buffer(form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&")));
    }
}
