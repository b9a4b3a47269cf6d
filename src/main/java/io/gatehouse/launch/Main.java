package io.gatehouse.launch;

import io.gatehouse.launch.command.GatehouseCommand;
import java.nio.file.Path;

/** Where the process begins. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(GatehouseCommand.commandLine(System.getenv(), Path.of("")).execute(args));
    }
}
