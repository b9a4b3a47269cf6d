package io.gatehouse.launch.postgres;

import io.gatehouse.config.PostgresConfig;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Holds an embedded database until it is killed. */
final class EmbeddedDatabaseProcess {
    private EmbeddedDatabaseProcess() {}

    public static void main(String[] args) throws Exception {
        EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(args[0]));
        PostgresConfig postgres = database.addressed(new PostgresConfig(null, null, null, 1));
        System.out.println(postgres.url());
        System.out.println(postgres.password());
        new CountDownLatch(1).await();
    }
}
