package io.gatehouse.launch.command;

import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LaunchException;
import io.gatehouse.declarative.AdminClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Reads which Admin API a command calls. The default is that of this configuration. */
final class AdminOptions {
    @Option(names = "--admin", paramLabel = "URL", description = "Admin API to call [that of this configuration]")
    private @Nullable String url;

    @Option(names = "--token-file", paramLabel = "FILE", description = "file that holds its admin.token")
    private @Nullable Path tokenFile;

    AdminClient client(GatehouseConfig config) throws LaunchException {
        String token = tokenFile == null ? config.admin().token() : read(tokenFile);
        return new AdminClient(url == null ? local(config.admin()) : checked(url), token);
    }

    private static String local(AdminConfig admin) {
        return (admin.tls() == null ? "http://" : "https://") + admin.http().callableByName();
    }

    private static String checked(String url) throws LaunchException {
        try {
            URI uri = URI.create(url);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
            }
        } catch (IllegalArgumentException e) {
            // The exception below has the message.
        }
        throw new LaunchException("--admin: expected a URL such as http://localhost:8001, got " + url);
    }

    private static String read(Path file) throws LaunchException {
        try {
            // During a rotation the file has two tokens.
            return Files.readString(file).strip().lines().findFirst().orElse("").strip();
        } catch (IOException e) {
            throw new LaunchException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
