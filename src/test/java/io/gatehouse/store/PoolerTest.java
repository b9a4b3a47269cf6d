package io.gatehouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests a start behind a connection pooler that treats the parameters of a connection as PgBouncer does. */
class PoolerTest {
    private static final int SSL_REQUEST = 80877103;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        Gatehouse.await(vertx.close());
    }

    @Test
    void poolerThatRejectsParameters_isNamed() {
        PostgresConfig pooled = pooled(TestDatabase.createEmpty(), (client, server, startUp) -> client.end(error()));

        assertThatThrownBy(() -> Migrations.run(pooled))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the server is a connection pooler, such as PgBouncer");
    }

    /** ignore_startup_parameters of PgBouncer. */
    @Test
    void poolerThatIgnoresParameters_isNamedBeforeTheFirstWrite() {
        PostgresConfig database = TestDatabase.createEmpty();
        PostgresConfig pooled = pooled(database, (client, server, startUp) -> server.write(withoutOptions(startUp)));

        assertThatThrownBy(() -> Migrations.run(pooled))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the server is a connection pooler, such as PgBouncer");
        assertThat(Migrations.run(database)).isNotEqualTo("0");
    }

    @Test
    void serverItself_isAccepted_alsoBehindARelay() {
        PostgresConfig relayed = pooled(TestDatabase.createEmpty(), (client, server, startUp) -> server.write(startUp));

        assertThat(Migrations.run(relayed)).isNotEqualTo("0");
    }

    /** Handles the first message of a session. */
    @FunctionalInterface
    private interface Pooler {
        void startUp(NetSocket client, NetSocket server, Buffer message);
    }

    private PostgresConfig pooled(PostgresConfig database, Pooler pooler) {
        NetServer server = Gatehouse.await(vertx.createNetServer()
                .connectHandler(client -> {
                    client.pause();
                    vertx.createNetClient()
                            .connect(database.port(), database.host())
                            .onSuccess(target -> relay(client, target, pooler))
                            .onFailure(failure -> client.close());
                })
                .listen(0, "127.0.0.1"));
        return new PostgresConfig(
                "postgresql://127.0.0.1:" + server.actualPort() + "/" + database.database(),
                database.user(),
                database.password(),
                1);
    }

    private static void relay(NetSocket client, NetSocket server, Pooler pooler) {
        server.handler(client::write);
        server.closeHandler(closed -> client.close());
        client.closeHandler(closed -> server.close());
        client.handler(first -> {
            if (first.getInt(4) == SSL_REQUEST) {
                client.write("N");
                return;
            }
            client.handler(server::write);
            pooler.startUp(client, server, first);
        });
        client.resume();
    }

    /** PostgreSQL documentation, "Message Formats": ErrorResponse. */
    private static Buffer error() {
        byte[] fields =
                "SFATAL\0C08P01\0Munsupported startup parameter: options\0\0".getBytes(StandardCharsets.US_ASCII);
        return Buffer.buffer()
                .appendByte((byte) 'E')
                .appendInt(4 + fields.length)
                .appendBytes(fields);
    }

    /** Removes a pair of name and value from a StartupMessage. */
    private static Buffer withoutOptions(Buffer message) {
        String text = message.getString(8, message.length(), StandardCharsets.ISO_8859_1.name());
        byte[] rest = text.replaceFirst("options\0[^\0]*\0", "").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(rest.length).isLessThan(text.length());
        return Buffer.buffer()
                .appendInt(8 + rest.length)
                .appendInt(message.getInt(4))
                .appendBytes(rest);
    }
}
