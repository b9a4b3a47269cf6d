package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Changes the path of one Route again and again. The gateway itself responds to its requests, with 200. */
final class RouteChanges {
    /** Interval between changes whose cost is measured, and pause between those whose time is measured. */
    static final int INTERVAL_MILLIS = 100;

    private static final int PATIENCE_SECONDS = 30;
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Node control;
    private int number;

    private RouteChanges(Node control) {
        this.control = control;
    }

    /**
     * The time of one change in milliseconds since its PATCH was sent.
     *
     * @param answered until the response of the PATCH
     * @param served until every polled node has served the new path
     */
    record Change(double answered, double served) {}

    /** Creates the Route. */
    static RouteChanges create(Node control) {
        Http.post(
                control.adminUrl("/services"), "{\"name\":\"changed\",\"url\":\"" + StateFile.NO_UPSTREAM + "/\"}");
        Http.post(control.adminUrl("/services/changed/routes"), "{\"name\":\"changed\",\"paths\":[\"/changed/0\"]}");
        Http.post(
                control.adminUrl("/routes/changed/plugins"),
                "{\"name\":\"request-termination\",\"config\":{\"status_code\":200,\"message\":\"changed\"}}");
        return new RouteChanges(control);
    }

    /** Makes changes, each after the polled nodes have served the one before, and measures their times. */
    List<Change> timed(int count, List<Poller> pollers) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            changes.add(timed(pollers));
            Processes.pause(INTERVAL_MILLIS);
        }
        return changes;
    }

    private Change timed(List<Poller> pollers) {
        String path = next();
        List<CompletableFuture<Long>> served =
                pollers.stream().map(poller -> poller.expect(path)).toList();
        long begin = System.nanoTime();
        change(path);
        long answered = System.nanoTime();
        long last = served.stream().mapToLong(RouteChanges::await).max().orElseThrow();
        return new Change((answered - begin) / NANOS_PER_MILLI, (last - begin) / NANOS_PER_MILLI);
    }

    private static long await(CompletableFuture<Long> served) {
        try {
            return served.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new BenchException("a node failed: " + e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new BenchException("a node does not serve the changed Route", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    /** Makes changes at a constant rate, and polls no node. Takes {@link #millis} in all, unless a change takes longer. */
    void paced(int count) {
        long begin = System.nanoTime();
        for (int i = 1; i <= count; i++) {
            change(next());
            LockSupport.parkNanos(begin + TimeUnit.MILLISECONDS.toNanos(millis(i)) - System.nanoTime());
        }
    }

    /** Returns the duration of so many changes at a constant rate. */
    static int millis(int count) {
        return count * INTERVAL_MILLIS;
    }

    private String next() {
        number++;
        return "/changed/" + number;
    }

    private void change(String path) {
        Http.patch(control.adminUrl("/routes/changed"), "{\"paths\":[\"" + path + "\"]}");
    }

    static Times answered(List<Change> changes) {
        return Times.of(changes.stream().map(Change::answered).toList());
    }

    static Times served(List<Change> changes) {
        return Times.of(changes.stream().map(Change::served).toList());
    }
}
