package io.gatehouse.entity;

import java.util.List;

/** The groups consumers are in: {@code /acls} and {@code /consumers/{c}/acls}. */
final class AclsSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "acls",
                    null,
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.consumer(),
                            Field.string("group")
                                    .required()
                                    .lengthAtLeast(1)
                                    .lengthAtMost(CommonFields.MAX_KEY_LENGTH)
                                    .matches(AclsSchema::isHeaderText, value -> "must not contain control characters"),
                            CommonFields.tags()))
            .uniqueTogether("consumer", "group")
            .outsideCatalog();

    private AclsSchema() {}

    /** Upstreams are told the groups in a header. */
    private static boolean isHeaderText(String group) {
        return group.chars().noneMatch(Character::isISOControl);
    }
}
