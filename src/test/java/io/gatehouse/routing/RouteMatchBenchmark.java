package io.gatehouse.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the cost of a match by the number of routes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RouteMatchBenchmark {
    private static final int REQUESTS = 1_024;

    /** Routes in the table. */
    @Param({"10", "1000", "100000"})
    public int routes;

    /**
     * {@code prefix}: one prefix each; {@code host}: one host each; {@code both}: a prefix below one of a hundred hosts;
     * {@code regex}: a regular expression, ten to a host, which are tried one after the other.
     */
    @Param({"prefix", "host", "both", "regex"})
    public String kind = "";

    private RouteTable<String> table = RouteTable.of(List.of());
    private RequestFixture[] requests = {};
    private int next;

    /** Builds the table, and requests that are spread over its routes. */
    @Setup
    public void build() {
        List<RouteTable.Entry<String>> entries = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            RouteFixture route = RouteFixture.route("r" + i).id(new UUID(0, i));
            if (kind.equals("regex")) {
                route.paths("~/api/team-[0-9]+/service-" + i + "/(?<rest>.*)");
            } else if (!kind.equals("host")) {
                route.paths("/api/team-" + i % 97 + "/service-" + i);
            }
            if (!kind.equals("prefix")) {
                route.hosts(host(i));
            }
            entries.add(new RouteTable.Entry<>(route.build(), "r" + i));
        }
        table = RouteTable.of(entries);
        requests = new RequestFixture[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            int route = (int) ((long) i * 7_919 % routes);
            requests[i] = RequestFixture.get("/api/team-" + route % 97 + "/service-" + route + "/items/42")
                    .host(kind.equals("prefix") ? "gateway.test" : host(route));
        }
    }

    private String host(int route) {
        int host = switch (kind) {
            case "both" -> route % 100;
            case "regex" -> route / 10;
            default -> route;
        };
        return "h" + host + ".example.test";
    }

    @Benchmark
    public @Nullable Object match() {
        next = (next + 1) % REQUESTS;
        return table.match(requests[next]);
    }
}
