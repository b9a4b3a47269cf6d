package io.gatehouse.admin.http;

import io.gatehouse.syntax.form.FormPair;
import java.util.List;
import java.util.Optional;

/**
 * Holds a request for an endpoint.
 *
 * @param id of the request in the log
 * @param path as the client sent it, without {@code /default}
 * @param variables the decoded segments at the variables of the endpoint's template, in order
 */
public record AdminRequest(
        String id,
        Caller caller,
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

    /**
     * Returns the value of a query parameter.
     *
     * @throws AdminException if it is repeated, because either value could be the one that the client means
     */
    public Optional<String> parameter(String name) {
        List<String> values = query.stream()
                .filter(pair -> pair.name().equals(name))
                .map(FormPair::value)
                .toList();
        if (values.size() > 1) {
            throw AdminError.BAD_REQUEST.exception("query parameter '" + name + "' is given more than once");
        }
        return values.stream().findFirst();
    }
}
