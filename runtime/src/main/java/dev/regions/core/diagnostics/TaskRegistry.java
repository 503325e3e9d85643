package dev.regions.core.diagnostics;

import dev.regions.core.graph.TaskNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The tasks that are not completed yet, for a runtime with diagnostics. Thread-safe. */
final class TaskRegistry {
    private final Map<Long, TaskNode<?>> byId = new ConcurrentHashMap<>();

    void add(long id, TaskNode<?> task) {
        byId.put(id, task);
    }

    void remove(long id) {
        byId.remove(id);
    }

    @Nullable
    TaskNode<?> find(long id) {
        return byId.get(id);
    }

    /** Returns the tasks in the order in which they were spawned. */
    List<TaskNode<?>> all() {
        List<Map.Entry<Long, TaskNode<?>>> entries = new ArrayList<>(byId.entrySet());
        entries.sort(Map.Entry.comparingByKey());
        List<TaskNode<?>> tasks = new ArrayList<>(entries.size());
        entries.forEach(entry -> tasks.add(entry.getValue()));
        return tasks;
    }
}
