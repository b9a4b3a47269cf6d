package io.gatehouse.syntax.form;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses {@code application/x-www-form-urlencoded}, of bodies and queries. */
public final class UrlEncoded {
    private UrlEncoded() {}

    /** Returns the pairs in their order; empty if one cannot be decoded. */
    public static Optional<List<FormPair>> parse(String text) {
        List<FormPair> pairs = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('&', start);
            end = end < 0 ? text.length() : end;
            if (end > start) {
                int equals = text.indexOf('=', start);
                equals = equals < 0 || equals > end ? end : equals;
                Optional<String> name = PercentEncoding.decode(text.substring(start, equals), true);
                Optional<String> value = PercentEncoding.decode(text.substring(Math.min(equals + 1, end), end), true);
                if (name.isEmpty() || value.isEmpty()) {
                    return Optional.empty();
                }
                pairs.add(new FormPair(name.get(), value.get()));
            }
            start = end + 1;
        }
        return Optional.of(pairs);
    }
}
