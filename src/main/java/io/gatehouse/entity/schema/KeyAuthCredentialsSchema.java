package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import java.util.List;

/** Declares the API keys of Consumers: {@code /key-auths} and {@code /consumers/{c}/key-auth}. */
final class KeyAuthCredentialsSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "keyauth_credentials",
                    "key",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.consumer(),
                            CommonFields.literal(CommonFields.key()).secret(),
                            CommonFields.tags(),
                            CommonFields.ttl(),
                            CommonFields.deleteAt()))
            .at("key-auths", "key-auth")
            .expandedBy(CommonFields::expandTtl)
            .outsideCatalog();

    private KeyAuthCredentialsSchema() {}
}
