package dev.regions.testing;

import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.queue.WaitHook;
import dev.regions.task.QueueClosedException;
import dev.regions.task.Task;
import dev.regions.testing.Actor.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The root queue of a runtime whose tasks run one at a time, in an order that the {@link Conductor} chooses.
 *
 * <h2>Implementation overview</h2>
 *
 * <p><b>Actors.</b> An {@link Actor} can have effects that others see: the explored code, on the thread of the caller,
 * and each task that has a body. At most one of them has the turn. It keeps it until its body ends, it waits for a task
 * ({@link WaitHook} reports that), or it spawns, if steps are interleaved. Then the {@link Conductor} chooses the next
 * actor.
 *
 * <p><b>Holding.</b> Spawned tasks stay here. The core gets a task only when it has its turn. By then all its
 * dependencies are completed, so that it starts at once. Barriers, and tasks that will not run, because they were
 * cancelled or a task they require did not succeed, are forwarded as soon as that is known, and are no step. Therefore
 * failures propagate as they always do.
 *
 * <p><b>Gates.</b> An actor that could go on, after its wait or its spawn, stops at its gate until it is chosen. This
 * keeps two that waited for the same task from running at the same time.
 *
 * <p><b>One thread.</b> A task is forwarded when the thread that has run the previous one has nothing left to do, and
 * waits for more. Therefore all tasks run on the same thread. An actor that waits, or is at its gate, keeps it, and
 * another thread takes its place.
 *
 * <p><b>Outside of schedules.</b> Threads that a body forks, timers, and threads that complete completable tasks are
 * not actors: they run at any time.
 *
 * <p>All state is guarded by one lock; {@code changed} signals a change to the conductor.
 */
final class ScheduledQueue implements TaskQueue, WaitHook {
    private final TaskQueue core;
    private final Interleaving interleaving;
    private final TaskQueue holder = new Holder();

    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final List<Actor> held = new ArrayList<>();
    private final List<Actor> live = new ArrayList<>();
    private final Map<Task<?>, Actor> byTask = new IdentityHashMap<>();
    private final Map<Thread, Actor> byThread = new HashMap<>();
    /**
     * Threads that have run a body, and are not idle yet; and the last time each was known to be at work, by
     * {@link System#nanoTime}.
     */
    private final Map<Thread, Long> windingUp = new HashMap<>();

    private final Actor explored;
    private int spawned;
    private long events;
    private boolean givenUp;
    private boolean closed;

    ScheduledQueue(TaskQueue core, Interleaving interleaving) {
        this.core = core;
        this.interleaving = interleaving;
        this.explored = new Actor(0, "the test", null, State.RUNNING, lock.newCondition());
    }

    /** The apparent holder of the tasks: it is on no thread's stack, so that waiting for them is no error. */
    private static final class Holder implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void enqueue(TaskBatch batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String toString() {
            return "the schedule";
        }
    }

    // ---- Called by spawning code ------------------------------------------------------------------------------------

    @Override
    public void enqueue(PendingTask task) {
        add(List.of(task));
    }

    @Override
    public void enqueue(TaskBatch batch) {
        if (!batch.isEmpty()) {
            add(batch.tasks());
        }
    }

