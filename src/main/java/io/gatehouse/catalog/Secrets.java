package io.gatehouse.catalog;

import io.gatehouse.entity.CertifiedKey;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Vault;
import io.gatehouse.entity.plugin.PluginSchema;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.Field;
import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.LogText;
import io.gatehouse.syntax.VaultReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces references to vaults with their secrets, in the configuration that this node's data path uses.
 *
 * <p><i>Invariant</i>: the Admin API, the database and the messages between nodes contain the references only. The secret of a
 * reference that cannot be resolved, or that its field does not accept, is the empty text.
 *
 * <p><i>Threading</i>: one {@link #resolve} runs at a time, off the event loops.
 */
public final class Secrets {
    private static final Logger LOG = LoggerFactory.getLogger(Secrets.class);

    /** The vault that exists without a configuration. */
    private static final String ENVIRONMENT = "env";

    /** The node's own settings, among them its passwords, are not for the configuration. */
    private static final String OWN_SETTINGS = "GATEHOUSE_";

    /** Characters of a reference in the log. */
    private static final int LOGGED = 200;

    private final Function<String, @Nullable String> environment;
    /** The references without a usable secret last time, with the reason. Each is logged once. */
    private Map<String, String> unresolved = Map.of();
    /** The last configuration, and the same with its secrets. */
    private @Nullable Resolved last;

    private record Resolved(Catalog configured, Catalog resolved) {}

    /** Returns the secret of a reference if it passes the check; otherwise the empty text. */
    interface Source {
        String secret(String reference, Predicate<String> isAccepted);
    }

    /** {@code environment} returns the value of a variable, or null. */
    public Secrets(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /** Returns the configuration with secrets in place of references; the same object if it has no reference. */
    public Catalog resolve(Catalog catalog) {
        Resolved before = last;
        Catalog resolved = before != null && catalog.isReferringAs(before.configured())
                ? catalog.withSecretsOf(before.resolved())
                : resolveAll(catalog);
        last = new Resolved(catalog, resolved);
        return resolved;
    }

    private Catalog resolveAll(Catalog catalog) {
        Map<String, String> variablePrefixes =
                catalog.vaults().stream().collect(Collectors.toMap(Vault::prefix, Vault::variablePrefix));
        Map<String, String> failed = new HashMap<>();
        Source source = (reference, isAccepted) -> {
            Optional<String> secret = secret(reference, variablePrefixes);
            if (secret.filter(isAccepted).isPresent()) {
                return secret.get();
            }
            failed.put(reference, secret.isPresent() ? "a malformed secret" : "no secret");
            return "";
        };
        Catalog resolved =
                catalog.replaced(plugin -> resolve(plugin, source), certificate -> resolve(certificate, source));
        failed.forEach((reference, problem) -> {
            if (!problem.equals(unresolved.get(reference))) {
                String shown = reference.substring(0, Math.min(reference.length(), LOGGED));
                LOG.warn("Reference {} has {} on this node; its field is empty", LogText.oneLine(shown), problem);
            }
        });
        unresolved = Map.copyOf(failed);
        return resolved;
    }

    private Optional<String> secret(String text, Map<String, String> variablePrefixes) {
        VaultReference reference = VaultReference.parse(text).orElse(null);
        if (reference == null) {
            return Optional.empty();
        }
        String variablePrefix = reference.vault().equals(ENVIRONMENT) ? "" : variablePrefixes.get(reference.vault());
        if (variablePrefix == null) {
            return Optional.empty();
        }
        String variable = (variablePrefix + reference.name()).replace('-', '_').toUpperCase(Locale.ROOT);
        String value = variable.startsWith(OWN_SETTINGS) ? null : environment.apply(variable);
        if (value == null || reference.member() == null) {
            return Optional.ofNullable(value);
        }
        return Json.object(value)
                .map(object -> object.get(reference.member()))
                .filter(String.class::isInstance)
                .map(String.class::cast);
    }

    private static CertifiedKey resolve(CertifiedKey certificate, Source source) {
        boolean hasReference = VaultReference.isReference(certificate.cert())
                || VaultReference.isReference(certificate.key())
                || VaultReference.isReference(certificate.certAlt())
                || VaultReference.isReference(certificate.keyAlt());
        return hasReference
                ? new CertifiedKey(
                        certificate.id(),
                        resolve(certificate.cert(), source),
                        resolve(certificate.key(), source),
                        certificate.certAlt() == null ? null : resolve(certificate.certAlt(), source),
                        certificate.keyAlt() == null ? null : resolve(certificate.keyAlt(), source))
                : certificate;
    }

    private static String resolve(String value, Source source) {
        // The listener checks the certificates itself, because they have to be pairs.
        return VaultReference.isReference(value) ? source.secret(value, secret -> true) : value;
    }

    private static Plugin resolve(Plugin plugin, Source source) {
        PluginSchema schema = PluginSchemas.find(plugin.name()).orElse(null);
        if (schema == null || schema.configFields().stream().noneMatch(Field::canContainReference)) {
            return plugin;
        }
        Map<String, @Nullable Object> config =
                record(schema.configFields(), plugin.config().values(), source);
        return config.equals(plugin.config().values()) ? plugin : plugin.with(new Document(config));
    }

    static Map<String, @Nullable Object> record(List<Field> fields, Map<?, ?> values, Source source) {
        Map<String, @Nullable Object> resolved = new LinkedHashMap<>();
        values.forEach((name, value) -> resolved.put((String) name, value));
        for (Field field : fields) {
            resolved.computeIfPresent(
                    field.name(), (name, value) -> field.canContainReference() ? value(field, value, source) : value);
        }
        return resolved;
    }

    private static @Nullable Object value(Field field, @Nullable Object value, Source source) {
        if (value instanceof String text) {
            return field.isReferenceable() && VaultReference.isReference(text)
                    ? source.secret(text, secret -> !VaultReference.isReference(secret) && field.accepts(secret))
                    : text;
        }
        if (value instanceof List<?> list) {
            Field element = field.elements().orElseThrow();
            List<@Nullable Object> resolved = new ArrayList<>(list.size());
            list.forEach(each -> resolved.add(value(element, each, source)));
            return resolved;
        }
        if (value instanceof Map<?, ?> map) {
            Field element = field.elements().orElse(null);
            if (element == null) {
                return record(field.fields(), map, source);
            }
            Map<String, @Nullable Object> resolved = new LinkedHashMap<>();
            map.forEach((name, each) -> resolved.put((String) name, value(element, each, source)));
            return resolved;
        }
        return value;
    }
}
