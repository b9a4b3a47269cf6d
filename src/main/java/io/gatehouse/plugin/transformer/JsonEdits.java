package io.gatehouse.plugin.transformer;

import io.gatehouse.syntax.Template;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Edits the members of a JSON object. */
final class JsonEdits {
    private JsonEdits() {}

    /** Returns the edited object; the same bytes if they are not one. */
    static Buffer edit(Edits edits, Buffer given, Template.Values values) {
        JsonObject object;
        try {
            object = new JsonObject(given);
        } catch (DecodeException | ClassCastException e) {
            return given;
        }
        edits.removals().forEach(object::remove);
        for (Edits.Pair pair : edits.renames()) {
            if (object.containsKey(pair.name())) {
                object.put(pair.text(), object.remove(pair.name()));
            }
        }
        for (Edits.Pair pair : edits.replacements()) {
            if (object.containsKey(pair.name())) {
                object.put(pair.name(), value(pair, values));
            }
        }
        for (Edits.Pair pair : edits.additions()) {
            if (!object.containsKey(pair.name())) {
                object.put(pair.name(), value(pair, values));
            }
        }
        for (Edits.Pair pair : edits.appended()) {
            object.put(pair.name(), appended(object.getValue(pair.name()), value(pair, values)));
        }
        return object.toBuffer();
    }

    private static JsonArray appended(@Nullable Object existing, @Nullable Object value) {
        JsonArray all = existing instanceof JsonArray array ? array.copy() : new JsonArray();
        if (existing != null && !(existing instanceof JsonArray)) {
            all.add(existing);
        }
        return all.add(value);
    }

    /** Returns the value in its type. A text that is no number or boolean remains a text. */
    private static @Nullable Object value(Edits.Pair pair, Template.Values values) {
        String text = pair.value().resolve(values);
        return switch (pair.type()) {
            case "boolean" -> text.equals("true") || text.equals("false") ? (Object) Boolean.valueOf(text) : text;
            case "number" -> number(text);
            default -> text;
        };
    }

    private static Object number(String text) {
        try {
            BigDecimal number = new BigDecimal(text);
            // A large exponent would be written as as many digits.
            boolean isWhole = number.scale() <= 0 && number.precision() - (long) number.scale() < 19;
            return isWhole ? (Object) number.longValueExact() : (Object) number.doubleValue();
        } catch (NumberFormatException e) {
            return text;
        }
    }
}