    private void add(List<PendingTask> tasks) {
        lock.lock();
        try {
            if (closed || givenUp) {
                throw new QueueClosedException("the schedule is over and takes no more tasks");
            }
            for (PendingTask task : tasks) {
                hold(task);
            }
            events++;
            Actor spawner = byThread.get(Thread.currentThread());
            if (spawner != null && interleaving == Interleaving.STEPS) {
                awaitTurn(spawner);
            } else {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void hold(PendingTask pending) {
        int number = ++spawned;
        if (pending.name().equals("task-" + Integer.toHexString(System.identityHashCode(pending.task())))) {
            pending.rename("task " + number); // the same in each run
        }
        Actor actor = new Actor(number, pending.name(), pending, State.HELD, lock.newCondition());
        pending.heldBy(holder);
        pending.wrap(body -> call(actor, body));
        held.add(actor);
        byTask.put(pending.task(), actor);
    }

    // ---- Called for a dump ------------------------------------------------------------------------------------------

    @Override
    public void forEachHeld(Consumer<? super PendingTask> action) {
        List<Actor> heldNow;
        lock.lock();
        try {
            heldNow = List.copyOf(held);
        } finally {
            lock.unlock();
        }
        heldNow.forEach(actor -> action.accept(actor.pendingTask()));
    }

    // ---- Called by the explored code --------------------------------------------------------------------------------

    /** Begins the turn of the calling thread, which runs the explored code. */
    void begin() {
        lock.lock();
        try {
            enter(explored);
            live.add(explored);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the turn of the calling thread: from now on only tasks run. */
    void end() {
        lock.lock();
        try {
            byThread.remove(Thread.currentThread());
            explored.thread = null;
            explored.become(State.FINAL);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    // ---- Called by bodies -------------------------------------------------------------------------------------------

    private @Nullable Object call(Actor actor, Callable<? extends @Nullable Object> body) throws Exception {
        Actor outer = beginBody(actor);
        try {
            return body.call();
        } finally {
            endBody(actor, outer);
        }
    }

    private @Nullable Actor beginBody(Actor actor) {
        lock.lock();
        try {
            Actor outer = enter(actor);
            actor.hasBegun = true;
            if (actor.state == State.DISPATCHED) {
                actor.become(State.RUNNING);
            } else {
                events++;
                awaitTurn(actor);
            }
            return outer;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Actor enter(Actor actor) {
        actor.thread = Thread.currentThread();
        windingUp.remove(Thread.currentThread());
        return byThread.put(Thread.currentThread(), actor);
    }

    private void endBody(Actor actor, @Nullable Actor outer) {
        lock.lock();
        try {
            if (outer == null) {
                byThread.remove(Thread.currentThread());
                windingUp.put(Thread.currentThread(), System.nanoTime());
            } else {
                byThread.put(Thread.currentThread(), outer);
            }
            actor.thread = null;
            actor.become(State.ENDING);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void beforeWait(Task<?> awaited) {
        lock.lock();
        try {
            Actor actor = byThread.get(Thread.currentThread());
            if (actor != null) {
                events++;
                actor.awaited = awaited;
                actor.become(State.WAITING);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void afterWait(Task<?> awaited) {
        lock.lock();
        try {
            Actor actor = byThread.get(Thread.currentThread());
            if (actor != null) {
                events++;
                actor.awaited = null;
                awaitTurn(actor);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean onIdle() {
        lock.lock();
        try {
            windingUp.remove(Thread.currentThread());
            changed.signal();
        } finally {
            lock.unlock();
        }
        return true;
    }

    private void awaitTurn(Actor actor) {
        actor.become(State.GATED);
        changed.signal();
        while (actor.state == State.GATED && !givenUp) {
            actor.gate.awaitUninterruptibly();
        }
        actor.become(State.RUNNING);
    }

    // ---- Called by the conductor, which holds the lock --------------------------------------------------------------

    List<Actor> live() {
        return live;
    }

    List<Actor> held() {
        return held;
    }

    /** Returns the number of events that make a step more than the run of one body. */
    long events() {
        return events;
    }

    void countEvent() {
        events++;
    }

    boolean isGivenUp() {
        return givenUp;
    }

    /**
     * Returns the threads that have run a body and are not idle yet, with the last time each was known to be at work.
     */
    Map<Thread, Long> windingUp() {
        return windingUp;
    }

    /** Closes this queue: later tasks are refused. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Removes and returns a held task that is no step, because it has nothing to run; null if there is none. */
    @Nullable
    Actor takeStepless() {
        for (int i = 0; i < held.size(); i++) {
            Actor actor = held.get(i);
            if (actor.willNotRun() || actor.pendingTask().isBarrier() && isUnblocked(actor)) {
                held.remove(i);
                return actor;
            }
        }
        return null;
    }

    /** Returns the held tasks that could start. */
    List<Actor> startable() {
        return held.stream().filter(this::isUnblocked).toList();
    }

    private boolean isUnblocked(Actor actor) {
        return actor.dependencies.stream().allMatch(dependency -> isOver(dependency.predecessor()));
    }

    /** Returns true if the successors of a task may start: a cancelled task still keeps its position in the order. */
    private boolean isOver(Task<?> task) {
        Actor actor = byTask.get(task);
        if (actor == null || actor.over) {
            return task.isDone();
        }
        actor.over = task.isDone() && (actor.hasBegun || isUnblocked(actor));
        return actor.over;
    }

    /** Passes a task to the core. Releases the lock meanwhile, because this may run user code. */
    void handOn(Actor actor, State next) {
        held.remove(actor);
        live.add(actor);
        actor.become(next);
        lock.unlock();
        try {
            core.enqueue(actor.pendingTask());
        } finally {
            lock.lock();
        }
    }

    /** Lets an actor pass its gate. */
    void pass(Actor actor) {
        actor.become(State.RUNNING);
        actor.gate.signal();
    }

    // ---- Giving up --------------------------------------------------------------------------------------------------

    /** Abandons the schedule: cancels tasks that have not started, and lets everything else run freely. */
    void giveUp() {
        List<Actor> unstarted;
        lock.lock();
        try {
            givenUp = true;
            live.forEach(actor -> actor.gate.signal());
            changed.signal();
            unstarted = List.copyOf(held);
        } finally {
            lock.unlock();
        }
        unstarted.forEach(actor -> actor.task().cancel());
    }

    /** Interrupts the explored code, if it has not ended. */
    void interruptExplored() {
        lock.lock();
        try {
            if (explored.thread != null) {
                explored.thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns a description of each uncompleted actor. */
    String describe() {
        Collection<String> actors = new ArrayList<>();
        live.stream()
                .filter(actor -> actor.state != State.FINAL)
                .map(Objects::toString)
                .forEach(actors::add);
        held.stream().map(Objects::toString).forEach(actors::add);
        return String.join(", ", actors);
    }
}
