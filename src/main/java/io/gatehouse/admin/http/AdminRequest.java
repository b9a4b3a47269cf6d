package io.gatehouse.admin.http;

import io.gatehouse.syntax.form.FormPair;
import java.util.List;
import java.util.Optional;

/**
 * A request as an endpoint sees it.
 *
 * @param id names it in the log
 * @param caller who asks, as far as is known: their address, and how they showed who they are
 * @param template of the endpoint
 * @param path as the client wrote it, without {@code /default}
 * @param variables what stands where the endpoint's template has names, decoded, in order
 */
public record AdminRequest(
        String id,
        String caller,
        String method,
        String template,
        String path,
        List<String> variables,
        List<FormPair> query,
        Body body) {

    public String variable(int index) {
        return variables.get(index);
    }

    /** The value of the first query parameter of that name. */
    public Optional<String> parameter(String name) {
        return query.stream()
                .filter(pair -> pair.name().equals(name))
                .map(FormPair::value)
                .findFirst();
    }
}
