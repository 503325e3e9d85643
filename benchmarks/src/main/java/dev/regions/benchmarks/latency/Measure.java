package dev.regions.benchmarks.latency;

/** What is measured. */
enum Measure {
    /** From a spawn on a platform thread to the start of the body. */
    SPAWN_TO_START("spawn to start"),

    /** From a spawn on a platform thread until that thread has joined the task, whose body is empty. */
    SPAWN_TO_JOINED("spawn to joined"),

    /** From the cancelling of a task that waits for another until a platform thread that joins it is released. */
    CANCEL_WAITING("cancel a waiting task, to released"),

    /** From the cancelling of a task whose body blocks until a platform thread that joins it is released. */
    CANCEL_RUNNING("cancel a running task, to released");

    private final String label;

    Measure(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
