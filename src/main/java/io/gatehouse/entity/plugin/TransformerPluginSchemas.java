package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.TransformerFields;
import io.gatehouse.schema.Field;
import io.gatehouse.syntax.Template;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declares the plugins that edit requests and responses. */
final class TransformerPluginSchemas {
    static final PluginSchema REQUEST = new PluginSchema(
            "request-transformer",
            "0.1.0",
            801,
            List.of(
                    Field.string("http_method")
                            // A CONNECT or TRACE would reach the upstream past the checks of the proxy.
                            .oneOf("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
                    Field.record(
                                    "remove",
                                    TransformerFields.names("body"),
                                    TransformerFields.headerNames("headers"),
                                    TransformerFields.names("querystring"))
                            .required(),
                    Field.record(
                                    "rename",
                                    TransformerFields.pairs("body"),
                                    TransformerFields.headerRenames("headers"),
                                    TransformerFields.pairs("querystring"))
                            .required(),
                    Field.record(
                                    "replace",
                                    TransformerFields.templatePairs("body").secret(),
                                    TransformerFields.headerAndHostPairs("headers")
                                            .secret(),
                                    TransformerFields.templatePairs("querystring")
                                            .secret(),
                                    Field.string("uri").format("path").check(uri -> uriViolation((String) uri)))
                            .required(),
                    additions("add", TransformerFields.headerAndHostPairs("headers")),
                    additions("append", TransformerFields.headerTemplatePairs("headers"))),
            List.of(),
            true);

    static final PluginSchema RESPONSE = new PluginSchema(
            "response-transformer",
            "0.1.0",
            800,
            List.of(
                    Field.record("remove", TransformerFields.headerNames("headers"), TransformerFields.names("json"))
                            .required(),
                    Field.record("rename", TransformerFields.headerRenames("headers"), TransformerFields.pairs("json"))
                            .required(),
                    values("replace"),
                    values("add"),
                    values("append")),
            List.of(),
            true);

    private TransformerPluginSchemas() {}

    private static @Nullable String uriViolation(String uri) {
        // A path that begins with a placeholder gets its slash when it is written.
        if (!uri.startsWith("/") && !uri.startsWith("$(")) {
            return "should start with: /";
        }
        String violation = Template.violation(uri);
        if (violation != null) {
            return violation;
        }
        return Template.of(uri).anyLiteral(c -> c == '?' || c == '#' || Character.isISOControl(c))
                ? "must be a path: without query, fragment and control characters"
                : null;
    }

    private static Field additions(String name, Field headers) {
        return Field.record(
                        name,
                        TransformerFields.templatePairs("body").secret(),
                        headers.secret(),
                        TransformerFields.templatePairs("querystring").secret())
                .required();
    }

    private static Field values(String name) {
        return Field.record(
                        name,
                        TransformerFields.headerPairs("headers").secret(),
                        TransformerFields.pairs("json").secret(),
                        Field.array("json_types", Field.element().oneOf("boolean", "number", "string"))
                                .defaultTo(List.of()))
                .required();
    }
}
