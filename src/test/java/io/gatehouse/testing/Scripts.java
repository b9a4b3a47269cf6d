package io.gatehouse.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A directory with scripts of the repository, and stubs in {@code bin} in place of the programs they call. */
public record Scripts(Path directory) {
    /** The exit code, and standard output and standard error together. */
    public record Result(int exitCode, String output) {}

    /** Copies files of the repository. */
    public void copy(String... names) throws IOException {
        for (String name : names) {
            Path target = directory.resolve(name);
            Files.createDirectories(target.getParent());
            Files.copy(Path.of(name), target);
        }
    }

    /** Writes a shell script that runs in the directory. */
    public void write(String name, String script) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\ncd '" + directory + "'\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Runs a script of the directory, which finds the stubs before the machine's programs. */
    public Result run(String script, String... arguments) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        List<String> command = new ArrayList<>(List.of(arguments));
        command.add(0, directory.resolve(script).toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().remove("JAVA_HOME");
        builder.environment().merge("PATH", "", (path, none) -> directory.resolve("bin") + File.pathSeparator + path);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(output, UTF_8));
    }
}
