package io.gatehouse.plugin.transformer;

import io.gatehouse.syntax.Template;
import io.gatehouse.syntax.form.MediaType;
import io.gatehouse.syntax.form.Multipart;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Edits the parts of a multipart form.
 *
 * <p>As in Kong, nothing is appended, and a part that is renamed or replaced has no {@code filename} afterwards.
 */
final class MultipartEdits {
    private MultipartEdits() {}

    /** Returns the edited form; the given one if it is malformed. Both have one character for each byte. */
    static String edit(Edits edits, MediaType type, String given, Template.Values values) {
        Optional<Multipart> form = Multipart.parse(type, given);
        for (String name : edits.removals()) {
            form = form.flatMap(each -> Multipart.parse(type, each.without(name)));
        }
        for (Edits.Pair pair : edits.renames()) {
            form = form.flatMap(each -> renamed(type, each, pair));
        }
        for (Edits.Pair pair : edits.replacements()) {
            form = form.flatMap(each -> each.value(pair.name()).isPresent()
                    ? set(type, each, pair.name(), octets(pair, values))
                    : Optional.of(each));
        }
        for (Edits.Pair pair : edits.additions()) {
            form = form.flatMap(each -> each.value(pair.name()).isPresent()
                    ? Optional.of(each)
                    : set(type, each, pair.name(), octets(pair, values)));
        }
        return form.map(Multipart::octets).orElse(given);
    }

    private static Optional<Multipart> renamed(MediaType type, Multipart form, Edits.Pair pair) {
        Optional<String> value = form.value(pair.name());
        return value.isEmpty() || pair.name().equals(pair.text())
                ? Optional.of(form)
                : Multipart.parse(type, form.without(pair.name()))
                        .flatMap(rest -> set(type, rest, pair.text(), value.get()));
    }

    /** Sets the only part of a name. A value of a client that contains the delimiter has no effect. */
    private static Optional<Multipart> set(MediaType type, Multipart form, String name, String value) {
        return Multipart.parse(type, form.without(name))
                .flatMap(rest -> rest.with(name, value)
                        .map(octets -> Multipart.parse(type, octets))
                        .orElse(Optional.of(form)));
    }

    private static String octets(Edits.Pair pair, Template.Values values) {
        return new String(pair.value().resolve(values).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
