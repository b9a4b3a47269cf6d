package io.gatehouse.faults;

import io.gatehouse.testing.FreePort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Creates two network namespaces with a link that can drop all packets, like a broken switch. Another link leads from
 * each to the test, to the upstream and to PostgreSQL, which only {@link #hide} interrupts. Linux, root and
 * {@code iptables} are needed.
 */
@SuppressWarnings("try") // Closing waits for processes.
final class PartitionableNetwork implements AutoCloseable {
    private static final String LINE = "line0";

    private final long pid = ProcessHandle.current().pid();
    /** This process's part of 198.18.0.0/16. */
    private final String net = "198.18." + pid % 250;

    private final String a = "gh" + pid + "a";
    private final String b = "gh" + pid + "b";

    /** One of the two namespaces. */
    enum Partition {
        A(16),
        B(32);

        private final int base;

        Partition(int base) {
            this.base = base;
        }
    }

    /** Creates the namespaces. If this is not permitted, it fails and removes what it has created. */
    static PartitionableNetwork open() throws IOException, InterruptedException {
        PartitionableNetwork network = new PartitionableNetwork();
        try {
            network.build();
            return network;
        } catch (IOException e) {
            network.close();
            throw e;
        }
    }

    private void build() throws IOException, InterruptedException {
        run("ip", "netns", "add", a);
        run("ip", "netns", "add", b);
        run("ip", "link", "add", LINE, "netns", a, "type", "veth", "peer", "name", LINE, "netns", b);
        for (Partition partition : Partition.values()) {
            String space = space(partition);
            run("ip", "link", "add", space, "type", "veth", "peer", "name", "eth0", "netns", space);
            run("ip", "addr", "add", testHost(partition) + "/30", "dev", space);
            run("ip", "link", "set", space, "up");
            run("ip", "-n", space, "addr", "add", clusterHost(partition) + "/28", "dev", LINE);
            run("ip", "-n", space, "addr", "add", host(partition) + "/30", "dev", "eth0");
            for (String device : new String[] {"lo", LINE, "eth0"}) {
                run("ip", "-n", space, "link", "set", device, "up");
            }
            run("ip", "-n", space, "route", "add", "default", "via", testHost(partition));
            run("ip", "netns", "exec", space, "iptables", "-L", "-n");
        }
        run("ip", "addr", "add", commonHost() + "/32", "dev", "lo");
    }

    private String space(Partition partition) {
        return partition == Partition.A ? a : b;
    }

    /** The address of a partition's nodes for other nodes. */
    private String clusterHost(Partition partition) {
        return net + "." + (partition == Partition.A ? 1 : 2);
    }

    /** The address of a partition's nodes for the test. */
    private String host(Partition partition) {
        return net + "." + (partition.base + 2);
    }

    private String testHost(Partition partition) {
        return net + "." + (partition.base + 1);
    }

    /** The address of the machine, from both partitions. */
    String commonHost() {
        return net + ".64";
    }

    NodePlace place(Partition partition) {
        return new NodePlace(
                List.of("ip", "netns", "exec", space(partition)),
                clusterHost(partition),
                "0.0.0.0",
                host(partition),
                List.of(FreePort.next(), FreePort.next(), FreePort.next()));
    }

    /** Drops all packets between the partitions. */
    void cut() throws IOException, InterruptedException {
        for (Partition partition : Partition.values()) {
            filter(partition, "-A", "INPUT", "-i", LINE, "-j", "DROP");
            filter(partition, "-A", "OUTPUT", "-o", LINE, "-j", "DROP");
        }
    }

    /** Drops all packets between a partition and a port outside. */
    void hide(Partition partition, int port) throws IOException, InterruptedException {
        filter(partition, "-A", "INPUT", "-p", "tcp", "--sport", String.valueOf(port), "-j", "DROP");
        filter(partition, "-A", "OUTPUT", "-p", "tcp", "--dport", String.valueOf(port), "-j", "DROP");
    }

    void heal() throws IOException, InterruptedException {
        for (Partition partition : Partition.values()) {
            filter(partition, "-F");
        }
    }

    private void filter(Partition partition, String... rule) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", space(partition), "iptables"));
        command.addAll(List.of(rule));
        run(command.toArray(String[]::new));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
    }

    /** Deletes the namespaces and, with them, their links. */
    @Override
    public void close() throws InterruptedException {
        for (String[] command : new String[][] {
            {"ip", "netns", "del", a},
            {"ip", "netns", "del", b},
            {"ip", "addr", "del", commonHost() + "/32", "dev", "lo"}
        }) {
            try {
                run(command);
            } catch (IOException e) {
                // It does not exist.
            }
        }
    }
}
