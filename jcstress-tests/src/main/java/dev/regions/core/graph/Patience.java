package dev.regions.core.graph;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * How long to wait for what should come at once; only a test that fails waits so long.
 *
 * <p>It is counted in ticks, so that a machine which stands still for a while makes no test fail: that costs one tick.
 * Once something has not come, the rest of the run is impatient, and more so if that goes on; after a hundred times
 * nobody waits for anything. The verdict is out by then, and thousands of samples may be to follow.
 */
public final class Patience {
    private static final int TICK_MILLIS = 50;
    private static final int TICKS = 100;
    private static final int TICKS_AFTER_THAT = 1;
    private static final int WAITS_IN_VAIN = 10;
    private static final int WAITS_IN_VAIN_AT_MOST = 100;

    /** How often somebody has waited in vain; roughly. */
    private static volatile int inVain;

    /** For how many ticks a thread has been inside of {@link #returns}. */
    private static final Map<Thread, Integer> WATCHED = new ConcurrentHashMap<>();

    static {
        Thread.ofPlatform().daemon().name("patience").start(Patience::watch);
    }

    private Patience() {}

    /** Begins anew, for a test that is not to suffer from what the one before has done. */
    public static void restore() {
        inVain = 0;
    }

    private static int ticks() {
        return inVain == 0 ? TICKS : TICKS_AFTER_THAT;
    }

    private static int millis() {
        return inVain < WAITS_IN_VAIN ? TICK_MILLIS : 0;
    }

    private static boolean isSpent() {
        return inVain >= WAITS_IN_VAIN_AT_MOST;
    }

    /** One look, which may take a tick. */
    @FunctionalInterface
    public interface Look {
        /** Tells whether what is waited for is there; waits no longer than so many milliseconds for it. */
        boolean at(int millis) throws InterruptedException;
    }

    /** Waits until a look finds what it looks for; false if it never does. */
    public static boolean until(Look look) {
        if (isSpent()) {
            return false;
        }
        try {
            for (int left = ticks(); left > 0; left--) {
                if (look.at(millis())) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError("the harness interrupts nobody", e);
        }
        inVain++;
        return false;
    }

    /** Waits until something has come to pass, yielding to those who bring it about; false if it never does. */
    public static boolean until(BooleanSupplier reached) {
        return until(millis -> {
            for (long start = System.nanoTime(); System.nanoTime() - start < millis * 1_000_000L; Thread.yield()) {
                if (reached.getAsBoolean()) {
                    return true;
                }
            }
            return reached.getAsBoolean();
        });
    }

    /** Sleeps until interrupted; returns if that does not come. */
    public static void sleep() throws InterruptedException {
        for (int left = isSpent() ? 0 : ticks(); left > 0; left--) {
            Thread.sleep(millis());
        }
        inVain++;
    }

    /** Calls something that may block for ever, and must end when it is interrupted; false if that was needed. */
    public static boolean returns(Callable<?> blocking) {
        if (isSpent()) {
            return false;
        }
        Thread self = Thread.currentThread();
        WATCHED.put(self, 0);
        boolean interrupted = false;
        try {
            blocking.call();
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (RuntimeException e) {
            if (!self.isInterrupted()) {
                throw e;
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            WATCHED.remove(self);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            inVain++;
        }
        return !interrupted;
    }

    private static void watch() {
        while (true) {
            try {
                Thread.sleep(Math.max(1, millis()));
            } catch (InterruptedException e) {
                return;
            }
            for (Thread thread : WATCHED.keySet()) {
                WATCHED.computeIfPresent(thread, Patience::tick);
            }
        }
    }

    /** Called while the thread cannot leave {@link #returns}: later, an interrupt would hit the harness. */
    private static int tick(Thread thread, int waited) {
        if (waited >= ticks()) {
            thread.interrupt();
        }
        return waited + 1;
    }
}
