package io.gatehouse.launch.command.demo;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Sends requests and prints each as the curl line that does the same, with its answer. */
final class DemoClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient http;
    private final PrintStream out;

    DemoClient(PrintStream out) {
        this.out = out;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .sslContext(trustingSelfSigned())
                .build();
    }

    /** An answer: its status and its body, when that is a JSON object. */
    record Answer(int status, JsonObject body) {
        String text(String member) {
            return body.getString(member, "");
        }
    }

    /** Sends without a word. */
    Answer quietly(String method, String url, Map<String, String> headers, @Nullable String body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(TIMEOUT)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), json(response.body()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Sends, and shows request and answer. */
    Answer show(String method, String url, Map<String, String> headers, @Nullable String body) throws IOException {
        out.println("  $ " + curl(method, url, headers, body));
        Answer answer = quietly(method, url, headers, body);
        out.println("  " + answer.status()
                + (answer.body().isEmpty() ? "" : " " + answer.body().encode()));
        out.println();
        return answer;
    }

    private static String curl(String method, String url, Map<String, String> headers, @Nullable String body) {
        List<String> words = new ArrayList<>(List.of("curl"));
        words.add(url.startsWith("https:") ? "-sk" : "-s");
        if (!method.equals(body == null ? "GET" : "POST")) {
            words.add("-X " + method);
        }
        words.add(url);
        headers.forEach((name, value) -> words.add("-H '" + name + ": " + value + "'"));
        if (body != null) {
            words.add("-d '" + body + "'");
        }
        return String.join(" ", words);
    }

    private static JsonObject json(String body) {
        try {
            return body.isBlank() ? new JsonObject() : new JsonObject(body);
        } catch (DecodeException e) {
            return new JsonObject().put("text", body);
        }
    }

    /** As {@code curl -k}: the demo talks to this machine, whose certificate the node made for itself. */
    private static SSLContext trustingSelfSigned() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has TLS", e);
        }
    }

    /** Extended, so that host names are left alone too. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
