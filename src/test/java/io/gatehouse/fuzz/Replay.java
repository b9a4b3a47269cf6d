package io.gatehouse.fuzz;

import io.gatehouse.fuzz.parser.Parser;
import io.gatehouse.fuzz.wire.ParsedRequest;
import io.gatehouse.fuzz.wire.RequestReader;
import io.gatehouse.fuzz.wire.ResponseReader;
import io.gatehouse.fuzz.wire.ResponseReader.Response;
import io.gatehouse.fuzz.wire.Wire;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends the gateway's bytes to another parser and compares the requests that it reads. Several requests use one connection,
 * so that a parser that reads another end of a request also reads another next request.
 */
final class Replay implements AutoCloseable {
    private static final int REPEATS = 5;
    private static final int BATCH = 64;
    private static final int QUEUED = 2_000;
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final String LAST = "GET /last HTTP/1.1\r\nHost: last\r\nConnection: close\r\n\r\n";

    private final Parser parser;
    private final Findings findings;
    private final BlockingQueue<Sample> queue = new ArrayBlockingQueue<>(QUEUED);
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Thread thread;
    private long compared;
    private long refused;

    /** Holds the bytes of a request and the result of {@link RequestReader}. */
    record Sample(String bytes, ParsedRequest request) {}

    Replay(Parser parser, Findings findings) {
        this.parser = parser;
        this.findings = findings;
        this.thread = new Thread(this::work, "replay to " + parser.name());
        thread.setDaemon(true);
        thread.start();
    }

    /** Queues a sample. Blocks while the queue is full, so that each request is compared. */
    void add(Sample sample) {
        try {
            queue.put(sample);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        try {
            List<Sample> batch = new ArrayList<>();
            while (true) {
                Sample first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    if (closing.get()) {
                        return;
                    }
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, BATCH - 1);
                if (batch.size() == 1 || !agrees(batch)) {
                    batch.forEach(this::alone);
                }
                compared += batch.size();
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean agrees(List<Sample> batch) {
        List<Response> responses = responses(batch, false);
        if (responses == null || responses.size() != batch.size() + 1) {
            return false;
        }
        for (int i = 0; i < batch.size(); i++) {
            if (!batch.get(i).request().seen().equals(responses.get(i).value("x-saw"))) {
                return false;
            }
        }
        return true;
    }

    /** Sends one request, and one more to check where the first ends. A parser may reject it. */
    private void alone(Sample sample) {
        List<Response> responses = responses(List.of(sample), false);
        for (int i = 1; i <= REPEATS && responses == null; i++) {
            // The reset of a parser that closes before it has read all bytes can overtake its response.
            responses = responses(List.of(sample), i == REPEATS);
        }
        String saw = responses == null || responses.isEmpty()
                ? null
                : responses.get(0).value("x-saw");
        if (responses != null
                && (responses.isEmpty() || (saw == null && responses.get(0).status() >= 400))) {
            refused++;
        } else if (responses == null
                || (responses.size() != 2 && !mayEndConnection(sample, responses))
                || !sample.request().seen().equals(saw)) {
            findings.add(
                    parser.name() + " sees another request",
                    "expected " + sample.request().seen() + "\nbut got  " + saw + "\nand "
                            + (responses == null ? "a failure" : responses.size() + " responses in place of 2")
                            + " to\n"
                            + Wire.readable(sample.bytes()));
        }
    }

    /**
     * A server that received the body before it asked for it sends no 100 (RFC 9110 §10.1.1). It may close the connection with
     * its response, because a client that received no 100 need not send the body.
     */
    private static boolean mayEndConnection(Sample sample, List<Response> responses) {
        return sample.request().value("expect") != null
                && responses.size() == 1
                && responses.get(0).closes();
    }

    /**
     * Returns null if the parser ended the connection early.
     *
     * @param isResetRefusal whether a reset before any response is a refusal, as a close is
     */
    private @Nullable List<Response> responses(List<Sample> samples, boolean isResetRefusal) {
        StringBuilder bytes = new StringBuilder();
        samples.forEach(sample -> bytes.append(sample.bytes()));
        List<Response> responses = new ArrayList<>();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), parser.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            ResponseReader reader = new ResponseReader(new BufferedInputStream(socket.getInputStream()));
            socket.getOutputStream().write(Wire.bytes(bytes.append(LAST).toString()));
            while (true) {
                boolean head = responses.size() < samples.size()
                        && samples.get(responses.size()).request().method().equals("HEAD");
                Response response = reader.next(head);
                if (response == null) {
                    return responses;
                }
                responses.add(response);
            }
        } catch (IOException e) {
            // A parser that rejects a request may reset the connection after its response.
            boolean refusal = responses.isEmpty()
                    ? isResetRefusal && e instanceof SocketException
                    : responses.get(responses.size() - 1).value("x-saw") == null;
            return refusal ? responses : null;
        }
    }

    /** Waits until all samples are compared, after the last one. */
    String finish() throws InterruptedException {
        closing.set(true);
        thread.join();
        return parser.name() + " " + compared + " (" + refused + " refused)";
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
