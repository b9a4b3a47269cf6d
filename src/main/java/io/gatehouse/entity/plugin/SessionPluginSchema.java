package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.CookieFields;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declares the {@code session} plugin's configuration. */
final class SessionPluginSchema {
    private static final int HOUR = 3_600;
    private static final int DAY = 24 * HOUR;
    /** Browsers keep no cookie for longer than 400 days. */
    private static final int YEAR = 365 * DAY;

    private static final int MAX_TEXT = 2_048;
    private static final int MAX_NAME = 256;

    static final PluginSchema SCHEMA = new PluginSchema(
            "session",
            "0.1.0",
            1900,
            fields(),
            List.of(EntityCheck.ofRecord("cookies", SessionPluginSchema::cookiesViolation)),
            false);

    private SessionPluginSchema() {}

    private static List<Field> fields() {
        List<Field> fields = new ArrayList<>(List.of(
                // Kong generates one. Without it, the secret of the cluster counts, and two diffs of decK are alike.
                Field.string("secret").referenceable().lengthAtMost(MAX_TEXT),
                Field.string("storage").oneOf("cookie", "kong").defaultTo("cookie"),
                CommonFields.headerText(Field.string("audience"))
                        .lengthAtMost(MAX_NAME)
                        .defaultTo("default"),
                seconds("idling_timeout", 900),
                seconds("rolling_timeout", HOUR),
                seconds("absolute_timeout", DAY),
                Field.number("stale_ttl").between(0, HOUR).defaultTo(10L)));
        fields.addAll(CookieFields.of(
                "cookie", "session", "Strict", Field.bool("cookie_secure").defaultTo(true)));
        fields.addAll(List.of(
                Field.bool("remember").defaultTo(false),
                CookieFields.name("remember_cookie_name", "remember"),
                seconds("remember_rolling_timeout", 7 * DAY),
                seconds("remember_absolute_timeout", 30 * DAY),
                headers("response_headers"),
                headers("request_headers"),
                Field.bool("read_body_for_logout").defaultTo(false),
                Field.set("logout_methods", Field.element().oneOf("GET", "POST", "DELETE"))
                        .defaultTo(List.of("POST", "DELETE")),
                argument("logout_query_arg"),
                argument("logout_post_arg"),
                Field.bool("hash_subject").defaultTo(false),
                Field.bool("store_metadata").defaultTo(false)));
        return fields;
    }

    private static Field seconds(String name, long usual) {
        return Field.number(name).between(0, YEAR).defaultTo(usual);
    }

    private static Field headers(String name) {
        return Field.set(
                name,
                Field.element()
                        .oneOf(
                                "id",
                                "audience",
                                "subject",
                                "timeout",
                                "idling-timeout",
                                "rolling-timeout",
                                "absolute-timeout"));
    }

    private static Field argument(String name) {
        return Field.string(name).lengthAtMost(MAX_NAME).defaultTo("session_logout");
    }

    /** A browser that refuses a cookie would begin a session with each request. */
    private static @Nullable String cookiesViolation(Document config) {
        boolean isPersistent = config.flag("remember");
        if (isPersistent && config.string("cookie_name").equals(config.string("remember_cookie_name"))) {
            return "cookie_name and remember_cookie_name must differ";
        }
        String violation = CookieFields.violation(config, "cookie", "cookie_name");
        return violation == null && isPersistent
                ? CookieFields.violation(config, "cookie", "remember_cookie_name")
                : violation;
    }
}
