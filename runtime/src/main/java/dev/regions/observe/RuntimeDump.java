package dev.regions.observe;

import dev.regions.TaskRuntime;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The unfinished tasks of a runtime at a moment, and why each is unfinished; see {@link TaskRuntime#dump()}. Immutable.
 *
 * @param runtime the name of the runtime
 * @param takenAt when the dump was taken
 * @param inFlight how many tasks are launched and not final
 * @param workers how many workers there are
 * @param ready how many tasks are ready, have passed their limits, and wait for a worker
 * @param deadlockSearch why the last search for deadlocks was not complete, so that there may be one that was not found; null if
 *     it was complete, or if there was none
 * @param tasks the unfinished tasks: those that run first, then those that are ready, that wait, and that are not launched
 */
public record RuntimeDump(
        String runtime,
        Instant takenAt,
        long inFlight,
        int workers,
        int ready,
        @Nullable String deadlockSearch,
        List<Entry> tasks) {

    /** Makes a copy of the list. */
    public RuntimeDump {
        tasks = List.copyOf(tasks);
    }

    /**
     * An unfinished task.
     *
     * @param id its {@linkplain TaskInfo#id() number}, 0 if it is not observed
     * @param name its name
     * @param state its state
     * @param region the region in which it was spawned, null if that was outside of all regions, or is not known any more
     * @param timeInState for how long it has been in that state; null if that is not known, because it is not observed
     * @param threadId the {@linkplain Thread#threadId() identifier} of the virtual thread that runs it, by which it is found in
     *     the JDK's thread dump, {@code tid} there; 0 if it does not run
     * @param threadName the name of that thread, null if it does not run
     * @param reason why it is unfinished, in words that follow its name
     * @param waitsFor what it waits for, as far as that is tasks; no more than the first hundred
     */
    public record Entry(
            long id,
            String name,
            TaskState state,
            @Nullable String region,
            @Nullable Duration timeInState,
            long threadId,
            @Nullable String threadName,
            String reason,
            List<Awaited> waitsFor) {
        /** Makes a copy of the list. */
        public Entry {
            waitsFor = List.copyOf(waitsFor);
        }
    }

    /**
     * A task that another one waits for.
     *
     * @param name its name
     * @param state its state
     * @param how words that fit between the name of the task that waits and this one's: why it is waited for
     */
    public record Awaited(String name, TaskState state, String how) {}

    /** Returns this as text, for people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("runtime '" + runtime + "' at " + takenAt + ": " + inFlight
                + " tasks in flight, " + ready + " ready, " + workers + " workers\n");
        for (Entry task : tasks) {
            text.append("  ")
                    .append(task.state)
                    .append(" '")
                    .append(task.name)
                    .append("' ")
                    .append(task.reason);
            if (task.region != null) {
                text.append(" [").append(task.region).append(']');
            }
            text.append('\n');
        }
        if (deadlockSearch != null) {
            text.append("  The last search for deadlocks was not complete: ")
                    .append(deadlockSearch)
                    .append(".\n");
        }
        if (tasks.stream().anyMatch(task -> task.timeInState == null)) {
            text.append("  Since when a task waits is known with TaskRuntime.builder().diagnostics(true).\n");
        }
        return text.toString();
    }

    /** Returns this as one JSON object, whose members are named as the components of this record are. */
    public String toJson() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("runtime", runtime);
        members.put("takenAt", takenAt.toString());
        members.put("inFlight", inFlight);
        members.put("workers", workers);
        members.put("ready", ready);
        members.put("deadlockSearch", deadlockSearch);
        members.put("tasks", tasks.stream().map(RuntimeDump::members).toList());
        return JsonWriter.write(members);
    }

    private static Map<String, @Nullable Object> members(Entry task) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", task.id);
        members.put("name", task.name);
        members.put("state", task.state.name());
        members.put("region", task.region);
        members.put("nanosInState", task.timeInState == null ? null : task.timeInState.toNanos());
        members.put("threadId", task.threadId);
        members.put("threadName", task.threadName);
        members.put("reason", task.reason);
        List<Map<String, @Nullable Object>> waitsFor = new ArrayList<>();
        for (Awaited awaited : task.waitsFor) {
            Map<String, @Nullable Object> other = new LinkedHashMap<>();
            other.put("name", awaited.name);
            other.put("state", awaited.state.name());
            other.put("how", awaited.how);
            waitsFor.add(other);
        }
        members.put("waitsFor", waitsFor);
        return members;
    }
}
