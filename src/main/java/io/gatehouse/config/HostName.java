package io.gatehouse.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Reads the name of this host. */
public final class HostName {
    private HostName() {}

    /** Returns the name, {@code localhost} if the resolver does not have it. Blocks while the resolver looks it up. */
    public static String local() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
