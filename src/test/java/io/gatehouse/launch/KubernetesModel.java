package io.gatehouse.launch;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.lang.reflect.InvocationTargetException;

/** Checks an object against the model of its kind, in which unknown and missing fields and other types are errors. */
final class KubernetesModel {
    private KubernetesModel() {}

    static void check(JsonNode document) throws ReflectiveOperationException {
        String kind = Manifests.text(document, "/kind");
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
}
