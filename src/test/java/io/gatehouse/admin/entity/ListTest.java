package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests pages, tags and filters (docs/reference/admin-api.md#endpoints). */
class ListTest {
    private static final int CONSUMERS = 25;
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        for (int i = 0; i < CONSUMERS; i++) {
            List<String> tags = new ArrayList<>(List.of("all", "with space é"));
            if (i % 2 == 0) {
                tags.add("even");
            }
            if (i % 5 == 0) {
                tags.add("fifth");
            }
            node.put("/consumers/c" + i, Map.of("custom_id", "custom-" + i, "tags", tags));
        }
        node.put("/services/tagged", Map.of("host", "h", "tags", List.of("even")));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static List<JsonObject> allPages(String first) {
        List<JsonObject> all = new ArrayList<>();
        String path = first;
        while (path != null) {
            Reply page = node.get(path);
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.json().containsKey("offset")).isEqualTo(page.json().getString("next") != null);
            all.addAll(page.data());
            path = page.json().getString("next");
        }
        return all;
    }

    @Test
    void pagesAreInTheOrderOfTheIds() {
        Reply first = node.get("/consumers?size=10");
        assertThat(first.data()).hasSize(10);
        assertThat(first.json().getString("next"))
                .isEqualTo("/consumers?offset=" + first.json().getString("offset") + "&size=10");

        List<String> ids = allPages("/consumers?size=10").stream()
                .map(consumer -> consumer.getString("id"))
                .toList();
        assertThat(ids).hasSize(CONSUMERS).doesNotHaveDuplicates().isSorted();
        assertThat(node.get("/consumers").data()).hasSize(CONSUMERS);
        assertThat(node.get("/consumers").json().containsKey("offset")).isFalse();
    }

    @Test
    void anEntityIsListedOnceWhileOthersAreCreatedAndDeleted() {
        List<String> stay = node.get("/consumers?tags=all&size=1000").data().stream()
                .map(consumer -> consumer.getString("id"))
                .toList();
        List<String> seen = new ArrayList<>();
        String path = "/consumers?size=3";
        for (int i = 0; path != null; i++) {
            node.put("/consumers/passing-" + i, Map.of("tags", List.of("passing")));
            if (i > 0) {
                node.delete("/consumers/passing-" + (i - 1));
            }
            Reply page = node.get(path);
            page.data().forEach(consumer -> seen.add(consumer.getString("id")));
            path = page.json().getString("next");
        }
        node.get("/consumers?tags=passing").data().forEach(left -> node.delete("/consumers/" + left.getString("id")));
        assertThat(seen).doesNotHaveDuplicates().containsAll(stay);
    }

    @Test
    void aFullPageWithoutFurtherEntitiesIsTheLast() {
        Reply page = node.get("/consumers?size=" + CONSUMERS);
        assertThat(page.data()).hasSize(CONSUMERS);
        assertThat(page.json().getString("next")).isNull();
    }

    @Test
    void theLinkToTheNextPageKeepsTheFilter() {
        String next = node.get("/consumers?tags=all,even&size=3").json().getString("next");
        assertThat(next).contains("&tags=all%2Ceven&size=3");
        assertThat(allPages("/consumers?tags=all,even&size=3")).hasSize(13);
        assertThat(node.get("/consumers?tags=with%20space%20%C3%A9&size=7")
                        .json()
                        .getString("next"))
                .contains("&tags=with%20space%20%C3%A9&");
        assertThat(allPages("/default/consumers?tags=with%20space%20%C3%A9&size=7"))
                .hasSize(CONSUMERS);
    }

    @ParameterizedTest
    @CsvSource({"even,13", "'even,fifth',3", "even/fifth,15", "absent,0", "'even,absent',0", "absent/fifth,5"})
    void tagsFilterByAllOrByAny(String tags, int count) {
        assertThat(node.get("/consumers?tags=" + tags).data()).hasSize(count);
    }

    @Test
    void aFilterMayHaveAsManyTagsAsARequestHasPlaceFor() {
        assertThat(node.get("/consumers?tags=" + "a,bb,".repeat(6_000) + "a").data())
                .isEmpty();
        assertThat(node.get("/consumers?tags=" + "a/bb/".repeat(6_000) + "fifth")
                        .data())
                .hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b/c", "a,,b", ",a", "a/", "a%00b", "a//b"})
    void anInvalidFilterIsRejected(String tags) {
        assertThat(node.get("/consumers?tags=" + tags).json())
                .isEqualTo(new JsonObject()
                        .put("code", 11)
                        .put("name", "invalid options")
                        .put("message", "invalid option (tags: invalid filter syntax)")
                        .put("options", new JsonObject().put("tags", "invalid filter syntax")));
    }

    @Test
    void anEmptyFilterIsRejected() {
        assertThat(node.get("/services?tags=").message()).isEqualTo("invalid option (tags: cannot be null)");
    }

    @ParameterizedTest
    @CsvSource({
        "x,size must be a number",
        "'',size must be a number",
        "NaN,size must be a number",
        "1e3d,size must be a number",
        "0,size must be an integer between 1 and 1000",
        "-1,size must be an integer between 1 and 1000",
        "1001,size must be an integer between 1 and 1000",
        "1.5,size must be an integer between 1 and 1000",
        "999999999999999999,size must be an integer between 1 and 1000"
    })
    void aSizeOutsideItsBoundsIsRejected(String size, String message) {
        Reply refused = node.get("/routes?size=" + size);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json())
                .isEqualTo(new JsonObject()
                        .put("code", 9)
                        .put("name", "invalid size")
                        .put("message", message));
    }

    @ParameterizedTest
    @CsvSource({"x,base64", "!!,base64", "bm90IGFuIGlk,json", "AAAA,json"})
    void anInvalidOffsetIsRejected(String offset, String encoding) {
        for (String path : List.of("/consumers", "/tags")) {
            assertThat(node.get(path + "?offset=" + offset).json())
                    .isEqualTo(new JsonObject()
                            .put("code", 7)
                            .put("name", "invalid offset")
                            .put("message", "'" + offset + "' is not a valid offset: bad " + encoding + " encoding"));
        }
    }

    @Test
    void aConsumerIsFoundByItsCustomId() {
        Reply found = node.get("/consumers?custom_id=custom-3");
        assertThat(found.data())
                .extracting(consumer -> consumer.getString("username"))
                .containsExactly("c3");
        assertThat(found.json().getString("next")).isNull();
        assertThat(node.get("/consumers?custom_id=absent").data()).isEmpty();
        for (String nothing : List.of("", "%00")) {
            Reply refused = node.get("/consumers?custom_id=" + nothing);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text()).isEqualTo("{\"message\":\"custom_id must be an unempty string\"}");
        }
    }

    @Test
    void nestedListsArePagedToo() {
        node.put("/services/busy", Map.of("host", "h"));
        for (int i = 0; i < 7; i++) {
            node.post("/services/busy/routes", Map.of("paths", List.of("/" + i)));
        }
        assertThat(node.get("/services/busy/routes?size=3").json().getString("next"))
                .startsWith("/services/busy/routes?offset=");
        assertThat(allPages("/services/busy/routes?size=3")).hasSize(7);
    }

    @Test
    void tagsHaveASchema() {
        Reply schema = node.get("/schemas/tags");
        assertThat(schema.status()).isEqualTo(200);
        assertThat(schema.json().getJsonArray("fields").stream()
                        .flatMap(field -> ((JsonObject) field).fieldNames().stream()))
                .containsExactly("tag", "entity_name", "entity_id");
    }

    @Test
    void tagsAreListedWithTheirEntities() {
        List<JsonObject> all = allPages("/tags?size=7");
        assertThat(all).hasSize(CONSUMERS * 2 + 13 + 5 + 1).doesNotHaveDuplicates();

        List<JsonObject> even = allPages("/tags/even?size=5");
        assertThat(even).hasSize(14).allMatch(tagged -> tagged.getString("tag").equals("even"));
        JsonObject service = even.stream()
                .filter(tagged -> tagged.getString("entity_name").equals("services"))
                .findFirst()
                .orElseThrow();
        assertThat(service.getString("entity_id"))
                .isEqualTo(node.get("/services/tagged").id());
        assertThat(node.get("/tags/with%20space%20%C3%A9").data()).hasSize(CONSUMERS);
        assertThat(node.get("/tags/" + UUID.randomUUID()).data()).isEmpty();
    }
}
