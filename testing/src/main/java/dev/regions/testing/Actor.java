package dev.regions.testing;

import dev.regions.queue.Dependency;
import dev.regions.queue.PendingTask;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/** A participant that takes turns: a task, or the explored code itself. All fields are guarded by the queue's lock. */
final class Actor {
    /** The state of an actor with respect to turns. */
    enum State {
        /** A task that was spawned and not passed to the core. */
        HELD,
        /** A task that will not run, passed to the core to complete. */
        HANDED_ON,
        /** A task that has the turn, and whose body has not begun. */
        DISPATCHED,
        /**
         * A task that had its turn, but cannot begin, because a limit is full: it requests another turn when it can.
         */
        STALLED,
        /** Has the turn. */
        RUNNING,
        /** Waits for a task. */
        WAITING,
        /** Waits for an event that is no task, on a thread that has been parked for a while. */
        ELSEWHERE,
        /** Could go on, and requests the turn. */
        GATED,
        /** The body has ended, the task is not completed yet. */
        ENDING,
        /** The body has failed, and the task waits for another attempt. */
        RETRYING,
        /** Completed. */
        FINAL
    }

    final int number;
    final String name;
    final Condition gate;
    final @Nullable PendingTask pending;
    final List<Dependency> dependencies;

    State state;
    /** The time at which the state was entered, as a {@link System#nanoTime()}. */
    long since = System.nanoTime();
    /** The thread that runs the body, null if there is none. */
    @Nullable
    Thread thread;

    @Nullable
    Task<?> awaited;

    /** The number of consecutive checks that found the thread parked while the actor had the turn. */
    int parkedLooks;

    boolean hasBegun;
    boolean over;

    Actor(int number, String name, @Nullable PendingTask pending, State state, Condition gate) {
        this.number = number;
        this.name = name;
        this.pending = pending;
        this.dependencies = pending == null ? List.of() : pending.dependencies();
        this.state = state;
        this.gate = gate;
    }

    void become(State next) {
        if (state != next) {
            state = next;
            since = System.nanoTime();
        }
    }

    PendingTask pendingTask() {
        return Objects.requireNonNull(pending);
    }

    Task<?> task() {
        return pendingTask().task();
    }

    /** Returns true if a task has completed without running, or is about to because of a task that it requires. */
    boolean willNotRun() {
        if (task().isDone()) {
            return true;
        }
        for (Dependency dependency : dependencies) {
            Task<?> predecessor = dependency.predecessor();
            if (dependency.kind() == Dependency.Kind.HARD
                    && predecessor.isDone()
                    && predecessor.taskState() != TaskState.SUCCEEDED) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return "'" + name + "' "
                + switch (state) {
                    case HELD -> "has not started";
                    case WAITING ->
                        "waits for '" + Objects.requireNonNull(awaited).name() + "'";
                    case ELSEWHERE -> "waits for something that is no task";
                    case STALLED -> "waits for a permit of a limit";
                    case RETRYING -> "waits for another attempt";
                    default -> "is " + state.name().toLowerCase(Locale.ROOT);
                };
    }
}
