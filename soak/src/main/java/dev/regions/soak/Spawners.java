package dev.regions.soak;

import dev.regions.TaskRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** Threads that do one round of a random workload after the other, until they are stopped or one of them fails. */
final class Spawners {
    private final TaskRuntime runtime;
    private final List<Workload> workloads;
    private final List<Thread> threads = new ArrayList<>();
    /** Held by each thread for a round, and by who wants all of them to rest. Fair, so that this one gets its turn. */
    private final ReadWriteLock rounds = new ReentrantReadWriteLock(true);

    private final LongAdder done = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean stopped;

    Spawners(TaskRuntime runtime, List<Workload> workloads, int count, long seed) {
        this.runtime = runtime;
        this.workloads = workloads;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            SplittableRandom own = random.split();
            threads.add(Thread.ofPlatform().name("spawner-" + i).daemon().start(() -> spawn(own)));
        }
    }

    private void spawn(SplittableRandom random) {
        while (!stopped && failure.get() == null) {
            rounds.readLock().lock();
            try {
                Workload workload = workloads.get(random.nextInt(workloads.size()));
                runtime.run(() -> workload.round(random));
                done.increment();
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
            } finally {
                rounds.readLock().unlock();
            }
        }
    }

    /** Waits until no round is going on, and lets none begin; returns false if one does not end in time. */
    boolean rest(long seconds) throws InterruptedException {
        return rounds.writeLock().tryLock(seconds, TimeUnit.SECONDS);
    }

    /** Lets rounds begin again. */
    void goOn() {
        rounds.writeLock().unlock();
    }

    /** Returns what a workload threw first, null if none has. */
    @Nullable
    Throwable failure() {
        return failure.get();
    }

    long rounds() {
        return done.sum();
    }

    /** Ends the threads; a round that is going on is interrupted. */
    void stop() throws InterruptedException {
        stopped = true;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        }
    }
}
