package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs nginx with one worker: as the upstream of every contestant, and as the plain proxy they are compared with. */
final class Nginx {
    /** 200 bytes of JSON. */
    private static final String ANSWER = "{\"items\":[\"" + "x".repeat(184) + "\"]}";

    private static final String COMMON = """
            worker_processes 1;
            daemon off;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log warn;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              keepalive_timeout 1h;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
            """;

    private final Process process;
    private final int port;

    private Nginx(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Nginx upstream(Processes processes) {
        return start(processes, "upstream", """
              server {
                listen 127.0.0.1:%d;
                location / { default_type application/json; return 200 '%s'; }
              }
            }
            """, ANSWER);
    }

    static Nginx proxy(Processes processes, String upstream) {
        return start(processes, "nginx", """
              server {
                listen 127.0.0.1:%d;
                location / {
                  proxy_pass http://upstream;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                }
              }
              upstream upstream {
                server %s;
                keepalive 256;
                keepalive_requests 1000000000;
                keepalive_timeout 1h;
              }
            }
            """, upstream);
    }

    private static Nginx start(Processes processes, String name, String servers, String argument) {
        try {
            Path directory =
                    Files.createDirectories(processes.work().resolve(name)).toAbsolutePath();
            int port = Processes.freePort();
            Path config = Files.writeString(
                    directory.resolve("nginx.conf"), COMMON.formatted(directory) + servers.formatted(port, argument));
            Process process = processes.start(
                    name,
                    List.of(program(), "-e", "stderr", "-p", directory.toString(), "-c", config.toString()),
                    Map.of());
            processes.await(name, process, 20, () -> Http.status(port, "/") == 200);
            return new Nginx(process, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Debian keeps it where only root looks. */
    static String program() {
        return Files.isExecutable(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    long pid() {
        return process.pid();
    }
}
