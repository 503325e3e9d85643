package dev.regions.core;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The alarms of a core: one JDK delay queue and one daemon thread for all of them. The thread comes with the first alarm and
 * goes when there has been none for a second. What is called off leaves the queue at once.
 *
 * <p>It is a platform thread, because virtual ones get no carrier while all of these are busy, and a task that spins is the
 * first that a time limit is for. What alarms do must be short, and must not run code of the user's.
 */
final class Timers {
    private final String name;
    private volatile @org.jspecify.annotations.Nullable ScheduledThreadPoolExecutor executor;
    private boolean ended;

    Timers(String name) {
        this.name = name;
    }

    /** Sets an alarm. Once this has ended, alarms do not go off. */
    Alarm set(long nanos, Runnable action) {
        Alarm alarm = new Alarm(action);
        start(alarm, nanos);
        return alarm;
    }

    /** As {@link #set}, for an alarm that was made before, to be known where it is looked for when it goes off. */
    void start(Alarm alarm, long nanos) {
        alarm.setBy(executor().schedule(alarm, nanos, TimeUnit.NANOSECONDS));
    }

    private ScheduledThreadPoolExecutor executor() {
        ScheduledThreadPoolExecutor there = executor;
        return there != null ? there : start();
    }

    private synchronized ScheduledThreadPoolExecutor start() {
        ScheduledThreadPoolExecutor there = executor;
        if (there == null) {
            there = new ScheduledThreadPoolExecutor(
                    1,
                    Thread.ofPlatform()
                            .name(name + "-timer")
                            .daemon()
                            .inheritInheritableThreadLocals(false)
                            .factory(),
                    new ThreadPoolExecutor.DiscardPolicy());
            there.setKeepAliveTime(1, TimeUnit.SECONDS);
            there.allowCoreThreadTimeOut(true);
            there.setRemoveOnCancelPolicy(true);
            if (ended) {
                there.shutdown();
            }
            executor = there;
        }
        return there;
    }

    /** Returns how many alarms are set. A snapshot. */
    int pending() {
        ScheduledThreadPoolExecutor there = executor;
        return there == null ? 0 : there.getQueue().size();
    }

    /** Ends the thread; what is still set does not go off. */
    synchronized void end() {
        ended = true;
        if (executor != null) {
            executor.shutdownNow();
        }
    }
}
