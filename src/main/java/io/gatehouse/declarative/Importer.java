package io.gatehouse.declarative;

import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.schema.AutoFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.SchemaViolation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Brings a gateway to the state a file describes: makes what is missing, changes what differs, deletes what the file does not
 * have (docs/reference/deck.md). Ten requests at a time, referenced entities first.
 */
public final class Importer {
    private static final int PARALLEL = 10;

    private final AdminClient admin;
    private final boolean isDryRun;
    private final Progress progress;

    /** {@code isDryRun}: only says what it would do. */
    public Importer(AdminClient admin, boolean isDryRun, Progress progress) {
        this.admin = admin;
        this.isDryRun = isDryRun;
        this.progress = progress;
    }

    /** Hears of each step. */
    public interface Progress {
        void done(int steps, int all);
    }

    /** One change: {@code created}, {@code updated} or {@code deleted}. */
    private record Change(String what, Entity entity) {
        String line() {
            return what + " " + entity.label();
        }
    }

    /**
     * Imports the text of a file.
     *
     * @throws StateException saying what is wrong with the file, or what the gateway refused; what was done before stays
     */
    public Report run(String text) throws StateException {
        Map<String, @Nullable Object> file = StateFile.parse(text);
        CurrentState current = CurrentState.read(admin, StateFile.selectTags(file));
        WantedState wanted = WantedState.of(file, current);
        List<List<Change>> stages = new ArrayList<>();
        int unchanged = 0;
        for (EntitySchema schema : Kinds.ALL) {
            List<Change> writes = new ArrayList<>();
            for (Entity entity : wanted.of(schema)) {
                Entity old = current.byId(schema, entity.id()).orElse(null);
                if (old == null) {
                    checked(entity, Map.of());
                    writes.add(new Change("created", entity));
                } else if (differs(entity, old)) {
                    writes.add(new Change("updated", entity));
                } else {
                    unchanged++;
                }
            }
            stages.add(writes);
        }
        for (int i = Kinds.ALL.size() - 1; i >= 0; i--) {
            stages.add(deletions(current.of(Kinds.ALL.get(i)), wanted.of(Kinds.ALL.get(i))));
        }
        if (!isDryRun) {
            carryOut(stages);
        }
        return new Report(
                stages.stream().flatMap(List::stream).map(Change::line).toList(), unchanged);
    }

    private static List<Change> deletions(List<Entity> there, List<Entity> wanted) {
        Set<String> kept = new HashSet<>();
        wanted.forEach(entity -> kept.add(entity.id()));
        return there.stream()
                .filter(entity -> !kept.contains(entity.id()))
                .map(entity -> new Change("deleted", entity))
                .toList();
    }

    private static Map<String, @Nullable Object> checked(Entity entity, Map<String, @Nullable Object> stored)
            throws StateException {
        Map<String, @Nullable Object> complete =
                AutoFields.keep(entity.schema().fieldsFor(entity.values()), entity.values(), stored);
        try {
            return entity.schema().check(complete).values();
        } catch (SchemaViolation violation) {
            throw WantedState.violation(entity, violation);
        }
    }

    /** Null and absent are the same, and when it was made or changed is nobody's wish. */
    private static boolean differs(Entity wanted, Entity there) throws StateException {
        Map<String, @Nullable Object> filled = new LinkedHashMap<>(checked(wanted, there.values()));
        // A hash cannot be compared, but it can be tried.
        if (filled.get("client_secret") instanceof String secret
                && there.values().get("client_secret") instanceof String stored
                && HashedSecret.parse(stored)
                        .filter(hash -> hash.matches(secret))
                        .isPresent()) {
            filled.put("client_secret", stored);
        }
        return wanted.schema().fields().stream()
                .filter(field -> !field.isWriteOnly() && !field.isHidden())
                .map(field -> field.name())
                .filter(name -> !name.equals("created_at") && !name.equals("updated_at"))
                .anyMatch(name -> !Objects.equals(
                        Plain.of(filled.get(name)), Plain.of(there.values().get(name))));
    }

    private void carryOut(List<List<Change>> stages) throws StateException {
        int all = stages.stream().mapToInt(List::size).sum();
        int done = 0;
        ExecutorService workers = Executors.newFixedThreadPool(PARALLEL);
        try {
            for (List<Change> stage : stages) {
                List<Future<?>> sent = new ArrayList<>();
                stage.forEach(change -> sent.add(workers.submit(request(change))));
                for (Future<?> one : sent) {
                    await(one);
                    progress.done(++done, all);
                }
            }
        } finally {
            workers.shutdownNow();
        }
    }

    private Callable<Void> request(Change change) {
        return () -> {
            if (change.what().equals("deleted")) {
                admin.delete(change.entity());
            } else {
                admin.put(change.entity());
            }
            return null;
        };
    }

    private static void await(Future<?> request) throws StateException {
        try {
            request.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StateException known
                    ? known
                    : new StateException(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StateException("interrupted");
        }
    }
}
