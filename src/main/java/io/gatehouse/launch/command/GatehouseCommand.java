package io.gatehouse.launch.command;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.Version;
import io.gatehouse.launch.logging.Logging;
import io.gatehouse.launch.node.Launcher;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.ConfigLoader;
import io.gatehouse.launch.settings.Settings;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Implements {@code ./gatehouse}. Without a subcommand it starts a node. */
@Command(
        name = "gatehouse",
        description =
                "An API gateway with an OAuth 2.0 authorization server inside. Without a command it starts a node.",
        mixinStandardHelpOptions = true,
        versionProvider = GatehouseCommand.PrintedVersion.class,
        synopsisSubcommandLabel = "[COMMAND]",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class GatehouseCommand implements Callable<Integer> {
    private final Map<String, String> environment;
    private final Path workingDirectory;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "YAML file to read instead of gatehouse.yaml")
    private @Nullable Path file;

    private GatehouseCommand(Map<String, String> environment, Path workingDirectory) {
        this.environment = environment;
        this.workingDirectory = workingDirectory;
    }

    /** Returns the command line with all subcommands. */
    public static CommandLine commandLine(Map<String, String> environment, Path workingDirectory) {
        GatehouseCommand gatehouse = new GatehouseCommand(environment, workingDirectory);
        CommandLine commands = new CommandLine(gatehouse)
                .addSubcommand("demo", new DemoCommand(gatehouse))
                .addSubcommand("echo", new EchoCommand())
                .addSubcommand("database", new DatabaseCommand(gatehouse))
                .addSubcommand("import", new ImportCommand(gatehouse))
                .addSubcommand("export", new ExportCommand(gatehouse))
                .addSubcommand("migrate", new MigrateCommand(gatehouse))
                .addSubcommand("config", new ConfigCommand(gatehouse))
                .setParameterExceptionHandler((e, args) -> fail(e.getCommandLine(), 2, e.getMessage() + " (--help)"))
                .setExecutionExceptionHandler((e, command, result) -> e instanceof LaunchException expected
                        ? fail(command, expected.exitCode(), String.valueOf(expected.getMessage()))
                        : fail(command, 1, "unexpected " + e.getClass().getSimpleName()));
        commands.getCommandSpec().usageMessage().footer(reference());
        return commands;
    }

    private static int fail(CommandLine command, int exitCode, String message) {
        command.getErr().println("gatehouse: " + message.replaceAll("\\s*[\\r\\n]+\\s*", " "));
        command.getErr().flush();
        return exitCode;
    }

    private ConfigLoader.Loaded read() throws ConfigException {
        return new ConfigLoader(environment, workingDirectory).load(file);
    }

    /** Loads the configuration and applies its log settings. */
    ConfigLoader.Loaded load() throws ConfigException {
        ConfigLoader.Loaded loaded = read();
        Logging.configure(loaded.config().log(), loaded.config().cluster().enabled());
        return loaded;
    }

    @Override
    public Integer call() throws LaunchException {
        Launcher.renewing(load().config(), () -> read().config()).run();
        return 0;
    }

    private static String[] reference() {
        String keys = Settings.ALL.stream()
                .map(setting -> String.format(
                        "%n  %-28s %s%n      %s%s",
                        setting.key(),
                        setting.environment(),
                        setting.description(),
                        setting.fallback() == null ? "" : " [" + setting.fallback() + "]"))
                .collect(Collectors.joining());
        return new String[] {
            "",
            "Keys of gatehouse.yaml, each with the variable that overrides it and its default:"
                    + keys.replace("%", "%%")
        };
    }

    /** Reads the version only for {@code --version}. */
    static final class PrintedVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "gatehouse " + Version.current() + " (Java " + Runtime.version().feature() + ")"
            };
        }
    }
}
