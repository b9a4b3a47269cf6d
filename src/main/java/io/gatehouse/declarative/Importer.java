package io.gatehouse.declarative;

import io.gatehouse.credential.BasicState;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.schema.AutoFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.SchemaViolation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Applies a file to a gateway: creates missing entities, updates different ones, and deletes those that are not in the file
 * (docs/how-to/declarative.md). It writes in batches, referenced entities first, and deletes with ten requests at a time.
 */
public final class Importer {
    private static final int PARALLEL = 10;
    /** Batches that are sent at a time: while the nodes load one, the next ones are checked and stored. */
    private static final int PARALLEL_BATCHES = 4;
    /** Entities of a batch: what the Admin API accepts. */
    private static final int BATCH = 1_000;
    /** Characters of the values of a batch, so that large entities stay below the limit of a body. */
    private static final int BATCH_CHARACTERS = 1024 * 1024;

    private final AdminClient admin;
    private final boolean isDryRun;
    private final Progress progress;

    /**
     * Creates an importer.
     *
     * @param isDryRun whether it only reports the changes
     */
    public Importer(AdminClient admin, boolean isDryRun, Progress progress) {
        this.admin = admin;
        this.isDryRun = isDryRun;
        this.progress = progress;
    }

    /** Receives the progress of an import. */
    public interface Progress {
        void done(int steps, int all);
    }

    /** Holds one change: {@code created}, {@code updated} or {@code deleted}. */
    private record Change(String action, Entity entity) {
        String line() {
            return action + " " + entity.label();
        }
    }

    /**
     * Imports the text of a file.
     *
     * @throws StateException if the file is invalid or the gateway rejects a change; earlier changes remain
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
            apply(stages);
        }
        return new Report(
                stages.stream().flatMap(List::stream).map(Change::line).toList(), unchanged);
    }

    private static List<Change> deletions(List<Entity> current, List<Entity> wanted) {
        Set<String> kept = new HashSet<>();
        wanted.forEach(entity -> kept.add(entity.id()));
        return current.stream()
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

    /** Returns whether an entity has to be updated. Null equals absent, and timestamps are not compared. */
    private static boolean differs(Entity wanted, Entity current) throws StateException {
        Map<String, @Nullable Object> filled = new LinkedHashMap<>(checked(wanted, current.values()));
        for (Field field : wanted.schema().fields()) {
            if (filled.get(field.name()) instanceof String secret
                    && current.values().get(field.name()) instanceof String stored
                    && isHash(field, current, stored, secret)) {
                filled.put(field.name(), stored);
            }
        }
        return wanted.schema().fields().stream()
                .filter(field -> !field.isWriteOnly() && !field.isHidden())
                // The rest of a lifetime changes by itself.
                .filter(field -> field.secondsUntil().isEmpty())
                .map(field -> field.name())
                .filter(name -> !name.equals("created_at") && !name.equals("updated_at"))
                .anyMatch(name -> !Objects.equals(
                        Plain.of(filled.get(name)), Plain.of(current.values().get(name))));
    }

    /** Returns whether a field stores hashes, and the stored value is the hash of the secret. */
    private static boolean isHash(Field field, Entity current, String stored, String secret) {
        String salt = field.saltedBy().map(current::reference).orElse(null);
        if (salt != null) {
            return BasicState.hash(secret, UUID.fromString(salt)).equals(stored);
        }
        return field.hashedIf().isPresent()
                && HashedSecret.parse(stored)
                        .filter(hash -> hash.matches(secret))
                        .isPresent();
    }

    private void apply(List<List<Change>> stages) throws StateException {
        int all = stages.stream().mapToInt(List::size).sum();
        int done = 0;
        ExecutorService single = Executors.newFixedThreadPool(PARALLEL);
        ExecutorService batched = Executors.newFixedThreadPool(PARALLEL_BATCHES);
        try {
            for (List<Change> stage : stages) {
                List<Sent> sent = new ArrayList<>();
                for (List<Change> batch : batches(stage)) {
                    ExecutorService workers = isSingle(batch.get(0)) ? single : batched;
                    sent.add(new Sent(workers.submit(request(batch)), batch.size()));
                }
                for (Sent one : sent) {
                    await(one.request());
                    for (int i = 0; i < one.changes(); i++) {
                        progress.done(++done, all);
                    }
                }
            }
        } finally {
            single.shutdownNow();
            batched.shutdownNow();
        }
    }

    /** Holds a request and the number of its changes. */
    private record Sent(Future<?> request, int changes) {}

    /** Divides the changes of one kind into those that one request makes. */
    private static List<List<Change>> batches(List<Change> stage) {
        List<List<Change>> batches = new ArrayList<>();
        List<Change> batch = new ArrayList<>();
        int characters = 0;
        for (Change change : stage) {
            if (isSingle(change)) {
                batches.add(List.of(change));
                continue;
            }
            int size = String.valueOf(change.entity().values()).length();
            if (batch.size() == BATCH || (!batch.isEmpty() && characters + size > BATCH_CHARACTERS)) {
                batches.add(batch);
                batch = new ArrayList<>();
                characters = 0;
            }
            batch.add(change);
            characters += size;
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    /** A hash takes so long that a batch of them would hold its locks for seconds. */
    private static boolean isSingle(Change change) {
        Entity entity = change.entity();
        return change.action().equals("deleted")
                || entity.schema()
                        .hashedField()
                        .flatMap(Field::hashedIf)
                        .flatMap(entity.schema()::field)
                        .filter(flag -> isOn(flag, entity))
                        .isPresent();
    }

    /** Returns whether a flag of the entity is true, in the file or by its default. */
    private static boolean isOn(Field flag, Entity entity) {
        Object given = entity.values().get(flag.name());
        return Boolean.TRUE.equals(given == null ? flag.attributes().get("default") : given);
    }

    private Callable<Void> request(List<Change> batch) {
        return () -> {
            Entity first = batch.get(0).entity();
            if (batch.get(0).action().equals("deleted")) {
                admin.delete(first);
            } else if (isSingle(batch.get(0))) {
                admin.put(first);
            } else {
                admin.putAll(batch.stream().map(Change::entity).toList());
            }
            return null;
        };
    }

    private static void await(Future<?> request) throws StateException {
        try {
            request.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StateException rejection
                    ? rejection
                    : new StateException(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StateException("interrupted");
        }
    }
}
