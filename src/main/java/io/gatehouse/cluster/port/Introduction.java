package io.gatehouse.cluster.port;

import com.hazelcast.instance.BuildInfoProvider;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Describes a member in the first line inside TLS, before the first byte of Hazelcast's protocol.
 *
 * @param version of the member port; raised when older nodes cannot read what follows
 * @param hazelcast version of Hazelcast. Members of different minor versions do not form a cluster
 */
record Introduction(int version, String hazelcast) {
    static final Introduction CURRENT =
            new Introduction(1, BuildInfoProvider.getBuildInfo().getVersion());

    /** The longest line that is read. */
    static final int MAX_BYTES = 64;

    private static final Pattern LINE =
            Pattern.compile("gatehouse (\\d{1,4}) hazelcast (\\d{1,4}\\.\\d{1,4}[0-9A-Za-z.-]{0,24})");
    private static final Pattern MINOR = Pattern.compile("^\\d+\\.\\d+");

    byte[] encoded() {
        return ("gatehouse " + version + " hazelcast " + hazelcast + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a line; null if it is malformed. */
    static @Nullable Introduction parse(String line) {
        Matcher matcher = LINE.matcher(line);
        return matcher.matches() ? new Introduction(Integer.parseInt(matcher.group(1)), matcher.group(2)) : null;
    }

    /** Why this node and a peer do not form a cluster; null: they do. */
    @Nullable
    String conflictWith(Introduction peer) {
        if (peer.version != version) {
            return "it speaks version " + peer.version + " of the member port and this node version " + version;
        }
        return minor(peer.hazelcast).equals(minor(hazelcast))
                ? null
                : "it runs Hazelcast " + peer.hazelcast + " and this node " + hazelcast
                        + ", and different minor versions do not form a cluster: stop all nodes before an upgrade";
    }

    private static String minor(String version) {
        Matcher matcher = MINOR.matcher(version);
        return matcher.find() ? matcher.group() : version;
    }
}
