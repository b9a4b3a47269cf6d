package bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Requests on many connections from one event loop: so many in all as fast as it goes, or so many in a second. */
final class Generator {
    /** Interval between checks for due requests. A shorter one costs CPU without better figures. */
    private static final long TICK_NANOS = 250_000;

    private static final long PATIENCE_SECONDS = 240;
    private static final Vertx VERTX = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));

    private final Target target;
    private final int connections;

    Generator(Target target, int connections) {
        this.target = target;
        this.connections = connections;
    }

    /** Sends {@code count} requests, each connection its next when the last is answered, and shows every answer's body. */
    void send(long count, Consumer<Buffer> bodies) {
        run(new Unpaced(count, bodies, true));
    }

    /**
     * Sends {@code count} requests in the same way, and does not fail with one that has another status than expected. Shows the bodies of
     * those with the expected status.
     *
     * @return the number of responses with each status
     */
    Map<Integer, Long> statuses(long count, Consumer<Buffer> bodies) {
        Unpaced run = new Unpaced(count, bodies, false);
        run(run);
        return run.statuses;
    }

    /**
     * Sends {@code rate} requests a second, evenly, whether or not earlier ones are answered. One that finds all connections
     * waiting for answers goes out late, and that counts: its time is taken from when it was due (no coordinated omission).
     * Otherwise it is taken from when it was sent: that this loop is a little late is not the contestant's doing.
     */
    Result paced(double rate, int seconds) {
        Paced run = new Paced((int) (rate * seconds), TimeUnit.SECONDS.toNanos(1) / rate);
        run(run);
        return run.result(seconds);
    }

    private void run(Run run) {
        URI uri = URI.create(target.url());
        Context context = VERTX.getOrCreateContext();
        NetClient client = VERTX.createNetClient(new NetClientOptions()
                .setSsl(uri.getScheme().equals("https"))
                .setTcpNoDelay(true)
                // The gateway's certificate is one it made for itself.
                .setTrustAll(true)
                .setHostnameVerificationAlgorithm(""));
        context.runOnContext(ignored -> {
            List<Future<?>> open = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                open.add(client.connect(uri.getPort(), uri.getHost())
                        .onSuccess(socket -> run.lanes.add(new Lane(socket, run))));
            }
            Future.all(open).onSuccess(all -> run.begin()).onFailure(run.done::tryFail);
        });
        try {
            run.done.future().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new BenchException(target.url() + ": " + e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new BenchException(target.url() + " does not come to an end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        } finally {
            context.runOnContext(ignored -> {
                run.lanes.forEach(Lane::close);
                client.close();
            });
        }
    }

    /** Requests in flight; used only on the event loop. */
    private abstract static class Run implements Lane.Listener {
        final List<Lane> lanes = new ArrayList<>();
        final Promise<Void> done = Promise.promise();

        /** All connections are open. */
        abstract void begin();

        void unexpected(int status, Buffer body) {
            failed("answered " + status + " " + body);
        }

        @Override
        public void failed(String reason) {
            done.tryFail(reason);
        }
    }

    private final class Unpaced extends Run {
        private final long count;
        private final Consumer<Buffer> bodies;
        private final boolean isStrict;
        private final Map<Integer, Long> statuses = new TreeMap<>();
        private long sent;
        private long answered;

        /** {@code isStrict}: a response with another status than expected ends the run. */
        Unpaced(long count, Consumer<Buffer> bodies, boolean isStrict) {
            this.count = count;
            this.bodies = bodies;
            this.isStrict = isStrict;
        }

        @Override
        void begin() {
            lanes.forEach(this::next);
        }

        @Override
        public void answered(Lane lane, int status, Buffer body) {
            statuses.merge(status, 1L, Long::sum);
            if (status == target.status()) {
                bodies.accept(body);
            } else if (isStrict) {
                unexpected(status, body);
                return;
            }
            if (++answered == count) {
                done.tryComplete();
            } else {
                next(lane);
            }
        }

        private void next(Lane lane) {
            if (sent < count) {
                lane.send(target.request(sent++), 0);
            }
        }
    }

    private final class Paced extends Run {
        private final long[] micros;
        private final double interval;
        private final Deque<Lane> free = new ArrayDeque<>();
        private final Deque<Long> late = new ArrayDeque<>();
        private final AtomicBoolean ticking = new AtomicBoolean();
        private long begin;
        private long end;
        private int due;
        private int sent;
        private int answered;

        Paced(int requests, double interval) {
            this.micros = new long[Math.max(1, requests)];
            this.interval = interval;
        }

        @Override
        void begin() {
            free.addAll(lanes);
            begin = System.nanoTime();
            Context context = VERTX.getOrCreateContext();
            Thread clock = new Thread(() -> tickOn(context), "clock");
            clock.setDaemon(true);
            clock.start();
        }

        private void tickOn(Context context) {
            while (!done.future().isComplete()) {
                LockSupport.parkNanos(TICK_NANOS);
                if (ticking.compareAndSet(false, true)) {
                    context.runOnContext(ignored -> tick());
                }
            }
        }

        private void tick() {
            ticking.set(false);
            long now = System.nanoTime();
            for (; due < micros.length && begin + (long) (due * interval) <= now; due++) {
                Lane lane = free.poll();
                if (lane == null) {
                    late.add(begin + (long) (due * interval));
                } else {
                    lane.send(target.request(sent++), System.nanoTime());
                }
            }
        }

        @Override
        public void answered(Lane lane, int status, Buffer body) {
            if (status != target.status()) {
                unexpected(status, body);
                return;
            }
            long now = System.nanoTime();
            micros[answered++] = lane.microsSince(now);
            if (answered == micros.length) {
                end = now;
                done.tryComplete();
                return;
            }
            Long since = late.poll();
            if (since == null) {
                free.add(lane);
            } else {
                lane.send(target.request(sent++), since);
            }
        }

        Result result(int seconds) {
            double took = Math.max(seconds, (double) (end - begin) / TimeUnit.SECONDS.toNanos(1));
            Arrays.sort(micros);
            return new Result(micros.length, micros.length / took, at(0.5), at(0.99));
        }

        private long at(double share) {
            return micros[(int) Math.min(micros.length - 1L, (long) (micros.length * share))];
        }
    }
}
