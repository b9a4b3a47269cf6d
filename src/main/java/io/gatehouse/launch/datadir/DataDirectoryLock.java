package io.gatehouse.launch.datadir;

import io.gatehouse.config.LaunchException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Locks a data directory for one process. The operating system releases the lock when the process ends, however it ends. */
public final class DataDirectoryLock implements AutoCloseable {
    /**
     * Directories that this process has locked.
     *
     * <p><i>Why</i>: POSIX releases all locks of a process on a file when the process closes any descriptor of the file. A
     * second attempt must therefore fail without opening the file.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DataDirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Locks an existing directory. Fails with the pid of the process that holds the lock. */
    public static DataDirectoryLock acquire(Path directory) throws LaunchException, IOException {
        Path real = directory.toRealPath();
        if (!HELD.add(real)) {
            throw inUse(real, String.valueOf(ProcessHandle.current().pid()));
        }
        Path file = real.resolve("gatehouse.lock");
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(real, Files.readString(file).strip());
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            return new DataDirectoryLock(real, channel);
        } catch (IOException | LaunchException e) {
            release(real, channel);
            throw e;
        }
    }

    private static LaunchException inUse(Path directory, String pid) {
        return new LaunchException("data directory " + directory + " is in use by another Gatehouse (pid " + pid
                + "): stop that one or set data-dir (GATEHOUSE_DATA_DIR)");
    }

    @Override
    public void close() throws IOException {
        release(directory, channel);
    }

    private static void release(Path directory, @Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            HELD.remove(directory);
        }
    }
}
