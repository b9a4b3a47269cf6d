package bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Sends single requests: set-up, and checks whether a server responds. */
final class Http {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private Http() {}

    /** The status of a GET on loopback; 0 without a response. */
    static int status(int port, String path) {
        try {
            return send(request("http://127.0.0.1:" + port + path)).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    static void post(String url, String json) {
        expect(request(url).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)), 201);
    }

    static void patch(String url, String json) {
        expect(
                request(url).header("Content-Type", "application/json").method("PATCH", BodyPublishers.ofString(json)),
                200);
    }

    static void put(String url, String json) {
        expect(request(url).header("Content-Type", "application/json").PUT(BodyPublishers.ofString(json)), 200);
    }

    static String get(String url) {
        return expect(request(url), 200);
    }

    static void delete(String url) {
        expect(request(url).DELETE(), 204);
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
    }

    private static String expect(HttpRequest.Builder request, int status) {
        try {
            HttpResponse<String> response = send(request);
            if (response.statusCode() != status) {
                throw new BenchException(response.uri() + " answers " + response.statusCode() + " " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new BenchException("no answer", e);
        }
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }
}
