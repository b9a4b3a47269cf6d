package io.gatehouse.fuzz.parser;

import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.FreePort;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Runs nginx, Node.js or a Go program as a process, if it is installed. */
public final class ProcessParser implements Parser {
    private static final Duration START = Duration.ofMinutes(2);

    private final String name;
    private final int port;
    private final Process process;

    private ProcessParser(String name, int port, Process process) {
        this.name = name;
        this.port = port;
        this.process = process;
        await().atMost(START)
                .ignoreExceptionsMatching(IOException.class::isInstance)
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException(name + " did not start");
                    }
                    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                        return socket.isConnected();
                    }
                });
    }

    /** Returns whether a command is on the PATH. */
    public static boolean isInstalled(String command) {
        for (String directory : (System.getenv("PATH") + ":/usr/sbin").split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(directory, command))) {
                return true;
            }
        }
        return false;
    }

    public static ProcessParser node(Path directory) throws IOException {
        int port = FreePort.next();
        Path program = resource(directory, "parser.js");
        return new ProcessParser("Node.js", port, start(directory, "node", program.toString(), "" + port));
    }

    public static ProcessParser go(Path directory) throws IOException {
        int port = FreePort.next();
        Path program = resource(directory, "parser.go");
        Path binary = directory.resolve("parser");
        Process build = start(directory, "go", "build", "-o", binary.toString(), program.toString());
        try {
            if (!build.waitFor(5, TimeUnit.MINUTES) || build.exitValue() != 0) {
                build.destroyForcibly();
                throw new IOException("go build has failed");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return new ProcessParser("Go", port, start(directory, binary.toString(), "" + port));
    }

    /** {@code describer} is the port of the server that describes requests, because nginx only forwards them. */
    public static ProcessParser nginx(Path directory, int describer) throws IOException {
        int port = FreePort.next();
        resource(directory, "nginx.conf", "@PORT@", "" + port, "@DESCRIBER@", "" + describer);
        String nginx = Files.isExecutable(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";
        return new ProcessParser(
                "nginx", port, start(directory, nginx, "-p", directory.toString(), "-c", "nginx.conf", "-e", "stderr"));
    }

    private static Process start(Path directory, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("GO111MODULE", "off");
        return builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("log.txt").toFile())
                .start();
    }

    private static Path resource(Path directory, String file, String... replaced) throws IOException {
        try (InputStream in = Objects.requireNonNull(ProcessParser.class.getResourceAsStream("/fuzz/" + file), file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (int i = 0; i < replaced.length; i += 2) {
                text = text.replace(replaced[i], replaced[i + 1]);
            }
            return Files.writeString(directory.resolve(file), text);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
