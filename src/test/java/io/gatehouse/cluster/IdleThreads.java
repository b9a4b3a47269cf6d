package io.gatehouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Whether threads have been idle since the previous call, a {@link #MOMENT} ago. */
final class IdleThreads implements Callable<Boolean> {
    static final Duration MOMENT = Duration.ofMillis(300);

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final String prefix;
    private long before = -1;

    IdleThreads(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public Boolean call() {
        long now = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getId())))
                .sum();
        assertThat(now).as("time of %s*", prefix).isPositive();
        boolean idle = before >= 0 && now - before < MOMENT.toNanos() / 10;
        before = now;
        return idle;
    }
}
