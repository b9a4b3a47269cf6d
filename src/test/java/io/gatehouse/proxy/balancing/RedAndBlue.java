package io.gatehouse.proxy.balancing;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs a gateway and two upstreams, red and blue, which name themselves in the field {@code x-target} of their responses. */
final class RedAndBlue implements AutoCloseable {
    final Gatehouse gatehouse = Gatehouse.start();
    final Upstream red = Upstream.start();
    final Upstream blue = Upstream.start();

    void behave() {
        red.behave(request -> request.response().putHeader("x-target", "red").end());
        blue.behave(request -> request.response().putHeader("x-target", "blue").end());
    }

    static String address(Upstream upstream) {
        return "127.0.0.1:" + upstream.port();
    }

    /** An Upstream of red and blue, with a Service and the Route {@code /name} in front of it. */
    void balance(String name, JsonObject upstream) {
        balance(name, upstream, address(red), address(blue));
    }

    /** An Upstream of these targets, with a Service and the Route {@code /name} in front of it. */
    void balance(String name, JsonObject upstream, String... targets) {
        gatehouse.create("/upstreams", upstream.copy().put("name", name + ".upstream"));
        for (String target : targets) {
            gatehouse.create("/upstreams/" + name + ".upstream/targets", new JsonObject().put("target", target));
        }
        gatehouse.create("/services", new JsonObject().put("name", name).put("url", "http://" + name + ".upstream"));
        gatehouse.create(
                "/services/" + name + "/routes",
                new JsonObject().put("name", name).put("paths", List.of("/" + name)));
    }

    /** Sends requests, each of which must have the status 200, and counts the responses of each target. */
    Map<String, Integer> tally(int requests, String path, String... headers) {
        Map<String, Integer> tally = new HashMap<>();
        for (int i = 0; i < requests; i++) {
            Reply reply = gatehouse.get(path, headers);
            tally.merge(reply.isStatus(200).header("x-target"), 1, Integer::sum);
        }
        return tally;
    }

    @Override
    public void close() {
        gatehouse.close();
        red.close();
        blue.close();
    }
}
