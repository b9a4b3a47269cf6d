package io.gatehouse.admin.call;

import io.gatehouse.syntax.Text;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds the response of the proxy.
 *
 * @param headers the values by the names in lower case
 * @param isTruncated whether the body has more bytes than {@link #MAX_BODY}, which are not read
 */
@SuppressWarnings("ArrayRecordComponent") // Responses are never compared.
record CalledResponse(int status, Map<String, List<String>> headers, byte[] body, boolean isTruncated) {
    static final int MAX_BODY = 64 * 1024;
    /** Bytes of a character in UTF-8. */
    private static final int MAX_CHARACTER = 4;

    /** Reads the response up to the end, or up to the limit. */
    static Future<CalledResponse> read(HttpClientResponse response) {
        Promise<CalledResponse> whole = Promise.promise();
        Buffer bytes = Buffer.buffer();
        response.handler(chunk -> {
            int room = MAX_BODY - bytes.length();
            bytes.appendBuffer(chunk.length() <= room ? chunk : chunk.slice(0, room));
            if (chunk.length() > room) {
                whole.tryComplete(of(response, bytes, true));
            }
        });
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(of(response, bytes, false)));
        return whole.future();
    }

    private static CalledResponse of(HttpClientResponse response, Buffer bytes, boolean isTruncated) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        response.headers()
                .forEach((name, value) -> headers.computeIfAbsent(
                                name.toLowerCase(Locale.ROOT), first -> new ArrayList<>())
                        .add(value));
        return new CalledResponse(response.statusCode(), headers, bytes.getBytes(), isTruncated);
    }

    /** Returns the response as a JSON object. A body that is no UTF-8 is in {@code body_base64}. */
    Map<String, @Nullable Object> members() {
        Optional<String> text = text();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("status", status);
        members.put("headers", headers);
        members.put("body", text.orElse(null));
        members.put("body_base64", text.isPresent() ? null : Base64.getEncoder().encodeToString(body));
        members.put("truncated", isTruncated);
        return members;
    }

    /** The limit may cut a character, which is left out. */
    private Optional<String> text() {
        Optional<String> text = Text.utf8(body);
        for (int cut = 1; isTruncated && text.isEmpty() && cut < MAX_CHARACTER; cut++) {
            text = Text.utf8(Arrays.copyOf(body, body.length - cut));
        }
        return text;
    }
}
