package dev.regions.core.util;

/**
 * Waits for a step of another thread that is under way. The step is short, as a rule, but that thread may have lost its
 * processor or, if it is virtual, its carrier. Therefore a wait spins a little, and then yields.
 */
public final class Backoff {
    private static final int SPINS = 64;

    private Backoff() {}

    /** Waits a little. Called again and again, with the number of earlier calls. */
    public static void pause(int turns) {
        if (turns < SPINS) {
            Thread.onSpinWait();
            return;
        }
        try {
            Thread.yield();
        } catch (VirtualMachineError cannot) {
            Thread.onSpinWait(); // a virtual thread cannot yield deep in its stack, or without memory
        }
    }
}
