package dev.regions.core;

/**
 * One interrupt of a worker's thread, meant for one task. Whoever ends the task waits until it is delivered, and clears it, so
 * that it cannot hit what the thread does next.
 */
final class Interruption {
    private volatile boolean delivered;

    void delivered() {
        delivered = true;
    }

    void awaitDelivered() {
        while (!delivered) {
            Thread.yield();
        }
    }
}
