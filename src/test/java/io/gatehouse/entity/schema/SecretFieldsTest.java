package io.gatehouse.entity.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.entity.plugin.PluginSchema;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.FieldType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks that the fields that contain secrets are marked, so that the audit trail withholds their values. */
class SecretFieldsTest {
    private static final Pattern SECRET = Pattern.compile(
            ".*\\.(?:[^.]*(?:secret|password|passphrase|private_key|provision_key|_token)[^.]*|jwk|key|key_alt|d)");

    /** Texts with such a name that are no secrets. */
    private static final List<String> OPEN = List.of(
            // The issuer of the tokens (RFC 7519 §4.1.1).
            "jwt_secrets.key",
            // A URL, and names of headers and parameters.
            "openid-connect.downstream_refresh_token_header",
            "openid-connect.mtls_token_endpoint",
            "openid-connect.refresh_token_param_name",
            "openid-connect.upstream_access_token_header",
            "openid-connect.upstream_id_token_header");

    private static Map<String, Field> texts() {
        Map<String, Field> texts = new TreeMap<>();
        for (EntitySchema schema : EntitySchemas.all()) {
            schema.fields().forEach(field -> add(schema.name(), field.name(), field, texts));
        }
        for (PluginSchema plugin : PluginSchemas.installed()) {
            plugin.configFields().forEach(field -> add(plugin.name(), field.name(), field, texts));
        }
        return texts;
    }

    /** Adds the field if it is a text, or what it contains. An element has the name of its list. */
    private static void add(String parent, String name, Field field, Map<String, Field> texts) {
        String path = parent + "." + name;
        if (field.type() == FieldType.STRING && !field.attributes().containsKey("one_of")) {
            texts.put(path, field);
        }
        field.fields().forEach(nested -> add(path, nested.name(), nested, texts));
        field.elements().ifPresent(element -> {
            if (element.type() == FieldType.STRING) {
                add(parent, name, element, texts);
            } else {
                element.fields().forEach(nested -> add(path, nested.name(), nested, texts));
            }
        });
    }

    @Test
    void aTextWithTheNameOfASecretIsOne() {
        Map<String, Field> texts = texts();
        assertThat(texts).hasSizeGreaterThan(100);
        assertThat(texts.entrySet().stream()
                        .filter(entry -> SECRET.matcher(entry.getKey()).matches())
                        .filter(entry -> !entry.getValue().canContainSecret())
                        .map(Map.Entry::getKey)
                        .filter(path -> !OPEN.contains(path)))
                .isEmpty();
    }

    @Test
    void theCredentialsOfEveryKindAreSecrets() {
        assertThat(List.of(
                        EntitySchemas.KEYAUTH_CREDENTIALS.field("key"),
                        EntitySchemas.BASICAUTH_CREDENTIALS.field("password"),
                        EntitySchemas.HMACAUTH_CREDENTIALS.field("secret"),
                        EntitySchemas.JWT_SECRETS.field("secret"),
                        EntitySchemas.OAUTH2_CREDENTIALS.field("client_secret"),
                        EntitySchemas.OAUTH2_SECRETS.field("client_secret"),
                        EntitySchemas.OAUTH2_TOKENS.field("access_token"),
                        EntitySchemas.OAUTH2_TOKENS.field("refresh_token"),
                        EntitySchemas.CERTIFICATES.field("key"),
                        EntitySchemas.KEYS.field("jwk"),
                        EntitySchemas.KEYS.field("pem")))
                .allSatisfy(field -> assertThat(field.orElseThrow().canContainSecret())
                        .as(field.orElseThrow().name())
                        .isTrue());
    }

    @Test
    void theMarkIsNotInTheDescription() {
        assertThat(EntitySchemas.KEYAUTH_CREDENTIALS.describe().toString()).doesNotContain("secret=");
    }
}
