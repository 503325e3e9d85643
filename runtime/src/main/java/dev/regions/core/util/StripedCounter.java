package dev.regions.core.util;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A counter that several threads increase without sharing a cache line, as far as they fall on different stripes.
 *
 * <p>Replaces {@link java.util.concurrent.atomic.LongAdder} for one reason: the counter is on the path of every spawn,
 * and without contention one fetch-and-add on the thread's stripe costs less than a {@code LongAdder.increment()}. With
 * that, {@code IndependentTasks} took 24.5 ns for a task instead of 18.6 (docs/internals/before-and-after.md,
 * "Constants"); the benchmark {@code CounterCost} has both by themselves.
 */
public final class StripedCounter {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    /** A power of two: at least twice the number of processors, so that threads seldom meet. */
    private static final int STRIPES =
            Math.max(16, 4 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors()));
    /** In longs: two cache lines, because lines are fetched in pairs. */
    private static final int APART = 16;

    static {
        linkAccesses();
    }

    /** Links the accesses of this class by making each kind once, on null: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 2; access++) {
            try {
                switch (access) {
                    case 0 -> COUNT.getAndAdd((long[]) null, 0, 0L);
                    case 1 -> {
                        long unused = (long) COUNT.getVolatile((long[]) null, 0);
                    }
                    default -> throw new AssertionError(access);
                }
            } catch (NullPointerException linked) {
                // expected
            }
        }
    }

    private final long[] counts = new long[(STRIPES + 1) * APART];

    /** Adds to the count. A full fence, as any atomic read-modify-write. */
    public void add(long count) {
        int stripe = (int) Thread.currentThread().threadId() & (STRIPES - 1);
        COUNT.getAndAdd(counts, (stripe + 1) * APART, count);
    }

    /** Returns the sum of at least all additions before the call. */
    public long sum() {
        long sum = 0;
        for (int stripe = 1; stripe <= STRIPES; stripe++) {
            sum += (long) COUNT.getVolatile(counts, stripe * APART);
        }
        return sum;
    }
}
