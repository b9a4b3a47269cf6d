package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.RandomString;
import java.util.List;

/** Declares the credentials of the hmac-auth plugin: {@code /hmac-auths} and {@code /consumers/{c}/hmac-auth}. */
final class HmacAuthCredentialsSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "hmacauth_credentials",
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
                            CommonFields.literal(Field.string("secret"))
                                    .lengthAtLeast(1)
                                    .auto(RandomString::next)
                                    .secret(),
                            CommonFields.tags()))
            .at("hmac-auths", "hmac-auth")
            .outsideCatalog();

    private HmacAuthCredentialsSchema() {}
}
