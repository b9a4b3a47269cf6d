package io.gatehouse.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the limits of request bodies. */
class BodyLimitsTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void deeplyNestedJsonIsRejected() {
        for (String body : new String[] {
            "{\"a\":".repeat(10_000), "{\"tags\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}", "[".repeat(500_000)
        }) {
            Reply refused = node.send("POST", "/services", "application/json", body);
            assertThat(refused.text()).isEqualTo("{\"message\":\"Cannot parse JSON body\"}");
        }
        assertThat(node.form("POST", "/services", "a" + "[1]".repeat(10_000) + "=1")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void numbersWithManyDigitsAreSchemaViolations() {
        for (String number : new String[] {"1e999", "1" + "0".repeat(900), "-1" + "0".repeat(400), "0.1", "1e30"}) {
            Reply refused =
                    node.send("POST", "/services", "application/json", "{\"host\":\"h\",\"port\":" + number + "}");
            assertThat(refused.json().getInteger("code")).as(number).isEqualTo(2);
        }
        String endless = "{\"host\":\"h\",\"port\":" + "1".repeat(5_000) + "}";
        assertThat(node.send("POST", "/services", "application/json", endless).message())
                .isEqualTo("Cannot parse JSON body");
    }

    @Test
    void theErrorResponseToAMillionViolationsIsShort() {
        StringBuilder fields = new StringBuilder("{\"a\":1");
        for (int i = 0; i < 500_000; i++) {
            fields.append(",\"f").append(i).append("\":1");
        }
        String elements = "{\"username\":\"u\",\"tags\":[1" + ",1".repeat(1_000_000) + "]}";
        for (String body : new String[] {fields.append('}').toString(), elements}) {
            Reply refused = node.send("POST", "/consumers", "application/json", body);
            assertThat(refused.message()).startsWith("1000 schema violations (");
            assertThat(refused.text().length()).isLessThan(200_000);
        }
    }

    @Test
    void aBodyOfTenMebibytesPassesAndOneMoreByteDoesNot() {
        String start = "{\"username\":\"big\",\"tags\":[\"";
        String filler = "x".repeat(BodyReader.MAX_BYTES - start.length() - "\"],\"n\":1}".length());
        Reply largest = node.send("POST", "/consumers", "application/json", start + filler + "\"],\"n\":1}");
        assertThat(largest.message()).isEqualTo("schema violation (n: unknown field)");

        Reply tooLarge = node.send("POST", "/consumers", "application/json", start + filler + "x\"],\"n\":1}");
        assertThat(tooLarge.status()).isEqualTo(413);
        assertThat(tooLarge.json()).isEqualTo(new JsonObject().put("message", "Request body too large"));
        assertThat(node.get("/consumers").status()).isEqualTo(200);
    }

    @Test
    void aMillionTagsAreCheckedInLinearTime() {
        StringBuilder tags = new StringBuilder("{\"username\":\"tagged\",\"tags\":[\"0\"");
        for (int i = 1; i < 900_000; i++) {
            tags.append(",\"").append(i).append('"');
        }
        Reply refused = node.send(
                "POST",
                "/consumers",
                "application/json",
                tags.append("],\"n\":1}").toString());
        assertThat(refused.message()).isEqualTo("schema violation (n: unknown field)");
    }

    @Test
    void keysAreAsLongAsAnIndexCanHold() {
        String longest = "é".repeat(512);
        assertThat(node.post("/consumers", Map.of("username", longest, "custom_id", longest))
                        .status())
                .isEqualTo(201);
        assertThat(node.post("/consumers", Map.of("username", longest + "x")).message())
                .isEqualTo("schema violation (username: length must be at most 512)");
    }
}
