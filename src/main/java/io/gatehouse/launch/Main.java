package io.gatehouse.launch;

import io.gatehouse.launch.command.GatehouseCommand;
import java.nio.file.Path;

/** Starts the process: runs the command line and exits with its code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(GatehouseCommand.commandLine(System.getenv(), Path.of("")).execute(args));
    }
}
