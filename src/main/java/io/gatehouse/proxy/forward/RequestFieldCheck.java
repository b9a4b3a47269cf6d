package io.gatehouse.proxy.forward;

import io.gatehouse.connection.FieldSyntax;
import java.util.function.BiConsumer;

/**
 * Rejects fields of an upstream request that cannot be written (RFC 9110 §5) with {@link IllegalArgumentException}. One for each request.
 *
 * <p><i>Why</i>: the fields of the client were checked when they arrived. To check a long token or cookie again would cost as much as to
 * read it.
 */
final class RequestFieldCheck implements BiConsumer<CharSequence, CharSequence> {
    private boolean isForwarding;

    /** Runs {@code copy}, which adds only fields that the client has sent. */
    void forward(Runnable copy) {
        isForwarding = true;
        copy.run();
        isForwarding = false;
    }

    /** The message has neither part: both can be secrets. */
    @Override
    public void accept(CharSequence name, CharSequence value) {
        if (!isForwarding && (!FieldSyntax.isToken(name) || !FieldSyntax.isText(value))) {
            throw new IllegalArgumentException("a header for the upstream has a control character, or an invalid name");
        }
    }
}
