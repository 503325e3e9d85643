package dev.regions.testing;

import dev.regions.TaskRuntime;
import dev.regions.queue.RegionAction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One run of a body, in a runtime of its own. When it has returned, all tasks that the body spawned are completed, and
 * no thread is left.
 */
final class Schedule {
    private final Exploration how;
    private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
    private final ScheduledQueue queue;
    private final TaskRuntime runtime;
    private final Conductor conductor;
    private @Nullable Throwable thrown;

    Schedule(Exploration how, Chooser chooser) {
        this.how = how;
        AtomicReference<ScheduledQueue> made = new AtomicReference<>();
        this.runtime = TaskRuntime.builder()
                .name("schedule")
                .root(core -> {
                    made.set(new ScheduledQueue(core, how.interleaving()));
                    return made.get();
                })
                .onUncaughtFailure(failure -> uncaught.add(failure.thrown()))
                .build();
        this.queue = made.get();
        this.conductor = new Conductor(queue, chooser, how.interleaving(), how.stuckTimeout());
    }

    /**
     * Runs a body on the calling thread.
     *
     * @return the failure of the schedule, null if there was none
     */
    @Nullable
    Throwable run(RegionAction<?> body) {
        queue.begin();
        Thread conducting =
                Thread.ofPlatform().daemon().name("schedule-conductor").start(() -> runtime.run(conductor::run));
        try {
            runtime.run(body);
        } catch (Throwable t) {
            thrown = t;
            queue.giveUp();
        }
        queue.end();
        awaitEnd(conducting);
        if (thrown != null || conductor.failure() != null) {
            runtime.shutdownNow();
        }
        runtime.close();
        if (conductor.failure() != null) {
            Thread.interrupted(); // perhaps from the conductor
        }
        return failure();
    }

    private void awaitEnd(Thread conducting) {
        boolean interrupted = false;
        while (true) {
            try {
                conducting.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                queue.giveUp();
                if (thrown == null) {
                    thrown = e;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Throwable failure() {
        List<Throwable> failures = new ArrayList<>();
        if (conductor.failure() != null) {
            failures.add(conductor.failure());
        }
        if (thrown != null) {
            failures.add(thrown);
        }
        if (failures.isEmpty()) {
            failures.addAll(uncaught);
        }
        if (failures.isEmpty()) {
            return null;
        }
        Throwable first = failures.get(0);
        failures.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
        return first;
    }

    /** Returns the error that reports a failure of this schedule. */
    ScheduleFailedError error(String label, Throwable failure) {
        return new ScheduleFailedError(label, conductor.trace(), conductor.order(), failure);
    }

    /** Returns the steps that ran, in order. */
    List<String> order() {
        return conductor.order();
    }
}
