package io.gatehouse.declarative;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;

/** Runs a node, and imports files into it and exports its entities. */
final class StateApi implements AutoCloseable {
    /** The file of a gateway without entities. */
    static final String NOTHING = "_format_version: \"3.0\"\n";

    final Gatehouse gatehouse = Gatehouse.start();
    private final Upstream upstream = Upstream.start();
    /** The example of docs/reference/deck.md#example. */
    final String file = """
                _format_version: "3.0"
                services:
                - name: example-service
                  url: http://127.0.0.1:%d/anything
                  routes:
                  - name: example-route
                    paths: [/anything]
                    protocols: [http, https]
                  plugins:
                  - name: oauth2
                    config:
                      scopes: [email, profile]
                      global_credentials: true
                      enable_client_credentials: true
                consumers:
                - username: alex
                  oauth2_credentials:
                  - name: oauth2-app
                    client_id: client
                    client_secret: secret
                    hash_secret: true
                    redirect_uris: [http://localhost:8000/anything]
                """.formatted(upstream.port());

    AdminClient admin() {
        return new AdminClient(gatehouse.adminUrl(""), null);
    }

    Report run(String text) throws StateException {
        return new Importer(admin(), false, (done, all) -> {}).run(text);
    }

    String export() throws StateException {
        return new Exporter(admin(), Exporter.Reader.GATEHOUSE, lost -> {}).run();
    }

    @Override
    public void close() {
        gatehouse.close();
        upstream.close();
    }
}
