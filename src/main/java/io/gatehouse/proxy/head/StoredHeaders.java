package io.gatehouse.proxy.head;

import io.netty.handler.codec.http.HttpHeaders;
import io.vertx.core.MultiMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Headers one by one, as they are stored: what came through HTTP/1.1's codec is bytes, and making strings of it only to write it
 * as bytes again is dear. Runs for every request and every response.
 */
public final class StoredHeaders {
    private StoredHeaders() {}

    public static Iterator<? extends Map.Entry<? extends CharSequence, ? extends CharSequence>> of(MultiMap headers) {
        return headers instanceof HttpHeaders stored ? stored.iteratorCharSequence() : headers.iterator();
    }
}
