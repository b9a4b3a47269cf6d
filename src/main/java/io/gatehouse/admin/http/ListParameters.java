package io.gatehouse.admin.http;

import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.TextPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads {@code size}, {@code offset} and {@code tags} of a list request (docs/reference/admin-api.md#endpoints).
 *
 * @param size the maximum number of entities
 * @param offset the decoded offset; empty for the first page
 */
public record ListParameters(int size, Optional<String> offset, List<String> tags, boolean anyTag) {
    private static final int DEFAULT_SIZE = 100;
    private static final int MAX_SIZE = 1000;
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,18}(?:\\.\\d{1,18})?");
    // Printable, without the two separators of a filter.
    private static final TextPattern TAG = TextPattern.of("[^\\x00-\\x1f\\x7f,/]+");
    /** Describes a filter. It is not used for matching, because the depth of its recursion grows with the number of tags. */
    private static final TextPattern TAGS = TextPattern.of("(T(,T)*|T(/T)*)".replace("T", TAG.text()));

    /** The parameter of every list. */
    public static final Field PAGE_SIZE =
            Field.integer("size").between(1, MAX_SIZE).defaultTo(DEFAULT_SIZE);

    /** The parameters of the lists of tags, as the OpenAPI document describes them. */
    public static final List<Field> PAGING =
            List.of(PAGE_SIZE, Field.string("offset").format("offset-of-tags"));

    /** Returns the parameters of a list of entities. */
    public static List<Field> fields(EntitySchema schema) {
        List<Field> fields =
                new ArrayList<>(List.of(PAGE_SIZE, Field.string("offset").format("offset")));
        if (schema.field("tags").isPresent()) {
            fields.add(Field.string("tags").pattern(TAGS, value -> "invalid filter syntax"));
        }
        // A value that no entity can have finds none.
        schema.fields().stream().filter(Field::isFilterable).forEach(field -> fields.add(Field.string(field.name())));
        return fields;
    }

    public static ListParameters of(AdminRequest request, EntitySchema schema) {
        ListParameters paging = paging(request);
        Optional<String> tags = request.parameter("tags");
        if (tags.isEmpty()) {
            return paging;
        }
        if (schema.field("tags").isEmpty()) {
            throw invalidTags("'" + schema.path() + "' have no tags");
        }
        String filter = tags.get();
        if (filter.isEmpty()) {
            throw invalidTags("cannot be null");
        }
        boolean any = filter.indexOf('/') >= 0;
        List<String> wanted = Arrays.asList(filter.split(any ? "/" : ",", -1));
        // A tag of a filter that mixes both separators contains the other one.
        if (!wanted.stream().allMatch(TAG::matches)) {
            throw invalidTags("invalid filter syntax");
        }
        return new ListParameters(paging.size, paging.offset, wanted, any);
    }

    /** Reads {@code size} and {@code offset} of a list without {@code tags}. */
    public static ListParameters paging(AdminRequest request) {
        int size = request.parameter("size").map(ListParameters::size).orElse(DEFAULT_SIZE);
        return new ListParameters(size, request.parameter("offset").map(ListParameters::decode), List.of(), false);
    }

    private static int size(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw AdminError.INVALID_SIZE.exception("size must be a number");
        }
        double size = Double.parseDouble(text);
        if (size < 1 || size > MAX_SIZE || size != Math.rint(size)) {
            throw AdminError.INVALID_SIZE.exception("size must be an integer between 1 and " + MAX_SIZE);
        }
        return (int) size;
    }

    private static AdminException invalidTags(String reason) {
        return AdminError.invalidOption("tags", reason);
    }

    static String encode(String offset) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(offset.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String offset) {
        try {
            return new String(Base64.getUrlDecoder().decode(offset), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalidOffset(offset, "bad base64 encoding");
        }
    }

    /** Creates the exception for a decoded offset that is none of this list. Kong's offsets contain JSON. */
    public static AdminException invalidOffset(String offset) {
        return invalidOffset(offset, "bad json encoding");
    }

    private static AdminException invalidOffset(String offset, String reason) {
        return AdminError.INVALID_OFFSET.exception("'" + offset + "' is not a valid offset: " + reason);
    }
}
