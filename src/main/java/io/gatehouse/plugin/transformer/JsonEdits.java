package io.gatehouse.plugin.transformer;

import io.gatehouse.syntax.Template;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Edits the members of a JSON object. */
final class JsonEdits {
    /** Of JSON (RFC 8259 §2). */
    private static final String BLANKS = " \t\r\n";
    /** U+FEFF in UTF-8, which some writers put first. */
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private JsonEdits() {}

    /** Returns the edited object; empty if the bytes are not one, or if it cannot be written. */
    static Optional<Buffer> edit(Edits edits, Buffer given, Template.Values values) {
        JsonObject object;
        try {
            object = new JsonObject(given);
        } catch (DecodeException | ClassCastException e) {
            return Optional.empty();
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
        try {
            return Optional.of(object.toBuffer());
        } catch (EncodeException e) {
            // A list around an appended value makes the nesting too deep.
            return Optional.empty();
        }
    }

    /** Returns whether the bytes begin as those of an object do: a reader that is less strict could take them for one. */
    static boolean resembleObject(Buffer bytes) {
        int at = startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
        while (at < bytes.length() && BLANKS.indexOf(bytes.getByte(at)) >= 0) {
            at++;
        }
        return at < bytes.length() && bytes.getByte(at) == '{';
    }

    private static boolean startsWithMark(Buffer bytes) {
        return bytes.length() >= BYTE_ORDER_MARK.length
                && Arrays.equals(bytes.getBytes(0, BYTE_ORDER_MARK.length), BYTE_ORDER_MARK);
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
