package io.gatehouse.launch.node;

import io.gatehouse.balancer.SearchList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the domains that complete names on this machine. */
final class SystemSearchList {
    private static final Path FILE = Path.of("/etc/resolv.conf");

    private SystemSearchList() {}

    /** Returns an empty one if the machine has no such file. */
    static SearchList read() {
        try {
            return SearchList.of(Files.readAllLines(FILE, StandardCharsets.ISO_8859_1));
        } catch (IOException absent) {
            return SearchList.NONE;
        }
    }
}
