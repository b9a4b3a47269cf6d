package bench;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** Requests from many connections, a thread each: so many in all as fast as it goes, or so many in a second. */
final class Generator {
    private static final long MICRO = 1_000;

    private final Target target;
    private final int connections;

    Generator(Target target, int connections) {
        this.target = target;
        this.connections = connections;
    }

    /** A request of one connection; the number is different for all. */
    private interface Job {
        long[] run(Connection connection, int index) throws IOException;
    }

    /** Sends {@code count} requests and shows each answer's body. */
    void send(long count, Consumer<byte[]> bodies) {
        AtomicLong next = new AtomicLong();
        everywhere((connection, index) -> {
            for (long number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                byte[] body = connection.exchange(target.request(number));
                synchronized (bodies) {
                    bodies.accept(body);
                }
            }
            return new long[0];
        });
    }

    /**
     * Sends {@code rate} requests a second, evenly, whether or not the earlier ones are answered. Each connection has
     * moments of its own. One that is still waiting for an answer sends late, and that counts: the time is taken from the
     * moment the request was due (no coordinated omission). When only this thread woke up late, it is taken from then.
     */
    Result paced(double rate, int seconds) {
        long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
        double interval = TimeUnit.SECONDS.toNanos(1) * connections / rate;
        long length = TimeUnit.SECONDS.toNanos(seconds);
        long[] micros = everywhere((connection, index) -> {
            long[] times = new long[(int) (length / interval) + 2];
            int sent = 0;
            for (; ; sent++) {
                long due = begin + (long) (interval * (sent + (double) index / connections));
                if (due - begin >= length) {
                    return Arrays.copyOf(times, sent);
                }
                boolean free = System.nanoTime() < due;
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                long from = free ? System.nanoTime() : due;
                connection.exchange(target.request((long) sent * connections + index));
                times[sent] = (System.nanoTime() - from) / MICRO;
            }
        });
        double took = (System.nanoTime() - begin) / (double) TimeUnit.SECONDS.toNanos(1);
        Arrays.sort(micros);
        return new Result(micros.length, micros.length / Math.max(took, seconds), at(micros, 0.5), at(micros, 0.99));
    }

    private static long at(long[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, (long) (sorted.length * share))];
    }

    private long[] everywhere(Job job) {
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        List<Connection> open = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                open.add(new Connection(URI.create(target.url())));
            }
            List<Future<long[]>> running = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                int index = i;
                running.add(threads.submit(() -> job.run(open.get(index), index)));
            }
            LongStream all = LongStream.empty();
            for (Future<long[]> one : running) {
                all = LongStream.concat(all, Arrays.stream(one.get()));
            }
            return all.toArray();
        } catch (IOException e) {
            throw new BenchException(target.url() + ": " + e.getMessage(), e);
        } catch (ExecutionException e) {
            throw new BenchException(target.url() + ": " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        } finally {
            threads.shutdownNow();
            open.forEach(Generator::close);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new BenchException("a connection cannot be closed", e);
        }
    }
}
