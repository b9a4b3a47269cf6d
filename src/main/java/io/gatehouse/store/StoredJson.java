package io.gatehouse.store;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts JSON from a column into the form that a schema gives to values, so that a stored value equals the checked one. */
final class StoredJson {
    private StoredJson() {}

    static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return plain(object.getMap());
        }
        if (value instanceof JsonArray array) {
            return plain(array.getList());
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((key, nested) -> plain.put(key, plain(nested)));
            return plain;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>(list.size());
            list.forEach(nested -> plain.add(plain(nested)));
            return plain;
        }
        if (value instanceof Integer integer) {
            return integer.longValue();
        }
        // jsonb writes large numbers in full, so they may be integers beyond the range of a long.
        return value instanceof Number number && !(number instanceof Long) ? (Object) number.doubleValue() : value;
    }
}
