package io.gatehouse.launch;

import io.gatehouse.launch.command.GatehouseCommand;
import java.nio.file.Path;

/** Starts the process: runs the command line and exits with its code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Each handshake costs a signature, and a client of TLS 1.2 could ask for one after the other (CVE-2011-1473).
        // The JDK reads the property once, before the first connection.
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        System.exit(GatehouseCommand.commandLine(System.getenv(), Path.of("")).execute(args));
    }
}
