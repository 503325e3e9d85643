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

/** Somebody who takes turns: a task, or the code that is explored itself. All fields are guarded by the queue's lock. */
final class Actor {
    /** What an actor is doing, as far as turns go. */
    enum State {
        /** A task that was spawned and not handed to the core. */
        HELD,
        /** A task that will not run, handed to the core to end. */
        HANDED_ON,
        /** A task that it is the turn of, and whose body has not begun. */
        DISPATCHED,
        /** A task that had its turn, but cannot begin, because a limit is full: it asks for another turn when it can. */
        STALLED,
        /** Has the turn. */
        RUNNING,
        /** Waits for a task. */
        WAITING,
        /** Waits for something that is no task, on a thread that has been parked for a while. */
        ELSEWHERE,
        /** Could go on, and asks for the turn. */
        GATED,
        /** The body has ended, the task is not final yet. */
        ENDING,
        /** The body has failed, and the task waits for another attempt. */
        RETRYING,
        /** Over. */
        FINAL
    }

    final int number;
    final String name;
    final Condition gate;
    final @Nullable PendingTask pending;
    final List<Dependency> dependencies;

    State state;
    /** When the state was entered, in the time of {@link System#nanoTime()}. */
    long since = System.nanoTime();
    /** The thread that runs the body, null if none does. */
    @Nullable
    Thread thread;

    @Nullable
    Task<?> awaited;

    /** How often in a row the thread was found parked while the actor had the turn. */
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

    /** Tells whether a task was ended before its time, or is about to be because of what it requires. */
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
                    case STALLED -> "waits for a place in a limit";
                    case RETRYING -> "waits for another attempt";
                    default -> "is " + state.name().toLowerCase(Locale.ROOT);
                };
    }
}
