package io.gatehouse.plugin;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * Transforms the body of one response while it is passed on.
 *
 * <p>{@link WholeBodyTransformation} collects the body first. If a method throws, the client receives a 502, or its connection or
 * stream is reset if the head has been written.
 */
public interface BodyTransformation {
    /** Returns the bytes to pass on for a piece of the body; empty to pass on none now. */
    Buffer data(Buffer piece);

    /** Returns the last bytes, after the end of the body. */
    Buffer end();

    /** Returns the last bytes of a body with these trailer fields, which the client may not receive. */
    default Buffer end(MultiMap trailers) {
        return end();
    }

    /** Whether the client receives {@link #end} also if the upstream's response has no body. */
    default boolean addsBody() {
        return false;
    }

    /**
     * Returns how many bytes it holds back until the end of the body. Those of all responses have a limit together. Beyond it the client
     * receives a 503.
     */
    default int held() {
        return 0;
    }

    /** Runs before {@link #aborted} if the bytes that are held back exceed that limit. */
    default void exceeded(RuntimeException failure) {}

    /** Runs instead of {@link #end()} if the body is not passed on to its end. Releases what the transformation has collected. */
    default void aborted() {}

    /** Whether it passes every byte on unchanged, so that the length of the body stays as the upstream announced it. */
    default boolean keepsBytes() {
        return false;
    }

    /** Joins transformations: each receives the output of the one before. */
    static BodyTransformation joined(List<BodyTransformation> all) {
        return all.size() == 1
                ? all.get(0)
                : new BodyTransformation() {
                    @Override
                    public Buffer data(Buffer piece) {
                        return through(0, piece);
                    }

                    @Override
                    public Buffer end() {
                        return end(MultiMap.caseInsensitiveMultiMap());
                    }

                    @Override
                    public Buffer end(MultiMap trailers) {
                        Buffer rest = Buffer.buffer();
                        for (int i = 0; i < all.size(); i++) {
                            rest.appendBuffer(through(i + 1, all.get(i).end(trailers)));
                        }
                        return rest;
                    }

                    @Override
                    public boolean addsBody() {
                        return all.stream().anyMatch(BodyTransformation::addsBody);
                    }

                    @Override
                    public int held() {
                        return all.stream().mapToInt(BodyTransformation::held).sum();
                    }

                    @Override
                    public void exceeded(RuntimeException failure) {
                        all.forEach(each -> each.exceeded(failure));
                    }

                    @Override
                    public void aborted() {
                        all.forEach(BodyTransformation::aborted);
                    }

                    @Override
                    public boolean keepsBytes() {
                        return all.stream().allMatch(BodyTransformation::keepsBytes);
                    }

                    private Buffer through(int first, Buffer piece) {
                        Buffer passed = piece;
                        for (int i = first; i < all.size() && passed.length() > 0; i++) {
                            passed = all.get(i).data(passed);
                        }
                        return passed;
                    }
                };
    }
}
