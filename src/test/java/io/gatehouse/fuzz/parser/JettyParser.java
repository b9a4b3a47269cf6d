package io.gatehouse.fuzz.parser;

import io.gatehouse.fuzz.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Parses with Jetty. */
public final class JettyParser implements Parser {
    private static final int THREADS = 8;
    private static final int HEADER_BYTES = 64 * 1024;

    private final Server server = new Server(new QueuedThreadPool(THREADS, THREADS));
    private final ServerConnector connector;

    public JettyParser() throws Exception {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setRequestHeaderSize(HEADER_BYTES);
        configuration.setUriCompliance(UriCompliance.UNSAFE);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                response.getHeaders().put("X-Saw", saw(request));
                callback.succeeded();
                return true;
            }
        });
        server.start();
    }

    private static String saw(Request request) throws Exception {
        byte[] body;
        try (InputStream in = Content.Source.asInputStream(request)) {
            body = in.readAllBytes();
        }
        return Wire.hex(request.getMethod())
                + ' '
                + Wire.hex(request.getHttpURI().getPathQuery())
                + ' '
                + Wire.hex(field(request, "Host"))
                + ' '
                + field(request, "Content-Length")
                + ' '
                + field(request, "Transfer-Encoding")
                + ' '
                + body.length
                + ' '
                + Wire.sha1(body);
    }

    private static String field(Request request, String name) {
        HttpField field = request.getHeaders().getField(name);
        return field == null ? "-" : String.valueOf(field.getValue() == null ? "" : field.getValue());
    }

    @Override
    public String name() {
        return "Jetty";
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
