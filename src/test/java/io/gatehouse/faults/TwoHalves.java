package io.gatehouse.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Two network namespaces with a line between them that can be cut without a word, as a broken switch does. Another line
 * leads from each to the test, to the upstream and to PostgreSQL, which only {@link #hide} interrupts. Linux, root and
 * {@code iptables} are needed.
 */
@SuppressWarnings("try") // The parts it closes wait for processes.
final class TwoHalves implements AutoCloseable {
    private static final String LINE = "line0";

    private final long pid = ProcessHandle.current().pid();
    /** A part of 198.18.0.0/16 for this process. */
    private final String net = "198.18." + pid % 250;

    private final String a = "gh" + pid + "a";
    private final String b = "gh" + pid + "b";

    /** Which of the two. */
    enum Half {
        A(16),
        B(32);

        private final int base;

        Half(int base) {
            this.base = base;
        }
    }

    /** Fails where this is not permitted, having left nothing behind. */
    static TwoHalves open() throws IOException, InterruptedException {
        TwoHalves halves = new TwoHalves();
        try {
            halves.build();
            return halves;
        } catch (IOException e) {
            halves.close();
            throw e;
        }
    }

    private void build() throws IOException, InterruptedException {
        run("ip", "netns", "add", a);
        run("ip", "netns", "add", b);
        run("ip", "link", "add", LINE, "netns", a, "type", "veth", "peer", "name", LINE, "netns", b);
        for (Half half : Half.values()) {
            String space = space(half);
            run("ip", "link", "add", space, "type", "veth", "peer", "name", "eth0", "netns", space);
            run("ip", "addr", "add", testHost(half) + "/30", "dev", space);
            run("ip", "link", "set", space, "up");
            run("ip", "-n", space, "addr", "add", clusterHost(half) + "/28", "dev", LINE);
            run("ip", "-n", space, "addr", "add", host(half) + "/30", "dev", "eth0");
            for (String device : new String[] {"lo", LINE, "eth0"}) {
                run("ip", "-n", space, "link", "set", device, "up");
            }
            run("ip", "-n", space, "route", "add", "default", "via", testHost(half));
            run("ip", "netns", "exec", space, "iptables", "-L", "-n");
        }
        run("ip", "addr", "add", commonHost() + "/32", "dev", "lo");
    }

    private String space(Half half) {
        return half == Half.A ? a : b;
    }

    /** Of the nodes of a half, among the nodes. */
    private String clusterHost(Half half) {
        return net + "." + (half == Half.A ? 1 : 2);
    }

    /** Of the nodes of a half, for the test. */
    private String host(Half half) {
        return net + "." + (half.base + 2);
    }

    private String testHost(Half half) {
        return net + "." + (half.base + 1);
    }

    /** Of the machine outside, from both halves. */
    String commonHost() {
        return net + ".64";
    }

    NodePlace place(Half half) {
        return new NodePlace(
                List.of("ip", "netns", "exec", space(half)),
                clusterHost(half),
                "0.0.0.0",
                host(half),
                List.of(NodePlace.freePort(), NodePlace.freePort(), NodePlace.freePort()));
    }

    /** The halves hear nothing of each other any more. */
    void cut() throws IOException, InterruptedException {
        for (Half half : Half.values()) {
            filter(half, "-A", "INPUT", "-i", LINE, "-j", "DROP");
            filter(half, "-A", "OUTPUT", "-o", LINE, "-j", "DROP");
        }
    }

    /** A half hears nothing of a port outside any more. */
    void hide(Half half, int port) throws IOException, InterruptedException {
        filter(half, "-A", "INPUT", "-p", "tcp", "--sport", String.valueOf(port), "-j", "DROP");
        filter(half, "-A", "OUTPUT", "-p", "tcp", "--dport", String.valueOf(port), "-j", "DROP");
    }

    void heal() throws IOException, InterruptedException {
        for (Half half : Half.values()) {
            filter(half, "-F");
        }
    }

    private void filter(Half half, String... rule) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", space(half), "iptables"));
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

    /** The namespaces take their links with them. */
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
                // It was not made, or is gone.
            }
        }
    }
}
