package io.gatehouse.cluster.quota;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.gatehouse.quota.Claim;
import io.gatehouse.quota.CounterId;
import io.gatehouse.quota.Grant;
import io.gatehouse.quota.Period;
import io.gatehouse.quota.Release;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Serializes counters and what members exchange about them. */
final class QuotaSerializers {
    private QuotaSerializers() {}

    static List<CompactSerializer<?>> all() {
        return List.of(new OfCounter(), new OfGrant(), new OfClaim(), new OfCopy(), new OfRecall(), new OfLeaving());
    }

    private static String[] strings(CompactReader in, String field) {
        @Nullable String @Nullable [] values = in.readArrayOfString(field);
        return values == null
                ? new String[0]
                : Arrays.stream(values).map(Objects::requireNonNull).toArray(String[]::new);
    }

    private static long[] longs(CompactReader in, String field) {
        long[] values = in.readArrayOfInt64(field);
        return values == null ? new long[0] : values;
    }

    private static String string(CompactReader in, String field) {
        return Objects.requireNonNull(in.readString(field));
    }

    private static Counter counter(CompactReader in) {
        String[] nodes = strings(in, "nodes");
        long[] generations = longs(in, "generations");
        long[] outstanding = longs(in, "outstanding");
        List<Counter.Holder> holders = new ArrayList<>(nodes.length);
        for (int i = 0; i < nodes.length; i++) {
            holders.add(new Counter.Holder(nodes[i], generations[i], outstanding[i]));
        }
        return new Counter(in.readInt64("granted"), holders);
    }

    private static void counter(CompactWriter out, Counter counter) {
        out.writeInt64("granted", counter.granted());
        out.writeArrayOfString(
                "nodes", counter.holders().stream().map(Counter.Holder::node).toArray(String[]::new));
        out.writeArrayOfInt64(
                "generations",
                counter.holders().stream().mapToLong(Counter.Holder::generation).toArray());
        out.writeArrayOfInt64(
                "outstanding",
                counter.holders().stream()
                        .mapToLong(Counter.Holder::outstanding)
                        .toArray());
    }

    private static final class OfCounter implements CompactSerializer<Counter> {
        @Override
        public Counter read(CompactReader in) {
            return counter(in);
        }

        @Override
        public void write(CompactWriter out, Counter counter) {
            counter(out, counter);
        }

        @Override
        public String getTypeName() {
            return "gatehouse.counter";
        }

        @Override
        public Class<Counter> getCompactClass() {
            return Counter.class;
        }
    }

    private static final class OfCopy implements CompactSerializer<CopyProcessor> {
        @Override
        public CopyProcessor read(CompactReader in) {
            return new CopyProcessor(counter(in), in.readInt64("life"));
        }

        @Override
        public void write(CompactWriter out, CopyProcessor processor) {
            counter(out, processor.counter());
            out.writeInt64("life", processor.lifeMillis());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.copy-counter";
        }

        @Override
        public Class<CopyProcessor> getCompactClass() {
            return CopyProcessor.class;
        }
    }

    private static final class OfGrant implements CompactSerializer<Grant> {
        @Override
        public Grant read(CompactReader in) {
            return new Grant(
                    in.readInt64("generation"),
                    in.readInt64("granted"),
                    in.readInt64("remaining"),
                    List.of(strings(in, "holders")));
        }

        @Override
        public void write(CompactWriter out, Grant grant) {
            out.writeInt64("generation", grant.generation());
            out.writeInt64("granted", grant.granted());
            out.writeInt64("remaining", grant.remaining());
            out.writeArrayOfString("holders", grant.holders().toArray(String[]::new));
        }

        @Override
        public String getTypeName() {
            return "gatehouse.grant";
        }

        @Override
        public Class<Grant> getCompactClass() {
            return Grant.class;
        }
    }

    private static final class OfClaim implements CompactSerializer<ClaimProcessor> {
        @Override
        public ClaimProcessor read(CompactReader in) {
            String[] nodes = strings(in, "releasing");
            long[] generations = longs(in, "releasedGenerations");
            long[] returned = longs(in, "released");
            List<Release> releases = new ArrayList<>(nodes.length);
            for (int i = 0; i < nodes.length; i++) {
                releases.add(new Release(nodes[i], generations[i], returned[i]));
            }
            Claim claim = new Claim(
                    in.readInt64("generation"),
                    in.readInt64("returned"),
                    in.readInt64("wanted"),
                    in.readInt64("received"),
                    in.readInt64("limit"),
                    releases);
            return new ClaimProcessor(string(in, "node"), claim, in.readInt64("life"));
        }

        @Override
        public void write(CompactWriter out, ClaimProcessor processor) {
            Claim claim = processor.claim();
            out.writeString("node", processor.node());
            out.writeInt64("life", processor.lifeMillis());
            out.writeInt64("generation", claim.generation());
            out.writeInt64("returned", claim.returned());
            out.writeInt64("wanted", claim.wanted());
            out.writeInt64("received", claim.received());
            out.writeInt64("limit", claim.limit());
            List<Release> releases = claim.releases();
            out.writeArrayOfString(
                    "releasing", releases.stream().map(Release::node).toArray(String[]::new));
            out.writeArrayOfInt64(
                    "releasedGenerations",
                    releases.stream().mapToLong(Release::generation).toArray());
            out.writeArrayOfInt64(
                    "released", releases.stream().mapToLong(Release::returned).toArray());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.claim";
        }

        @Override
        public Class<ClaimProcessor> getCompactClass() {
            return ClaimProcessor.class;
        }
    }

    private static final class OfRecall implements CompactSerializer<RecallTask> {
        @Override
        public RecallTask read(CompactReader in) {
            return new RecallTask(
                    new CounterId(string(in, "key"), Period.valueOf(string(in, "period")), in.readInt64("start")));
        }

        @Override
        public void write(CompactWriter out, RecallTask task) {
            out.writeString("key", task.counter().key());
            out.writeString("period", task.counter().period().name());
            out.writeInt64("start", task.counter().start());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.recall";
        }

        @Override
        public Class<RecallTask> getCompactClass() {
            return RecallTask.class;
        }
    }

    private static final class OfLeaving implements CompactSerializer<LeavingTask> {
        @Override
        public LeavingTask read(CompactReader in) {
            return new LeavingTask(string(in, "node"));
        }

        @Override
        public void write(CompactWriter out, LeavingTask task) {
            out.writeString("node", task.node());
        }

        @Override
        public String getTypeName() {
            return "gatehouse.leaving";
        }

        @Override
        public Class<LeavingTask> getCompactClass() {
            return LeavingTask.class;
        }
    }
}
