package io.gatehouse.launch.command;

import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.RawSettings;
import io.gatehouse.launch.settings.RawSettings.Text;
import io.gatehouse.launch.settings.Setting;
import io.gatehouse.launch.settings.Settings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Implements {@code ./gatehouse config}: prints every setting with its value and its source. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        versionProvider = GatehouseCommand.PrintedVersion.class,
        description = "Print every key with its value and its source; secrets are masked.")
final class ConfigCommand implements Callable<Integer> {
    private final GatehouseCommand gatehouse;

    @Option(names = "--reference", description = "print the reference of all keys as a Markdown table instead")
    private boolean reference;

    @Spec
    private @Nullable CommandSpec spec;

    ConfigCommand(GatehouseCommand gatehouse) {
        this.gatehouse = gatehouse;
    }

    @Override
    public Integer call() throws ConfigException {
        if (spec != null) {
            PrintWriter out = spec.commandLine().getOut();
            if (reference) {
                printReference(out);
            } else {
                printValues(out, gatehouse.load().values());
            }
            out.flush();
        }
        return 0;
    }

    private static void printValues(PrintWriter out, RawSettings values) {
        for (Setting<?> setting : Settings.ALL) {
            Text text = values.text(setting);
            String value = text == null ? "-" : RawSettings.printable(setting.display(text.value()));
            out.printf("%-28s %-32s %s%n", setting.key(), value, text == null ? "not set" : text.source());
        }
    }

    private static void printReference(PrintWriter out) {
        out.println("| key | environment | default | |");
        out.println("| --- | --- | --- | --- |");
        for (Setting<?> setting : Settings.ALL) {
            String fallback = setting.fallback() == null ? "" : "`" + setting.fallback() + "`";
            out.printf(
                    "| `%s` | `%s` | %s | %s; %s |%n",
                    setting.key(),
                    setting.environment(),
                    fallback,
                    setting.description(),
                    setting.kind().expected());
        }
    }
}
