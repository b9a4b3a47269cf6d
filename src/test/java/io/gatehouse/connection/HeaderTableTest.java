package io.gatehouse.connection;

import static io.gatehouse.proxy.Http2Socket.END_STREAM;
import static io.gatehouse.proxy.Http2Socket.HEADERS;
import static io.gatehouse.proxy.Http2Socket.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that no client chooses how many fields the gateway keeps for the compression of responses (RFC 7541 §4.2). */
class HeaderTableTest {
    private static final int HEADER_TABLE_SIZE = 1;
    private static final int MAX = 0xff;
    private static final int PRIORITY = 0x20;
    private static final int PRIORITY_BYTES = 5;
    private static final String[] REQUEST = {":method: GET", ":scheme: http", ":authority: a", ":path: /nowhere"};

    private static Gatehouse gatehouse;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
    }

    @Test
    void aTableOf4GibIsLimitedTo4Kib() throws IOException {
        try (Http2Socket client = Http2Socket.greeted(gatehouse.node().port("proxy.http"))) {
            client.frame(SETTINGS, 0, 0, 0, HEADER_TABLE_SIZE, MAX, MAX, MAX, MAX);
            assertThat(lastUpdate(client, 1)).isEqualTo(4_096L);
        }
    }

    @Test
    void aLargerTableLaterIsLimitedToo() throws IOException {
        try (Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
            client.headers(1, END_STREAM, REQUEST).send();
            assertThat(sizeUpdates(client.await(HEADERS))).isEmpty();
            client.frame(SETTINGS, 0, 0, 0, HEADER_TABLE_SIZE, 0, 1, 0, 0);
            assertThat(lastUpdate(client, 3)).isEqualTo(4_096L);
        }
    }

    /** Returns the last size of the responses to two requests: the limit may be announced with the second one. */
    private static Long lastUpdate(Http2Socket client, int stream) throws IOException {
        client.headers(stream, END_STREAM, REQUEST).send();
        List<Long> sizes = sizeUpdates(client.await(HEADERS));
        client.headers(stream + 2, END_STREAM, REQUEST).send();
        sizes.addAll(sizeUpdates(client.await(HEADERS)));
        return sizes.get(sizes.size() - 1);
    }

    /** Returns the sizes of the table at the beginning of a block (RFC 7541 §6.3). */
    private static List<Long> sizeUpdates(Http2Socket.Frame headers) {
        Buffer block = headers.payload();
        List<Long> sizes = new ArrayList<>();
        int at = (headers.flags() & PRIORITY) == 0 ? 0 : PRIORITY_BYTES;
        while ((block.getByte(at) & 0xe0) == 0x20) {
            long size = block.getByte(at++) & 0x1f;
            if (size == 0x1f) {
                int shift = 0;
                int octet;
                do {
                    octet = block.getByte(at++);
                    size += (long) (octet & 0x7f) << shift;
                    shift += 7;
                } while ((octet & 0x80) != 0);
            }
            sizes.add(size);
        }
        return sizes;
    }
}
