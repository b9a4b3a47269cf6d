package io.gatehouse.admin.http;

import io.gatehouse.syntax.form.FormPair;
import java.util.List;
import java.util.Optional;

/**
 * Holds a request for an endpoint.
 *
 * @param id of the request in the log
 * @param caller the client's address and how it authenticated
 * @param path as the client sent it, without {@code /default}
 * @param variables the decoded segments at the variables of the endpoint's template, in order
 */
public record AdminRequest(
        String id,
        String caller,
        String method,
        Endpoint endpoint,
        String path,
        List<String> variables,
        List<FormPair> query,
        Body body) {

    public String template() {
        return endpoint.template();
    }

    public String variable(int index) {
        return variables.get(index);
    }

    /** Returns the value of the first query parameter of that name. */
    public Optional<String> parameter(String name) {
        return query.stream()
                .filter(pair -> pair.name().equals(name))
                .map(FormPair::value)
                .findFirst();
    }
}
