package dev.regions.queue;

import dev.regions.internal.SafeToString;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Collects the failures of a region for its exception: each exception once, at most {@value #MAX_REPORTED} of them, those of the
 * tasks that reached the region first, in any order of adding. Further failures are counted. Failures outside of the region, for
 * which tasks of the region were skipped, come after the region's own.
 *
 * <p>Not thread-safe. Allocates nothing further until the first failure is added, because most regions have none.
 */
final class FailureCollector {
    /** The most exceptions that one region reports. */
    static final int MAX_REPORTED = 100;

    /** What has become of an added task's failure. */
    enum Verdict {
        /** The task has not failed, or its failure is reported already as the failure of the task that caused it. */
        NOTHING_TO_REPORT,
        /** The failure is in the collector. */
        REPORTED,
        /** The failure is counted, at most: its exception is in the collector already, or there are too many. */
        LEFT_OUT
    }

    private final First own = new First();
    private final First skipCauses = new First();
    /** The tasks whose exceptions are in the collector, by identity. */
    private @Nullable Set<Object> sources;

    /** The first of the added exceptions by position, each once. */
    private static final class First {
        private @Nullable NavigableMap<Long, Throwable> byPosition;
        private @Nullable Map<Throwable, Long> positions;
        /** The number of exceptions that were left out. */
        private long omitted;
        /** The number of tasks that threw an exception which another task had thrown before. */
        private long repeated;

        boolean contains(Throwable failure) {
            return positions != null && positions.containsKey(failure);
        }

        /** Adds a failure; returns true if it is new, and among the first. */
        boolean add(Throwable failure, long position) {
            if (byPosition == null || positions == null) {
                byPosition = new TreeMap<>();
                positions = new IdentityHashMap<>();
            }
            Long known = positions.get(failure);
            if (known != null) {
                repeated++;
                if (position < known) {
                    byPosition.remove(known);
                    byPosition.put(position, failure);
                    positions.put(failure, position);
                }
                return false;
            }
            byPosition.put(position, failure);
            positions.put(failure, position);
            if (byPosition.size() > MAX_REPORTED) {
                Throwable last = byPosition.pollLastEntry().getValue();
                positions.remove(last);
                omitted++;
                return last != failure;
            }
            return true;
        }

        Collection<Throwable> inOrder() {
            return byPosition == null ? List.of() : byPosition.values();
        }
    }

    /**
     * Adds a completed task that a joiner was notified of.
     *
     * @return true if it failed, or was skipped because of a failure
     */
    boolean add(Task<?> task, long position) {
        TaskState state = task.taskState();
        return switch (state) {
            case FAILED -> add(state, task.exceptionNow(), task, position) != Verdict.NOTHING_TO_REPORT;
            case SKIPPED -> {
                Throwable cause = failureBehind(task);
                if (cause != null) {
                    add(state, cause, task, position);
                }
                yield cause != null;
            }
            default -> false;
        };
    }

    /**
     * Returns the failure for which a task was skipped, null if it was skipped because a task was cancelled. A failure may itself
     * be a {@link CancellationException}. Therefore the task decides, if it can, and not the class of the exception.
     */
    private static @Nullable Throwable failureBehind(Task<?> skipped) {
        if (skipped instanceof PendingTask pending) {
            return pending.failure();
        }
        Throwable rootCause = skipped.exceptionNow().getCause();
        return rootCause instanceof CancellationException ? null : rootCause;
    }

    /** Adds a completed task without observing its failure. */
    Verdict add(PendingTask task, TaskState state, long position) {
        Throwable failure = task.failure();
        Object source = task.failureSource();
        return failure == null || source == null ? Verdict.NOTHING_TO_REPORT : add(state, failure, source, position);
    }

    private Verdict add(TaskState state, Throwable failure, Object source, long position) {
        if (state == TaskState.FAILED) {
            return own.add(failure, position) ? reported(source) : Verdict.LEFT_OUT;
        }
        if (own.contains(failure) || skipCauses.contains(failure)) {
            // The same exception of another task, which has no other report, is left out; that of the same task is
            // known.
            skipCauses.add(failure, position);
            return isNew(source) ? Verdict.LEFT_OUT : Verdict.NOTHING_TO_REPORT;
        }
        return skipCauses.add(failure, position) ? reported(source) : Verdict.NOTHING_TO_REPORT;
    }

    private Verdict reported(Object source) {
        isNew(source);
        return Verdict.REPORTED;
    }

    private boolean isNew(Object source) {
        if (sources == null) {
            sources = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        return sources.add(source);
    }

    /** Returns how many exceptions of the region's own tasks were left out. */
    long omitted() {
        return own.omitted;
    }

    /** Returns how many of the region's own tasks threw an exception that another one had thrown before. */
    long repeated() {
        return own.repeated;
    }

    /**
     * Throws the failures of a region, if there are any.
     *
     * @param region the region, for the message
     * @param omittedBefore exceptions that were left out of earlier collectors for the same region
     * @param repeatedBefore repeated exceptions of earlier collectors for the same region
     */
    void throwIfAny(Object region, long omittedBefore, long repeatedBefore) {
        List<Throwable> failures = new ArrayList<>(own.inOrder());
        for (Throwable cause : skipCauses.inOrder()) {
            if (failures.size() < MAX_REPORTED && !own.contains(cause)) {
                failures.add(cause);
            }
        }
        if (!failures.isEmpty()) {
            long omitted = omittedBefore + own.omitted;
            throw new RegionFailedException(
                    region + ": " + (failures.size() + omitted + repeatedBefore + own.repeated)
                            + " failed; the first with "
                            + SafeToString.ofFailure(failures.get(0))
                            + (omitted == 0 ? "" : "; " + omitted + " of them are left out here"),
                    failures);
        }
    }
}
