package dev.regions.queue;

import dev.regions.internal.Words;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The failures of a region, for its exception: the first ones in the order in which their tasks reached the region, whatever the
 * order in which they are added, and how many there are besides. A failure from outside, for which tasks of the region were skipped, comes after the
 * region's own. Not thread-safe.
 */
final class Failures {
    /** At most this many failures are kept for the exception: the first ones, in the order of their tasks. */
    static final int MAX_REPORTED = 100;

    private final First own = new First();
    private final First causesOfSkips = new First();

    /** The first failures of those that were added, and how many were left out. No failure is in it twice. */
    private static final class First {
        final NavigableMap<Long, Throwable> byPosition = new TreeMap<>();
        final Map<Throwable, Long> positions = new IdentityHashMap<>();
        long omitted;
        /** How many tasks threw an exception that another one had thrown as well. */
        long repeated;

        void add(Throwable failure, long position) {
            Long known = positions.get(failure);
            if (known != null) {
                repeated++;
            }
            if (known != null && known < position) {
                return;
            }
            if (known != null) {
                byPosition.remove(known);
            }
            byPosition.put(position, failure);
            positions.put(failure, position);
            if (byPosition.size() > MAX_REPORTED) {
                positions.remove(byPosition.pollLastEntry().getValue());
                omitted++;
            }
        }
    }

    /** Adds the failure of a final task; returns false if there is none. */
    boolean add(Task<?> task, long position) {
        switch (task.taskState()) {
            case FAILED -> own.add(task.exceptionNow(), position);
            case SKIPPED -> {
                Throwable rootCause = failureBehind(task);
                if (rootCause == null) {
                    return false;
                }
                causesOfSkips.add(rootCause, position);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the failure for which a task was skipped, null if it was skipped because a task was cancelled. A failure may itself
     * be a {@link CancellationException}: so the task is asked, where it can say, and not the class of the exception looked at.
     */
    private static @Nullable Throwable failureBehind(Task<?> skipped) {
        if (skipped instanceof PendingTask pending) {
            return pending.failure();
        }
        Throwable rootCause = skipped.exceptionNow().getCause();
        return rootCause instanceof CancellationException ? null : rootCause;
    }

    void throwIfAny() {
        List<Throwable> failures = new ArrayList<>(own.byPosition.values());
        for (Throwable cause : causesOfSkips.byPosition.values()) {
            if (failures.size() < MAX_REPORTED && !own.positions.containsKey(cause)) {
                failures.add(cause);
            }
        }
        throwIfAny("joined region", failures, own.omitted, own.repeated);
    }

    /**
     * Throws the failures of a region.
     *
     * @param failures the exceptions, each once
     * @param omitted how many tasks failed with other exceptions
     * @param repeated how many more tasks failed with these exceptions
     */
    static void throwIfAny(Object region, List<Throwable> failures, long omitted, long repeated) {
        if (!failures.isEmpty()) {
            throw new RegionFailedException(
                    region + ": " + (failures.size() + omitted + repeated) + " failed; the first with "
                            + Words.ofFailure(failures.get(0))
                            + (omitted == 0 ? "" : "; " + omitted + " of them are left out here"),
                    failures);
        }
    }
}
