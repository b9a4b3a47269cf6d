package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests targets below their Upstream (docs/reference/admin-api.md#entities). */
class TargetsTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String upstream(String name) {
        node.put("/upstreams/" + name, Map.of());
        return "/upstreams/" + name + "/targets";
    }

    @Test
    void putChangesTheGivenFieldsOfATarget() {
        String targets = upstream("renaming");
        String id =
                node.post(targets, Map.of("target", "old.test:80", "weight", 7)).id();

        Reply byName = node.put(targets + "/old.test:80", Map.of("target", "new.test:80"));
        assertThat(byName.status()).as(byName.text()).isEqualTo(200);
        assertThat(byName.id()).isEqualTo(id);
        assertThat(byName.json().getString("target")).isEqualTo("new.test:80");
        assertThat(byName.json().getInteger("weight")).isEqualTo(7);

        Reply byId = node.put(targets + "/" + id, Map.of("tags", List.of("x")));
        assertThat(byId.json().getInteger("weight")).isEqualTo(7);
        assertThat(byId.json().getString("target")).isEqualTo("new.test:80");
        assertThat(node.get(targets).data()).containsExactly(byId.json());
    }

    @Test
    void putCreatesAMissingTargetByIdOrByName() {
        String targets = upstream("creating");
        String id = UUID.randomUUID().toString();
        assertThat(node.put(targets + "/" + id, Map.of("target", "a.test")).id())
                .isEqualTo(id);
        assertThat(node.put(targets + "/b.test:1", Map.of()).json().getString("target"))
                .isEqualTo("b.test:1");
        assertThat(node.get(targets).data()).hasSize(2);
    }

    @Test
    void aTargetOfAnotherUpstreamIsNotChanged() {
        String id = node.post(upstream("owner"), Map.of("target", "a.test:1")).id();
        String other = upstream("stranger") + "/" + id;
        assertThat(node.get(other).status()).isEqualTo(404);
        assertThat(node.put(other, Map.of("target", "b.test:1")).status()).isEqualTo(404);
        assertThat(node.patch(other, Map.of("weight", 1)).status()).isEqualTo(404);
        assertThat(node.delete(other).status()).isEqualTo(404);
        assertThat(node.get(upstream("owner") + "/" + id).json().getInteger("weight"))
                .isEqualTo(100);
    }

    @Test
    void timesHaveMilliseconds() {
        long before = System.currentTimeMillis();
        Reply created = node.post(upstream("timed"), Map.of("target", "a.test:1"));
        long millis = Math.round(created.json().getDouble("created_at") * 1000);
        assertThat(millis).isBetween(before - 1, System.currentTimeMillis() + 1);
        assertThat(node.get("/upstreams/timed/targets/a.test:1").json()).isEqualTo(created.json());

        Reply given = node.post("/upstreams/timed/targets", Map.of("target", "b.test:1", "created_at", 1700000000.25));
        assertThat(given.json().getDouble("created_at")).isEqualTo(1700000000.25);
    }

    @Test
    void theNewestTargetIsListedFirst() {
        String targets = upstream("ordered");
        List<String> newestFirst = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            newestFirst.add(0, "t" + i + ".test:1");
            node.post(targets, Map.of("target", "t" + i + ".test:1", "created_at", 1700000000.5 + Math.floorDiv(i, 2)));
        }
        List<String> listed = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (String page = targets + "?size=2"; page != null; ) {
            Reply reply = node.get(page);
            reply.data().forEach(target -> listed.add(target.getString("target")));
            reply.data().forEach(target -> ids.add(target.getString("id")));
            page = reply.json().getString("next");
        }
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(listed).containsExactlyInAnyOrderElementsOf(newestFirst);
        assertThat(listed.get(0)).isEqualTo("t4.test:1");
        assertThat(listed.subList(3, 5)).containsExactlyInAnyOrder("t0.test:1", "t1.test:1");
    }

    @Test
    void targetsHaveNoCollectionOfTheirOwn() {
        String id = node.post(upstream("below"), Map.of("target", "a.test:1")).id();
        assertThat(node.get("/targets").status()).isEqualTo(404);
        assertThat(node.get("/targets/" + id).status()).isEqualTo(404);
        assertThat(node.get("/targets/" + id + "/upstream").status()).isEqualTo(404);
        assertThat(node.post("/targets", Map.of("target", "b.test:1")).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1:8000",
        "API.test:80, api.test:80",
        "api.test.:81, api.test:81",
        "[::1], [::1]:8000",
        "2001:DB8::1, [2001:db8::1]:8000"
    })
    void aTargetIsFoundByEverySpellingOfItsName(String spelling, String stored) {
        String targets = upstream("spelling");
        String path = targets + "/" + URLEncoder.encode(spelling, StandardCharsets.UTF_8);

        Reply created = node.put(path, Map.of("weight", 7));
        assertThat(created.status()).as(created.text()).isEqualTo(200);
        assertThat(created.json().getString("target")).isEqualTo(stored);

        Reply again = node.put(path, Map.of("tags", List.of("x")));
        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.id()).isEqualTo(created.id());
        assertThat(again.json().getInteger("weight")).isEqualTo(7);
        assertThat(node.get(path).json()).isEqualTo(again.json());
        assertThat(node.patch(path, Map.of("weight", 8)).id()).isEqualTo(created.id());
        assertThat(node.put(path + "/healthy", Map.of()).status()).isEqualTo(204);
        assertThat(node.delete(path).status()).isEqualTo(204);
        assertThat(node.get(targets).data()).isEmpty();
    }

    @Test
    void aMalformedNameOfATargetIsRejectedAsItWasSent() {
        Reply reply = node.put(upstream("malformed") + "/a.test:x", Map.of());
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).contains("Invalid target ('a.test:x')");
    }
}
