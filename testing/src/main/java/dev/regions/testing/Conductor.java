package dev.regions.testing;

import dev.regions.task.TaskState;
import dev.regions.testing.Actor.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gives the turn to one actor after another, until all have completed. Runs on a thread of its own, which can find that
 * the actor with the turn is blocked.
 *
 * <p>It chooses only when all is quiet: no body runs, none is about to begin, and every task whose body has ended is
 * completed. Therefore the candidates of a choice depend only on the choices before it, except where bodies wait for
 * something other than a task. Such an actor counts as waiting once its thread has been parked for
 * {@link #GRACE_NANOS}, and as running again as soon as its thread is runnable. Sleeping does not count: a body that
 * sleeps has the turn until it wakes.
 *
 * <p>Used by its thread alone, except for the results, which are read after that thread has ended.
 */
final class Conductor implements Runnable {
    /** The time, in nanoseconds, for which a thread must be parked, not on a task, to count as waiting. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** The number of consecutive checks that must find it parked. */
    private static final int GRACE_LOOKS = 10;
    /** The same after a step: a thread that the step has woken may still look parked for a moment. */
    private static final int LOOKS_AFTER_STEP = 3;
    /**
     * The time, in nanoseconds, after which a ready task counts as stopped by a limit, if another task may hold a
     * permit.
     */
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The time, in nanoseconds, for which a thread that has run a body must be parked to count as held up. */
    private static final long HELD_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** The number of checks for an imminent event before waiting for a tick. */
    private static final int LOOKS = 200;

    private final ScheduledQueue queue;
    private final Chooser chooser;
    private final Interleaving interleaving;
    private final long stuckTimeoutNanos;

    private final List<String> order = new ArrayList<>();
    private final List<Integer> choices = new ArrayList<>();
    private @Nullable Throwable failure;

    private boolean stepStarts;
    private boolean stepIsOpen;
    private long eventsBeforeStep;
    private long ended;
    private long lastMove = System.nanoTime();

    Conductor(ScheduledQueue queue, Chooser chooser, Interleaving interleaving, Duration stuckTimeout) {
        this.queue = queue;
        this.chooser = chooser;
        this.interleaving = interleaving;
        this.stuckTimeoutNanos = stuckTimeout.toNanos();
    }

    /** Returns the steps that ran, in order. */
    List<String> order() {
        return order;
    }

    /** Returns the choices made. */
    Trace trace() {
        return new Trace(interleaving, choices);
    }

    /** Returns the exception that kept the schedule from running to its end, null if there was none. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    @Override
    public void run() {
        queue.lock.lock();
        try {
            conduct();
        } catch (Throwable wrong) {
            if (!queue.isGivenUp()) {
                failure = wrong;
            }
        } finally {
            queue.close();
            queue.lock.unlock();
        }
        if (failure != null) {
            queue.giveUp();
            queue.interruptExplored();
        }
    }

    private void conduct() throws InterruptedException {
        while (awaitQuiet()) {
            Actor stepless = queue.takeStepless();
            if (stepless != null) {
                queue.handOn(stepless, State.HANDED_ON);
                continue;
            }
            List<Actor> able = able();
            if (!able.isEmpty()) {
                step(able);
            } else if (queue.live().isEmpty() && queue.held().isEmpty()) {
                endStep();
                return;
            } else {
                pause(); // until an event from a timer or another thread
            }
        }
    }

    // ---- Waiting until all is quiet ---------------------------------------------------------------------------------

    /** Waits until no actor has the turn; returns false if the schedule was abandoned. */
    private boolean awaitQuiet() throws InterruptedException {
        for (int looks = 0; !queue.isGivenUp(); looks++) {
            long endedBefore = ended;
            Actor busy = busy();
            if (busy == null && ended != endedBefore) {
                continue; // an actor that was found waiting may have waited for a task that completed meanwhile
            }
            if (busy == null && !isWindingUp()) {
                return true;
            }
            if (looks < LOOKS && (busy == null || isAlmostQuiet(busy))) {
                queue.lock.unlock();
                Thread.yield();
                queue.lock.lock();
            } else {
                pause();
            }
        }
        return false;
    }

    /**
     * Returns true if a thread that has run a body is about to be idle. A thread that is held up instead, for example
     * by a user's callback, is not awaited for long.
     */
    private boolean isWindingUp() {
        long now = System.nanoTime();
        queue.windingUp().entrySet().removeIf(entry -> {
            if (!isParked(entry.getKey())) {
                entry.setValue(now);
            }
            return !entry.getKey().isAlive() || now - entry.getValue() > HELD_UP_NANOS || now - lastMove > STALL_NANOS;
        });
        return !queue.windingUp().isEmpty();
    }

    /** Returns true if the awaited event is imminent, and comes without a signal. */
    private static boolean isAlmostQuiet(Actor busy) {
        return busy.state == State.ENDING || busy.state == State.HANDED_ON || busy.state == State.WAITING;
    }

    private void pause() throws InterruptedException {
        if (System.nanoTime() - lastMove > stuckTimeoutNanos) {
            throw new ScheduleStuckException(
                    "nothing has moved for " + Duration.ofNanos(stuckTimeoutNanos) + ": " + queue.describe());
        }
        queue.changed.awaitNanos(TICK_NANOS);
    }

    /** Returns an actor that is not done with the turn, null if all is quiet. Removes completed actors. */
    private @Nullable Actor busy() {
        Actor busy = null;
        for (Actor actor : queue.live()) {
            if (isBusy(actor)) {
                busy = actor;
            }
        }
        queue.live().removeIf(actor -> actor.state == State.FINAL);
        return busy;
    }

    private boolean isBusy(Actor actor) {
        return switch (actor.state) {
            case HELD, FINAL, GATED -> false;
            case HANDED_ON -> !endsIfFinal(actor);
            case DISPATCHED, RETRYING -> !endsIfFinal(actor) && !stalls(actor);
            case STALLED -> {
                endsIfFinal(actor);
                yield false;
            }
            case RUNNING -> !isParkedElsewhere(actor);
            case WAITING -> isBeforeOrAfterWait(actor);
            case ELSEWHERE -> isAwake(actor) || ++actor.parkedLooks < LOOKS_AFTER_STEP;
            case ENDING -> !endsIfFinal(actor) && isEnding(actor);
        };
    }

    /**
     * Returns true if a waiting actor is not parked yet, or on its way to its gate: it ends its wait, or was
     * interrupted.
     */
    private boolean isBeforeOrAfterWait(Actor actor) {
        Thread thread = actor.thread;
        return thread == null
                || actor.awaited == null
                || actor.awaited.isDone()
                || thread.isInterrupted()
                || !isParked(thread);
    }

    private boolean endsIfFinal(Actor actor) {
        if (!actor.task().isDone()) {
            return false;
        }
        ended++;
        actor.become(State.FINAL);
        return true;
    }

    /** Returns true: until its next attempt begins, or it is completed, no other actor has the turn. */
    private boolean isEnding(Actor actor) {
        TaskState now = actor.task().taskState();
        if (now == TaskState.WAITING || now == TaskState.READY) {
            actor.become(State.RETRYING);
            queue.countEvent();
        }
        return true;
    }

    private boolean stalls(Actor actor) {
        boolean stalls = System.nanoTime() - actor.since > STALL_NANOS
                && actor.task().taskState() == TaskState.READY
                && queue.live().stream()
                        .anyMatch(other -> other.state == State.WAITING || other.state == State.ELSEWHERE);
        if (stalls) {
            actor.become(State.STALLED);
            queue.countEvent();
        }
        return stalls;
    }

    private boolean isParkedElsewhere(Actor actor) {
        Thread thread = actor.thread;
        if (thread == null || !isParked(thread)) {
            actor.since = System.nanoTime();
            actor.parkedLooks = 0;
            return false;
        }
        // Checks are counted, too: time also passes while this thread is kept from running.
        if (++actor.parkedLooks < GRACE_LOOKS || System.nanoTime() - actor.since < GRACE_NANOS) {
            return false;
        }
        actor.parkedLooks = 0;
        actor.become(State.ELSEWHERE);
        queue.countEvent();
        return true;
    }

    private boolean isAwake(Actor actor) {
        Thread thread = actor.thread;
        if (thread != null && isParked(thread)) {
            return false;
        }
        actor.become(State.RUNNING);
        return true;
    }

    /** Returns true if a thread waits for another; false for a sleeping one. */
    private boolean isParked(Thread thread) {
        boolean parked =
                switch (thread.getState()) {
                    case WAITING -> true;
                    case TIMED_WAITING -> LockSupport.getBlocker(thread) != null;
                    default -> false;
                };
        return parked && !queue.lock.hasQueuedThread(thread); // which waits for this thread; last, because it may begin
    }

    // ---- Steps ------------------------------------------------------------------------------------------------------

    /** Returns the actors that could have the turn next, in the order of their numbers. */
    private List<Actor> able() {
        List<Actor> able = new ArrayList<>();
        queue.live().stream().filter(actor -> actor.state == State.GATED).forEach(able::add);
        if (able.isEmpty() || interleaving == Interleaving.STEPS) {
            able.addAll(queue.startable());
        }
        able.sort(Comparator.comparingInt(actor -> actor.number));
        return able;
    }

    private void step(List<Actor> able) {
        lastMove = System.nanoTime();
        Actor first = able.get(0);
        if (interleaving == Interleaving.BODIES && first.state == State.GATED) {
            queue.countEvent();
            queue.pass(first); // part of the step that let it go on
            return;
        }
        endStep();
        queue.live().forEach(actor -> actor.parkedLooks = 0);
        List<Candidate> candidates = able.stream()
                .map(actor -> new Candidate(actor.number, actor.name, actor.state == State.GATED))
                .toList();
        int chosen = chooser.choose(candidates);
        if (candidates.size() > 1) {
            choices.add(chosen);
        }
        order.add(candidates.get(chosen).toString());
        stepIsOpen = true;
        stepStarts = !candidates.get(chosen).goesOn();
        eventsBeforeStep = queue.events();
        Actor actor = able.get(chosen);
        if (actor.state == State.GATED) {
            queue.pass(actor);
        } else {
            queue.handOn(actor, State.DISPATCHED);
        }
    }

    private void endStep() {
        if (stepIsOpen) {
            chooser.stepEnded(stepStarts && queue.events() == eventsBeforeStep);
            stepIsOpen = false;
        }
    }
}
