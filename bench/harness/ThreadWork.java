package bench;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * What the threads of a node have allocated and computed, as its JVM counts them.
 *
 * <p>Why not the heap's own figures: they increase in steps of thread-local buffers, which are larger than one change. The threads of
 * the connection to the JVM are left out. A thread that ends takes its figures with it.
 */
final class ThreadWork implements AutoCloseable {
    private static final String EVENT_LOOP = "vert.x-eventloop";
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final JMXConnector connector;
    private final ThreadMXBean threads;

    private ThreadWork(JMXConnector connector, ThreadMXBean threads) {
        this.connector = connector;
        this.threads = threads;
    }

    /** The figures of one thread, or of all. */
    private record Sum(long bytes, long loopNanos) {
        Sum plus(Sum other, int sign) {
            return new Sum(bytes + sign * other.bytes, loopNanos + sign * other.loopNanos);
        }
    }

    /** A moment: the figures of each thread by its id. */
    record Snapshot(Map<Long, Sum> threads) {
        /** Returns the difference to an earlier moment. */
        private Sum since(Snapshot earlier) {
            Sum sum = new Sum(0, 0);
            for (Map.Entry<Long, Sum> thread : threads.entrySet()) {
                sum = sum.plus(thread.getValue(), 1)
                        .plus(earlier.threads.getOrDefault(thread.getKey(), new Sum(0, 0)), -1);
            }
            return sum;
        }
    }

    /**
     * What one change costs a node.
     *
     * @param kilobytes allocated by all threads
     * @param loopMillis of CPU on all event loops
     */
    record Cost(double kilobytes, double loopMillis) {
        /** Of changes between the second and the third snapshot, less the idle node between the first and the second, as long. */
        static Cost of(Snapshot first, Snapshot second, Snapshot third, int changes) {
            Sum sum = third.since(second).plus(second.since(first), -1);
            return new Cost(sum.bytes / 1024.0 / changes, sum.loopNanos / NANOS_PER_MILLI / changes);
        }
    }

    /** Has the JVM of the node accept local connections of JMX, which needs no flag. */
    static ThreadWork attach(Node node) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(node.pid()));
            String address;
            try {
                address = machine.startLocalManagementAgent();
            } finally {
                machine.detach();
            }
            JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address));
            return new ThreadWork(
                    connector,
                    ManagementFactory.newPlatformMXBeanProxy(
                            connector.getMBeanServerConnection(),
                            ManagementFactory.THREAD_MXBEAN_NAME,
                            ThreadMXBean.class));
        } catch (AttachNotSupportedException | IOException e) {
            throw new BenchException("the JVM of a node cannot be examined", e);
        }
    }

    Snapshot read() {
        long[] ids = threads.getAllThreadIds();
        ThreadInfo[] infos = threads.getThreadInfo(ids);
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        long[] nanos = threads.getThreadCpuTime(ids);
        Map<Long, Sum> sums = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            // -1: the thread has ended meanwhile.
            if (infos[i] != null && bytes[i] >= 0 && nanos[i] >= 0 && !isOfConnection(infos[i].getThreadName())) {
                sums.put(ids[i], new Sum(bytes[i], infos[i].getThreadName().startsWith(EVENT_LOOP) ? nanos[i] : 0));
            }
        }
        return new Snapshot(sums);
    }

    private static boolean isOfConnection(String thread) {
        return thread.startsWith("RMI ") || thread.startsWith("JMX ") || thread.startsWith("Attach ");
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            throw new BenchException("the connection to a JVM was not closed", e);
        }
    }
}
