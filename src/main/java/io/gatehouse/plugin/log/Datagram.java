package io.gatehouse.plugin.log;

import io.gatehouse.plugin.FinishedRequest;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Holds a datagram with the entries that it is about.
 *
 * @param from index of the first entry in its batch
 * @param to index of the last one
 */
record Datagram(Buffer bytes, int from, int to) {

    /** Returns a datagram for each entry whose text is not empty. */
    static List<Datagram> each(List<FinishedRequest> batch, Function<FinishedRequest, Buffer> format) {
        List<Datagram> datagrams = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Buffer bytes = format.apply(batch.get(i));
            if (bytes.length() > 0) {
                datagrams.add(new Datagram(bytes, i, i));
            }
        }
        return datagrams;
    }

    /** Combines lines, with line breaks between them, to datagrams of at most {@code size} bytes; one for each line if it is 0. */
    static List<Datagram> combined(
            List<FinishedRequest> batch, Function<FinishedRequest, List<String>> format, int size) {
        List<Datagram> datagrams = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            for (String text : format.apply(batch.get(i))) {
                Buffer line = Buffer.buffer(text);
                int last = datagrams.size() - 1;
                if (last >= 0 && datagrams.get(last).bytes().length() + 1 + line.length() <= size) {
                    Datagram open = datagrams.get(last);
                    open.bytes().appendByte((byte) '\n').appendBuffer(line);
                    datagrams.set(last, new Datagram(open.bytes(), open.from(), i));
                } else {
                    datagrams.add(new Datagram(line, i, i));
                }
            }
        }
        return datagrams;
    }
}
