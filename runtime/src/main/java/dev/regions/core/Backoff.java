package dev.regions.core;

/**
 * Waiting for a step of another thread that is under way: short, as a rule, but that thread may have lost its processor, or, if it is a
 * virtual one, its carrier. So a wait spins a little, and yields then.
 */
final class Backoff {
    private static final int SPINS = 64;

    private Backoff() {}

    /** Waits a little; to be called again and again, with the number of times before. */
    static void pause(int turns) {
        if (turns < SPINS) {
            Thread.onSpinWait();
            return;
        }
        try {
            Thread.yield();
        } catch (VirtualMachineError cannot) {
            Thread.onSpinWait(); // a virtual thread leaves its carrier neither where its stack is deep, nor without
            // memory
        }
    }
}
