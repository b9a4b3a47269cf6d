package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.lang.reflect.InvocationTargetException;
import java.util.Set;

/** Checks an object against the model of its kind, in which unknown and missing fields and other types are errors. */
final class KubernetesModel {
    /** Maps of strings. Kubernetes refuses a number in them, which the model reads as a string. */
    private static final Set<String> TEXTS = Set.of("labels", "annotations", "matchLabels", "nodeSelector", "data");

    private KubernetesModel() {}

    static void check(JsonNode document) throws ReflectiveOperationException {
        String kind = Manifests.text(document, "/kind");
        checkTexts(kind + " " + Manifests.name(document), document);
        if (CustomResources.isExtension(kind)) {
            CustomResources.check(document);
            return;
        }
        String version = kind.equals("HorizontalPodAutoscaler") ? "V2" : "V1";
        Class<?> model = Class.forName("io.kubernetes.client.openapi.models." + version + kind);
        try {
            String json = document.toString();
            model.getMethod("validateJsonElement", JsonElement.class).invoke(null, JsonParser.parseString(json));
            model.getMethod("fromJson", String.class).invoke(null, json);
        } catch (InvocationTargetException e) {
            throw new AssertionError(kind + " " + Manifests.name(document) + ": " + e.getCause(), e);
        }
    }

    private static void checkTexts(String path, JsonNode node) {
        for (var property : node.properties()) {
            String name = path + "/" + property.getKey();
            JsonNode value = property.getValue();
            if (TEXTS.contains(property.getKey())) {
                assertThat(value).as(name).allMatch(JsonNode::isTextual);
            } else if (property.getKey().equals("env")) {
                assertThat(value)
                        .as(name)
                        .allMatch(variable ->
                                !variable.has("value") || variable.path("value").isTextual());
            } else {
                checkTexts(name, value);
            }
        }
        if (node.isArray()) {
            Manifests.items(node).forEach(item -> checkTexts(path, item));
        }
    }
}
