package io.gatehouse.proxy.head;

import io.netty.handler.codec.http.HttpHeaders;
import io.vertx.core.MultiMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Iterates over headers as they are stored. Runs for every request and every response.
 *
 * <p><i>Why</i>: the HTTP/1.1 codec stores bytes. Strings would be created only to be written as bytes again.
 */
public final class StoredHeaders {
    private StoredHeaders() {}

    public static Iterator<? extends Map.Entry<? extends CharSequence, ? extends CharSequence>> of(MultiMap headers) {
        return headers instanceof HttpHeaders stored ? stored.iteratorCharSequence() : headers.iterator();
    }
}
