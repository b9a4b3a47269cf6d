package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the credentials of the basic-auth plugin: {@code /basic-auths} and {@code /consumers/{c}/basic-auth}. */
final class BasicAuthCredentialsSchema {
    /** In characters. An event loop hashes them, and the head of a request has no place for twice as many. */
    private static final int MAX_PASSWORD = 16 * 1024;

    static final EntitySchema SCHEMA = EntitySchema.of(
                    "basicauth_credentials",
                    "username",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.consumer(),
                            CommonFields.headerText(Field.string("username"))
                                    .required()
                                    .lengthAtLeast(1)
                                    .lengthAtMost(CommonFields.MAX_KEY_LENGTH)
                                    .unique(),
                            CommonFields.literal(Field.string("password"))
                                    .required()
                                    .lengthAtLeast(1)
                                    .lengthAtMost(MAX_PASSWORD)
                                    .saltedBy("consumer"),
                            CommonFields.tags()))
            .at("basic-auths", "basic-auth")
            .outsideCatalog();

    private BasicAuthCredentialsSchema() {}
}
