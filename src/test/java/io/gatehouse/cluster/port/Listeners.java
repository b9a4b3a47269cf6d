package io.gatehouse.cluster.port;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** TCP ports on which this process listens, read from Linux's /proc. */
final class Listeners {
    private static final Pattern BLANKS = Pattern.compile(" +");
    private static final String LISTEN = "0A";

    private Listeners() {}

    static List<String> ofThisProcess() throws IOException {
        Set<String> own = new HashSet<>();
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open) {
                try {
                    own.add(Files.readSymbolicLink(descriptor).toString());
                } catch (NoSuchFileException closed) {
                    // Closed meanwhile, so it does not listen.
                }
            }
        }
        List<String> listening = new ArrayList<>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                // sl local_address rem_address st tx_queue:rx_queue tr:when retrnsmt uid timeout inode
                String[] columns = BLANKS.split(line.strip(), -1);
                if (columns[3].equals(LISTEN) && own.contains("socket:[" + columns[9] + "]")) {
                    listening.add(columns[1]);
                }
            }
        }
        return listening;
    }
}
