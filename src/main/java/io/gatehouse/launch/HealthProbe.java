package io.gatehouse.launch;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.ConfigLoader;
import io.gatehouse.launch.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Implements the container image's HEALTHCHECK: exits with 0 if the node in the same container is ready. It reads {@code status.http}
 * from the same environment and file as the node. With arguments it is the check of {@code helm test}: exits with 0 if each
 * {@code host:port} responds to a request with a status below 500.
 *
 * <p><i>Why</i>: the image has no curl. The class loads few other classes, because it runs every few seconds.
 */
public final class HealthProbe {
    private static final int CONNECT_MILLIS = 1_000;
    private static final int RESPONSE_MILLIS = 2_000;
    private static final int MAX_BYTES = 65_536;
    private static final String OPTION = "--config";
    /** The node, or an init process, whose arguments end with those of the node. */
    private static final Path FIRST_PROCESS = Path.of("/proc/1");

    private static final Pattern READY = Pattern.compile("HTTP/1\\.1 200 ");
    /** Without a Route, a proxy responds with 404. */
    private static final Pattern SERVED = Pattern.compile("HTTP/1\\.1 [1-4][0-9][0-9] ");

    private HealthProbe() {}

    public static void main(String[] args) {
        String problem = args.length == 0
                ? problem(new ConfigLoader(System.getenv(), Path.of("")), commandLine(FIRST_PROCESS))
                : unserved(List.of(args));
        if (problem == null) {
            return;
        }
        System.out.println(problem); // docker inspect and kubectl logs show it
        System.exit(1);
    }

    /** Returns why a listener does not serve requests, or null if all do. */
    static @Nullable String unserved(List<String> listeners) {
        for (String listener : listeners) {
            String problem;
            try {
                problem = check(ListenAddress.parse(listener), "/", SERVED);
            } catch (IllegalArgumentException e) {
                problem = e.getMessage() + ": " + listener;
            }
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    /** Returns the arguments of a process, or none if they cannot be read. */
    static List<String> commandLine(Path process) {
        try {
            return List.of(Files.readString(process.resolve("cmdline")).split("\0"));
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * Returns why the node is not ready, or null if it is ready.
     *
     * @param configuration the environment and the working directory of the node
     * @param commandLine the arguments of the node
     */
    static @Nullable String problem(ConfigLoader configuration, List<String> commandLine) {
        String text;
        try {
            text = String.valueOf(configuration.text(Settings.STATUS_HTTP, file(commandLine)));
        } catch (ConfigException e) {
            return String.valueOf(e.getMessage());
        }
        Optional<ListenAddress> address;
        try {
            address = Settings.STATUS_HTTP.kind().parser().parse(text);
        } catch (IllegalArgumentException e) {
            return "status.http is not an address: " + text;
        }
        // Without a status listener the health of the container is unknown, which counts as healthy.
        return address.isEmpty() ? null : check(address.get().callable(), "/ready", READY);
    }

    /** Returns the value of the option {@code --config}, or null. */
    private static @Nullable Path file(List<String> commandLine) {
        for (int i = 0; i < commandLine.size(); i++) {
            String argument = commandLine.get(i);
            if (argument.startsWith(OPTION + "=")) {
                return Path.of(argument.substring(OPTION.length() + 1));
            }
            if (argument.equals(OPTION) && i + 1 < commandLine.size()) {
                return Path.of(commandLine.get(i + 1));
            }
        }
        return null;
    }

    private static @Nullable String check(ListenAddress address, String path, Pattern expected) {
        String host = address.host();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, address.port()), CONNECT_MILLIS);
            socket.setSoTimeout(RESPONSE_MILLIS);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return judge(socket.getInputStream(), expected);
        } catch (IOException e) {
            return address + " does not respond: " + e.getMessage();
        }
    }

    private static @Nullable String judge(InputStream response, Pattern expected) throws IOException {
        String text = new String(response.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        if (expected.matcher(text).lookingAt()) {
            return null;
        }
        return text.isEmpty() ? "empty response" : text.substring(text.lastIndexOf('\n') + 1);
    }
}
