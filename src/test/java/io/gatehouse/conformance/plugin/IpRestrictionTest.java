package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Scrape;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the ip-restriction plugin against Kong 3.10. */
class IpRestrictionTest {
    private static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi(Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32"))));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Reply from(String address, String path) {
        return api.gatehouse.get(path, "X-Real-IP", address);
    }

    @Test
    void onlyAllowedAddressesPass() {
        String path = api.protectedBy(
                "ip-restriction", new JsonObject().put("allow", List.of("10.1.2.0/23", "2001:db8::/33", "192.0.2.7")));
        for (String address : List.of("10.1.2.0", "10.1.3.255", "192.0.2.7", "2001:db8:7fff::1", "::ffff:192.0.2.7")) {
            from(address, path).isStatus(200);
        }
        for (String address : List.of("10.1.4.0", "10.1.1.255", "192.0.2.8", "2001:db8:8000::1")) {
            from(address, path).isMessage(403, "IP address not allowed: " + address);
        }
    }

    @Test
    void deniedAddressesDoNotPassEvenIfTheyAreAllowed() {
        String path = api.protectedBy(
                "ip-restriction",
                new JsonObject().put("allow", List.of("10.0.0.0/8")).put("deny", List.of("10.9.9.9")));
        from("10.9.9.8", path).isStatus(200);
        from("10.9.9.9", path).isStatus(403);
    }

    @Test
    void anIpv4AddressThatIsTranslatedToIpv6IsInTheRangesOfBoth() {
        String denied = api.protectedBy("ip-restriction", new JsonObject().put("deny", List.of("192.0.2.0/24")));
        from("64:ff9b::c000:207", denied).isStatus(403);
        from("64:ff9b::c000:307", denied).isStatus(200);
        from("64:ff9b:1::c000:207", denied).isStatus(200);
        String translator = api.protectedBy("ip-restriction", new JsonObject().put("deny", List.of("64:ff9b::/96")));
        from("64:ff9b::c000:207", translator).isStatus(403);
        from("192.0.2.7", translator).isStatus(200);
        String allowed = api.protectedBy(
                "ip-restriction", new JsonObject().put("allow", List.of("192.0.2.0/24", "64:ff9b::c633:6400/120")));
        from("64:ff9b::c000:207", allowed).isStatus(200);
        from("64:ff9b::c633:6401", allowed).isStatus(200);
        from("64:ff9b::c000:307", allowed).isStatus(403);
    }

    @Test
    void theAddressOfThePeerCountsIfItForwardsNone() {
        String path = api.protectedBy("ip-restriction", new JsonObject().put("deny", List.of("127.0.0.1")));
        from("10.0.0.2", path).isStatus(200);
        from("unknown", path).isMessage(403, "IP address not allowed: 127.0.0.1");
        api.gatehouse.get(path).isStatus(403);
    }

    @Test
    void statusAndMessageOfARejectedAddressAreConfigurable() {
        String path = api.protectedBy(
                "ip-restriction",
                new JsonObject()
                        .put("deny", List.of("0.0.0.0/0"))
                        .put("status", 405)
                        .put("message", "go away"));
        from("10.0.0.1", path).isMessage(405, "go away");
        from("2001:db8::1", path).isStatus(200);
    }

    @Test
    void aRejectedAddressIsNoFailureOfThePlugin() {
        String path = api.protectedBy(
                "ip-restriction",
                new JsonObject().put("deny", List.of("0.0.0.0/0")).put("status", 503));
        from("10.0.0.1", path).isStatus(503);
        assertThat(Scrape.of(api.gatehouse).sum("gatehouse_plugin_failures_total", "plugin", "ip-restriction"))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0", "example.com", "10.0.0.1/", "::1/129", "fe80::1%eth0"})
    void aMalformedRangeIsRefused(String range) {
        api.assertRefused(
                "ip-restriction",
                new JsonObject().put("allow", List.of(range)),
                "config.allow.1: invalid ip or cidr range: '" + range + "'");
    }

    @Test
    void ipRestrictionNeedsAList() {
        api.assertRefused(
                "ip-restriction",
                new JsonObject(),
                "at least one of these fields must be non-empty: 'config.allow', 'config.deny'");
    }

    @Test
    void theSchemaContainsEveryDefault() {
        api.assertSchemaContainsEveryDefault("ip-restriction", new JsonObject().put("allow", List.of("::1")));
    }
}
