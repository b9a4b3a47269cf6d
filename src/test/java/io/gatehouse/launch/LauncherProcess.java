package io.gatehouse.launch;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.launch.node.Launcher;
import io.gatehouse.launch.settings.ConfigLoader;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Map;

/** Runs a launcher whose node only prints its events. Its start completes, or hangs. */
public final class LauncherProcess {
    private LauncherProcess() {}

    public static void main(String[] args) throws Exception {
        String behaviour = args[0];
        GatehouseConfig config = new ConfigLoader(
                        Map.of(
                                "GATEHOUSE_ROLES",
                                behaviour.equals("with database") ? "admin" : "proxy",
                                "GATEHOUSE_CLUSTER_ENABLED",
                                "true",
                                "GATEHOUSE_DATA_DIR",
                                args[1]),
                        Path.of(args[1]))
                .load(null)
                .config();
        if (behaviour.equals("signalled before")) {
            awaitShutdown();
        }
        new Launcher(config, complete -> switch (behaviour) {
                    case "hook" -> {
                        awaitShutdown();
                        // What Vert.x does in its start.
                        Runtime.getRuntime().addShutdownHook(new Thread());
                        yield Future.failedFuture("the hook was registered");
                    }
                    case "hang" -> {
                        System.out.println("starting");
                        yield Future.future(promise -> {});
                    }
                    default -> {
                        System.out.println("started");
                        yield Future.succeededFuture(() -> {
                            System.out.println("closed");
                            return Future.succeededFuture();
                        });
                    }
                })
                .run();
    }

    /** Returns once the JVM refuses shutdown hooks, as it does from a signal on. */
    private static void awaitShutdown() {
        System.out.println("waiting");
        while (true) {
            Thread probe = new Thread();
            try {
                Runtime.getRuntime().addShutdownHook(probe);
                Runtime.getRuntime().removeShutdownHook(probe);
                Thread.onSpinWait();
            } catch (IllegalStateException ending) {
                return;
            }
        }
    }
}
