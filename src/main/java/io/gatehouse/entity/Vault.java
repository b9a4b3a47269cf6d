package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.UUID;

/**
 * Names a source of secrets for references. The source is the environment of each node.
 *
 * @param prefix the name in references
 * @param variablePrefix precedes the name of the secret in the environment; empty if there is none
 */
public record Vault(UUID id, String prefix, String variablePrefix) {

    public static Vault of(Document document) {
        String variablePrefix = document.record("config").optionalString("prefix");
        return new Vault(document.id(), document.string("prefix"), variablePrefix == null ? "" : variablePrefix);
    }
}
