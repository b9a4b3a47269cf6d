package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogMessage;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Appends entries to a file, one line each.
 *
 * <p><i>Why</i>: the Admin API chooses the path. A file outside the directories of {@code log.directories}, also behind a symbolic
 * link, could be one that another program trusts.
 *
 * <p><i>Threading</i>: worker threads. Its queue sends one batch at a time.
 */
final class FileSender implements LogQueue.Sender<FinishedRequest> {
    private static final Set<OpenOption> APPEND = Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);

    private final List<Path> directories;
    private final Path path;
    private final boolean reopens;
    private final @Nullable PrintStream standard;
    private @Nullable FileChannel file;

    FileSender(List<Path> directories, Document config) {
        this.directories = directories;
        this.path = Path.of(config.string("path"));
        this.reopens = config.flag("reopen");
        this.standard = switch (config.string("path")) {
            case "/dev/stdout" -> System.out;
            case "/dev/stderr" -> System.err;
            default -> null;
        };
    }

    @Override
    public Future<Integer> send(List<FinishedRequest> batch) {
        StringBuilder lines = new StringBuilder();
        batch.forEach(request -> lines.append(LogMessage.of(request).encode()).append('\n'));
        // JSON is UTF-8, whatever the encoding of standard output.
        byte[] octets = lines.toString().getBytes(StandardCharsets.UTF_8);
        if (standard != null) {
            standard.write(octets, 0, octets.length);
            standard.flush();
            return Future.succeededFuture(0);
        }
        try {
            write(ByteBuffer.wrap(octets));
            return Future.succeededFuture(0);
        } catch (IOException e) {
            close();
            return Future.failedFuture(e);
        }
    }

    private void write(ByteBuffer lines) throws IOException {
        FileChannel open = file;
        if (open == null) {
            open = FileChannel.open(allowed(), APPEND);
            file = open;
        }
        while (lines.hasRemaining()) {
            open.write(lines);
        }
        if (reopens) {
            close();
        }
    }

    /** Returns the path, with the links of its directory resolved. */
    private Path allowed() throws IOException {
        for (Path allowed : directories) {
            Files.createDirectories(allowed);
        }
        Path directory = path.getParent() == null ? path : path.getParent().toRealPath();
        for (Path allowed : directories) {
            if (directory.startsWith(allowed.toRealPath())) {
                return directory.resolve(path.getFileName());
            }
        }
        throw new IOException("the file is not below a directory of log.directories");
    }

    private void close() {
        FileChannel open = file;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // Each batch has been written or reported as failed.
            }
        }
    }
}
